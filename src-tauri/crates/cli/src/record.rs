//! `sensocto record`.

use crate::args::RecordArgs;
use crate::failure::Failure;
use crate::scan::{self, wait};
use crate::{interrupt, progress, say};
use api::ErrorCode;
use connect::Command;
use crossbeam_channel::Receiver;
use model::{Advert, LinkState};
use runtime::{Config, Console, Recorded, ScenarioFailure};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

/// How long a device may take to be seen, and then to be connected.
const DEVICE_DEADLINE: Duration = Duration::from_secs(30);
/// The exit code of a recording that is good, but lacks samples that were offered.
const WITH_LOSSES: u8 = 4;
/// How often the line of progress is drawn.
const DRAW_EVERY: Duration = Duration::from_millis(250);

/// Records until the time is over or the operator ends it.
///
/// # Errors
/// The source can't be used, or the file can't be written.
pub fn run(args: &RecordArgs, settings: Option<PathBuf>, json: bool) -> Result<ExitCode, Failure> {
    let interrupt = interrupt::channel()?;
    let config = Config { bluetooth: args.source.ble.is_some(), seed: args.seed, settings, known: None };
    let console = Console::start(config)?;
    let outcome = record(&console, args, &interrupt, json);
    console.shut_down();
    tell_notices(&console);
    let recorded = outcome?;
    tell(&recorded, json);
    Ok(if recorded.dropped == 0 { ExitCode::SUCCESS } else { ExitCode::from(WITH_LOSSES) })
}

fn record(
    console: &Console,
    args: &RecordArgs,
    interrupt: &Receiver<()>,
    json: bool,
) -> Result<Recorded, Failure> {
    // Devices first, so that a recording begins with a live link; a scenario
    // second, so that the recording holds its very first sample.
    if let Some(name) = &args.source.ble {
        connect_device(console, name, interrupt)?;
    }
    console
        .start_recording(&args.out, &args.title)
        .map_err(|error| Failure::from(api::recorder_error(error)))?;
    if let Some(scenario) = &args.source.scenario {
        start_scenario(console, scenario, &args.out)?;
    }
    tell_notices(console);
    watch(console, args.duration, interrupt, json);
    console.stop_recording().map_err(|error| Failure::from(api::recorder_error(error)))
}

/// Tells what is on the notice board, and takes it off.
fn tell_notices(console: &Console) {
    for posted in console.notices().into_iter().rev() {
        say::aside(format!("{} {}", posted.notice.text, posted.notice.remedy));
        console.dismiss_notice(posted.id);
    }
}

fn start_scenario(console: &Console, scenario: &Path, out: &Path) -> Result<(), Failure> {
    console.start_scenario(scenario).map_err(|failure| {
        // The recording has nothing in it yet: an empty file would only be in the way.
        let _ = console.stop_recording();
        let _ = std::fs::remove_file(out);
        match failure {
            ScenarioFailure::File(error) => Failure::new(ErrorCode::BadFile, error.to_string(), ""),
            ScenarioFailure::Start(error) => Failure::from(error),
            ScenarioFailure::AtLimit => Failure::new(
                ErrorCode::Conflict,
                format!("{failure}."),
                "Close other programs and try again.",
            ),
        }
    })
}

fn connect_device(console: &Console, name: &str, interrupt: &Receiver<()>) -> Result<(), Failure> {
    scan::start(console, interrupt)?;
    let found = || {
        let adverts: Vec<Advert> = console.devices().into_iter().map(|seen| seen.advert).collect();
        scan::find(&adverts, name)
    };
    if !wait(DEVICE_DEADLINE, interrupt, || found().is_some()) {
        return Err(not_found(console, name));
    }
    let Some(advert) = found() else { return Err(not_found(console, name)) };
    say::aside(format!("connecting to {} ({})", advert.name, advert.device.0));
    let stuck = |_| Failure::new(ErrorCode::Bluetooth, "Bluetooth does not answer.", "Try again.");
    console.bluetooth(Command::StopScan).map_err(stuck)?;
    console.bluetooth(Command::Connect { device: advert.device }).map_err(stuck)?;
    let live = || console.sensors().iter().any(|sensor| sensor.link == LinkState::Live);
    if wait(DEVICE_DEADLINE, interrupt, live) { Ok(()) } else { Err(not_connected(console, name)) }
}

fn not_found(console: &Console, name: &str) -> Failure {
    let seen: Vec<String> = console.devices().iter().map(|seen| seen.advert.name.to_string()).collect();
    let seen = if seen.is_empty() {
        "No device was seen.".to_owned()
    } else {
        format!("Seen: {}.", seen.join(", "))
    };
    let remedy = "Wake the sensor, bring it closer, or give its address (`sensocto scan` lists them).";
    Failure::new(ErrorCode::NotFound, format!("No single device is called {name:?}. {seen}"), remedy)
}

fn not_connected(console: &Console, name: &str) -> Failure {
    let why = console.sensors().into_iter().find_map(|sensor| match sensor.link {
        LinkState::Lost { reason } => Some(reason),
        LinkState::Connecting | LinkState::Live | LinkState::Stopped => None,
    });
    let why = why.unwrap_or_else(|| "it did not answer in time".to_owned());
    let remedy = "Close other programs that use it, bring it closer and try again.";
    Failure::new(ErrorCode::Bluetooth, format!("{name} could not be connected: {why}."), remedy)
}

fn watch(console: &Console, duration: Option<Duration>, interrupt: &Receiver<()>, json: bool) {
    let (line, started_ns) = (progress::line(json), console.now().host_ns);
    loop {
        let elapsed = Duration::from_nanos((console.now().host_ns - started_ns).max(0).unsigned_abs());
        let left = duration.map_or(DRAW_EVERY, |duration| duration.saturating_sub(elapsed));
        if left.is_zero() || interrupt.recv_timeout(left.min(DRAW_EVERY)).is_ok() {
            break;
        }
        line.set_message(words(console, elapsed));
    }
    line.finish_and_clear();
}

fn words(console: &Console, elapsed: Duration) -> String {
    let view = console.recorder();
    let mut words = format!(
        "Recording {:.1} s, {} samples, {} KiB, {} dropped",
        elapsed.as_secs_f64(),
        view.stored,
        view.bytes / 1024,
        view.dropped
    );
    if let Some((problem, remedy)) = view.problem {
        words.push_str(&format!(" – {problem} {remedy}"));
    }
    words
}

fn tell(recorded: &Recorded, json: bool) {
    let done = api::summary(recorded);
    if json {
        say::result(serde_json::json!(done));
        return;
    }
    let kib = done.bytes.div_ceil(1024);
    say::result(format!(
        "{}: {:.1} s, {} samples stored, {} dropped, {kib} KiB",
        done.path, done.seconds, done.samples, done.dropped
    ));
}
