//! The command line of the window.

use anyhow::{Context, bail};
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

/// What `--help` prints.
pub const HELP: &str = "\
Sensocto Console: an operator console for wearable sensors.

Usage: sensocto-console [OPTIONS]

Options:
  --scenario FILE    start this simulator scenario at once
  --recordings DIR   where recordings go in this run
  --no-bluetooth     leave Bluetooth alone
  --serve            serve HTTP on loopback, for `sensocto tree` and other programs
  --port PORT        the port for it; without it, any free one
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
    /// Serve HTTP on loopback.
    pub serve: bool,
    /// The port for it; 0 takes any free one.
    pub port: u16,
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
            let mut value = || args.next().with_context(|| format!("{} needs a value", arg.display()));
            match arg.to_str() {
                Some("--scenario") => options.scenario = Some(value()?.into()),
                Some("--recordings") => options.recordings = Some(value()?.into()),
                Some("--serve") => options.serve = true,
                Some("--port") => options.port = port(&value()?)?,
                Some("--no-bluetooth") => options.no_bluetooth = true,
                Some("--help" | "-h") => options.help = true,
                _ => bail!("unknown argument {}; --help tells what there is", arg.display()),
            }
        }
        Ok(options)
    }
}

fn port(text: &OsStr) -> anyhow::Result<u16> {
    let number = text.to_str().and_then(|text| text.parse().ok());
    number.with_context(|| format!("{} is not a port: give a number from 0 to 65535", text.display()))
}
