//! The command line.

use clap::{Args as ClapArgs, Parser, Subcommand};
use std::path::PathBuf;
use std::time::Duration;

/// Record, verify, export and serve wearable sensors without a window.
#[derive(Debug, Parser)]
#[command(name = "sensocto", version, after_help = EXIT_CODES)]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Print the result as JSON on standard output, for scripts.
    #[arg(long, global = true)]
    pub json: bool,
    /// The configuration file, instead of the console's own.
    #[arg(long, global = true, value_name = "FILE")]
    pub settings: Option<PathBuf>,
}

const EXIT_CODES: &str = "\
Exit codes: 0 done; 1 it could not be done (the message says why and what to do);
2 the command line makes no sense; 3 `verify` found a recording that can't be believed;
4 recorded, but samples were dropped (each is in a gap of the file).";

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Record a simulator scenario or a Bluetooth sensor into a file.
    Record(RecordArgs),
    /// Re-read every block of a recording and say whether it can be believed.
    Verify {
        /// The recording.
        file: PathBuf,
    },
    /// Export a recording.
    Export(ExportArgs),
    /// Look for Bluetooth devices.
    Scan {
        /// How long to look: 5s, 1m.
        #[arg(long = "for", value_name = "TIME", default_value = "5s", value_parser = duration)]
        duration: Duration,
    },
    /// Run a console without a window and serve it over HTTP on loopback, until Ctrl-C.
    Serve(ServeArgs),
    /// Print the supervision tree of the running console.
    Tree,
    /// Ask a sensor of the running console for its last values, behind everything it has offered.
    Ask {
        /// The sensor's id.
        sensor: String,
    },
    /// List what the outbox of the running console has set aside, release or discard it.
    #[command(after_help = OUTBOX_HELP)]
    Outbox {
        /// What to do; without it, the list.
        #[command(subcommand)]
        command: Option<OutboxCommand>,
    },
    /// List the devices that the running console knows, say what they are called, forget one.
    Devices {
        /// What to do; without it, the list.
        #[command(subcommand)]
        command: Option<DevicesCommand>,
    },
    /// Look at what this machine offers, and say what to do about what is missing.
    Doctor(DoctorArgs),
}

const OUTBOX_HELP: &str = "\
A message that can't be delivered by its own fault is set aside, so that those behind it go
on. Released, it is tried again, with its tries forgotten; discarded, it is gone for ever.
Exit codes: 0 done; 1 it could not be done: no console is running, it keeps no outbox, the
message is not set aside any more, or the outbox's disk does not answer.";

/// What to do with messages that were set aside.
#[derive(Debug, Subcommand)]
pub enum OutboxCommand {
    /// List them, the oldest first, page by page.
    List {
        /// Only those behind this number.
        #[arg(long, value_name = "NUMBER", value_parser = number)]
        after: Option<i64>,
    },
    /// Let one try again.
    Release {
        /// Its number.
        #[arg(value_name = "NUMBER", value_parser = number)]
        id: i64,
    },
    /// Throw one away, for ever.
    Discard {
        /// Its number.
        #[arg(value_name = "NUMBER", value_parser = number)]
        id: i64,
    },
}

/// What to do with known devices.
#[derive(Debug, Subcommand)]
pub enum DevicesCommand {
    /// List them.
    List,
    /// Say what one is called, whose it is, where it belongs. What is not said stays as it is.
    Set(KnownArgs),
    /// Forget one; it is remembered anew when it is connected.
    Forget {
        /// Its address.
        #[arg(value_name = "DEVICE")]
        device: String,
    },
}

/// What is said of a known device.
#[derive(Debug, ClapArgs)]
pub struct KnownArgs {
    /// Its address, or its alias.
    #[arg(value_name = "DEVICE")]
    pub device: String,
    /// What to call it; "" for its own name.
    #[arg(long, value_name = "NAME")]
    pub alias: Option<String>,
    /// Whose it is, or who wears it; "" for nobody.
    #[arg(long, value_name = "NAME")]
    pub owner: Option<String>,
    /// Where it belongs; "" for nowhere.
    #[arg(long, value_name = "NAME")]
    pub room: Option<String>,
    /// Whether it is connected by itself when the console starts: true or false.
    #[arg(long, value_name = "BOOL")]
    pub reconnect: Option<bool>,
}

/// What to record, for how long, into which file.
#[derive(Debug, ClapArgs)]
pub struct RecordArgs {
    /// The source.
    #[command(flatten)]
    pub source: Source,
    /// How long to record: 10s, 5m, 2h. Without it, until Ctrl-C.
    #[arg(long = "for", value_name = "TIME", value_parser = duration)]
    pub duration: Option<Duration>,
    /// The file to record into; it must not exist.
    #[arg(long, value_name = "FILE", default_value = "recording.sensocto")]
    pub out: PathBuf,
    /// A title to keep in the file.
    #[arg(long, default_value = "")]
    pub title: String,
    /// The simulator's seed: the same seed, the same samples.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// Where samples come from: one of the two.
#[derive(Debug, ClapArgs)]
#[group(required = true, multiple = false)]
pub struct Source {
    /// A simulator scenario (YAML).
    #[arg(long, value_name = "FILE")]
    pub scenario: Option<PathBuf>,
    /// A Bluetooth sensor: its address, its name, or a part of the name.
    #[arg(long, value_name = "NAME")]
    pub ble: Option<String>,
}

/// What to export, and where to.
#[derive(Debug, ClapArgs)]
pub struct ExportArgs {
    /// The recording.
    pub file: PathBuf,
    /// The format.
    #[arg(long, value_parser = ["csv"], default_value = "csv")]
    pub format: String,
    /// The folder to create; beside the recording if not given.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Replace an older export in that folder.
    #[arg(long)]
    pub overwrite: bool,
}

/// What to serve, and where.
#[derive(Debug, ClapArgs)]
pub struct ServeArgs {
    /// Start this simulator scenario (YAML) at once.
    #[arg(long, value_name = "FILE")]
    pub scenario: Option<PathBuf>,
    /// The port on 127.0.0.1; 0 takes any free one.
    #[arg(long, default_value_t = 0)]
    pub port: u16,
    /// Use Bluetooth as well.
    #[arg(long)]
    pub bluetooth: bool,
    /// Where recordings go.
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub recordings: PathBuf,
    /// Keep a rolling history in this folder; of what length and size, the settings
    /// say ([history]; by default the last day in 2 GB at most).
    #[arg(long, value_name = "DIR")]
    pub history: Option<PathBuf>,
    /// Remember Bluetooth devices in this file, and connect those it knows.
    #[arg(long, value_name = "FILE")]
    pub devices: Option<PathBuf>,
    /// The simulator's seed: the same seed, the same samples.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// What to look at.
#[derive(Debug, ClapArgs)]
pub struct DoctorArgs {
    /// The folder that recordings are to go to.
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub recordings: PathBuf,
    /// Leave Bluetooth alone.
    #[arg(long)]
    pub no_bluetooth: bool,
}

/// The number of a message: 1 or more.
fn number(text: &str) -> Result<i64, String> {
    text.parse().ok().filter(|number| *number > 0).ok_or_else(|| "it is a whole number from 1 on".to_owned())
}

/// The longest time that can be asked for: 366 days.
const SECONDS_MAX: f64 = 366.0 * 86_400.0;

/// A time such as `10s`, `1.5m`, `2h`, `500ms`.
fn duration(text: &str) -> Result<Duration, String> {
    let unit_at = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (number, unit) = text.split_at(unit_at);
    let factor = match unit {
        "ms" => 0.001,
        "s" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        _ => return Err("give a number and a unit: 500ms, 10s, 5m, 2h".to_owned()),
    };
    let seconds = number.trim().parse::<f64>().map_err(|_| format!("{number:?} is not a number"))? * factor;
    if seconds > 0.0 && seconds <= SECONDS_MAX {
        Ok(Duration::from_secs_f64(seconds))
    } else {
        Err("it must be longer than nothing and shorter than a year".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_times_with_their_units() {
        for (text, millis) in [("500ms", 500), ("10s", 10_000), ("1.5m", 90_000), ("2h", 7_200_000)] {
            assert_eq!(duration(text), Ok(Duration::from_millis(millis)), "{text}");
        }
    }

    #[test]
    fn refuses_times_that_make_no_sense() {
        for text in ["", "10", "s", "-1s", "0s", "NaNs", "infs", "1e9h", "10 parsecs"] {
            assert!(duration(text).is_err(), "{text:?} was taken");
        }
    }

    #[test]
    fn the_outbox_is_listed_without_a_word_more_and_takes_numbers_from_one_on() {
        let parse = |args: &[&str]| Args::try_parse_from([&["sensocto", "outbox"], args].concat());
        let bare = parse(&["--json"]).unwrap();
        assert!(bare.json && matches!(bare.command, Command::Outbox { command: None }));
        let discard = parse(&["discard", "7"]).unwrap().command;
        assert!(matches!(discard, Command::Outbox { command: Some(OutboxCommand::Discard { id: 7 }) }));
        for nonsense in [&["release"][..], &["release", "0"], &["discard", "x"], &["list", "--after", "-3"]] {
            assert!(parse(nonsense).is_err(), "{nonsense:?} was taken");
        }
    }

    #[test]
    fn wants_exactly_one_source() {
        let parse = |args: &[&str]| Args::try_parse_from([&["sensocto", "record"], args].concat());
        assert!(parse(&["--scenario", "x.yaml"]).is_ok());
        assert!(parse(&[]).is_err());
        assert!(parse(&["--scenario", "x.yaml", "--ble", "H10"]).is_err());
    }
}
