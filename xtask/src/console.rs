//! `cargo xtask run`: from a checkout to the console on the screen.
//!
//! Without a display it stops at once, before anything is installed or built,
//! and shows how to record from the command line instead.

use std::ffi::OsString;
use std::process::Command;

use anyhow::{Result, bail};

use crate::setup::{self, Purpose};
use crate::steps::Steps;
use crate::{locale, process, ui};

/// What the console opens with when it is given no arguments: the simulator, live.
const FIRST_LIGHT: [&str; 2] = ["--scenario", "assets/scenarios/first_light.yaml"];

/// The size of the virtual display.
const SCREEN: &str = "-screen 0 1440x900x24";

const NO_DISPLAY: &str = "\
there is no display to open a window on (neither DISPLAY nor WAYLAND_DISPLAY is set).

The console also records without one, from the command line:
  cargo run --package cli -- record --scenario assets/scenarios/first_light.yaml --for 10s --out demo.sensocto
  cargo run --package cli -- verify demo.sensocto

Or open the window under a virtual display:
  cargo xtask run --xvfb";

/// Sets up, builds and opens the console, handing `rest` to it; without any,
/// it opens with the simulator running.
pub fn run(may_install: bool, xvfb: bool, rest: &[OsString]) -> Result<()> {
    if !xvfb && !setup::has_display() {
        bail!("{NO_DISPLAY}");
    }
    let purpose = if xvfb { Purpose::RunVirtually } else { Purpose::Run };
    let mut steps = Steps::default();
    let built = build(&mut steps, purpose, may_install);
    steps.close();
    built?;
    let mut console = console(xvfb);
    match rest.is_empty() {
        true => process::run(console.args(FIRST_LIGHT)),
        false => process::run(console.args(rest)),
    }
}

fn build(steps: &mut Steps, purpose: Purpose, may_install: bool) -> Result<()> {
    steps.step("set up", || setup::ensure(purpose, may_install))?;
    steps.step("UI dependencies", ui::fetch)?;
    steps.step("UI build", ui::build)?;
    steps.step("console", || process::run(&mut process::cargo(["build", "--package", "sensocto-console"])))
}

/// The console, started through cargo so that it is found wherever it was built.
fn console(xvfb: bool) -> Command {
    let mut console = if xvfb {
        let mut display = process::command("xvfb-run", ["--auto-servernum", "--server-args", SCREEN]);
        display.args(["dbus-run-session", "--"]).arg(process::cargo([]).get_program());
        display
    } else {
        process::cargo([])
    };
    console.args(["run", "--quiet", "--package", "sensocto-console", "--"]);
    locale::in_a_language(&mut console);
    console
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scenario_that_it_opens_with_is_in_the_checkout() {
        assert!(process::root().join(FIRST_LIGHT[1]).is_file());
    }

    #[test]
    fn a_virtual_console_has_a_display_and_a_session_bus_of_its_own() {
        let command = console(true);
        let words: Vec<_> = command.get_args().map(|word| word.to_string_lossy()).collect();
        assert_eq!(command.get_program(), "xvfb-run");
        assert!(words.iter().any(|word| word == "dbus-run-session"));
        assert!(words.ends_with(&["--package".into(), "sensocto-console".into(), "--".into()]), "{words:?}");
    }
}
