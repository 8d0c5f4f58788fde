//! Starts the runtime and the window, and ends them in that order reversed.

use crate::options::Options;
use crate::{close_guard, context, ipc};
use anyhow::Context;
use api::{Api, Folders, Request};
use std::path::PathBuf;
use std::sync::Arc;
use tauri::{App, Manager, RunEvent, WebviewUrl, WebviewWindowBuilder};

/// Size of a new window, logical pixels: fits a 1440 × 900 laptop screen.
const SIZE: (f64, f64) = (1360.0, 840.0);
/// The smallest window in which everything is still reachable.
const SIZE_MIN: (f64, f64) = (720.0, 450.0);

/// Runs the console until its window is closed.
///
/// # Errors
/// The window system or the runtime can't be started.
pub fn run(options: Options) -> anyhow::Result<()> {
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_dialog::init())
        .invoke_handler(tauri::generate_handler![ipc::rpc, ipc::frame])
        .on_window_event(close_guard::on_window_event)
        .setup(move |app| set_up(app, &options).map_err(Into::into))
        .build(context::embedded())
        .context("the window can't be opened; is there a display?")?;
    app.run(|app, event| {
        if matches!(event, RunEvent::Exit) {
            let late = app.state::<Arc<Api>>().console().shut_down();
            if !late.is_empty() {
                tracing::error!(?late, "threads missed their deadline");
            }
        }
    });
    Ok(())
}

fn set_up(app: &App, options: &Options) -> anyhow::Result<()> {
    let settings = app.path().app_config_dir().ok().map(|folder| folder.join("settings.toml"));
    let known = app.path().app_data_dir().ok().map(|folder| folder.join("devices.db"));
    let config = runtime::Config { bluetooth: !options.no_bluetooth, seed: SEED, settings, known };
    let console = runtime::Console::start(config).context("the runtime can't be started")?;
    let api = Arc::new(Api::new(console, folders(app, options)));
    app.manage(Arc::clone(&api));
    if let Some(scenario) = &options.scenario {
        let id = scenario.display().to_string();
        api.answer(Request::StartScenario { id }).context("the scenario can't be started")?;
    }
    if options.serve {
        let served = api.serve(options.port)?;
        tracing::info!(port = served.port, door = %served.door.display(), "serving HTTP on loopback");
    }
    WebviewWindowBuilder::new(app, "main", WebviewUrl::default())
        .title("Sensocto Console")
        .inner_size(SIZE.0, SIZE.1)
        .min_inner_size(SIZE_MIN.0, SIZE_MIN.1)
        .build()?;
    Ok(())
}

/// The simulator shows the same people at every start.
const SEED: u64 = 1;

fn folders(app: &App, options: &Options) -> Folders {
    let paths = app.path();
    let home = paths.home_dir().unwrap_or_else(|_| std::env::temp_dir());
    let default = paths.document_dir().unwrap_or(home).join("Sensocto");
    Folders {
        scenarios: scenarios(app),
        recordings: options.recordings.clone().unwrap_or(default),
        // A folder given for one run is not a setting, and hides the setting.
        settings: match options.recordings {
            Some(_) => None,
            None => paths.app_config_dir().ok().map(|folder| folder.join("settings.json")),
        },
    }
}

/// The scenarios that come with the console: beside an installed program, in
/// the checkout while it is being developed.
fn scenarios(app: &App) -> PathBuf {
    let installed = app.path().resource_dir().map(|folder| folder.join("scenarios"));
    match installed {
        Ok(folder) if folder.is_dir() => folder,
        _ => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("assets/scenarios"),
    }
}
