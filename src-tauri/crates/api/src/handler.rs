//! Answers requests: each a few lines that ask the runtime and put the answer
//! into the contract's words. Decides nothing.

use crate::background;
use crate::disk::{self, Disk};
use crate::health::{Facts, Health, Readiness};
use crate::snapshot::{RecordingState, RecordingStatus, Snapshot};
use crate::{ApiError, CheckRow, ErrorCode, Folders, RecordingSummary, Request, Response, System, TreeNode};
use crate::{
    asking, attention, calls, folders, frame, known, parked, recordings, rows, scenarios, signs, system,
};
use connect::{Command, NoticeLevel};
use model::{AttributeId, DeviceId, SensorId, Stamp, StreamKey, ViewerId};
use runtime::{Console, KnownEdit, NotTaken, Pull, Recorded, RecorderError};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// The console behind its contract.
pub struct Api {
    console: Console,
    folders: Folders,
    recording_folder: Mutex<PathBuf>,
    disk: Disk,
    started: Stamp,
    health: Health,
}

impl Api {
    /// Puts the contract in front of a console, and keeps its history beside the
    /// recordings where the settings ask for one.
    #[must_use]
    pub fn new(console: Console, folders: Folders) -> Self {
        let recording_folder = Mutex::new(remembered(&console, &folders));
        let disk = Disk::of(&console);
        let started = console.now();
        console.keep_history_as_set(&folders.recordings.join("history"));
        let health = Health::new(started.host_ns);
        Self { console, folders, recording_folder, disk, started, health }
    }

    /// The console itself, for a host that needs more than requests.
    #[must_use]
    pub fn console(&self) -> &Console {
        &self.console
    }

    /// Answers one request. It may take a while (verify, export): call it where
    /// waiting hurts nobody.
    ///
    /// # Errors
    /// [`ApiError`], in words for the operator.
    pub fn answer(&self, request: Request) -> Result<Response, ApiError> {
        let telemetry = self.console.telemetry();
        let answer = match self.console.entrances().requests.admits() {
            true => telemetry.time(calls::name(&request), || self.answer_at_once(request)),
            false => Err(background::too_many()),
        };
        if answer.is_err() {
            telemetry.counter(calls::ERRORS).count();
        }
        answer
    }

    fn answer_at_once(&self, request: Request) -> Result<Response, ApiError> {
        match request {
            Request::Snapshot => Ok(Response::Snapshot(Box::new(self.snapshot()))),
            Request::System => Ok(Response::System(Box::new(self.system()))),
            Request::Scenarios => Ok(Response::Scenarios(scenarios::list(&self.folders.scenarios))),
            Request::StartScenario { id } => self.start_scenario(&id),
            Request::StopScenario => self.stop_scenario(),
            Request::StartScan => self.bluetooth(Command::StartScan),
            Request::StopScan => self.bluetooth(Command::StopScan),
            Request::Connect { device } => {
                self.bluetooth(Command::Connect { device: DeviceId::parse(&device).map_err(bad_request)? })
            }
            Request::Disconnect { device } => {
                self.bluetooth(Command::Disconnect { device: DeviceId::parse(&device).map_err(bad_request)? })
            }
            Request::Known => {
                let seen = self.snapshot();
                Ok(Response::Known(known::list(&self.console, &seen.sensors, &seen.devices)))
            }
            Request::SetKnown { device, alias, owner, room, reconnects } => {
                let edit = KnownEdit { alias, owner, room, reconnects };
                known::set(&self.console, &device, &edit).map(|()| Response::Done)
            }
            Request::ForgetKnown { device } => known::forget(&self.console, &device).map(|()| Response::Done),
            Request::Trails { sensor } => signs::trails(&self.console, &sensor).map(Response::Trails),
            Request::RefreshBluetooth => self.bluetooth(Command::Refresh),
            Request::StartRecording { title } => self.start_recording(&title),
            Request::StopRecording => self.stop_recording(),
            Request::Recordings => self.recordings(),
            Request::SetRecordingFolder { folder } => self.set_recording_folder(Path::new(&folder)),
            Request::Verify { path } => {
                let work = move || recordings::verify(Path::new(&path), &mut |_, _| {});
                background::run(&self.console, "verify", work).map(Response::Verdict)
            }
            Request::ExportCsv { path } => {
                let work = move || recordings::export_csv(Path::new(&path), None, true, &mut |_, _| {});
                background::run(&self.console, "export", work).map(Response::Exported)
            }
            Request::Attention { viewer, events } => {
                attention::attend(&self.console, &viewer, events).map(|()| Response::Done)
            }
            Request::ViewerHealth { viewer, fps, battery_percent, charging } => {
                // A browser that knows the charge knows whether it charges; one that does not, knows neither.
                let battery = battery_percent.map(|percent| (percent, charging.unwrap_or(false)));
                attention::health(&self.console, &viewer, fps, battery).map(Response::Served)
            }
            Request::SetQuality { viewer, quality } => {
                attention::choose(&self.console, &viewer, quality).map(Response::Served)
            }
            Request::LetGo { viewer, charts } => {
                attention::let_go(&self.console, &viewer, &charts).map(|()| Response::Done)
            }
            Request::SetSwitch { name, enabled } => match self.console.switch_bio(&name, enabled) {
                true => Ok(Response::Done),
                false => Err(no_such_switch(&name)),
            },
            Request::AskSensor { sensor } => {
                asking::ask(&self.console, &sensor).map(|asked| Response::Asked(Box::new(asked)))
            }
            Request::Parked { after } => parked::page(&self.console, after).map(Response::Parked),
            Request::ReleaseParked { id } => parked::release(&self.console, id).map(|()| Response::Done),
            Request::DiscardParked { id } => parked::discard(&self.console, id).map(|()| Response::Done),
            Request::DismissNotice { id } => {
                self.console.dismiss_notice(id);
                Ok(Response::Done)
            }
        }
    }

    /// One frame of a trace; see [`frame`].
    ///
    /// # Errors
    /// The ids are none, or the numbers make no sense.
    pub fn frame(&self, request: &frame::FrameRequest) -> Result<Vec<u8>, ApiError> {
        if !self.console.entrances().frames.admits() {
            return Err(background::too_many());
        }
        self.console.telemetry().time(calls::FRAME, || self.frame_of(request))
    }

    fn frame_of(&self, request: &frame::FrameRequest) -> Result<Vec<u8>, ApiError> {
        let key = StreamKey {
            sensor: SensorId::parse(&request.sensor).map_err(bad_request)?,
            attribute: AttributeId::parse(&request.attribute).map_err(bad_request)?,
        };
        if !request.window_ms.is_finite() {
            return Err(bad_request("the width of the window is not a number"));
        }
        let pull = Pull {
            viewer: ViewerId::parse(&request.viewer).map_err(bad_request)?,
            chart: request.chart,
            key,
            window_ns: (request.window_ms * 1e6) as i64,
            pixels: request.pixels,
        };
        Ok(frame::encode(&self.console.pull(pull)))
    }

    /// The runtime at this moment.
    #[must_use]
    pub fn system(&self) -> System {
        system::system(&self.console, self.started, |tree| self.checks(tree))
    }

    /// The supervision tree at this moment.
    #[must_use]
    pub fn tree(&self) -> TreeNode {
        system::outline(&self.console.tree())
    }

    /// Whether the console is ready for work, and what stands in its way.
    #[must_use]
    pub fn readiness(&self) -> Readiness {
        Readiness::of(self.checks(&self.tree()))
    }

    fn checks(&self, tree: &TreeNode) -> Vec<CheckRow> {
        let facts = Facts {
            recorder: self.console.recorder(),
            disk: self.disk.look(&self.recording_folder(), self.console.now().host_ns, disk::NOW_NS),
            adapter: self.console.uses_bluetooth().then(|| self.console.adapter()),
            load: self.console.regime().load(),
            memory_protected: self.console.regime().memory_protected(),
            registries: self.console.registries().views(),
            tree,
            is_failed: self.console.is_failed(),
            silent: self.console.silent_sensors(),
        };
        self.health.checks(&facts, self.console.now().host_ns)
    }

    fn start_scenario(&self, id: &str) -> Result<Response, ApiError> {
        self.console.start_scenario(Path::new(id)).map_err(scenarios::failure)?;
        Ok(Response::Done)
    }

    fn stop_scenario(&self) -> Result<Response, ApiError> {
        if self.console.stop_scenario() {
            return Ok(Response::Done);
        }
        Err(ApiError::new(ErrorCode::Conflict, "No scenario is running.", ""))
    }

    fn bluetooth(&self, command: Command) -> Result<Response, ApiError> {
        self.console.bluetooth(command).map_err(not_taken)?;
        Ok(Response::Done)
    }

    fn recording_folder(&self) -> PathBuf {
        self.recording_folder.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    fn set_recording_folder(&self, folder: &Path) -> Result<Response, ApiError> {
        let chosen = folder.to_owned();
        background::on_disk(&self.console, "try a folder", move || folders::usable(&chosen))?;
        *self.recording_folder.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = folder.to_owned();
        let (folders, folder) = (self.folders.clone(), folder.to_owned());
        background::on_disk(&self.console, "keep a setting", move || folders.remember(&folder))?;
        Ok(Response::Done)
    }

    fn start_recording(&self, title: &str) -> Result<Response, ApiError> {
        let folder = self.recording_folder();
        let (slug, wall_ns) = (title.to_owned(), self.console.now().wall_ns);
        let path = background::on_disk(&self.console, "choose a file", move || {
            folders::usable(&folder)?;
            Ok(recordings::new_file(&folder, &slug, wall_ns))
        })?;
        self.console.start_recording(&path, title.trim()).map_err(recorder_error)?;
        Ok(Response::Done)
    }

    fn recordings(&self) -> Result<Response, ApiError> {
        let folder = self.recording_folder();
        background::on_disk(&self.console, "list", move || Ok(recordings::list(&folder)))
            .map(Response::Recordings)
    }

    fn stop_recording(&self) -> Result<Response, ApiError> {
        let recorded = self.console.stop_recording().map_err(recorder_error)?;
        Ok(Response::Recorded(summary(&recorded)))
    }

    fn snapshot(&self) -> Snapshot {
        let (now, (views, ended)) = (self.console.now(), self.console.sensors_and_ended());
        let sensors: Vec<_> = views.iter().map(|view| rows::sensor(view, now.host_ns)).collect();
        Snapshot {
            now_ms: now.wall_ns as f64 / 1e6,
            adapter: rows::adapter(self.console.adapter()),
            devices: rows::devices(
                self.console.devices(),
                &sensors,
                |device| self.console.is_known(device),
                now.host_ns,
            ),
            links: signs::links(self.console.links()),
            no_data: signs::no_data(
                sensors
                    .iter()
                    .filter_map(|row| Some((row.id.as_str(), row.name.as_str(), row.alarm.as_ref()?))),
            ),
            scenario: self.console.scenario().as_ref().map(scenarios::status),
            recording: self.recording_status(now.host_ns),
            notices: self.console.notices().into_iter().map(rows::notice).collect(),
            load: crate::system::brief(&self.console.load()),
            counters: rows::counters(&views, &ended.sums),
            queues: self.console.queues().into_iter().map(rows::queue).collect(),
            workers: self.console.threads().into_iter().map(rows::worker).collect(),
            sensors,
        }
    }

    fn recording_status(&self, now_ns: i64) -> RecordingStatus {
        let (view, folder) = (self.console.recorder(), self.recording_folder());
        let state = match (&view.file, &view.problem) {
            (None, _) => RecordingState::Idle,
            (Some(_), None) => RecordingState::Recording,
            (Some(_), Some(_)) => RecordingState::Failing,
        };
        let started_ns = view.file.as_ref().map_or(now_ns, |file| file.started.host_ns);
        let problem = view.problem.filter(|_| state == RecordingState::Failing);
        let disk = self.disk.look(&folder, now_ns, disk::FOR_A_FACE_NS);
        RecordingStatus {
            state,
            free_bytes: disk.answer.and_then(|answer| answer.free_bytes),
            disk_silent_secs: disk.silent_ns.map(|ns| ns as f64 / 1e9),
            folder: folder.display().to_string(),
            path: view.file.as_ref().map(|file| file.path.display().to_string()),
            title: view.file.map(|file| file.title).unwrap_or_default(),
            seconds: now_ns.saturating_sub(started_ns) as f64 / 1e9,
            samples: view.stored,
            dropped: view.dropped,
            bytes: view.bytes,
            problem: problem.map(|(words, remedy)| format!("{words} {remedy}")).unwrap_or_default(),
        }
    }
}

/// The folder that was chosen last. Where the disk does not say in time whether it
/// is still there, recordings go where they go by default, and the operator is told.
fn remembered(console: &Console, folders: &Folders) -> PathBuf {
    let asked = folders.clone();
    background::on_disk(console, "remember a folder", move || Ok(asked.remembered())).unwrap_or_else(
        |error| {
            let text = format!("The recording folder that was chosen last is not used. {}", error.message);
            console.tell(NoticeLevel::Warning, text, error.remedy);
            folders.recordings.clone()
        },
    )
}

/// A finished recording in the words of the contract.
#[must_use]
pub fn summary(recorded: &Recorded) -> RecordingSummary {
    RecordingSummary {
        path: recorded.path.display().to_string(),
        seconds: recorded.duration_ns as f64 / 1e9,
        samples: recorded.stored,
        dropped: recorded.dropped,
        bytes: recorded.bytes,
    }
}

/// A recorder's error for the operator.
#[must_use]
pub fn recorder_error(error: RecorderError) -> ApiError {
    let code = match error {
        RecorderError::Store(error) => return recordings::store_error(error),
        RecorderError::AlreadyRecording | RecorderError::NotRecording => ErrorCode::Conflict,
        RecorderError::Timeout | RecorderError::NotOpened | RecorderError::Refused(_) => ErrorCode::Timeout,
    };
    let remedy = match error {
        RecorderError::AlreadyRecording => "Stop it first.",
        RecorderError::Timeout => "The recorder goes on trying; check the disk.",
        RecorderError::NotOpened | RecorderError::Refused(_) => background::ANOTHER_FOLDER,
        RecorderError::NotRecording | RecorderError::Store(_) => "",
    };
    ApiError::new(code, error.to_string(), remedy)
}

/// A command that Bluetooth did not take.
fn not_taken(why: NotTaken) -> ApiError {
    let again = "Press “Try again” in the Bluetooth dialog; if that does not help, restart the console.";
    let (code, remedy) = match why {
        NotTaken::TimedOut { .. } => (ErrorCode::Timeout, again),
        NotTaken::Off => (ErrorCode::Bluetooth, again),
        NotTaken::TooManyDevices => (ErrorCode::Conflict, "Disconnect a device that is not needed."),
    };
    ApiError::new(code, format!("Bluetooth did not do it: {why}."), remedy)
}

fn no_such_switch(name: &str) -> ApiError {
    ApiError::new(ErrorCode::NotFound, format!("There is no switch called {name:?}."), "")
}

fn bad_request(problem: impl std::fmt::Display) -> ApiError {
    ApiError::new(ErrorCode::BadRequest, format!("The request makes no sense: {problem}."), "")
}

#[cfg(test)]
mod tests;
