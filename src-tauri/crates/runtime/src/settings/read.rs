//! Reads the text of a configuration file, knob by knob.

use super::knob::{Kind, Knob};
use super::knobs::{TABLES, find};
use super::order::ORDERS;
use super::{Complaint, Loaded, Settings};
use std::ops::Range;
use std::path::PathBuf;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// So many complaints are made about one file; the rest is counted.
const COMPLAINTS_MAX: usize = 20;
/// No system takes a longer path (`PATH_MAX` of Linux).
const PATH_BYTES_MAX: usize = 4096;
/// A longer value is cut in a complaint.
const SHOWN_CHARS: usize = 40;

/// Reads `text`, the contents of the file `name`.
pub fn read(name: &str, text: &str) -> Loaded {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (document, errors) = DeTable::parse_recoverable(text);
    let mut reader =
        Reader { name, text, settings: Settings::default(), found: Vec::new(), complaints: Vec::new() };
    for error in errors {
        let at = error.span().map_or(0, |span| span.start);
        reader.complain(at, format!("this is not TOML: {}", error.message().trim()));
    }
    reader.table("", document.get_ref());
    reader.check_orders();
    reader.loaded()
}

struct Reader<'t> {
    name: &'t str,
    text: &'t str,
    settings: Settings,
    /// The knobs that were set, and where.
    found: Vec<(&'static Knob, usize)>,
    complaints: Vec<(usize, String)>,
}

impl Reader<'_> {
    fn complain(&mut self, at: usize, words: String) {
        self.complaints.push((at, words));
    }

    fn table(&mut self, path: &str, table: &DeTable<'_>) {
        for (key, value) in table {
            let full =
                if path.is_empty() { key.get_ref().to_string() } else { format!("{path}.{}", key.get_ref()) };
            match (find(path, key.get_ref()), value.get_ref()) {
                (Some(knob), _) => self.knob(knob, value),
                (None, DeValue::Table(inner)) if is_table(&full) => self.table(&full, inner),
                (None, _) if is_table(&full) => {
                    self.complain(
                        value.span().start,
                        format!("{full} must be a table, [{full}]; it is left out"),
                    );
                }
                (None, _) => self.complain(key.span().start, format!("nobody knows {full}; {}", known(path))),
            }
        }
    }

    fn knob(&mut self, knob: &'static Knob, value: &Spanned<DeValue<'_>>) {
        if set(knob, &mut self.settings, value.get_ref()).is_some() {
            self.found.push((knob, value.span().start));
            return;
        }
        let (shown, default) = (self.shown(value.span()), knob.written(&mut Settings::default()));
        let words = format!(
            "{}.{} can't be {shown}: it must be {}. The default {default} is used",
            knob.table,
            knob.key,
            knob.allowed()
        );
        self.complain(value.span().start, words);
    }

    /// What stands in the file, on one line and not too long.
    fn shown(&self, span: Range<usize>) -> String {
        let text: String =
            self.text.get(span).unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
        let cut: String = text.chars().filter(|c| !c.is_control()).take(SHOWN_CHARS).collect();
        if cut.len() < text.len() { format!("{cut}…") } else { cut }
    }

    fn check_orders(&mut self) {
        for order in ORDERS {
            let knobs: Vec<&Knob> = order.row.iter().filter_map(|(table, key)| find(table, key)).collect();
            let numbers: Vec<f64> = knobs.iter().map(|knob| knob.number(&mut self.settings)).collect();
            if numbers.is_sorted_by(|one, next| (order.holds)(*one, *next)) {
                continue;
            }
            let at =
                self.found.iter().find(|(found, _)| knobs.iter().any(|knob| std::ptr::eq(*knob, *found)));
            let at = at.map_or(0, |(_, at)| *at);
            let names: Vec<String> = order.row.iter().map(|(table, key)| format!("{table}.{key}")).collect();
            knobs.iter().for_each(|knob| knob.copy(&mut Settings::default(), &mut self.settings));
            let words = format!("{} {}. Their defaults are used", names.join(", "), order.must);
            self.complain(at, words);
        }
    }

    fn loaded(mut self) -> Loaded {
        self.complaints.sort_by_key(|(at, _)| *at);
        let more = self.complaints.len().saturating_sub(COMPLAINTS_MAX);
        self.complaints.truncate(COMPLAINTS_MAX);
        let told = self.complaints.iter();
        let mut complaints: Vec<Complaint> =
            told.map(|(at, words)| Complaint::at(self.name, self.text, *at, words.clone())).collect();
        if more > 0 {
            complaints.push(Complaint::of_file(self.name, &format!("and {more} more things are wrong")));
        }
        Loaded { settings: self.settings, complaints }
    }
}

/// Sets a knob; none where the value is not what it takes.
fn set(knob: &Knob, settings: &mut Settings, value: &DeValue<'_>) -> Option<()> {
    match &knob.kind {
        Kind::Number { min, max, at } => *at(settings) = within(number(value)?, *min, *max)?,
        Kind::Seconds { min, max, at } => {
            // Within bounds of at most a day: the nanoseconds fit.
            *at(settings) = (within(number(value)?, *min, *max)? * 1e9).round() as i64;
        }
        Kind::Whole { min, max, at } => {
            *at(settings) = whole(value).filter(|whole| (*min..=*max).contains(whole))?;
        }
        Kind::Switch { set, .. } => set(settings, value.as_bool()?),
        Kind::Word { words, set, .. } => {
            let word = value.as_str()?;
            set(settings, words.iter().position(|known| *known == word)?);
        }
        Kind::Folder { at } => *at(settings) = folder(value.as_str()?)?,
        Kind::Kept { kind, min, max, at } => {
            *at(settings, *kind) = whole(value).filter(|whole| (*min..=*max).contains(whole))?;
        }
    }
    Some(())
}

/// A folder: an absolute path without control characters, or the empty text for none.
fn folder(text: &str) -> Option<Option<PathBuf>> {
    if text.is_empty() {
        return Some(None);
    }
    let path = PathBuf::from(text);
    let is_path = path.is_absolute() && text.len() <= PATH_BYTES_MAX && !text.chars().any(char::is_control);
    is_path.then_some(Some(path))
}

fn whole(value: &DeValue<'_>) -> Option<u32> {
    let DeValue::Integer(integer) = value else { return None };
    u32::from_str_radix(&integer.as_str().replace('_', ""), integer.radix()).ok()
}

fn number(value: &DeValue<'_>) -> Option<f64> {
    match value {
        DeValue::Float(float) => float.as_str().replace('_', "").parse().ok(),
        DeValue::Integer(integer) if integer.radix() == 10 => integer.as_str().replace('_', "").parse().ok(),
        _ => None,
    }
}

fn within(number: f64, min: f64, max: f64) -> Option<f64> {
    (min..=max).contains(&number).then_some(number)
}

/// Whether tables of this name, or below it, are known.
fn is_table(path: &str) -> bool {
    let below = format!("{path}.");
    TABLES.iter().any(|table| table.name == path || table.name.starts_with(&below))
}

/// What is known in a table, in words.
fn known(path: &str) -> String {
    let keys: Vec<&str> =
        super::knobs::KNOBS.iter().filter(|knob| knob.table == path).map(|knob| knob.key).collect();
    let tables: Vec<&str> = TABLES.iter().map(|table| table.name).collect();
    match keys.is_empty() {
        true => format!("the tables are {}", tables.join(", ")),
        false => format!("known in [{path}] are {}", keys.join(", ")),
    }
}
