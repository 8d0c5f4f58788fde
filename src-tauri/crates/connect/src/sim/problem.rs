//! What can be wrong with a scenario file, and how it is told: the file, the
//! line and column, what is wrong, what to do. Texts from the file are quoted
//! through [`quoted`], which bounds and cleans them; at most 50 warnings are kept.

use model::DisplayName;
use std::fmt;

/// The most warnings kept of one file; the rest is only counted.
const WARNINGS_MAX: usize = 50;

/// A place in a scenario file. Both count from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// A scenario file that can't run, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScenarioError {
    /// The file's name.
    pub file: String,
    /// Where in the file, as far as it has a place.
    pub place: Option<Place>,
    /// What is wrong.
    pub problem: String,
    /// What to do about it.
    pub remedy: String,
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(place) = self.place {
            write!(f, ", {place}")?;
        }
        write!(f, ": {}. {}.", self.problem, self.remedy)
    }
}

impl std::error::Error for ScenarioError {}

/// A fault in a file (without the file's name, which only the caller knows).
#[derive(Debug)]
pub(super) struct Fault {
    pub place: Option<Place>,
    pub problem: String,
    pub remedy: &'static str,
}

impl Fault {
    pub fn at(place: Place, problem: impl Into<String>, remedy: &'static str) -> Self {
        Self { place: Some(place), problem: problem.into(), remedy }
    }

    pub fn whole_file(problem: impl Into<String>, remedy: &'static str) -> Self {
        Self { place: None, problem: problem.into(), remedy }
    }

    pub fn in_file(self, file: &str) -> ScenarioError {
        ScenarioError {
            file: file.to_owned(),
            place: self.place,
            problem: self.problem,
            remedy: self.remedy.to_owned(),
        }
    }
}

/// Why a connector, sensor or attribute of a file can't run.
#[derive(Clone, Debug)]
pub(super) struct Rejected {
    pub place: Place,
    pub problem: String,
}

impl Rejected {
    pub fn at(place: Place, problem: impl Into<String>) -> Self {
        Self { place, problem: problem.into() }
    }

    pub fn refusing_the_file(self, remedy: &'static str) -> Fault {
        Fault::at(self.place, self.problem, remedy)
    }
}

/// Something in a file that does not run as written, while the rest does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Where in the file.
    pub place: Place,
    /// What was found and what was made of it, in sentences.
    pub text: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.text)
    }
}

/// The warnings of one file: the first 50, and the number of the others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Warnings {
    kept: Vec<Warning>,
    more: usize,
}

impl Warnings {
    /// The warnings kept, in the order of the file.
    #[must_use]
    pub fn kept(&self) -> &[Warning] {
        &self.kept
    }

    /// How many further ones there were.
    #[must_use]
    pub fn more(&self) -> usize {
        self.more
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// One line for each warning kept, and "and N more" where there were more.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let more = (self.more > 0).then(|| format!("and {} more", self.more));
        self.kept.iter().map(ToString::to_string).chain(more).collect()
    }

    pub(super) fn add(&mut self, place: Place, text: impl Into<String>) {
        if self.kept.len() < WARNINGS_MAX {
            self.kept.push(Warning { place, text: text.into() });
        } else {
            self.more += 1;
        }
    }
}

/// A text from the file, safe and short enough to be shown in a message.
pub(super) fn quoted(text: &str) -> String {
    format!("“{}”", DisplayName::clean(text, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_50_warnings_and_counts_the_others() {
        let mut warnings = Warnings::default();
        for line in 1..=53 {
            warnings.add(Place { line, column: 1 }, "odd");
        }
        let lines = warnings.lines();
        assert_eq!((lines.len(), warnings.more()), (51, 3));
        assert_eq!((lines[0].as_str(), lines[50].as_str()), ("line 1, column 1: odd", "and 3 more"));
    }

    #[test]
    fn a_text_from_the_file_is_quoted_short_and_without_marks() {
        assert_eq!(quoted("a\u{202e}b\n"), "“ab”");
        assert!(quoted(&"x".repeat(5000)).chars().count() <= 82);
    }
}
