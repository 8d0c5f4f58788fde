//! The way of a notification: stamped, decoded, handed over. And what is read
//! from a live device beside it: its battery, and what it says about itself.

use super::{Session, Step};
use crate::ble::calls::{self, Outcome};
use crate::ble::link::Input;
use crate::ble::nanos;
use crate::ble::trouble::Trouble;
use btleplug::api::ValueNotification;
use futures_util::{FutureExt, StreamExt};
use gatt::uuid::{BATTERY_LEVEL, HEART_RATE_MEASUREMENT};
use model::Stamp;

impl Session<'_> {
    /// A notification has arrived: here is its one and only stamp.
    pub(super) fn on_packet(&mut self, slot: usize, packet: Option<ValueNotification>) {
        let stamp = self.around.clock.now();
        let Some(packet) = packet else {
            return self.break_off(&Trouble::Broken); // The library lost them, not the device.
        };
        let is_heart_rate = calls::is_of(&packet, HEART_RATE_MEASUREMENT);
        if is_heart_rate && self.is_making_link(slot) {
            // It sends before the answer to the subscription is here.
            self.feed(slot, Input::Subscribed);
        }
        let Some(member) = self.roster.members.get_mut(slot) else { return };
        let emit = &mut |event| self.around.events.send(event);
        if is_heart_rate {
            member.strap.heart_rate(&packet.value, stamp, emit);
        } else if calls::is_of(&packet, BATTERY_LEVEL) {
            member.strap.battery(&packet.value, stamp, emit);
        }
    }

    /// Takes what a device has sent before its link ended, and what only waits here.
    pub(super) fn take_what_has_arrived(&mut self, slot: usize) {
        let Some(mut packets) = self.packets.remove(&slot) else { return };
        while let Some(Some(Some(packet))) = packets.next().now_or_never() {
            self.on_packet(slot, Some(packet));
        }
        self.packets.insert(slot, packets);
    }

    /// The device is live: its battery is read now, and then in time where it
    /// does not notify; what it says about itself is read once.
    pub(super) fn begin_reading(&mut self, slot: usize, battery_notifies: bool) {
        let now_ns = self.now_ns();
        let due_ns = now_ns.saturating_add(nanos(self.around.config.battery_every));
        let Some(member) = self.roster.members.get_mut(slot) else { return };
        member.wire.battery_due_ns = (member.offers.battery && !battery_notifies).then_some(due_ns);
        if member.offers.battery {
            self.read_battery(slot);
        } else {
            self.read_facts(slot);
        }
    }

    pub(super) fn read_battery_if_due(&mut self, slot: usize) {
        let now_ns = self.now_ns();
        let next_ns = now_ns.saturating_add(nanos(self.around.config.battery_every));
        let Some(member) = self.roster.members.get_mut(slot) else { return };
        if member.wire.battery_due_ns.is_some_and(|due_ns| now_ns >= due_ns) && member.wire.reading.is_none()
        {
            member.wire.battery_due_ns = Some(next_ns);
            self.read_battery(slot);
        }
    }

    fn read_battery(&mut self, slot: usize) {
        let (clock, deadline) = (self.around.clock.clone(), self.around.config.read_deadline);
        let values = self.roster.members.get(slot).and_then(|member| member.wire.values.as_ref());
        let Some(battery) = values.and_then(|values| values.battery.clone()) else { return };
        let task = self.beside(slot, |handle| async move {
            Step::Battery(calls::read_battery(&handle, &battery, clock.as_ref(), deadline).await)
        });
        self.remember_reading(slot, task);
    }

    fn read_facts(&mut self, slot: usize) {
        let deadline = self.around.config.read_deadline;
        let Some(member) = self.roster.members.get(slot).filter(|member| member.facts.is_empty()) else {
            return;
        };
        let Some(values) = member.wire.values.clone() else { return };
        let task = self.beside(slot, |handle| async move {
            Step::Facts(calls::read_facts(&handle, &values, deadline).await)
        });
        self.remember_reading(slot, task);
    }

    fn remember_reading(&mut self, slot: usize, task: Option<tokio::task::AbortHandle>) {
        if let Some(member) = self.roster.members.get_mut(slot) {
            member.wire.reading = task;
        }
    }

    pub(super) fn on_battery(&mut self, slot: usize, outcome: Outcome<(Vec<u8>, Stamp)>) {
        let Some(member) = self.roster.members.get_mut(slot) else { return };
        member.wire.reading = None;
        match outcome {
            Ok((level, stamp)) => {
                member.strap.battery(&level, stamp, &mut |event| self.around.events.send(event));
            }
            Err(trouble) => tracing::debug!(sensor = %member.sensor, ?trouble, "the battery was not read"),
        }
        self.read_facts(slot);
    }

    pub(super) fn on_facts(&mut self, slot: usize, facts: Vec<(String, String)>) {
        let Some(member) = self.roster.members.get_mut(slot) else { return };
        member.wire.reading = None;
        if !facts.is_empty() {
            member.facts = facts;
            member.introduce(&self.roster.connector, self.around);
        }
    }
}
