//! `sensocto serve`: a console without a window, served over HTTP on loopback
//! until Ctrl-C or SIGTERM.

use crate::args::ServeArgs;
use crate::failure::Failure;
use crate::{interrupt, say};
use api::{Api, ErrorCode, Folders, Request, ServedAt};
use crossbeam_channel::Receiver;
use runtime::{Config, Console};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

/// How often the console is looked after.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Serves until the operator ends it.
///
/// # Errors
/// The scenario can't be run, the port is taken, or the console fails as a whole.
pub fn run(args: &ServeArgs, settings: Option<PathBuf>, json: bool) -> Result<ExitCode, Failure> {
    let interrupt = interrupt::channel()?;
    let api = Arc::new(start(args, settings)?);
    let outcome = serve(&api, args, &interrupt, json);
    let sealed = seal(&api);
    let late = api.console().shut_down();
    if !late.is_empty() {
        say::aside(format!("left behind, because they did not end in time: {}", late.join(", ")));
    }
    outcome.and(sealed)?;
    Ok(ExitCode::SUCCESS)
}

/// The console, with a history in the folder that the command line names, otherwise
/// where the settings want one.
fn start(args: &ServeArgs, settings: Option<PathBuf>) -> Result<Api, Failure> {
    let config = Config { bluetooth: args.bluetooth, seed: args.seed, settings, known: args.devices.clone() };
    let console = Console::start(config)?;
    if let Some(folder) = &args.history {
        console.keep_history_in(folder.clone()).map_err(std::io::Error::other)?;
    }
    Ok(Api::new(console, folders(args)))
}

fn folders(args: &ServeArgs) -> Folders {
    let scenarios = args.scenario.as_ref().and_then(|file| file.parent()).map(ToOwned::to_owned);
    Folders {
        scenarios: scenarios.filter(|folder| folder.is_dir()).unwrap_or_else(|| ".".into()),
        recordings: args.recordings.clone(),
        settings: None,
    }
}

fn serve(api: &Arc<Api>, args: &ServeArgs, interrupt: &Receiver<()>, json: bool) -> Result<(), Failure> {
    if let Some(scenario) = &args.scenario {
        api.answer(Request::StartScenario { id: scenario.display().to_string() })?;
    }
    tell_address(&api.serve(args.port)?, json);
    let mut told = 0;
    while interrupt.recv_timeout(LOOK_EVERY).is_err() {
        told = tell_notices(api, told);
        if api.console().is_failed() {
            let remedy = "Start it again; what was recorded is safe.";
            return Err(Failure::new(ErrorCode::Internal, "The console has failed as a whole.", remedy));
        }
    }
    Ok(())
}

fn tell_address(served: &ServedAt, json: bool) {
    let (port, door) = (served.port, served.door.display().to_string());
    let address = format!("http://127.0.0.1:{port}");
    if json {
        say::result(serde_json::json!({ "address": address, "port": port, "door": door }));
    } else {
        say::result(format!("Serving on {address}. Port and token are in {door}."));
        say::aside("Ctrl-C ends it.");
    }
}

/// Tells the notices that came after `told`; they stay on the board for the faces.
fn tell_notices(api: &Api, told: u64) -> u64 {
    let notices = api.console().notices();
    for posted in notices.iter().rev().filter(|posted| posted.id > told) {
        say::aside(format!("{} {}", posted.notice.text, posted.notice.remedy));
    }
    notices.iter().map(|posted| posted.id).max().unwrap_or(told).max(told)
}

/// A recording that a face has started is closed: the operator has asked for the end.
fn seal(api: &Api) -> Result<(), Failure> {
    if api.console().recorder().file.is_some() {
        api.answer(Request::StopRecording)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use runtime::HistoryView;
    use std::path::Path;

    const HOUR_NS: i64 = 3600 * 1_000_000_000;

    /// The history of a console that is served in `here`, where settings ask for 7
    /// hours and 32 MB in the folder "set".
    fn history(here: &Path, history: Option<PathBuf>) -> HistoryView {
        let file = here.join("settings.toml");
        let folder = here.join("set");
        let text =
            format!("[history]\nenabled = true\nfolder = {folder:?}\nhours_max = 7\nmegabytes_max = 32\n");
        std::fs::write(&file, text).unwrap();
        let recordings = here.to_owned();
        let args = ServeArgs {
            scenario: None,
            port: 0,
            bluetooth: false,
            recordings,
            history,
            devices: None,
            seed: 1,
        };
        let api = start(&args, Some(file)).unwrap();
        let (console, notices) = (api.console(), api.console().notices());
        assert!(notices.is_empty(), "{notices:?}");
        let history = console.history().unwrap();
        assert!(console.shut_down().is_empty());
        history
    }

    #[test]
    fn the_history_is_kept_where_and_as_large_as_the_settings_say() {
        let here = tempfile::tempdir().unwrap();
        let view = history(here.path(), None);
        assert_eq!(view.path, here.path().join("set/history.db"));
        assert_eq!((view.age_max_ns, view.bytes_max), (7 * HOUR_NS, 32_000_000));
    }

    #[test]
    fn a_history_that_the_command_line_asks_for_is_as_large_as_the_settings_say_and_kept_nowhere_else() {
        let here = tempfile::tempdir().unwrap();
        let named = here.path().join("named");
        std::fs::create_dir(&named).unwrap();
        let view = history(here.path(), Some(named.clone()));
        assert_eq!(view.path, named.join("history.db"));
        assert_eq!((view.age_max_ns, view.bytes_max), (7 * HOUR_NS, 32_000_000));
        assert!(!here.path().join("set").exists() && !here.path().join("history").exists());
    }
}
