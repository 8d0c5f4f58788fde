//! From a machine with only Rust to one that can build, open and test the console.
//!
//! Looks for what is missing, says what it is going to install and why before
//! it does, and installs through the system's own package manager. What is
//! already there, from wherever it came, is respected: things are found by
//! what they do (a program, a library, a version), never by who installed them.

mod apt;
mod evidence;
mod needs;
mod node;
mod plan;
mod platform;

use anyhow::{Result, bail};
use evidence::{Machine, Probe};
use needs::Need;
use plan::Plan;
use platform::Platform;

use crate::say;

pub use needs::Purpose;

/// Makes sure that everything for a purpose is there. Installs only if it may;
/// otherwise, and where it can't, fails with what to do.
pub fn ensure(purpose: Purpose, may_install: bool) -> Result<()> {
    let machine = Machine;
    let platform = Platform::of(&machine);
    let missing = missing(&machine, platform, purpose);
    match plan::plan(&machine, platform, &missing, may_install) {
        Plan::Ready => Ok(()),
        Plan::Tell(what_to_do) => bail!("{what_to_do}"),
        Plan::Install { announcement, packages, by_sudo } => {
            say::line(&announcement);
            apt::install(&packages, by_sudo)?;
            confirm(&machine, platform, purpose)
        }
    }
}

/// Whether there is a display to open a window on.
pub fn has_display() -> bool {
    let is_set = |name| Machine.variable(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}

fn missing(probe: &dyn Probe, platform: Platform, purpose: Purpose) -> Vec<&'static Need> {
    needs::of(platform, purpose).filter(|need| !need.evidence.is_there(probe)).collect()
}

/// After an installation nothing may be missing any more.
fn confirm(probe: &dyn Probe, platform: Platform, purpose: Purpose) -> Result<()> {
    let still = missing(probe, platform, purpose);
    if still.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = still.iter().map(|need| need.evidence.shortfall(probe)).collect();
    bail!(
        "the packages are installed, but this is still not right: {}. \
         An older copy may stand before them in PATH, or this release may be too old: \
         Debian 12 or Ubuntu 22.04 is the oldest that will do",
        names.join("; ")
    )
}

#[cfg(test)]
mod tests {
    use super::evidence::scripted::Scripted;
    use super::*;

    #[test]
    fn a_machine_with_everything_misses_nothing() {
        let probe = Scripted::complete();
        let platform = Platform::of(&probe);
        assert!(missing(&probe, platform, Purpose::Test).is_empty());
        assert!(confirm(&probe, platform, Purpose::Test).is_ok());
    }

    #[test]
    fn a_bare_debian_misses_the_lot_and_says_why() {
        let probe = Scripted::bare_debian();
        let missing = missing(&probe, Platform::of(&probe), Purpose::Run);
        let packages: Vec<_> =
            missing.iter().filter_map(|need| need.package_of(platform::Tool::Apt)).collect();
        for package in ["gcc", "pkg-config", "libwebkit2gtk-4.1-dev", "libdbus-1-dev", "nodejs", "npm"] {
            assert!(packages.contains(&package), "{package} is not among {packages:?}");
        }
        assert!(!packages.contains(&"xvfb"));
        assert!(missing.iter().all(|need| need.why.len() > 20));
    }

    #[test]
    fn an_old_node_in_the_way_is_told_after_installing() {
        let probe = Scripted { node: Some("v16.20.2"), ..Scripted::complete() };
        let error = confirm(&probe, Platform::of(&probe), Purpose::Run).unwrap_err().to_string();
        assert!(error.contains("v16.20.2"), "{error}");
    }
}
