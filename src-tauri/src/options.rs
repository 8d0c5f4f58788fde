//! The command line of the window.

use anyhow::{Context, bail};
use std::ffi::OsString;
use std::path::PathBuf;

/// What `--help` prints.
pub const HELP: &str = "\
Sensocto Console: an operator console for wearable sensors.

Usage: sensocto-console [OPTIONS]

Options:
  --scenario FILE    start this simulator scenario at once
  --recordings DIR   where recordings go in this run
  --no-bluetooth     leave Bluetooth alone
  --help             print this

To record without a window, use the program `sensocto`.
";

/// What the window was started with.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// A scenario to start at once.
    pub scenario: Option<PathBuf>,
    /// Where recordings go in this run.
    pub recordings: Option<PathBuf>,
    /// Leave Bluetooth alone.
    pub no_bluetooth: bool,
    /// Print the help and end.
    pub help: bool,
}

impl Options {
    /// Reads the arguments behind the program's name.
    ///
    /// # Errors
    /// An argument is not known, or lacks its value.
    pub fn from_args(args: impl IntoIterator<Item = OsString>) -> anyhow::Result<Self> {
        let (mut options, mut args) = (Self::default(), args.into_iter());
        while let Some(arg) = args.next() {
            let mut path =
                || args.next().map(PathBuf::from).with_context(|| format!("{} needs a value", arg.display()));
            match arg.to_str() {
                Some("--scenario") => options.scenario = Some(path()?),
                Some("--recordings") => options.recordings = Some(path()?),
                Some("--no-bluetooth") => options.no_bluetooth = true,
                Some("--help" | "-h") => options.help = true,
                _ => bail!("unknown argument {}; --help tells what there is", arg.display()),
            }
        }
        Ok(options)
    }
}
