//! `cargo xtask test` and its CI form, `cargo xtask ci`.
//!
//! Cheap failures come first. Everything that `cargo test` needs is built by
//! one call with the same choice of packages and targets, so that nothing is
//! compiled twice; clippy keeps its own artefacts.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use crate::setup::{self, Purpose};
use crate::steps::Steps;
use crate::tally::Tally;
use crate::{bindings, layers, length, locale, process, say, ui};

/// Sets up and runs every test, or the Rust tests whose name contains `filter`.
pub fn test(may_install: bool, filter: Option<&str>) -> Result<()> {
    close(|steps| {
        steps.step("set up", || setup::ensure(Purpose::Test, may_install))?;
        ui_steps(steps)?;
        steps.step("build", || process::run(&mut workspace("build")))?;
        steps.step("tests", || rust_tests(filter, None))
    })
}

/// What CI runs.
pub fn ci(may_install: bool) -> Result<()> {
    close(|steps| {
        steps.step("format", || process::run(&mut process::cargo(["fmt", "--all", "--check"])))?;
        steps.step("file length", length::check)?;
        steps.step("layers", layers::check)?;
        steps.step("licences", licences)?;
        steps.step("set up", || setup::ensure(Purpose::Test, may_install))?;
        ui_steps(steps)?;
        steps.step("clippy", || process::run(workspace("clippy").args(["--", "--deny", "warnings"])))?;
        steps.step("build", || process::run(&mut workspace("build")))?;
        let types = steps.step("tests", || {
            let types = bindings::fresh_folder()?;
            rust_tests(None, Some(&types)).map(|()| types)
        })?;
        steps.step("generated types", || bindings::compare(&types))
    })
}

/// Runs the steps and prints the table, however they end.
fn close(work: impl FnOnce(&mut Steps) -> Result<()>) -> Result<()> {
    let mut steps = Steps::default();
    let result = work(&mut steps);
    steps.close();
    result
}

fn ui_steps(steps: &mut Steps) -> Result<()> {
    steps.step("UI dependencies", ui::fetch)?;
    steps.step("UI check", ui::check)?;
    steps.step("UI tests", ui::test)?;
    steps.step("UI build", ui::build)
}

/// A cargo command over everything, programs and tests alike.
fn workspace(what: &str) -> Command {
    let mut command = process::cargo([what, "--workspace", "--all-targets"]);
    leave_out_what_runs(&mut command);
    command
}

/// Windows can't replace a program that is running: this one.
fn leave_out_what_runs(command: &mut Command) {
    if cfg!(windows) {
        command.args(["--exclude", "xtask"]);
    }
}

/// Runs the Rust tests and sums them up in a closing line. The api crate's
/// tests write the UI's types: to their place, or to `types` if it is given.
fn rust_tests(filter: Option<&str>, types: Option<&PathBuf>) -> Result<()> {
    let mut command = process::cargo(["test", "--workspace", "--no-fail-fast"]);
    leave_out_what_runs(&mut command);
    locale::in_a_language(&mut command);
    command.args(filter).envs(types.map(|folder| (bindings::FOLDER_VARIABLE, folder)));
    let mut tally = Tally::default();
    let result = process::run_lines(&mut command, |line| {
        tally.read(line);
        say::line(line);
    });
    say::line(&format!("\n{tally}"));
    result?;
    if tally.is_empty() {
        bail!(
            "no test ran{}",
            filter.map(|filter| format!(": none has `{filter}` in its name")).unwrap_or_default()
        );
    }
    Ok(())
}

/// Licences, sources and duplicates, where cargo-deny is installed. Its
/// advisories need an index from the network and are left to whoever has one:
/// `cargo deny check advisories`.
fn licences() -> Result<()> {
    if !process::ends_well(&mut process::cargo(["deny", "--version"])) {
        say::line("Skipped: cargo-deny is not installed (`cargo install cargo-deny --locked`).");
        return Ok(());
    }
    process::run(&mut process::cargo(["deny", "--all-features", "check", "licenses", "bans", "sources"]))
}
