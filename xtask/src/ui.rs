//! The UI: its dependencies, its checks, its build.
//!
//! What hasn't changed isn't done again: a stamp under the target directory
//! holds the fingerprint of what the last run was made from. Only `ui/` is
//! looked at, and only npm is asked.

mod stamp;

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use stamp::Stamp;

use crate::{files, process, say};

/// Fetches the UI's dependencies, exactly as locked.
pub fn fetch() -> Result<()> {
    let stamp = Stamp::named("ui-dependencies");
    let manifests = [folder().join("package.json"), folder().join("package-lock.json")];
    let fingerprint = stamp::fingerprint(&manifests)?;
    if folder().join("node_modules").is_dir() && stamp.holds(&fingerprint) {
        say::line("The UI's dependencies are as locked.");
        return Ok(());
    }
    process::run(npm().args(["ci", "--include=dev", "--no-audit", "--no-fund"]))
        .context("the UI's dependencies could not be fetched from the npm registry")?;
    stamp.write(&fingerprint)
}

/// Checks types and components.
pub fn check() -> Result<()> {
    process::run(npm().args(["run", "check"]))
}

/// Runs the UI's own tests.
pub fn test() -> Result<()> {
    process::run(npm().args(["run", "test"]))
}

/// Builds the UI into `ui/dist`, from where the host embeds it.
pub fn build() -> Result<()> {
    let stamp = Stamp::named("ui-build");
    let fingerprint = stamp::fingerprint(&files::below(&folder())?)?;
    if folder().join("dist/index.html").is_file() && stamp.holds(&fingerprint) {
        say::line("The UI is built from these very sources.");
        return Ok(());
    }
    process::run(npm().args(["run", "build"]))?;
    stamp.write(&fingerprint)
}

fn folder() -> PathBuf {
    process::root().join("ui")
}

fn npm() -> Command {
    let mut npm = process::command(if cfg!(windows) { "npm.cmd" } else { "npm" }, []);
    npm.current_dir(folder());
    npm
}
