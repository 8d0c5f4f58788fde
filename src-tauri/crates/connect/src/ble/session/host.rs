//! The session and its adapter: looks at it in time, follows what is found,
//! drives who may use it, and tells the operator.

use super::{Report, Session};
use crate::Event;
use crate::ble::calls::{self, Ended, Outcome};
use crate::ble::link::Input;
use crate::ble::nanos;
use crate::ble::probe::{self, Found, Way};
use crate::ble::radio::Order;
use crate::ble::trouble::Trouble;
use btleplug::platform::Adapter;
use model::AdapterState;

/// So many answers in a row may fail to come before the bus counts as dead.
const MISSED_MAX: u32 = 2;

/// What the session knows of the adapter.
pub(super) struct Host {
    way: Way,
    powered: Option<Outcome<bool>>,
    look_due_ns: i64,
    looking: bool,
    missed: u32,
    /// The operator asked, and gets an answer even where nothing has changed.
    tell_anyway: bool,
}

impl Host {
    pub(super) fn new(way: Way, look_due_ns: i64) -> Self {
        Self { way, powered: None, look_due_ns, looking: false, missed: 0, tell_anyway: false }
    }

    /// The adapter, where it is on.
    pub(super) fn usable(&self) -> Option<&Adapter> {
        let central = self.way.central.as_ref()?;
        matches!(self.powered, Some(Ok(true))).then_some(&central.adapter)
    }

    /// Why there is none, in words.
    fn problem(&self) -> String {
        match &self.powered {
            Some(Err(trouble)) => trouble.problem(),
            Some(Ok(_)) | None => Trouble::Off.problem(),
        }
    }

    fn state(&self, scanning: bool) -> AdapterState {
        let name = self.way.central.as_ref().map(|central| central.name.clone());
        match (&self.powered, name) {
            (Some(Ok(true)), Some(name)) => AdapterState::Ready { name, scanning },
            (Some(Ok(false)), Some(name)) => AdapterState::Off { name },
            (Some(Err(trouble)), _) => trouble.adapter_state(),
            (None | Some(Ok(_)), _) => AdapterState::Unknown,
        }
    }
}

impl Session<'_> {
    /// Looks at the adapter and at the links, where it is time to.
    pub(super) fn look_at_host(&mut self) {
        let now_ns = self.now_ns();
        if self.host.looking || now_ns < self.host.look_due_ns {
            return;
        }
        self.host.looking = true;
        self.host.look_due_ns = now_ns.saturating_add(nanos(self.around.config.poll_every));
        let (way, deadline) = (self.host.way.clone(), self.around.config.call_deadline);
        self.calls.spawn(async move { Report::Found(Box::new(probe::look(way, deadline).await)) });
        for slot in 0..self.roster.members.len() {
            self.feel_pulse(slot);
        }
    }

    /// The operator pressed "Try again".
    pub(super) fn refresh(&mut self) {
        self.host.look_due_ns = i64::MIN;
        self.host.tell_anyway = true;
        self.look_at_host();
        for slot in 0..self.roster.members.len() {
            self.feed(slot, Input::Hurry);
        }
    }

    pub(super) fn on_found(&mut self, found: Found) {
        self.host.looking = false;
        let was_open = self.host.way.is_open();
        let silent = matches!(found.powered, Err(Trouble::Silent(_)));
        self.host.missed = if silent { self.host.missed + 1 } else { 0 };
        if silent && self.host.usable().is_some() && self.host.missed < MISSED_MAX {
            return; // It may only be busy.
        }
        if let (Err(trouble), true) = (&found.powered, was_open)
            && is_fatal(trouble, self.host.missed)
        {
            self.break_off(trouble);
        }
        let had_one = self.host.way.central.is_some();
        if had_one && (found.way.central.is_none() || found.events.is_some()) {
            self.lose_adapter(&found.powered);
        }
        self.host.way = found.way;
        if let Some(events) = found.events {
            let before = self.events.replace(events);
            self.ended.extend(before.map(|events| Box::new(events) as Ended));
        }
        if found.powered.is_ok() && !self.ended.is_empty() {
            tokio::spawn(calls::discard(std::mem::take(&mut self.ended)));
        }
        self.take_power(found.powered);
        if std::mem::take(&mut self.host.tell_anyway) {
            self.roster.adapter_told = None;
        }
    }

    /// The adapter is gone, or it is another one: nothing from before holds.
    fn lose_adapter(&mut self, found: &Outcome<bool>) {
        let trouble = found.as_ref().err().unwrap_or(&Trouble::NoAdapter);
        for slot in 0..self.roster.members.len() {
            self.feed(slot, Input::Absent(trouble.problem()));
            if let Some(member) = self.roster.members.get_mut(slot) {
                member.wire.handle = None;
                member.wire.unheard = false;
            }
        }
        self.sightings.clear();
        self.to_look.clear();
        self.radio.reset();
    }

    /// Takes whether the adapter is on, and tells every link whether it can be made.
    fn take_power(&mut self, powered: Outcome<bool>) {
        self.host.powered = Some(powered);
        for slot in 0..self.roster.members.len() {
            let presence = self.presence(slot);
            self.feed(slot, presence);
        }
        if self.host.usable().is_none() {
            self.radio.reset();
        }
    }

    /// Whether a device can be reached, as its link wants to know it.
    pub(super) fn presence(&self, slot: usize) -> Input {
        if self.host.powered.is_none() {
            return Input::Unsure;
        }
        if self.host.usable().is_none() {
            return Input::Absent(self.host.problem());
        }
        match self.roster.members.get(slot) {
            Some(member) if member.wire.handle.is_some() => Input::Present,
            Some(member) if member.sure_at_ns.is_some() => Input::Unsure,
            _ => Input::Absent(Trouble::UnknownDevice.problem()),
        }
    }

    /// A device that was looked for long enough is not in range.
    pub(super) fn be_sure_in_time(&mut self, slot: usize) {
        let now_ns = self.now_ns();
        let Some(member) = self.roster.members.get_mut(slot) else { return };
        if member.sure_at_ns.is_some_and(|sure_at_ns| now_ns >= sure_at_ns) {
            member.sure_at_ns = None;
            let presence = self.presence(slot);
            self.feed(slot, presence);
        }
    }

    /// Gives the adapter to whose turn it is.
    pub(super) fn drive_radio(&mut self) {
        let Some(adapter) = self.host.usable().cloned() else { return };
        self.radio.want_scan(self.roster.scan || self.is_one_missing());
        let deadline = self.around.config.call_deadline;
        while let Some(order) = self.radio.next(self.now_ns()) {
            let adapter = adapter.clone();
            match order {
                Order::StartScan => {
                    let start = async move { probe::start_scan(&adapter, deadline).await };
                    self.calls.spawn(async move { Report::ScanStarted(start.await) });
                }
                Order::StopScan => {
                    self.calls.spawn(async move {
                        probe::stop_scan(&adapter, deadline).await;
                        Report::ScanStopped
                    });
                }
                Order::Grant(slot) => self.feed(slot, Input::Turn),
            }
        }
    }

    /// A wanted device that the adapter does not know has to be looked for.
    fn is_one_missing(&self) -> bool {
        self.roster.members.iter().any(|member| member.link.is_wanted() && member.wire.handle.is_none())
    }

    pub(super) fn on_scan_started(&mut self, outcome: Outcome<()>) {
        if let Err(trouble) = &outcome {
            tracing::debug!(?trouble, "a scan did not start");
            self.host.look_due_ns = i64::MIN;
        }
        self.radio.scan_started(outcome.is_ok(), self.now_ns());
    }

    pub(super) fn stop_scan_at_the_end(&mut self) {
        let Some(adapter) = self.host.usable().cloned().filter(|_| self.radio.is_scanning()) else { return };
        let deadline = self.around.config.call_deadline;
        self.partings.spawn(async move {
            probe::stop_scan(&adapter, deadline).await;
            Report::ScanStopped
        });
    }

    /// The adapter says that something is different: looked at in the next tick.
    pub(super) fn look_soon(&mut self) {
        self.host.look_due_ns = i64::MIN;
    }

    /// Tells the adapter's state where it has changed.
    pub(super) fn tell_adapter(&mut self) {
        let state = self.host.state(self.radio.is_scanning());
        if state == AdapterState::Unknown || self.roster.adapter_told.as_ref() == Some(&state) {
            return;
        }
        self.roster.adapter_told = Some(state.clone());
        self.around.events.send(Event::Adapter(state));
    }
}

/// Whether a session that could talk to the bus can't any more.
fn is_fatal(trouble: &Trouble, missed: u32) -> bool {
    match trouble {
        Trouble::Silent(_) => missed >= MISSED_MAX,
        Trouble::NoBus | Trouble::Exhausted | Trouble::Broken | Trouble::Other(_) => true,
        Trouble::NoService
        | Trouble::NotPermitted
        | Trouble::NoAdapter
        | Trouble::Off
        | Trouble::UnknownDevice
        | Trouble::InProgress
        | Trouble::AlreadyConnected => false,
    }
}
