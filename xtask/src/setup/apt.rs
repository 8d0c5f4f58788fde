//! Installing Debian packages, with a fresh package list only when it is needed.

use std::process::Command;

use anyhow::{Context, Result};

use crate::{process, say};

/// Installs packages without their recommendations. Fetches the package list
/// when it doesn't know one of them, or when it turns out to be out of date.
pub fn install(packages: &[&str], by_sudo: bool) -> Result<()> {
    if !knows(packages) {
        update(by_sudo)?;
        return attempt(packages, by_sudo);
    }
    attempt(packages, by_sudo).or_else(|error| {
        say::line(&format!("{error:#}; trying once more with a fresh package list."));
        update(by_sudo)?;
        attempt(packages, by_sudo)
    })
}

fn knows(packages: &[&str]) -> bool {
    let show = |package: &&str| process::ends_well(&mut process::command("apt-cache", ["show", package]));
    packages.iter().all(show)
}

fn update(by_sudo: bool) -> Result<()> {
    process::run(apt_get(by_sudo).arg("update"))
        .context("the package list could not be fetched: is this machine connected?")
}

fn attempt(packages: &[&str], by_sudo: bool) -> Result<()> {
    let words = ["install", "--yes", "--quiet", "--no-install-recommends"];
    process::run(apt_get(by_sudo).args(words).args(packages))
}

/// apt-get, asking no questions.
fn apt_get(by_sudo: bool) -> Command {
    let quietly = "DEBIAN_FRONTEND=noninteractive";
    match by_sudo {
        true => process::command("sudo", ["env", quietly, "apt-get"]),
        false => process::command("env", [quietly, "apt-get"]),
    }
}
