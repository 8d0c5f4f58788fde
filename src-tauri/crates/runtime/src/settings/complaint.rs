//! What is wrong with a configuration file, and where.

use std::fmt;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// The file's name.
    pub file: String,
    /// Line, from 1; 0 where it is the whole file.
    pub line: usize,
    /// Column in characters, from 1; 0 where it is the whole file.
    pub column: usize,
    /// What is wrong, what is allowed, and what counts instead.
    pub words: String,
}

impl Complaint {
    /// About the whole file.
    pub fn of_file(file: &str, why: &str) -> Self {
        let words = format!("{why}. The defaults are used");
        Self { file: file.to_owned(), line: 0, column: 0, words }
    }

    /// About what stands at byte `at` of `text`.
    pub fn at(file: &str, text: &str, at: usize, words: String) -> Self {
        let before = text.get(..at).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |k| k + 1);
        Self {
            file: file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            words,
        }
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}.", self.file, self.words),
            line => write!(f, "{}, line {line}, column {}: {}.", self.file, self.column, self.words),
        }
    }
}
