//! The console: the assembled runtime, and what can be asked of it.

mod asking;
mod devices;
mod pressure;

pub use asking::Unanswered;

use crate::connectors::{NotTaken, RunningConnector};
use crate::core::Core;
use crate::edge::Edge;
use crate::ended::EndedView;
use crate::load::SystemProbe;
use crate::notices::Posted;
use crate::queue::QueueView;
use crate::recorder::{Recorded, RecorderError, RecorderView};
use crate::sensor::Sensor;
use crate::settings::{Loaded as LoadedSettings, Settings};
use crate::supervisor::{ChildView, TreeView};
use crate::telemetry::{RECORDER_START, Telemetry};
use crate::view::SensorView;
use crate::warm::Held;
use connect::ble::{BleConfig, BleConnector};
use connect::sim::{Loaded, Scenario, ScenarioError, Simulator, SimulatorConfig};
use connect::{Command, Connector, NoticeLevel, SystemClock};
use model::{AdapterState, ConnectorKind, SensorInfo, Stamp};
use parking_lot::Mutex;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// How long a connector may take to end.
const CONNECTOR_DEADLINE: Duration = Duration::from_secs(4);
/// How long everything may take to end, before the rest gets 250 ms each.
const SHUTDOWN_DEADLINE: Duration = Duration::from_secs(12);
/// How many warnings of a scenario file are shown; the rest is counted.
const WARNINGS_SHOWN: usize = 5;

/// What the console starts with.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Whether to use Bluetooth at all.
    pub bluetooth: bool,
    /// What the simulator's chance is drawn from: the same seed, the same samples.
    pub seed: u64,
    /// The configuration file; none to use the defaults. See `assets/settings.toml`.
    pub settings: Option<PathBuf>,
    /// The file in which known devices are kept; none to keep none.
    pub known: Option<PathBuf>,
}

/// Why a scenario can't be run.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioFailure {
    /// Its file.
    #[error(transparent)]
    File(#[from] ScenarioError),
    /// The system gave no thread.
    #[error("the simulator could not be started: {0}")]
    Start(#[from] std::io::Error),
    /// The machine is at its limit.
    #[error("the machine is at its limit and takes no new simulated sensors")]
    AtLimit,
}

/// The running scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScenarioView {
    /// Its file.
    pub path: PathBuf,
    /// How many sensors it has.
    pub sensors: usize,
}

struct Simulation {
    view: ScenarioView,
    connector: RunningConnector,
}

/// The assembled runtime.
pub struct Console {
    pub(crate) core: Arc<Core>,
    config: Config,
    simulation: Mutex<Option<Simulation>>,
    bluetooth: Mutex<Option<RunningConnector>>,
    edge: Edge,
}

impl Console {
    /// Starts the runtime; Bluetooth looks for its adapter by itself.
    ///
    /// # Errors
    /// The operating system has no thread left.
    pub fn start(config: Config) -> std::io::Result<Self> {
        let LoadedSettings { settings, complaints } =
            config.settings.as_deref().map(Settings::load).unwrap_or_default();
        let core = Core::with(Arc::new(SystemClock), &settings, Box::new(SystemProbe::new()))?;
        let core = Arc::new(core);
        core.tell_complaints(&complaints);
        core.start_services()?;
        if let Some(path) = &config.known {
            core.known.open(path, &core.files);
        }
        let bluetooth = match config.bluetooth {
            true => Some(start_bluetooth(&core)?),
            false => {
                core.set_adapter(left_alone());
                None
            }
        };
        Ok(Self {
            core,
            config,
            simulation: Mutex::default(),
            bluetooth: Mutex::new(bluetooth),
            edge: Edge::default(),
        })
    }

    pub(crate) fn core(&self) -> &Core {
        &self.core
    }

    /// Both clocks.
    #[must_use]
    pub fn now(&self) -> Stamp {
        self.core.clock.now()
    }

    // ---- the simulator ----

    /// Runs a scenario file in place of the running one. A file that can't run
    /// leaves the running one alone.
    ///
    /// # Errors
    /// The file can't be run, the machine is at its limit, or the system has no thread left.
    pub fn start_scenario(&self, path: &Path) -> Result<(), ScenarioFailure> {
        if self.core.regime.refuses_simulated() {
            return Err(ScenarioFailure::AtLimit);
        }
        let mut simulation = self.simulation.lock();
        let Loaded { scenario, warnings } = Scenario::load(path)?;
        self.tell_warnings(path, &warnings.lines());
        self.end(simulation.take());
        let view = ScenarioView { path: path.to_owned(), sensors: scenario.sensors.len() };
        let seed = self.config.seed;
        let make = move || -> Box<dyn Connector> {
            Box::new(Simulator::new(scenario.clone(), seed, SimulatorConfig::default()))
        };
        let connector = RunningConnector::start(&self.core, "simulator", ConnectorKind::Simulator, make)?;
        *simulation = Some(Simulation { view, connector });
        Ok(())
    }

    /// Stops the running scenario; false if none was running.
    pub fn stop_scenario(&self) -> bool {
        let running = self.simulation.lock().take();
        let was_running = running.is_some();
        self.end(running);
        was_running
    }

    /// The running scenario.
    #[must_use]
    pub fn scenario(&self) -> Option<ScenarioView> {
        self.simulation.lock().as_ref().map(|running| running.view.clone())
    }

    fn end(&self, simulation: Option<Simulation>) {
        let Some(simulation) = simulation else { return };
        if !simulation.connector.shut_down(CONNECTOR_DEADLINE) && !simulation.connector.is_given_up() {
            self.core.notices.say(NoticeLevel::Error, "The simulator does not stop.", "Restart the console.");
        }
        self.core.sweep_stopped_simulation();
    }

    fn tell_warnings(&self, path: &Path, lines: &[String]) {
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for line in lines.iter().take(WARNINGS_SHOWN) {
            self.core.notices.say(NoticeLevel::Warning, format!("{file}: {line}"), "");
        }
        if let Some(more) = lines.len().checked_sub(WARNINGS_SHOWN).filter(|more| *more > 0) {
            let text = format!("{file}: and {more} more warnings.");
            self.core.notices.say(NoticeLevel::Warning, text, "The rest of the scenario runs.");
        }
    }

    // ---- Bluetooth ----

    /// Gives Bluetooth a command. `Refresh` also starts it anew if it had failed for good.
    ///
    /// # Errors
    /// [`NotTaken`].
    pub fn bluetooth(&self, command: Command) -> Result<(), NotTaken> {
        let mut slot = self.bluetooth.lock();
        if command == Command::Refresh && slot.as_ref().is_some_and(RunningConnector::is_given_up) {
            // Its place in the registry is the next one's.
            *slot = None;
            *slot = Some(start_bluetooth(&self.core).map_err(|_| NotTaken::Off)?);
        }
        let bluetooth = slot.as_ref().ok_or(NotTaken::Off)?;
        let wanted = devices::wanted(&command);
        bluetooth.command(command)?;
        wanted.iter().for_each(|device| devices::remember(&self.core, device));
        Ok(())
    }

    /// Whether Bluetooth is used in this run.
    #[must_use]
    pub fn uses_bluetooth(&self) -> bool {
        self.config.bluetooth
    }

    /// The adapter.
    #[must_use]
    pub fn adapter(&self) -> AdapterState {
        self.core.adapter()
    }

    /// Runs a further connector, of whatever make, under the console's tree.
    ///
    /// # Errors
    /// The operating system has no thread left.
    pub fn start_connector(
        &self,
        name: &str,
        kind: ConnectorKind,
        make: impl Fn() -> Box<dyn Connector> + Send + Sync + 'static,
    ) -> std::io::Result<RunningConnector> {
        RunningConnector::start(&self.core, name, kind, make)
    }

    // ---- recording ----

    /// Starts a recording of every sensor into a new file.
    ///
    /// # Errors
    /// [`RecorderError`].
    pub fn start_recording(&self, path: &Path, title: &str) -> Result<PathBuf, RecorderError> {
        let (recorder, version) = (&self.core.recorder, env!("CARGO_PKG_VERSION"));
        self.telemetry().time(RECORDER_START, || recorder.start(path, title, version, || self.recordable()))
    }

    /// Stops the recording and seals its file; what was on its way to it is in it.
    ///
    /// # Errors
    /// [`RecorderError`].
    pub fn stop_recording(&self) -> Result<Recorded, RecorderError> {
        let recorded = self.core.stop_recording(|| self.streams());
        self.core.sweep_stopped_simulation();
        recorded
    }

    /// What the recorder is doing.
    #[must_use]
    pub fn recorder(&self) -> RecorderView {
        self.core.recorder.view()
    }

    fn recordable(&self) -> Vec<(SensorInfo, Arc<crate::stream::Stream>)> {
        let streams_of = |sensor: &Arc<Sensor>| {
            let info = sensor.info();
            sensor.streams().into_iter().map(move |stream| (info.clone(), stream))
        };
        self.core.registry.all().iter().flat_map(streams_of).collect()
    }

    // ---- what is to be seen ----

    /// Every sensor, by name.
    #[must_use]
    pub fn sensors(&self) -> Vec<SensorView> {
        self.core.sensor_views(self.now().host_ns)
    }

    /// Every sensor, by name, and the sums of those that have ended. Together they cover
    /// everything since the start, and none of their sums ever falls.
    #[must_use]
    pub fn sensors_and_ended(&self) -> (Vec<SensorView>, EndedView) {
        self.core.sensor_views_and_ended(self.now().host_ns)
    }

    /// What the attribute store holds in memory, as of its last round.
    #[must_use]
    pub fn held(&self) -> Held {
        self.core.keeper.held()
    }

    /// Every stream of every sensor, by id.
    #[must_use]
    pub fn streams(&self) -> Vec<Arc<crate::stream::Stream>> {
        self.core.registry.all().iter().flat_map(|sensor| sensor.streams()).collect()
    }

    /// The notices on the board.
    #[must_use]
    pub fn notices(&self) -> Vec<Posted> {
        self.core.notices.all()
    }

    /// Tells the operator something.
    pub fn tell(&self, level: NoticeLevel, text: impl Into<String>, remedy: impl Into<String>) {
        self.core.notices.say(level, text, remedy);
    }

    /// Takes a notice off the board; false if it is not there.
    pub fn dismiss_notice(&self, id: u64) -> bool {
        self.core.notices.dismiss(id)
    }

    /// Every queue that data goes through.
    #[must_use]
    pub fn queues(&self) -> Vec<QueueView> {
        self.core.queue_views()
    }

    /// Every supervised thread.
    #[must_use]
    pub fn threads(&self) -> Vec<ChildView> {
        self.core.tree.view().workers()
    }

    /// The supervision tree.
    #[must_use]
    pub fn tree(&self) -> TreeView {
        self.core.tree.view()
    }

    /// Whether the tree has given up: nothing is measured or recorded any more,
    /// and the notice board says why.
    #[must_use]
    pub fn is_failed(&self) -> bool {
        self.core.tree.is_failed()
    }

    /// How long calls take, and what is counted.
    #[must_use]
    pub fn telemetry(&self) -> &Telemetry {
        &self.core.telemetry
    }

    // ---- the edge ----

    /// Serves HTTP on loopback: `port` 0 takes any free one. The door is
    /// published in `folder`. Gives the port and the door's file.
    ///
    /// # Errors
    /// The port is taken, the door's file can't be written, or there is no thread left.
    pub fn serve(
        &self,
        port: u16,
        folder: &Path,
        answer: Arc<dyn peer::Answer>,
    ) -> std::io::Result<(u16, PathBuf)> {
        self.edge.open(&self.core, port, folder, answer)
    }

    /// What the HTTP server has done, and its limits; none where it is closed.
    #[must_use]
    pub fn server(&self) -> Option<(peer::ServerView, peer::Limits)> {
        self.edge.view()
    }

    /// Ends everything: sources first, then workers, the recorder last. A
    /// running recording is committed; it is not closed, because nobody asked.
    /// Gives the names of threads that missed their deadline.
    pub fn shut_down(&self) -> Vec<String> {
        self.edge.close();
        let late = self.core.tree.shut_down(SHUTDOWN_DEADLINE);
        (*self.simulation.lock(), *self.bluetooth.lock()) = (None, None);
        late
    }
}

impl Drop for Console {
    /// What runs holds on to the console's inner parts; it is told to end.
    fn drop(&mut self) {
        self.core.tree.begin_shutdown();
    }
}

fn left_alone() -> AdapterState {
    AdapterState::Unavailable {
        problem: "Bluetooth is left alone in this run.".to_owned(),
        remedy: "Start the console without --no-bluetooth to use it.".to_owned(),
    }
}

fn start_bluetooth(core: &Arc<Core>) -> std::io::Result<RunningConnector> {
    let bluetooth = RunningConnector::start(core, "bluetooth", ConnectorKind::Ble, || {
        Box::new(BleConnector::new(BleConfig::default()))
    })?;
    devices::reconnect(core, &bluetooth);
    Ok(bluetooth)
}
