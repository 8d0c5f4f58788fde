//! The known devices at work: what the operator has connected is remembered, shown
//! under its alias, and connected by itself at the next start.
//!
//! The list is in memory; a thread writes what has changed. Whoever changes something
//! waits for the disk no longer than [`WRITE_DEADLINE`], and who only looks not at all.

mod book;
mod dress;
#[cfg(test)]
mod tests;

use crate::notices::NoticeBoard;
use crate::recorder::Recorder;
use crate::registries::Sensors;
use crate::sensor::BLE_PREFIX;
use crate::supervisor::{Failure, StopSignal};
use crate::walls::{Wall, WallError};
use book::{Book, Full, Seen};
pub use book::{KNOWN_MAX, KnownEdit};
use connect::NoticeLevel;
use crossbeam_channel::{Receiver, Sender, bounded, select};
pub use dress::{DRIVER, OWN_NAME, OWNER, ROOM};
use dress::{dress, fact, own_name};
use model::{Clock, ConnectorKind, DeviceId, LinkState, SensorInfo};
use parking_lot::{Condvar, Mutex};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use store::StoreError;
use store::known::{Kept, KnownDevice, KnownStore, Opened};

/// How long whoever changes something waits for the disk.
pub const WRITE_DEADLINE: Duration = Duration::from_secs(3);
/// How often connected devices are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long a disk that has refused is left alone, ns.
const REST_NS: i64 = 5_000_000_000;

/// Why a change was not made, or is not safe.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KnownError {
    /// There is no such device.
    #[error("no such device is known")]
    Unknown,
    /// It holds, but only until the console ends.
    #[error("it holds until the console is closed, but could not be kept: {0}")]
    NotKept(String),
    /// It holds; whether it is on the disk is not known.
    #[error("it holds, but the disk has not answered in time; it may still be kept")]
    TimedOut,
}

/// The list as the operator sees it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KnownView {
    /// The devices, in no order.
    pub devices: Vec<KnownDevice>,
    /// Where they are kept; none where they are not.
    pub path: Option<PathBuf>,
    /// Why they can't be kept at the moment.
    pub problem: Option<String>,
}

/// The known devices.
pub(crate) struct Known {
    clock: Arc<dyn Clock>,
    registry: Arc<Sensors>,
    recorder: Arc<Recorder>,
    notices: Arc<NoticeBoard>,
    state: Mutex<State>,
    /// Something was written, or refused.
    settled: Condvar,
    wake: (Sender<()>, Receiver<()>),
    /// Held by the writer while the disk works.
    store: Mutex<Option<KnownStore>>,
}

#[derive(Default)]
struct State {
    book: Book,
    path: Option<PathBuf>,
    problem: Option<String>,
    /// Changes asked for, and of these, with what came of them, settled.
    asked: u64,
    settled: u64,
    rests_until_ns: i64,
}

impl Known {
    pub fn new(
        clock: Arc<dyn Clock>,
        registry: Arc<Sensors>,
        recorder: Arc<Recorder>,
        notices: Arc<NoticeBoard>,
    ) -> Self {
        Self {
            clock,
            registry,
            recorder,
            notices,
            state: Mutex::default(),
            settled: Condvar::new(),
            wake: bounded(1),
            store: Mutex::default(),
        }
    }

    /// Opens the list that is kept at `path` behind `wall`, and makes its folder. What
    /// stands in the way is told; nothing is kept then.
    pub fn open(&self, path: &Path, wall: &Wall) {
        let at = path.to_owned();
        let work = move || -> Result<(Opened, Kept), StoreError> {
            // Where there is no folder, opening says so.
            let _ = at.parent().map(std::fs::create_dir_all);
            let opened = KnownStore::open(&at)?;
            let kept = opened.store.kept(KNOWN_MAX)?;
            Ok((opened, kept))
        };
        match wall.call("open the known devices", work, |_| false) {
            Ok((opened, kept)) => self.take_over(opened, kept),
            Err(error) => self.tell_not_kept(&in_words(&error)),
        }
    }

    fn take_over(&self, opened: Opened, kept: Kept) {
        for passed_over in &opened.passed_over {
            let text = format!("A list of known devices can't be read: {}", passed_over.words());
            let remedy = format!(
                "It is left as it is. The console goes on with {}: give your devices their names again.",
                opened.store.path().display()
            );
            self.notices.say(NoticeLevel::Warning, text, remedy);
        }
        if kept.unreadable > 0 {
            let text =
                format!("Known devices that could not be read, and were passed over: {}.", kept.unreadable);
            self.notices.say(NoticeLevel::Warning, text, "Connect them again; they are remembered anew.");
        }
        let mut state = self.state.lock();
        state.book.load(kept.devices);
        state.path = Some(opened.store.path().to_owned());
        drop(state);
        *self.store.lock() = Some(opened.store);
    }

    fn tell_not_kept(&self, problem: &str) {
        self.state.lock().problem = Some(problem.to_owned());
        let text = format!("Known devices can't be kept: {problem}");
        let remedy =
            "Devices go by their own names, and what you say of them holds until the console is closed.";
        self.notices.say(NoticeLevel::Warning, text, remedy);
    }

    // ---- what the operator does ----

    /// The operator has connected a device.
    pub fn remember(&self, device: &DeviceId, name: &str) {
        let at_ns = self.clock.now().wall_ns;
        let outcome = self.state.lock().book.remember(device, name, at_ns);
        if outcome == Err(Full) {
            let text =
                format!("{name} is not remembered: {KNOWN_MAX} devices are known, and all have names.");
            self.notices.say(NoticeLevel::Warning, text, "Forget devices that are no longer used.");
        }
        let _ = self.wake.0.try_send(());
    }

    /// Takes what the operator says of a device, and waits until it is on the disk.
    ///
    /// # Errors
    /// [`KnownError`].
    pub fn edit(&self, device: &DeviceId, edit: &KnownEdit) -> Result<(), KnownError> {
        self.change(device, |book| book.edit(&device.0, edit))
    }

    /// Forgets a device, and waits until it is gone from the disk.
    ///
    /// # Errors
    /// [`KnownError`].
    pub fn forget(&self, device: &DeviceId) -> Result<(), KnownError> {
        self.change(device, |book| book.forget(&device.0))
    }

    fn change(&self, device: &DeviceId, change: impl FnOnce(&mut Book) -> bool) -> Result<(), KnownError> {
        let mut state = self.state.lock();
        if !change(&mut state.book) {
            return Err(KnownError::Unknown);
        }
        state.asked += 1;
        let asked = state.asked;
        drop(state);
        self.dress_again(device);
        let _ = self.wake.0.try_send(());
        self.wait_for(asked)
    }

    fn wait_for(&self, asked: u64) -> Result<(), KnownError> {
        let mut state = self.state.lock();
        let waits = |state: &mut State| state.settled < asked;
        if self.settled.wait_while_for(&mut state, waits, WRITE_DEADLINE).timed_out() {
            return Err(KnownError::TimedOut);
        }
        state.problem.clone().map_or(Ok(()), |problem| Err(KnownError::NotKept(problem)))
    }

    /// A sensor that is there already goes by its new name at once, in a running
    /// recording, too.
    fn dress_again(&self, device: &DeviceId) {
        for sensor in self.registry.all() {
            if sensor.device().is_some_and(|of| of.eq_ignore_ascii_case(&device.0)) {
                let mut info = sensor.info();
                self.dress(&mut info);
                sensor.set_info(info.clone());
                self.recorder.note_facts(&info);
            }
        }
    }

    // ---- what the console asks ----

    /// Puts on a sensor what is known of its device.
    pub fn dress(&self, info: &mut SensorInfo) {
        let state = self.state.lock();
        let known = device_of(info).and_then(|device| state.book.get(device));
        dress(info, known);
    }

    /// Whether a device is known.
    pub fn has(&self, device: &str) -> bool {
        self.state.lock().book.get(device).is_some()
    }

    /// How often a stream usually delivers, Hz.
    pub fn rate_hz(&self, info: &SensorInfo, attribute: &str) -> Option<f64> {
        let state = self.state.lock();
        let known = state.book.get(device_of(info)?)?;
        known.rates.iter().find(|(of, _)| of == attribute).map(|(_, hz)| *hz)
    }

    /// The devices that are to be connected by themselves, those seen last first.
    pub fn to_reconnect(&self) -> Vec<KnownDevice> {
        let state = self.state.lock();
        let mut devices: Vec<KnownDevice> =
            state.book.all().filter(|device| device.reconnects).cloned().collect();
        devices.sort_by(|a, b| b.last_seen_ns.cmp(&a.last_seen_ns).then_with(|| a.device.cmp(&b.device)));
        devices
    }

    /// The list.
    pub fn view(&self) -> KnownView {
        let state = self.state.lock();
        KnownView {
            devices: state.book.all().cloned().collect(),
            path: state.path.clone(),
            problem: state.problem.clone(),
        }
    }

    // ---- the writer ----

    /// Looks at connected devices and writes what has changed, until told to stop.
    ///
    /// # Errors
    /// None of its own.
    pub fn run(&self, stop: &StopSignal) -> Result<(), Failure> {
        loop {
            select! {
                recv(self.wake.1) -> _ => {}
                recv(stop.channel()) -> _ => break,
                default(LOOK_EVERY) => self.look(),
            }
            self.write();
        }
        self.look();
        self.state.lock().book.mark_seen();
        self.state.lock().rests_until_ns = i64::MIN;
        self.write();
        Ok(())
    }

    /// Notes what is to be seen of connected devices.
    fn look(&self) {
        let at_ns = self.clock.now().wall_ns;
        self.registry.for_each(|sensor| {
            let Some(device) = sensor.device().filter(|_| sensor.link() == LinkState::Live) else { return };
            let info = sensor.info();
            let learned = sensor.streams().into_iter().filter_map(|stream| {
                Some((stream.spec().key.attribute.to_string(), stream.vitals().learned_hz()?))
            });
            let seen = Seen {
                name: own_name(&info).to_owned(),
                driver: fact(&info, DRIVER).unwrap_or_default().to_owned(),
                at_ns,
                rates: learned.collect(),
            };
            self.state.lock().book.note(device, seen);
        });
    }

    /// Puts what has changed onto the disk.
    fn write(&self) {
        let now_ns = self.clock.now().host_ns;
        let mut state = self.state.lock();
        let asked = state.asked;
        if now_ns < state.rests_until_ns && state.settled == asked {
            return;
        }
        let changes = state.book.take_changes();
        drop(state);
        let outcome = match &mut *self.store.lock() {
            Some(store) if !changes.is_empty() => Some(store.change(&changes)),
            _ => None,
        };
        let mut state = self.state.lock();
        state.settled = asked;
        match outcome {
            Some(Ok(())) => state.problem = None,
            Some(Err(error)) => {
                let is_news = state.problem.replace(error.words()).is_none();
                state.book.put_back(changes);
                state.rests_until_ns = now_ns.saturating_add(REST_NS);
                if is_news {
                    let text = format!("What is said of known devices can't be kept: {}", error.words());
                    self.notices.say(NoticeLevel::Warning, text, error.remedy());
                }
            }
            None => {}
        }
        drop(state);
        self.settled.notify_all();
    }
}

/// The device behind a Bluetooth sensor.
fn device_of(info: &SensorInfo) -> Option<&str> {
    match info.connector_kind {
        ConnectorKind::Ble => info.id.as_str().strip_prefix(BLE_PREFIX),
        _ => None,
    }
}

fn in_words(error: &WallError<StoreError>) -> String {
    match error {
        WallError::Failed(error) => error.words(),
        other => format!("their disk can't be used: {other}."),
    }
}
