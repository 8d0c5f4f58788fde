//! The text of a driver file into a [`Driver`].

mod characteristic;
mod check;
mod fields;
mod lines;
mod types;

use super::problem::{Notes, Problem};
use super::sheet::Sheet;
use super::{Driver, Expect, FILE_BYTES_MAX, Match, Pattern, Write, hex};
use std::collections::BTreeSet;
use std::time::Duration;
use toml::de::DeTable;

/// So many characters have names and versions at most.
const NAME_CHARS_MAX: usize = 64;
/// So many services are asked for at most.
const SERVICES_MAX: usize = 8;
/// So many bytes of manufacturer data are compared at most.
const PREFIX_BYTES_MAX: usize = 24;
/// So many writes are made at most.
const WRITES_MAX: usize = 32;
/// A write that fits into one packet of most radios.
const WRITE_BYTES_MAX: usize = 244;
/// So many characteristics are subscribed to at most.
const CHARACTERISTICS_MAX: usize = 32;
/// So many channels has a driver at most.
const CHANNELS_MAX: usize = 64;
/// The longest wait before a write, ms.
const DELAY_MS_MAX: usize = 10_000;
/// The longest wait for an answer, ms.
const WITHIN_MS_MAX: usize = 30_000;

const UUID: &str = "a UUID, as \"180D\" or \"0000180d-0000-1000-8000-00805f9b34fb\"";
const NAME: &str = "a text of 1 to 64 characters without control characters or blanks at its ends";

/// Reads a file.
///
/// # Errors
/// Everything that is wrong with it.
pub(super) fn driver(file: &str, text: &str) -> Result<Driver, Vec<Problem>> {
    if text.len() > FILE_BYTES_MAX {
        let words = format!("the file has {} bytes; at most {FILE_BYTES_MAX} are allowed", text.len());
        return Err(vec![Problem::of_file(file, words)]);
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut notes = Notes::new(file, text);
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let at = error.span().map_or(0, |span| span.start);
        notes.add(at, "", format!("this is not TOML: {}", error.message().trim()));
    }
    // What is left of a file that is not TOML would be told as missing.
    let driver = if errors.is_empty() { read(file, &Sheet::new(&document), &mut notes) } else { None };
    match (driver, notes.told()) {
        (Some(driver), problems) if problems.is_empty() => Ok(driver),
        (_, problems) => Err(problems),
    }
}

fn read(file: &str, sheet: &Sheet<'_>, notes: &mut Notes<'_>) -> Option<Driver> {
    sheet.only(notes, &["name", "version", "match", "on_connect", "characteristic"]);
    sheet.need(notes, "name", NAME);
    sheet.need(notes, "version", "a text such as \"1.0\"");
    sheet.need(notes, "match", "a table with services, name or manufacturer");
    sheet.need(notes, "characteristic", "a list of the characteristics to subscribe to");
    let name = sheet.text(notes, "name", NAME, name);
    let version = sheet.text(notes, "version", NAME, self::name);
    let matches = sheet.sheet(notes, "match").map(|rules| rule(&rules, notes));
    let writes = sheet.sheets(notes, "on_connect", WRITES_MAX);
    let on_connect = writes.iter().filter_map(|entry| write(entry, notes)).collect();
    let mut characteristics = Vec::new();
    let (mut seen, mut streams) = (BTreeSet::new(), BTreeSet::new());
    for entry in sheet.sheets(notes, "characteristic", CHARACTERISTICS_MAX) {
        let Some(read) = characteristic::read(&entry, notes) else { continue };
        if !seen.insert(read.uuid) {
            notes.add(
                entry.place("uuid"),
                entry.key("uuid"),
                "stands here twice; each characteristic may stand once",
            );
        }
        for stream in read.streams().iter().filter(|stream| !streams.insert(stream.name.clone())) {
            let words =
                format!("{} stands in two characteristics; each stream needs a name of its own", stream.name);
            notes.add(entry.place("stream"), entry.key("stream"), words);
        }
        characteristics.push(read);
    }
    let channels = characteristics.iter().flat_map(super::Characteristic::streams);
    let channels: usize = channels.map(|stream| stream.channels.len()).sum();
    if channels > CHANNELS_MAX {
        let words = format!("has {channels} channels in all; at most {CHANNELS_MAX} are allowed");
        notes.add(sheet.place("characteristic"), "characteristic", words);
    }
    let (name, version) = (name?, version?);
    Some(Driver { file: file.to_owned(), name, version, matches: matches?, on_connect, characteristics })
}

/// A name that is safe to show.
fn name(text: &str) -> Option<String> {
    (!text.is_empty() && model::one_line(text, NAME_CHARS_MAX) == text).then(|| text.to_owned())
}

fn rule(sheet: &Sheet<'_>, notes: &mut Notes<'_>) -> Match {
    const KEYS: [&str; 3] = ["services", "name", "manufacturer"];
    sheet.only(notes, &KEYS);
    if !KEYS.iter().any(|key| sheet.has(key)) {
        notes.add(sheet.at, "match", "has no rule; give one or more of services, name, manufacturer");
    }
    let services = sheet.texts(notes, "services", (SERVICES_MAX, UUID), hex::uuid);
    let pattern = "a text of 1 to 64 characters, one of which is neither * nor ?";
    let like = |text: &str| name(text).filter(|text| text.chars().any(|c| !matches!(c, '*' | '?')));
    let name = sheet.text(notes, "name", pattern, like);
    let manufacturer = sheet.sheet(notes, "manufacturer").and_then(|sheet| {
        sheet.only(notes, &["company", "data"]);
        sheet.need(notes, "company", "a company id from 0 to 65535, as 0x0059");
        let company = sheet.whole(notes, "company", 0..=65_535);
        let allowed = "1 to 24 bytes in hexadecimal, ?? for any, as \"01 ??\"";
        let data = sheet.text(notes, "data", allowed, |text| Pattern::parse(text, PREFIX_BYTES_MAX));
        Some((u16::try_from(company?).ok()?, data.unwrap_or_default()))
    });
    Match { services: services.into_iter().map(|(uuid, _)| uuid).collect(), name, manufacturer }
}

fn write(sheet: &Sheet<'_>, notes: &mut Notes<'_>) -> Option<Write> {
    sheet.only(notes, &["to", "bytes", "text", "delay_ms", "response", "expect"]);
    sheet.need(notes, "to", UUID);
    let to = sheet.text(notes, "to", UUID, hex::uuid);
    if sheet.has("bytes") == sheet.has("text") {
        notes.add(sheet.at, sheet.key("bytes"), "needs either bytes, as \"01 FF\", or text");
    }
    let allowed = "1 to 244 bytes in hexadecimal, as \"01 FF\"";
    let parse = |text: &str| Pattern::parse(text, WRITE_BYTES_MAX).and_then(Pattern::bytes);
    let bytes = sheet.text(notes, "bytes", allowed, parse);
    let short = |text: &str| (1..=WRITE_BYTES_MAX).contains(&text.len()).then(|| text.as_bytes().to_vec());
    let text = sheet.text(notes, "text", "a text of 1 to 244 bytes", short);
    let delay_ms = sheet.whole(notes, "delay_ms", 0..=DELAY_MS_MAX).unwrap_or(0);
    let with_response = sheet.flag(notes, "response").unwrap_or(true);
    let expect = sheet.sheet(notes, "expect").and_then(|answer| expect(&answer, notes));
    let delay = Duration::from_millis(delay_ms as u64);
    Some(Write { to: to?, bytes: bytes.or(text)?, delay, with_response, expect })
}

fn expect(sheet: &Sheet<'_>, notes: &mut Notes<'_>) -> Option<Expect> {
    let allowed = "1 to 244 bytes in hexadecimal, ?? for any, as \"01 ??\"";
    sheet.only(notes, &["from", "bytes", "within_ms"]);
    sheet.need(notes, "from", UUID);
    sheet.need(notes, "bytes", allowed);
    sheet.need(notes, "within_ms", "a whole number from 1 to 30000");
    let from = sheet.text(notes, "from", UUID, hex::uuid);
    let bytes = sheet.text(notes, "bytes", allowed, |text| Pattern::parse(text, WRITE_BYTES_MAX));
    let within_ms = sheet.whole(notes, "within_ms", 1..=WITHIN_MS_MAX)?;
    Some(Expect { from: from?, bytes: bytes?, within: Duration::from_millis(within_ms as u64) })
}
