//! What is wrong with a driver file, and where.

use std::fmt;

/// So many problems are told about one file; the rest is counted.
pub const PROBLEMS_MAX: usize = 20;
/// A longer value is cut where it is shown.
const SHOWN_CHARS: usize = 40;

/// One thing that is wrong with a driver file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file's name, safe to show.
    pub file: String,
    /// Line, from 1; 0 where it is the whole file.
    pub line: usize,
    /// Column in characters, from 1; 0 where it is the whole file.
    pub column: usize,
    /// The key, with the tables that it stands in: `characteristic.sample.type`; empty where it
    /// is the whole file.
    pub key: String,
    /// What is wrong, and what is allowed.
    pub words: String,
}

impl Problem {
    /// About the whole file.
    pub(super) fn of_file(file: &str, words: String) -> Self {
        Self { file: shown(file), line: 0, column: 0, key: String::new(), words }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.line > 0 {
            write!(f, ", line {}, column {}", self.line, self.column)?;
        }
        match self.key.as_str() {
            "" => write!(f, ": {}", self.words),
            key => write!(f, ": {key}: {}", self.words),
        }
    }
}

/// The problems of one file while it is read.
pub(super) struct Notes<'t> {
    file: &'t str,
    text: &'t str,
    found: Vec<(usize, String, String)>,
}

impl<'t> Notes<'t> {
    pub(super) fn new(file: &'t str, text: &'t str) -> Self {
        Self { file, text, found: Vec::new() }
    }

    /// Notes what is wrong with `key`, which stands at byte `at`.
    pub(super) fn add(&mut self, at: usize, key: impl Into<String>, words: impl Into<String>) {
        self.found.push((at, key.into(), words.into()));
    }

    /// What stands in the file, on one line and not too long.
    pub(super) fn shown(&self, span: std::ops::Range<usize>) -> String {
        shown(self.text.get(span).unwrap_or_default())
    }

    /// All of them, in the order of the file.
    pub(super) fn told(mut self) -> Vec<Problem> {
        self.found.sort_by_key(|(at, ..)| *at);
        let more = self.found.len().saturating_sub(PROBLEMS_MAX);
        self.found.truncate(PROBLEMS_MAX);
        let mut told: Vec<_> = self.found.iter().map(|(at, key, words)| self.at(*at, key, words)).collect();
        if more > 0 {
            told.push(Problem::of_file(self.file, format!("{more} more things are wrong")));
        }
        told
    }

    fn at(&self, at: usize, key: &str, words: &str) -> Problem {
        let before = self.text.get(..at).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |k| k + 1);
        Problem {
            file: shown(self.file),
            line: before.matches('\n').count() + 1,
            column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
            key: key.to_owned(),
            words: words.to_owned(),
        }
    }
}

fn shown(text: &str) -> String {
    model::one_line(text, SHOWN_CHARS)
}
