//! One session with the system's Bluetooth service: the loop that owns
//! everything while it lasts.
//!
//! It never waits for anything but its own inputs: commands, notifications,
//! events of the adapter, reports of calls that run beside it, and a tick. What
//! to do is decided by [`Link`](super::link::Link) and [`Radio`]; this does it.
//! A session ends on shutdown, or where the library under it is broken.

mod host;
mod links;
mod packets;
mod seen;

use super::Surroundings;
use super::calls::{Discovered, Ended, Notifications, Outcome};
use super::link::Input;
use super::probe::{CentralEvents, Found, Way};
use super::radio::Radio;
use super::roster::Roster;
use super::scan::Sightings;
use super::trouble::Trouble;
use crate::{Command, Notice, NoticeLevel};
use btleplug::platform::{Peripheral, PeripheralId};
use futures_util::StreamExt;
use host::Host;
use model::Stamp;
use seen::Look;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::{JoinError, JoinSet};
use tokio::time::MissedTickBehavior;
use tokio_stream::StreamMap;

/// How fine the session's sense of time is.
const TICK: Duration = Duration::from_millis(100);

/// Why a session ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// It was told to.
    Shutdown,
    /// The library or the bus under it is broken; why, for the operator.
    Broken(String),
}

/// What a call that ran beside the loop has to say.
enum Report {
    Found(Box<Found>),
    ScanStarted(Outcome<()>),
    ScanStopped,
    Looked(Vec<Look>),
    Pulse { slot: usize, attempt: u64, connected: Outcome<bool>, rssi_dbm: Option<i16> },
    ServicesGone { slot: usize, attempt: u64, connected: Outcome<bool> },
    Step { slot: usize, attempt: u64, step: Step },
    Released { slot: usize, attempt: u64, packets: Option<Notifications> },
}

/// What became of a step of one device.
enum Step {
    Connected(Outcome<()>),
    Discovered(Box<Outcome<Discovered>>),
    Subscribed(Outcome<bool>),
    Battery(Outcome<(Vec<u8>, Stamp)>),
    Facts(Vec<(String, String)>),
}

/// A session.
pub(super) struct Session<'a> {
    roster: &'a mut Roster,
    around: &'a Surroundings,
    host: Host,
    radio: Radio,
    sightings: Sightings<PeripheralId, Peripheral>,
    /// Devices to look at; as bounded as what is remembered of them.
    to_look: BTreeSet<PeripheralId>,
    looking: bool,
    /// Calls under way: at most a look at the adapter, one at devices, one to
    /// scan, and for each device a step, a reading and a pulse.
    calls: JoinSet<Report>,
    /// Devices being let go of; the only calls that are waited for at the end.
    partings: JoinSet<Report>,
    packets: StreamMap<usize, Notifications>,
    events: Option<CentralEvents>,
    /// Streams to be dropped once the bus has answered; see [`discard`](super::calls::discard).
    ended: Vec<Ended>,
    ending: Option<Ending>,
}

impl<'a> Session<'a> {
    /// A session that looks for the adapter from `first_look_ns` on.
    pub(super) fn new(roster: &'a mut Roster, around: &'a Surroundings, first_look_ns: i64) -> Self {
        Self {
            roster,
            around,
            host: Host::new(Way::new(), first_look_ns),
            radio: Radio::new(),
            sightings: Sightings::new(),
            to_look: BTreeSet::new(),
            looking: false,
            calls: JoinSet::new(),
            partings: JoinSet::new(),
            packets: StreamMap::new(),
            events: None,
            ended: Vec::new(),
            ending: None,
        }
    }

    /// Serves until the session ends.
    pub(super) async fn serve(mut self, orders: &mut mpsc::Receiver<Command>) -> Ending {
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                Some((slot, packet)) = self.packets.next(), if !self.packets.is_empty() => {
                    self.on_packet(slot, packet);
                    continue;
                }
                order = orders.recv() => self.on_order(order.unwrap_or(Command::Shutdown)),
                Some(report) = self.calls.join_next(), if !self.calls.is_empty() => self.on_joined(report),
                Some(report) = self.partings.join_next(), if !self.partings.is_empty() => self.on_joined(report),
                event = next_of(&mut self.events) => self.on_event(event),
                _ = tick.tick() => self.on_tick(),
            }
            self.drive_radio();
            self.tell_adapter();
            match self.ending.take() {
                Some(Ending::Shutdown) => return self.close().await,
                Some(broken) => return broken,
                None => {}
            }
        }
    }

    fn now_ns(&self) -> i64 {
        self.around.now_ns()
    }

    fn on_order(&mut self, order: Command) {
        match order {
            Command::StartScan => self.start_looking(),
            Command::StopScan => self.roster.scan = false,
            Command::Connect { device } => self.want(&device),
            Command::Disconnect { device } => match self.roster.find(&device) {
                Some(slot) => self.feed(slot, Input::Unwant),
                None => self.warn(format!("{} is not connected.", clean(&device.0)), ""),
            },
            Command::Advise { advice } => self.roster.decline(&advice, self.around),
            Command::Refresh => self.refresh(),
            Command::Shutdown => self.ending = Some(Ending::Shutdown),
        }
    }

    fn on_joined(&mut self, report: Result<Report, JoinError>) {
        match report {
            Ok(report) => self.on_report(report),
            Err(error) if error.is_panic() => self.break_off(&Trouble::Broken),
            Err(_aborted) => {}
        }
    }

    fn on_report(&mut self, report: Report) {
        match report {
            Report::Found(found) => self.on_found(*found),
            Report::ScanStarted(outcome) => self.on_scan_started(outcome),
            Report::ScanStopped => self.radio.scan_stopped(),
            Report::Looked(looks) => self.on_looked(looks),
            Report::Pulse { slot, attempt, connected, rssi_dbm } => {
                self.on_pulse(slot, attempt, connected, rssi_dbm);
            }
            Report::ServicesGone { slot, attempt, connected } => {
                self.on_services_gone(slot, attempt, &connected);
            }
            Report::Step { slot, attempt, step } => self.on_step(slot, attempt, step),
            Report::Released { slot, attempt, packets } => self.on_released(slot, attempt, packets),
        }
    }

    fn on_tick(&mut self) {
        self.around.events.alive();
        self.look_at_host();
        self.tell_sightings();
        for slot in 0..self.roster.members.len() {
            self.feed(slot, Input::Tick);
            self.be_sure_in_time(slot);
            self.read_battery_if_due(slot);
        }
    }

    /// Lets go of everything within the deadline.
    async fn close(mut self) -> Ending {
        self.calls.abort_all();
        self.roster.scan = false;
        for slot in 0..self.roster.members.len() {
            self.feed(slot, Input::Unwant);
        }
        self.stop_scan_at_the_end();
        let partings = &mut self.partings;
        let mut reports = Vec::new(); // Kept to the end: they hold streams; see `discard`.
        let all_done = async {
            while let Some(report) = partings.join_next().await {
                reports.push(report);
            }
        };
        let deadline = self.around.config.shutdown_deadline;
        if tokio::time::timeout(deadline, all_done).await.is_err() {
            tracing::warn!(?deadline, "not every device was let go of in time");
        }
        self.roster.rest(self.around);
        Ending::Shutdown
    }

    /// The session can't go on.
    fn break_off(&mut self, trouble: &Trouble) {
        self.ending.get_or_insert(Ending::Broken(trouble.problem()));
    }

    fn warn(&self, text: String, remedy: &str) {
        let notice = Notice { level: NoticeLevel::Warning, text, remedy: remedy.to_owned() };
        self.around.events.send(crate::Event::Notice(notice));
    }
}

/// A text from outside, safe to show.
fn clean(text: &str) -> String {
    model::DisplayName::clean(text, "nothing").as_str().to_owned()
}

/// The next item; none ever where there is no stream, `None` where it has ended.
async fn next_of(events: &mut Option<CentralEvents>) -> Option<btleplug::api::CentralEvent> {
    match events {
        Some(events) => events.next().await.flatten(),
        None => std::future::pending().await,
    }
}
