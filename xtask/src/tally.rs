//! The sum of what `cargo test` reports for each of its test programs.
//!
//! A workspace has a dozen of them, and the last one printed may well be empty:
//! one closing line says how many tests ran in all. A test that starts a test
//! program of its own prints figures too; those are not counted.

use std::fmt;

/// Passed, failed and ignored tests so far.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Tally {
    passed: u64,
    failed: u64,
    ignored: u64,
    /// How many tests the program that runs now has announced.
    announced: Option<u64>,
}

impl Tally {
    /// Takes in a line such as `running 12 tests` or
    /// `test result: ok. 11 passed; 0 failed; 1 ignored; …`; any other changes nothing.
    pub fn read(&mut self, line: &str) {
        if let Some(rest) = line.strip_prefix("running ") {
            self.announced = self.announced.or(Some(figure(rest, "test").max(figure(rest, "tests"))));
        } else if let Some(figures) = line.strip_prefix("test result:") {
            self.add(figures);
        }
    }

    /// Whether nothing ran at all.
    pub fn is_empty(&self) -> bool {
        self.passed + self.failed == 0
    }

    fn add(&mut self, figures: &str) {
        let [passed, failed, ignored] = ["passed", "failed", "ignored"].map(|word| figure(figures, word));
        if self.announced == Some(passed + failed + ignored + figure(figures, "measured")) {
            self.announced = None;
            self.passed += passed;
            self.failed += failed;
            self.ignored += ignored;
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { passed, failed, ignored, .. } = self;
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

    fn tally_of(lines: &[&str]) -> Tally {
        let mut tally = Tally::default();
        lines.iter().for_each(|line| tally.read(line));
        tally
    }

    #[test]
    fn sums_the_results_and_nothing_else() {
        let tally = tally_of(&[
            "running 13 tests",
            "test clock::runs ... ok",
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.1s",
            "running 5 tests",
            "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out",
        ]);
        assert_eq!(tally.to_string(), "15 passed, 2 failed, 1 skipped");
    }

    #[test]
    fn a_test_program_started_by_a_test_is_not_counted() {
        let tally = tally_of(&[
            "running 35 tests",
            "running 1 test",
            "test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 34 filtered out",
            "test result: FAILED. 34 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out",
        ]);
        assert_eq!(tally.to_string(), "34 passed, 1 failed, 0 skipped");
    }

    #[test]
    fn empty_programs_add_nothing() {
        let tally =
            tally_of(&["running 0 tests", "test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured"]);
        assert!(tally.is_empty());
        assert_eq!(tally.announced, None);
    }
}
