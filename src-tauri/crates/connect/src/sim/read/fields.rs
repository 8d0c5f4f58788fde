//! The values behind the keys of one group, with their types and ranges.
//!
//! A getter gives `None` for a key that is absent or left empty, and
//! [`Rejected`] where its value can't be used: the group is then left out.

use crate::sim::problem::{Place, Rejected, Warnings, quoted};
use crate::sim::yaml::{Key, Map, Node, Value};
use std::ops::RangeInclusive;
use std::rc::Rc;

/// One group of keys.
pub struct Fields<'a> {
    /// Where the group's own key stands.
    pub place: Place,
    /// The group's own key.
    pub name: &'a str,
    entries: &'a Map,
}

impl<'a> Fields<'a> {
    /// The group behind a key.
    pub fn of(key: &'a Key, node: &'a Node) -> Result<Self, Rejected> {
        match &node.value {
            Value::Map(entries) => Ok(Self { place: key.place, name: &key.text, entries }),
            Value::Scalar { .. } | Value::List => {
                let problem =
                    format!("{} must be a group of keys, but is {}", quoted(&key.text), node.kind());
                Err(Rejected::at(node.place, problem))
            }
        }
    }

    /// Its keys and values.
    pub fn entries(&self) -> impl Iterator<Item = &'a (Key, Rc<Node>)> {
        self.entries.iter()
    }

    /// Notes every key that is not among `known`, and goes on without it.
    pub fn note_unknown_keys(&self, known: &[&str], warnings: &mut Warnings) {
        for (key, _) in self.entries.iter().filter(|(key, _)| !known.contains(&key.text.as_str())) {
            warnings.add(key.place, format!("the key {} is not known and is ignored.", quoted(&key.text)));
        }
    }

    /// The key and its value.
    pub fn entry(&self, key: &str) -> Option<&'a (Key, Rc<Node>)> {
        self.entries.iter().find(|(k, node)| k.text == key && !node.is_null())
    }

    /// Where the value of `key` stands, or else the group.
    pub fn place_of(&self, key: &str) -> Place {
        self.entry(key).map_or(self.place, |(_, node)| node.place)
    }

    /// A text; a bare number counts as one.
    pub fn text(&self, key: &str) -> Result<Option<&'a str>, Rejected> {
        let Some((_, node)) = self.entry(key) else { return Ok(None) };
        match &node.value {
            Value::Scalar { text, .. } => Ok(Some(text)),
            Value::List | Value::Map(_) => Err(self.wrong(key, node, "must be a text")),
        }
    }

    /// A number within `range`.
    pub fn number(&self, key: &str, range: RangeInclusive<f64>) -> Result<Option<f64>, Rejected> {
        let Some((_, node)) = self.entry(key) else { return Ok(None) };
        let number = self.any_number(key, node)?;
        if range.contains(&number) {
            return Ok(Some(number));
        }
        Err(self.wrong(key, node, &format!("must be from {} to {}", range.start(), range.end())))
    }

    /// A number more than 0 and at most `max`.
    pub fn positive(&self, key: &str, max: f64) -> Result<Option<f64>, Rejected> {
        let Some((_, node)) = self.entry(key) else { return Ok(None) };
        let number = self.any_number(key, node)?;
        if number > 0.0 && number <= max {
            return Ok(Some(number));
        }
        Err(self.wrong(key, node, &format!("must be more than 0 and at most {max}")))
    }

    /// true or false.
    pub fn flag(&self, key: &str) -> Result<Option<bool>, Rejected> {
        let Some((_, node)) = self.entry(key) else { return Ok(None) };
        match plain(node) {
            Some("true" | "True" | "TRUE") => Ok(Some(true)),
            Some("false" | "False" | "FALSE") => Ok(Some(false)),
            _ => Err(self.wrong(key, node, "must be true or false")),
        }
    }

    /// One of the named values.
    pub fn choice<T: Copy>(&self, key: &str, choices: &[(&str, T)]) -> Result<Option<T>, Rejected> {
        let Some(text) = self.text(key)? else { return Ok(None) };
        let wanted = text.trim().to_lowercase();
        if let Some((_, choice)) = choices.iter().find(|(name, _)| *name == wanted) {
            return Ok(Some(*choice));
        }
        let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
        let rule = format!("must be one of {}", names.join(", "));
        Err(self
            .entry(key)
            .map_or_else(|| self.missing(key, &rule), |(_, node)| self.wrong(key, node, &rule)))
    }

    /// The refusal for a key that has to be there.
    pub fn missing(&self, key: &str, rule: &str) -> Rejected {
        Rejected::at(self.place, format!("{} has no {key}, which {rule}", quoted(self.name)))
    }

    /// The refusal for a value that can't be used.
    pub fn wrong(&self, key: &str, node: &Node, rule: &str) -> Rejected {
        Rejected::at(node.place, format!("{key} of {} is {}; it {rule}", quoted(self.name), shown(node)))
    }

    fn any_number(&self, key: &str, node: &Node) -> Result<f64, Rejected> {
        match (&node.value, plain(node)) {
            (_, Some(".nan" | ".NaN" | ".NAN")) => Ok(f64::NAN),
            (_, Some(".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF")) => Ok(f64::INFINITY),
            (_, Some("-.inf" | "-.Inf" | "-.INF")) => Ok(f64::NEG_INFINITY),
            (_, Some(text)) => text.parse().map_err(|_| self.wrong(key, node, "must be a number")),
            (Value::Scalar { .. }, None) => {
                Err(self.wrong(key, node, "must be a number without quotation marks"))
            }
            (Value::List | Value::Map(_), None) => Err(self.wrong(key, node, "must be a number")),
        }
    }
}

fn plain(node: &Node) -> Option<&str> {
    match &node.value {
        Value::Scalar { text, quoted: false } => Some(text),
        Value::Scalar { quoted: true, .. } | Value::List | Value::Map(_) => None,
    }
}

fn shown(node: &Node) -> String {
    match &node.value {
        Value::Scalar { text, quoted: true } => quoted(text),
        Value::Scalar { text, quoted: false } => model::DisplayName::clean(text, "empty").as_str().to_owned(),
        Value::List | Value::Map(_) => node.kind().to_owned(),
    }
}
