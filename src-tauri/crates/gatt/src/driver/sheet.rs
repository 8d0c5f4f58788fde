//! A table of a driver file, read key by key: each reader says what it takes.

use super::problem::Notes;
use std::ops::{Range, RangeInclusive};
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

/// A table, and where it stands.
pub(super) struct Sheet<'a> {
    table: &'a DeTable<'a>,
    /// Where it begins, for keys that are missing.
    pub(super) at: usize,
    path: String,
}

/// A value, and where it stands.
pub(super) type At<T> = (T, usize);

impl<'a> Sheet<'a> {
    pub(super) fn new(table: &'a Spanned<DeTable<'a>>) -> Self {
        Self { table: table.get_ref(), at: 0, path: String::new() }
    }

    /// The key with the tables that it stands in.
    pub(super) fn key(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    pub(super) fn is_text(&self, key: &str) -> bool {
        self.table.get(key).is_some_and(|value| value.get_ref().is_str())
    }

    /// Where the value of a key stands; the table's own place where it has none.
    pub(super) fn place(&self, key: &str) -> usize {
        self.table.get(key).map_or(self.at, |value| value.span().start)
    }

    /// Notes every key that is not one of `keys`.
    pub(super) fn only(&self, notes: &mut Notes<'_>, keys: &[&str]) {
        for (key, _) in self.table.iter().filter(|(key, _)| !keys.contains(&key.get_ref().as_ref())) {
            let name = notes.shown(key.span());
            let allowed = format!("there is no such key; allowed are {}", keys.join(", "));
            notes.add(key.span().start, self.key(&name), allowed);
        }
    }

    /// Notes that a key must be there, if it is not.
    pub(super) fn need(&self, notes: &mut Notes<'_>, key: &str, allowed: &str) {
        if !self.has(key) {
            notes.add(self.at, self.key(key), format!("is missing; it must be {allowed}"));
        }
    }

    /// Notes that a key can't be what it is.
    pub(super) fn refuse(&self, notes: &mut Notes<'_>, key: &str, allowed: &str) {
        let span = self.table.get(key).map_or(self.at..self.at, Spanned::span);
        self.refuse_at(notes, key, span, allowed);
    }

    fn refuse_at(&self, notes: &mut Notes<'_>, key: &str, span: Range<usize>, allowed: &str) {
        let shown = notes.shown(span.clone());
        notes.add(span.start, self.key(key), format!("can't be {shown}; it must be {allowed}"));
    }

    /// A value that `take` accepts; noted where it does not.
    fn taken<T>(
        &self,
        notes: &mut Notes<'_>,
        key: &str,
        allowed: &str,
        take: impl FnOnce(&'a DeValue<'a>) -> Option<T>,
    ) -> Option<T> {
        let taken = take(self.table.get(key)?.get_ref());
        if taken.is_none() {
            self.refuse(notes, key, allowed);
        }
        taken
    }

    /// A text that `take` accepts.
    pub(super) fn text<T>(
        &self,
        notes: &mut Notes<'_>,
        key: &str,
        allowed: &str,
        take: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        self.taken(notes, key, allowed, |value| value.as_str().and_then(take))
    }

    /// Which of `words` a text is.
    pub(super) fn word(&self, notes: &mut Notes<'_>, key: &str, words: &[&str]) -> Option<usize> {
        let allowed = format!("one of {}", words.join(", "));
        self.text(notes, key, &allowed, |text| words.iter().position(|word| *word == text))
    }

    pub(super) fn flag(&self, notes: &mut Notes<'_>, key: &str) -> Option<bool> {
        self.taken(notes, key, "true or false", DeValue::as_bool)
    }

    pub(super) fn whole(
        &self,
        notes: &mut Notes<'_>,
        key: &str,
        range: RangeInclusive<usize>,
    ) -> Option<usize> {
        let allowed = format!("a whole number from {} to {}", range.start(), range.end());
        self.whole_or(notes, key, range, &allowed)
    }

    /// A whole number where other things are allowed too.
    pub(super) fn whole_or(
        &self,
        notes: &mut Notes<'_>,
        key: &str,
        range: RangeInclusive<usize>,
        allowed: &str,
    ) -> Option<usize> {
        self.taken(notes, key, allowed, |value| whole(value).filter(|number| range.contains(number)))
    }

    pub(super) fn number(
        &self,
        notes: &mut Notes<'_>,
        key: &str,
        allowed: &str,
        fits: impl FnOnce(f64) -> bool,
    ) -> Option<f64> {
        self.taken(notes, key, allowed, |value| number(value).filter(|number| fits(*number)))
    }

    /// A table below this one.
    pub(super) fn sheet(&self, notes: &mut Notes<'_>, key: &str) -> Option<Sheet<'a>> {
        let at = self.table.get(key)?.span().start;
        let table = self.taken(notes, key, "a table", DeValue::as_table)?;
        Some(Sheet { table, at, path: self.key(key) })
    }

    /// The tables of a list: at least one, `max` at most.
    pub(super) fn sheets(&self, notes: &mut Notes<'_>, key: &str, max: usize) -> Vec<Sheet<'a>> {
        let allowed = format!("a list of 1 to {max} tables");
        let fits = |list: &&DeArray<'_>| (1..=max).contains(&list.len());
        let list = self.taken(notes, key, &allowed, |value| value.as_array().filter(fits));
        let mut sheets = Vec::new();
        for entry in list.into_iter().flat_map(|list| list.iter()) {
            match entry.get_ref().as_table() {
                Some(table) => sheets.push(Sheet { table, at: entry.span().start, path: self.key(key) }),
                None => self.refuse_at(notes, key, entry.span(), "a table"),
            }
        }
        sheets
    }

    /// The texts of a list, `max` at most, each accepted by `take`.
    pub(super) fn texts<T>(
        &self,
        notes: &mut Notes<'_>,
        key: &str,
        (max, allowed): (usize, &str),
        take: impl Fn(&str) -> Option<T>,
    ) -> Vec<At<T>> {
        let list_allowed = format!("a list of 1 to {max} entries, each {allowed}");
        let fits = |list: &&DeArray<'_>| (1..=max).contains(&list.len());
        let list = self.taken(notes, key, &list_allowed, |value| value.as_array().filter(fits));
        let mut texts = Vec::new();
        for entry in list.into_iter().flat_map(|list| list.iter()) {
            match entry.get_ref().as_str().and_then(&take) {
                Some(text) => texts.push((text, entry.span().start)),
                None => self.refuse_at(notes, key, entry.span(), allowed),
            }
        }
        texts
    }
}

fn whole(value: &DeValue<'_>) -> Option<usize> {
    let DeValue::Integer(integer) = value else { return None };
    usize::from_str_radix(&integer.as_str().replace('_', ""), integer.radix()).ok()
}

fn number(value: &DeValue<'_>) -> Option<f64> {
    match value {
        DeValue::Float(float) => float.as_str().replace('_', "").parse().ok(),
        DeValue::Integer(integer) if integer.radix() == 10 => integer.as_str().replace('_', "").parse().ok(),
        _ => None,
    }
}
