//! The recorder: one thread between the workers' taps and the recording file.
//!
//! Its queue refuses what does not fit and the tap makes it a gap; it is the
//! last queue to lose anything. Commits come every 150 ms, so that with the
//! delivery before and the disk behind no more than 250 ms are at stake.
//!
//! Whoever announces a sensor never waits for the disk: see `joining.rs`.

mod joining;
mod lane;
mod opening;
mod session;
mod sums;
mod view;

pub use sums::{Account, RecordingSums};
pub use view::{OpenFile, Recorded, RecorderError, RecorderView};

use crate::files::DISK_DEADLINE;
use crate::notices::NoticeBoard;
use crate::queue::{Bounds, Latest, Policy, Queue, QueueView};
use crate::registries::SENSORS_MAX;
use crate::stream::Stream;
use crate::supervisor::{Failure, Handle, Service, StopSignal, Tier, Tree};
use crate::tap::{FACTS_BYTES, Message};
use crate::telemetry::{RECORDER_COMMIT, Telemetry};
use crate::walls::Wall;
use connect::NoticeLevel;
use crossbeam_channel::{Sender, bounded, select};
use joining::Joining;
use model::{Clock, GapReason, SensorId, SensorInfo, Stamp};
use parking_lot::Mutex;
use session::Session;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use store::{NewRecording, StoreError, Writer};
use view::{STOP_DEADLINE, Waiting};

/// Messages that wait for the recorder at most, and the memory that they take: more
/// than an inbox, so that it is the last to lose anything.
pub const QUEUE: Bounds = Bounds { entries: 65_536, bytes: 24 << 20 };
/// Messages taken between two looks at the clock.
const AT_ONCE: usize = 64;
/// From one commit to the next.
const COMMIT_EVERY_NS: i64 = 150_000_000;
/// From a failed commit to the next try.
const RETRY_AFTER_NS: i64 = 500_000_000;
/// How often the thread looks whether a commit is due.
const TICK: Duration = Duration::from_millis(25);

/// The recorder.
pub struct Recorder {
    clock: Arc<dyn Clock>,
    notices: Arc<NoticeBoard>,
    telemetry: Arc<Telemetry>,
    files: Arc<Wall>,
    queue: Queue<Message>,
    joining: Joining,
    /// The newest facts of sensors, on their way to the file.
    facts: Latest<SensorId, SensorInfo>,
    view: Mutex<RecorderView>,
    /// What waits for the disk.
    waiting: Mutex<Waiting>,
    /// Held by the recorder's thread while it works; by others only to start.
    state: Mutex<State>,
    /// Who waits for the end of the recording.
    stopping: Mutex<Option<Sender<Result<Recorded, StoreError>>>>,
    /// Serialises start and stop.
    control: Mutex<()>,
}

#[derive(Default)]
struct State {
    session: Option<Session>,
    due_ns: i64,
    failed: Option<GapReason>,
    last_error: Option<StoreError>,
}

impl Recorder {
    /// A recorder at rest, which opens its files behind the wall `files`.
    #[must_use]
    pub fn new(
        clock: Arc<dyn Clock>,
        notices: Arc<NoticeBoard>,
        telemetry: Arc<Telemetry>,
        files: Arc<Wall>,
    ) -> Self {
        let idle = RecorderView { file: None, stored: 0, dropped: 0, bytes: 0, problem: None };
        Self {
            clock,
            notices,
            telemetry,
            files,
            queue: Queue::new("recorder", Policy::DropNewest, QUEUE),
            joining: Joining::default(),
            facts: Latest::new("recorder facts", SENSORS_MAX).of_entries_that_hold(FACTS_BYTES),
            view: Mutex::new(idle),
            waiting: Mutex::default(),
            state: Mutex::default(),
            stopping: Mutex::default(),
            control: Mutex::default(),
        }
    }

    /// Starts the recorder's thread.
    ///
    /// # Errors
    /// The operating system has no thread left.
    pub fn start_thread(self: &Arc<Self>, tree: &Tree) -> std::io::Result<Handle> {
        let recorder = Arc::clone(self);
        tree.start(Tier::Storage, Service::thread("recorder", move |stop| recorder.run(stop)))
    }

    /// What the recorder is doing.
    #[must_use]
    pub fn view(&self) -> RecorderView {
        self.view.lock().clone()
    }

    /// The queue in front of it.
    #[must_use]
    pub fn queue_view(&self) -> QueueView {
        self.queue.view()
    }

    /// What waits beside that queue: samples for the disk, streams that found no
    /// room to join, and facts.
    #[must_use]
    pub fn side_queue_views(&self) -> [QueueView; 3] {
        [self.waiting.lock().view(), self.joining.view(), self.facts.view()]
    }

    /// Whether a recording is running.
    #[must_use]
    pub fn is_recording(&self) -> bool {
        self.view.lock().file.is_some()
    }

    /// Starts a recording into a new file: of `streams`, which are asked for when
    /// it runs already, and of each that is announced from then on. So none is
    /// missed that comes meanwhile.
    ///
    /// # Errors
    /// One is running already, the file can't be made, or the disk does not
    /// answer in time.
    pub fn start(
        &self,
        path: &Path,
        title: &str,
        console_version: &str,
        streams: impl FnOnce() -> Vec<(SensorInfo, Arc<Stream>)>,
    ) -> Result<PathBuf, RecorderError> {
        let _control = self.control.try_lock_for(DISK_DEADLINE).ok_or(RecorderError::NotOpened)?;
        if self.is_recording() {
            return Err(RecorderError::AlreadyRecording);
        }
        let started = self.clock.now();
        let new =
            NewRecording { title: title.to_owned(), started, console_version: console_version.to_owned() };
        // Before the file: the recorder's thread may still be closing the one before, on a disk that hangs.
        drop(self.state.try_lock_for(DISK_DEADLINE).ok_or(RecorderError::NotOpened)?);
        let at = path.to_owned();
        let writer = opening::open(&self.files, &self.notices, move || Writer::create(&at, &new))?;
        let path = writer.path().to_owned();
        let session = Some(Session::new(writer));
        *self.state.lock() = State { session, ..State::default() };
        *self.waiting.lock() = Waiting::default();
        let file = Some(OpenFile { path: path.clone(), title: title.to_owned(), started });
        *self.view.lock() = RecorderView { file, stored: 0, dropped: 0, bytes: 0, problem: None };
        // What the recording before did not take is old by now.
        drop(self.facts.take_all());
        self.joining.open();
        for (sensor, stream) in streams() {
            self.attach(&sensor, &stream);
        }
        Ok(path)
    }

    /// Stops the recording and seals its file. `streams` are all there are; they
    /// are asked for when none can join any more.
    ///
    /// # Errors
    /// None is running, or the file can't be sealed (it still opens), or the
    /// disk does not answer (the recorder goes on trying).
    pub fn stop(&self, streams: impl FnOnce() -> Vec<Arc<Stream>>) -> Result<Recorded, RecorderError> {
        let _control = self.control.lock();
        if !self.is_recording() {
            return Err(RecorderError::NotRecording);
        }
        let (reply, answer) = bounded(1);
        *self.stopping.lock() = Some(reply);
        self.end_streams(streams);
        answer.recv_timeout(STOP_DEADLINE).map_err(|_| RecorderError::Timeout)?.map_err(RecorderError::Store)
    }

    // ---- the recorder's thread ----

    fn run(&self, stop: &StopSignal) -> Result<(), Failure> {
        loop {
            select! {
                recv(self.queue.receiver()) -> message => {
                    if let Ok(message) = message { self.on_messages(self.queue.open(message)) }
                }
                recv(stop.channel()) -> _ => break,
                default(TICK) => {}
            }
            self.let_join();
            self.commit_if_due();
            self.seal_when_all_is_said();
        }
        self.last_commit();
        Ok(())
    }

    /// Takes a message and the next ones that wait already, in one go.
    fn on_messages(&self, first: Message) {
        let mut state = self.state.lock();
        let failed = state.failed;
        for message in std::iter::once(first).chain(self.queue.take_waiting().take(AT_ONCE)) {
            if let Some(session) = &mut state.session {
                session.take(message, failed);
            }
        }
        *self.waiting.lock() = state.session.as_ref().map(Session::waiting).unwrap_or_default();
    }

    fn commit_if_due(&self) {
        let now = self.clock.now();
        let mut state = self.state.lock();
        let is_heavy = state.failed.is_none() && state.session.as_ref().is_some_and(Session::is_heavy);
        if is_heavy || now.host_ns >= state.due_ns {
            self.commit(&mut state, now);
        }
    }

    fn commit(&self, state: &mut State, now: Stamp) {
        let Some(session) = &mut state.session else { return };
        session.take_facts(self.facts.take_all());
        if !session.has_pending() {
            return;
        }
        let outcome = self.telemetry.time(RECORDER_COMMIT, || session.commit(now));
        // Asks the disk: before the view is held, which everybody reads.
        let bytes = session.bytes();
        *self.waiting.lock() = session.waiting();
        let mut view = self.view.lock();
        (view.stored, view.dropped, view.bytes) = (session.stored, session.dropped, bytes);
        match outcome {
            Ok(()) => {
                (state.failed, state.due_ns) = (None, now.host_ns + COMMIT_EVERY_NS);
                (state.last_error, view.problem) = (None, None);
            }
            Err(error) => {
                tracing::error!(%error, "a commit failed");
                (state.failed, state.due_ns) = (Some(gap_reason(&error)), now.host_ns + RETRY_AFTER_NS);
                view.problem = Some((error.words(), error.remedy().to_owned()));
                state.last_error = Some(error);
            }
        }
    }

    /// Everything has been said: commits the rest and closes the file. A file is
    /// closed only when all that was offered is in it, as samples or as gaps.
    fn seal(&self, state: &mut State) {
        let now = self.clock.now();
        self.commit(state, now);
        self.give_up_what_the_disk_refused(state, now);
        let Some(session) = state.session.take() else { return };
        let (stored, dropped) = (session.stored, session.dropped + session.pending_samples());
        let file = self.view.lock().file.take();
        let started_ns = file.map_or(now.host_ns, |file| file.started.host_ns);
        let outcome = match (state.last_error.take(), session.has_pending()) {
            (Some(error), true) => Err(error),
            _ => match session.into_writer().close(now) {
                Ok(closed) => Ok(Recorded {
                    path: closed.path,
                    duration_ns: now.host_ns - started_ns,
                    stored,
                    dropped,
                    bytes: closed.bytes,
                }),
                Err(not_closed) => Err(not_closed.error),
            },
        };
        if let Some(reply) = self.stopping.lock().take() {
            // Nobody waits any more: the deadline has told the operator already.
            let _ = reply.send(outcome);
        }
    }

    /// What still waits because the disk refused it becomes gaps, and the
    /// operator is told.
    fn give_up_what_the_disk_refused(&self, state: &mut State, now: Stamp) {
        let Some(reason) = state.failed else { return };
        let Some(session) = &mut state.session else { return };
        let lost = session.pending_samples();
        if lost == 0 {
            return;
        }
        let why = state.last_error.as_ref().map(StoreError::words).unwrap_or_default();
        self.notices.say(
            NoticeLevel::Error,
            format!("{lost} samples were still waiting for the disk when the recording was stopped, and are lost. {why}"),
            "What was stored before is safe.",
        );
        session.give_up_pending(reason);
        *self.waiting.lock() = session.waiting();
        self.commit(state, now);
    }

    fn last_commit(&self) {
        self.take_what_waits();
        self.let_join();
        self.take_what_waits();
        let now = self.clock.now();
        self.commit(&mut self.state.lock(), now);
    }

    fn take_what_waits(&self) {
        self.queue.take_waiting().for_each(|message| self.on_messages(message));
    }
}

fn gap_reason(error: &StoreError) -> GapReason {
    match error {
        StoreError::DiskFull { .. } => GapReason::DiskFull,
        _ => GapReason::WriteFailed,
    }
}

#[cfg(test)]
mod tests;
