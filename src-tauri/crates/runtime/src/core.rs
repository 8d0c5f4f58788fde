//! What the parts of the runtime share: clock, registry, recorder, supervisor,
//! notices, and what is known of the adapter and the devices in range.

mod shared;

use crate::advice::{self, AdviceDesk};
use crate::alarms::{self, Alarms};
use crate::attention::{self, Attention};
use crate::bio::{self, Bio};
use crate::entrances::Entrances;
use crate::files;
use crate::history::{HistoryService, HistorySettings};
use crate::keeper::Keeper;
use crate::known::Known;
use crate::load::{self, LoadMonitor, Probe};
use crate::notices::NoticeBoard;
use crate::quality::{self, Qualities};
use crate::recorder::Recorder;
use crate::regime::Regime;
use crate::registries::{self, Registries, SENSORS_MAX, Sensors};
use crate::registry::NoPlace;
use crate::sensor::Sensor;
use crate::settings::Settings;
use crate::supervisor::{Failure, Handle, OnReport, Place, Service, StopSignal, Telling, Tier, Tree};
use crate::tasks::TaskPool;
use crate::telemetry::{SAMPLE_TO_RING, SUPERVISOR_RESTART, SampleDelay, Telemetry};
use crate::walls::Wall;
use crate::wards::Wards;
use crate::worker::{self, Inbox, shared_worker_for};
use connect::NoticeLevel;
use model::{AdapterState, Advert, Clock, ConnectorKind, DeviceId, GapReason, LinkState, SensorInfo};
use parking_lot::{Mutex, RwLock};
use policy::attention::Timings;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// Threads for background work, and how much of it may wait.
const TASK_THREADS: u32 = 2;
const TASKS_WAITING_MAX: usize = 64;
/// Questions to disks at once, those that hang included.
const DISK_QUESTIONS_MAX: u32 = 2;
/// Devices in range that are remembered; the one unseen for longest gives way.
const DEVICES_MAX: usize = 200;

/// What a service of the core runs.
type ServiceBody = fn(&Core, &StopSignal) -> Result<(), Failure>;

/// A device in range.
#[derive(Clone, Debug, PartialEq)]
pub struct SeenDevice {
    /// What it said of itself.
    pub advert: Advert,
    /// Host time of its last word.
    pub seen_ns: i64,
}

/// What the parts of the runtime share.
pub struct Core {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) notices: Arc<NoticeBoard>,
    /// The sensors, which most of the runtime asks for.
    pub(crate) registry: Arc<Sensors>,
    pub(crate) registries: Arc<Registries>,
    pub(crate) recorder: Arc<Recorder>,
    /// In front of the disk with the recordings.
    pub(crate) files: Arc<Wall>,
    pub(crate) tree: Tree,
    pub(crate) telemetry: Arc<Telemetry>,
    delay: Arc<SampleDelay>,
    /// The one shared decision behind all back-pressure.
    pub(crate) regime: Arc<Regime>,
    pub(crate) attention: Attention,
    pub(crate) attention_timings: Timings,
    pub(crate) advice: AdviceDesk,
    pub(crate) qualities: Qualities,
    wards: Arc<Wards>,
    pub(crate) keeper: Arc<Keeper>,
    shared_inboxes: Vec<Inbox>,
    /// Who serves them, in the same order.
    shared_workers: Mutex<Vec<Handle>>,
    /// Background work.
    pub(crate) tasks: TaskPool,
    /// For questions to disks that may hang: apart, so that they take no other place.
    pub(crate) disk_questions: TaskPool,
    /// Token buckets where the outside comes in.
    pub(crate) entrances: Entrances,
    pub(crate) history_settings: HistorySettings,
    /// The rolling history, where it is kept.
    pub(crate) history: OnceLock<Arc<HistoryService>>,
    pub(crate) load: LoadMonitor,
    pub(crate) bio: Bio,
    pub(crate) alarms: Alarms,
    pub(crate) known: Arc<Known>,
    adapter: RwLock<AdapterState>,
    devices: Mutex<BTreeMap<DeviceId, SeenDevice>>,
}

impl Core {
    /// The shared parts with the default settings, for tests of its parts.
    #[cfg(test)]
    pub fn new(clock: Arc<dyn Clock>) -> std::io::Result<Self> {
        Self::with(clock, &Settings::default(), Box::new(crate::load::SystemProbe::new()))
    }

    /// The shared parts, with the shared workers running.
    ///
    /// # Errors
    /// The operating system has no thread left.
    pub fn with(clock: Arc<dyn Clock>, settings: &Settings, probe: Box<dyn Probe>) -> std::io::Result<Self> {
        let notices = Arc::new(NoticeBoard::default());
        let tree = Tree::new(Arc::clone(&clock), tell_operator(Arc::clone(&clock), Arc::clone(&notices)))?;
        let telemetry = Arc::new(Telemetry::new(Arc::clone(&clock)));
        telemetry.adopt(SUPERVISOR_RESTART, tree.restarts());
        let files = Arc::new(files::wall(Arc::clone(&clock), &tree)?);
        let recorder = Arc::new(Recorder::new(
            Arc::clone(&clock),
            Arc::clone(&notices),
            Arc::clone(&telemetry),
            Arc::clone(&files),
        ));
        let tasks = TaskPool::new(Arc::clone(&clock), TASK_THREADS, TASKS_WAITING_MAX);
        let disk_questions = TaskPool::new(Arc::clone(&clock), DISK_QUESTIONS_MAX, 1);
        let names = (1..=settings.shared_workers).map(|k| format!("sensors {k}"));
        let (registries, regime) = (Arc::new(Registries::default()), Arc::new(Regime::default()));
        let registry = Arc::clone(&registries.sensors);
        let delay = SampleDelay::new(Arc::clone(&clock), telemetry.latency(SAMPLE_TO_RING));
        let keeper = Keeper::new(
            Arc::clone(&clock),
            Arc::clone(&registry),
            Arc::clone(&regime),
            settings.store.clone(),
            Arc::clone(&notices),
        );
        let known = Known::new(
            Arc::clone(&clock),
            Arc::clone(&registry),
            Arc::clone(&recorder),
            Arc::clone(&notices),
        );
        let wards = Wards::new(Arc::clone(&clock), Arc::clone(&registry), Arc::clone(&notices));
        let core = Self {
            clock,
            notices,
            delay: Arc::new(delay),
            wards: Arc::new(wards),
            keeper: Arc::new(keeper),
            registry,
            registries,
            recorder,
            files,
            tree,
            telemetry,
            attention: Attention::default(),
            attention_timings: settings.attention,
            advice: AdviceDesk::default(),
            qualities: Qualities::new(settings.view_choice),
            regime,
            shared_inboxes: names.map(|name| Inbox::new(&name)).collect(),
            shared_workers: Mutex::default(),
            tasks,
            disk_questions,
            entrances: Entrances::new(&settings.entrances),
            history_settings: settings.history.clone(),
            history: OnceLock::new(),
            load: LoadMonitor::new(settings.monitor, probe),
            bio: Bio::new(settings.bio),
            alarms: Alarms::default(),
            known: Arc::new(known),
            adapter: RwLock::new(AdapterState::Unknown),
            devices: Mutex::default(),
        };
        core.start_threads()?;
        Ok(core)
    }

    fn start_threads(&self) -> std::io::Result<()> {
        self.tasks.start(&self.tree, Tier::Infrastructure, "task")?;
        self.disk_questions.start(&self.tree, Tier::Infrastructure, "disk question")?;
        self.tree.start(Tier::Registries, registries::service(self))?;
        self.recorder.start_thread(&self.tree)?;
        let keeper = Arc::clone(&self.keeper);
        self.tree.start(Tier::Storage, Service::thread("attribute store", move |stop| keeper.run(stop)))?;
        self.start_shared_workers()
    }

    /// Starts the services that need the whole core. They hold it only while they run.
    ///
    /// # Errors
    /// The operating system has no thread left.
    pub(crate) fn start_services(self: &Arc<Self>) -> std::io::Result<()> {
        let services = [
            ("attention", attention::run as ServiceBody),
            ("advice", advice::run),
            ("views", quality::run),
            ("lost workers", shared::run),
            ("alarms", alarms::run),
        ];
        for (name, body) in services {
            let core = Arc::downgrade(self);
            let service = Service::thread(name, move |stop| match core.upgrade() {
                Some(core) => body(&core, stop),
                None => Ok(()),
            });
            self.tree.start(Tier::Domain, service)?;
        }
        let known = Arc::clone(&self.known);
        let writer = Service::thread("known devices", move |stop| known.run(stop));
        self.tree.start(Tier::Storage, writer.guarded())?;
        self.tree.start(Tier::Bio, bio::service(self))?;
        self.tree.start(Tier::Domain, load::service(self))?;
        Ok(())
    }

    fn start_worker(&self, inbox: &Inbox) -> std::io::Result<Handle> {
        let (inbox, wards, name) = (inbox.clone(), Arc::clone(&self.wards), inbox.queue().view().name);
        let delay = Arc::clone(&self.delay);
        let run = move |stop: &StopSignal| worker::run(&inbox, &wards, &delay, stop);
        self.tree.start(Place::Sensors, Service::thread(&name, run))
    }

    /// Takes a new sensor in and gives it a worker; none where there is no room.
    pub(crate) fn admit(&self, info: SensorInfo) -> Option<Arc<Sensor>> {
        if !self.registry.has_room() {
            self.refuse_for_room(&info);
            return None;
        }
        if info.connector_kind == ConnectorKind::Simulator && self.regime.refuses_simulated() {
            let why = "The machine is at its limit; start the scenario again when it has room.";
            self.notices.say(NoticeLevel::Warning, "New simulated sensors are not taken in.", why);
            return None;
        }
        let sensor = match info.connector_kind {
            ConnectorKind::Ble => self.with_own_worker(info)?,
            ConnectorKind::Simulator => self.with_shared_worker(info),
        };
        let sensor = Arc::new(sensor);
        match self.registry.add(sensor.id().clone(), Arc::clone(&sensor)) {
            Ok(()) => Some(sensor),
            // Another connector has announced it at the same moment.
            Err(NoPlace::Taken) => self.registry.get(sensor.id()),
            Err(NoPlace::Full) => {
                self.refuse_for_room(&sensor.info());
                None
            }
        }
    }

    fn with_own_worker(&self, info: SensorInfo) -> Option<Sensor> {
        let inbox = Inbox::new(info.name.as_str());
        match self.start_worker(&inbox) {
            Ok(worker) => Some(Sensor::new(info, inbox, Some(worker.stop_on_drop()))),
            Err(error) => {
                self.refuse(&info, format!("The system gave no thread for it: {error}."));
                None
            }
        }
    }

    fn with_shared_worker(&self, info: SensorInfo) -> Sensor {
        let worker = shared_worker_for(&info.id, self.shared_inboxes.len());
        self.revive_shared_worker(worker);
        let inbox = self.shared_inboxes[worker].clone();
        Sensor::new(info, inbox, None)
    }

    fn refuse_for_room(&self, info: &SensorInfo) {
        self.refuse(info, format!("The console serves at most {SENSORS_MAX} sensors."));
    }

    fn refuse(&self, info: &SensorInfo, why: String) {
        self.notices.say(NoticeLevel::Error, format!("{} can't be taken in.", info.name), why);
    }

    /// A connector of `kind` has ended without saying so: its sensors are lost.
    pub(crate) fn on_connector_gone(&self, kind: ConnectorKind) {
        let at_ns = self.clock.now().host_ns;
        let lost = LinkState::Lost { reason: "the connector failed and is being restarted".to_owned() };
        for sensor in self.sensors_of(kind) {
            if sensor.link() != LinkState::Stopped {
                sensor.interrupt(at_ns, GapReason::ConnectorRestarted);
                sensor.set_link(lost.clone(), at_ns);
            }
        }
    }

    /// Forgets stopped simulated sensors, unless a recording still knows them.
    pub(crate) fn sweep_stopped_simulation(&self) {
        if self.recorder.is_recording() {
            return;
        }
        self.registries.forget_sensors(|sensor| {
            sensor.info().connector_kind == ConnectorKind::Simulator && sensor.link() == LinkState::Stopped
        });
    }

    pub(crate) fn sensors_of(&self, kind: ConnectorKind) -> Vec<Arc<Sensor>> {
        let mut sensors = self.registry.all();
        sensors.retain(|sensor| sensor.info().connector_kind == kind);
        sensors
    }

    /// The inboxes of the shared workers.
    pub(crate) fn shared_inboxes(&self) -> &[Inbox] {
        &self.shared_inboxes
    }

    pub(crate) fn set_adapter(&self, state: AdapterState) {
        *self.adapter.write() = state;
    }

    pub(crate) fn adapter(&self) -> AdapterState {
        self.adapter.read().clone()
    }

    /// Remembers a device in range.
    pub(crate) fn see(&self, advert: Advert) {
        let seen_ns = self.clock.now().host_ns;
        let mut devices = self.devices.lock();
        devices.insert(advert.device.clone(), SeenDevice { advert, seen_ns });
        if devices.len() > DEVICES_MAX {
            let oldest = devices.iter().min_by_key(|(_, seen)| seen.seen_ns).map(|(id, _)| id.clone());
            oldest.map(|id| devices.remove(&id));
        }
    }

    pub(crate) fn devices(&self) -> Vec<SeenDevice> {
        self.devices.lock().values().cloned().collect()
    }
}

/// Puts what goes wrong in the tree on the notice board.
fn tell_operator(clock: Arc<dyn Clock>, notices: Arc<NoticeBoard>) -> OnReport {
    let telling = Telling::default();
    Box::new(move |report| _ = notices.post(telling.notice(report, clock.now().host_ns)))
}

#[cfg(test)]
mod tests;
