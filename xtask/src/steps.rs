//! The steps of a long command, and the closing table of what each one took.
//!
//! Stops at the first step that fails: the table then shows how far it came.
//! The only place in this crate that reads a clock.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::say;

/// The steps done so far.
#[derive(Default)]
pub struct Steps {
    done: Vec<Step>,
}

struct Step {
    name: &'static str,
    took: Duration,
    failed: bool,
}

impl Steps {
    /// Carries out one step under its name; an error names the step.
    pub fn step<T>(&mut self, name: &'static str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        say::line(&format!("\n== {name}"));
        let started = now();
        let result = work();
        self.done.push(Step { name, took: started.elapsed(), failed: result.is_err() });
        result.with_context(|| format!("the step \"{name}\" failed"))
    }

    /// Prints the closing table.
    pub fn close(&self) {
        say::line(&format!("\n{}", self.table()));
    }

    fn table(&self) -> String {
        let width = self.done.iter().map(|step| step.name.len()).chain(["total".len()]).max().unwrap_or(0);
        let row = |name: &str, took: Duration, note: &str| {
            format!("{name:width$}  {:>8.1} s{note}", took.as_secs_f64())
        };
        let rows = self.done.iter().map(|step| row(step.name, step.took, note(step)));
        let total = row("total", self.done.iter().map(|step| step.took).sum(), "");
        rows.chain([total]).collect::<Vec<_>>().join("\n")
    }
}

fn note(step: &Step) -> &'static str {
    if step.failed { "  failed" } else { "" }
}

#[expect(
    clippy::disallowed_methods,
    reason = "times of build steps, told to a person; no sample is stamped here"
)]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_a_row_for_each_step_and_marks_the_one_that_failed() {
        let done = vec![
            Step { name: "format", took: Duration::from_millis(1_250), failed: false },
            Step { name: "every test", took: Duration::from_secs(61), failed: true },
        ];
        let table = Steps { done }.table();
        let expected = "format           1.2 s\nevery test      61.0 s  failed\ntotal           62.2 s";
        assert_eq!(table, expected);
    }

    #[test]
    fn an_error_names_its_step() {
        let mut steps = Steps::default();
        let error = steps.step("layers", || anyhow::bail!("a breach") as Result<()>).unwrap_err();
        assert_eq!(format!("{error:#}"), "the step \"layers\" failed: a breach");
        assert!(steps.done[0].failed);
    }
}
