//! Running other programs: said before, and an error that names the command.
//!
//! Every command runs in the root of the checkout unless it is told otherwise.
//! Nothing here decides what to run.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use anyhow::{Context, Result, bail};

use crate::say;

/// The root of the checkout.
pub fn root() -> PathBuf {
    let own = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let own = PathBuf::from(own);
    own.parent().map(Path::to_path_buf).unwrap_or(own)
}

/// Where cargo builds, and where this crate keeps its stamps.
pub fn target_dir() -> PathBuf {
    let named = std::env::var_os("CARGO_TARGET_DIR").or_else(|| std::env::var_os("CARGO_BUILD_TARGET_DIR"));
    root().join(named.unwrap_or_else(|| "target".into()))
}

/// A program with its arguments, to be started in the root of the checkout.
pub fn command<const N: usize>(program: &str, arguments: [&str; N]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root());
    command
}

/// Cargo itself: the same one that started this program.
pub fn cargo<const N: usize>(arguments: [&str; N]) -> Command {
    command(&std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()), arguments)
}

/// Says what it starts, waits for its end, and fails when it fails.
pub fn run(command: &mut Command) -> Result<()> {
    let line = announce(command);
    let status = command.status().with_context(|| format!("could not start `{line}`"))?;
    succeeded(&line, status)
}

/// As [`run`], handing every line of standard output to `each` as it comes.
pub fn run_lines(command: &mut Command, mut each: impl FnMut(&str)) -> Result<()> {
    let line = announce(command);
    let mut child =
        command.stdout(Stdio::piped()).spawn().with_context(|| format!("could not start `{line}`"))?;
    if let Some(output) = child.stdout.take() {
        for text in BufReader::new(output).split(b'\n') {
            each(String::from_utf8_lossy(&text.context("its output broke off")?).trim_end_matches('\r'));
        }
    }
    succeeded(&line, child.wait()?)
}

/// Runs without a word and gives its standard output.
pub fn output(command: &mut Command) -> Result<String> {
    let line = written(command);
    let output =
        command.stderr(Stdio::inherit()).output().with_context(|| format!("could not start `{line}`"))?;
    succeeded(&line, output.status)?;
    String::from_utf8(output.stdout).with_context(|| format!("`{line}` did not answer in UTF-8"))
}

/// Whether a program runs and ends well, without a word either way.
pub fn ends_well(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|s| s.success())
}

fn announce(command: &Command) -> String {
    let line = written(command);
    say::line(&format!("$ {line}"));
    line
}

/// The command as a person would type it.
fn written(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_stem().unwrap_or(command.get_program());
    let words = command.get_args().map(|word| word.to_string_lossy().into_owned());
    [program.to_string_lossy().into_owned()].into_iter().chain(words).collect::<Vec<_>>().join(" ")
}

fn succeeded(line: &str, status: ExitStatus) -> Result<()> {
    if !status.success() {
        bail!("`{line}` failed ({status})");
    }
    Ok(())
}
