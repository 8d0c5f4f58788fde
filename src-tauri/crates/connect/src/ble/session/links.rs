//! The session and its links: does what a link asks for, and reports back.

use super::{Report, Session, Step, clean};
use crate::Event;
use crate::ble::calls::{self, Discovered, Ended, Notifications, Outcome};
use crate::ble::link::{Action, Input, Stage};
use crate::ble::member::Member;
use crate::ble::roster::{MEMBERS_MAX, Refused};
use crate::ble::scan::display_name;
use crate::ble::trouble::{Trouble, reason};
use btleplug::api::Peripheral as _;
use btleplug::platform::Peripheral;
use model::{DeviceId, NANOS_PER_SEC};
use tokio::task::AbortHandle;

/// A device that is newly wanted is looked for so long before it counts as lost.
const SEARCH_NS: i64 = 2 * NANOS_PER_SEC;

impl Session<'_> {
    /// The operator wants a device.
    pub(super) fn want(&mut self, device: &DeviceId) {
        let sure_at_ns = self.now_ns().saturating_add(SEARCH_NS);
        let seen = self.sightings.find(device);
        let slot = match self.roster.enrol(device, seen.map(|(name, _)| name)) {
            Ok(slot) => slot,
            Err(refused) => return self.refuse(device, &refused),
        };
        if let Some(member) = self.roster.members.get_mut(slot) {
            member.sure_at_ns = Some(sure_at_ns);
            if member.wire.handle.is_none() {
                member.wire.handle = seen.map(|(_, handle)| handle.clone());
            }
            member.introduce(&self.roster.connector, self.around);
        }
        let presence = self.presence(slot);
        self.feed(slot, presence);
        self.feed(slot, Input::Want);
    }

    fn refuse(&self, device: &DeviceId, refused: &Refused) {
        match refused {
            Refused::NoDevice => self.warn(
                format!("“{}” is not the address of a Bluetooth device.", clean(&device.0)),
                "Look for devices, and choose one from the list.",
            ),
            Refused::Full => self.warn(
                format!("More than {MEMBERS_MAX} devices were connected since the start."),
                "Start the console again to connect others.",
            ),
        }
    }

    /// Gives a link an input and does what it asks for.
    pub(super) fn feed(&mut self, slot: usize, input: Input) {
        if input.ends_a_link() {
            self.take_what_has_arrived(slot);
        }
        let Some(member) = self.roster.members.get_mut(slot) else { return };
        for action in member.feed(input, self.around) {
            self.act(slot, &action);
        }
    }

    fn act(&mut self, slot: usize, action: &Action) {
        match action {
            Action::AskTurn => self.radio.ask(slot),
            Action::EndTurn => self.radio.end(slot),
            Action::Connect => self.connect(slot),
            Action::Discover => self.discover(slot),
            Action::Subscribe => self.subscribe(slot),
            Action::Release => self.release(slot),
            Action::Announce(_) => {} // The member has told it.
        }
    }

    fn connect(&mut self, slot: usize) {
        let config = self.around.config.clone();
        self.step(slot, |handle| async move { Step::Connected(calls::connect(&handle, &config).await) });
    }

    fn discover(&mut self, slot: usize) {
        let config = self.around.config.clone();
        self.step(slot, |handle| async move {
            Step::Discovered(Box::new(calls::discover(&handle, &config).await))
        });
    }

    fn subscribe(&mut self, slot: usize) {
        let config = self.around.config.clone();
        let Some(values) = self.roster.members.get(slot).and_then(|member| member.wire.values.clone()) else {
            return;
        };
        self.step(slot, |handle| async move {
            Step::Subscribed(calls::subscribe(&handle, &values, &config).await)
        });
    }

    fn release(&mut self, slot: usize) {
        let packets = self.packets.remove(&slot);
        let Some(member) = self.roster.members.get_mut(slot) else { return };
        member.attempt += 1;
        let (handle, values) = member.wire.cut();
        let (attempt, config) = (member.attempt, self.around.config.clone());
        self.partings.spawn(async move {
            if let Some(handle) = handle {
                calls::release(&handle, values.as_ref(), &config).await;
            }
            Report::Released { slot, attempt, packets }
        });
    }

    /// Runs a step of one device beside the loop.
    fn step<F>(&mut self, slot: usize, step: impl FnOnce(Peripheral) -> F)
    where
        F: Future<Output = Step> + Send + 'static,
    {
        let task = self.beside(slot, step);
        if let Some(member) = self.roster.members.get_mut(slot) {
            member.wire.step = task;
        }
    }

    pub(super) fn beside<F>(&mut self, slot: usize, step: impl FnOnce(Peripheral) -> F) -> Option<AbortHandle>
    where
        F: Future<Output = Step> + Send + 'static,
    {
        let member = self.roster.members.get(slot)?;
        let (attempt, step) = (member.attempt, step(member.wire.handle.clone()?));
        Some(self.calls.spawn(async move { Report::Step { slot, attempt, step: step.await } }))
    }

    pub(super) fn on_step(&mut self, slot: usize, attempt: u64, step: Step) {
        let is_current = self.roster.members.get(slot).is_some_and(|member| member.attempt == attempt);
        if !is_current {
            return;
        }
        match step {
            Step::Connected(Ok(())) => self.feed(slot, Input::Connected),
            Step::Connected(Err(trouble)) => self.on_trouble(slot, "Connecting", &trouble),
            Step::Discovered(outcome) => match *outcome {
                Ok(discovered) => self.on_discovered(slot, discovered),
                Err(trouble) => self.on_trouble(slot, "Reading its services", &trouble),
            },
            Step::Subscribed(outcome) => self.on_subscribed(slot, outcome),
            Step::Battery(outcome) => self.on_battery(slot, outcome),
            Step::Facts(facts) => self.on_facts(slot, facts),
        }
    }

    pub(super) fn on_released(&mut self, slot: usize, attempt: u64, packets: Option<Notifications>) {
        self.ended.extend(packets.map(|packets| Box::new(packets) as Ended));
        if self.roster.members.get(slot).is_some_and(|member| member.attempt == attempt) {
            self.feed(slot, Input::Released);
        }
    }

    /// A step failed. A device that is gone or does not answer is looked for
    /// before the next try: trying blindly would keep the adapter from others.
    fn on_trouble(&mut self, slot: usize, step: &str, trouble: &Trouble) {
        self.feed(slot, Input::Failed(reason(step, trouble)));
        match trouble {
            Trouble::UnknownDevice => self.forget(slot, false),
            Trouble::Silent(_) => self.forget(slot, true),
            Trouble::Exhausted | Trouble::Broken => self.break_off(trouble),
            _ => {}
        }
    }

    /// The device has to be found before it is tried again; `unheard`: and to be heard.
    fn forget(&mut self, slot: usize, unheard: bool) {
        let Some(member) = self.roster.members.get_mut(slot) else { return };
        member.wire.handle = None;
        member.wire.unheard = unheard;
        self.sightings.forget(&member.device);
        let presence = self.presence(slot);
        self.feed(slot, presence);
    }

    fn on_discovered(&mut self, slot: usize, found: Discovered) {
        let Some(member) = self.roster.members.get_mut(slot) else { return };
        rename(member, found.name.as_deref());
        let offers = found.values.offers();
        if !offers.heart_rate && !offers.battery {
            return self.give_up(slot);
        }
        member.offers = offers;
        member.wire.values = Some(found.values);
        member.introduce(&self.roster.connector, self.around);
        self.packets.insert(slot, found.notifications);
        self.feed(slot, Input::Discovered);
    }

    fn give_up(&mut self, slot: usize) {
        let name = self.roster.members.get(slot).map(|member| member.name.to_string()).unwrap_or_default();
        self.warn(
            format!("{name} offers neither a heart rate nor a battery level; it was let go of."),
            "Choose a device that offers “Heart Rate”.",
        );
        self.feed(slot, Input::Unwant);
    }

    fn on_subscribed(&mut self, slot: usize, outcome: Outcome<bool>) {
        let battery_notifies = match outcome {
            Ok(battery_notifies) => battery_notifies,
            Err(trouble) => return self.on_trouble(slot, "Subscribing", &trouble),
        };
        self.feed(slot, Input::Subscribed);
        self.begin_reading(slot, battery_notifies);
    }

    /// Asks whether a link that counts as live is up, and how strong it is.
    pub(super) fn feel_pulse(&mut self, slot: usize) {
        let Some(member) = self.roster.members.get(slot).filter(|member| member.link.is_live()) else {
            return;
        };
        let Some(handle) = member.wire.handle.clone() else { return };
        let (attempt, deadline) = (member.attempt, self.around.config.call_deadline);
        self.calls.spawn(async move {
            let connected = calls::within(deadline, handle.is_connected()).await;
            let rssi_dbm = calls::within(deadline, handle.read_rssi()).await.ok();
            Report::Pulse { slot, attempt, connected, rssi_dbm }
        });
    }

    pub(super) fn on_pulse(
        &mut self,
        slot: usize,
        attempt: u64,
        connected: Outcome<bool>,
        rssi_dbm: Option<i16>,
    ) {
        let Some(member) = self.roster.members.get_mut(slot) else { return };
        if member.attempt != attempt {
            return;
        }
        if let (Some(rssi_dbm), true) = (rssi_dbm, member.rssi_told != rssi_dbm) {
            member.rssi_told = Some(rssi_dbm);
            self.around.events.send(Event::Signal { sensor: member.sensor.clone(), rssi_dbm });
        }
        match connected {
            Ok(false) => self.feed(slot, Input::Cut("The link to the device was cut.".to_owned())),
            Err(Trouble::UnknownDevice) => {
                self.feed(slot, Input::Cut("The device has gone away.".to_owned()));
                self.forget(slot, false);
            }
            Ok(true) | Err(_) => {} // What else is wrong is wrong with the adapter.
        }
    }

    /// Notifications ended although the device did not.
    pub(super) fn is_making_link(&self, slot: usize) -> bool {
        self.roster.members.get(slot).is_some_and(|member| member.link.stage() == Stage::Subscribing)
    }
}

/// A device may tell a better name once it is connected.
fn rename(member: &mut Member, name: Option<&str>) {
    if name.is_some() {
        member.name = display_name(name, &member.device);
    }
}
