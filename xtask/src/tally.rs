//! The sum of what `cargo test` reports for each of its test programs.
//!
//! A workspace has a dozen of them, and the last one printed may well be empty:
//! one closing line says how many tests ran in all.

use std::fmt;

/// Passed, failed and ignored tests so far.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Tally {
    passed: u64,
    failed: u64,
    ignored: u64,
}

impl Tally {
    /// Adds the figures of a line such as `test result: ok. 12 passed; 0 failed; 1 ignored; …`;
    /// any other line changes nothing.
    pub fn read(&mut self, line: &str) {
        let Some(figures) = line.strip_prefix("test result:") else { return };
        self.passed += figure(figures, "passed");
        self.failed += figure(figures, "failed");
        self.ignored += figure(figures, "ignored");
    }

    /// Whether nothing ran at all.
    pub fn is_empty(&self) -> bool {
        self.passed + self.failed == 0
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { passed, failed, ignored } = self;
        write!(formatter, "{passed} passed, {failed} failed, {ignored} skipped")
    }
}

/// The number that stands before a word.
fn figure(text: &str, word: &str) -> u64 {
    let before = text.split([' ', ';']).zip(text.split([' ', ';']).skip(1));
    before.filter(|(_, next)| *next == word).find_map(|(number, _)| number.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_the_results_and_nothing_else() {
        let mut tally = Tally::default();
        tally.read("test clock::runs ... ok");
        tally.read(
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.1s",
        );
        tally.read("test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out");
        assert_eq!(tally, Tally { passed: 15, failed: 2, ignored: 1 });
        assert_eq!(tally.to_string(), "15 passed, 2 failed, 1 skipped");
    }

    #[test]
    fn empty_programs_add_nothing() {
        let mut tally = Tally::default();
        tally.read("test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out");
        assert!(tally.is_empty());
    }
}
