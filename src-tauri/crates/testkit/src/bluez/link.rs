//! Links: connecting, resolving services, and losing a link.
//!
//! BlueZ's order: `Connected = true`, the reply to `Connect`, the GATT objects,
//! `ServicesResolved = true`. On a loss `ServicesResolved = false`, then
//! `Connected = false`. A device out of range keeps `Connect` waiting 20 s.

use super::device::ConnectMode;
use super::refusal::{self, Done};
use super::tree::{DEVICE, Props};
use super::world::{Later, World};
use std::time::Duration;
use zbus::Variant;
use zbus::message::Message;

const GIVE_UP_AFTER: Duration = Duration::from_secs(20);

/// What clients call.
impl World {
    pub(super) fn connect(&mut self, address: &str, call: &Message) -> Done {
        if self.adapter.as_ref().is_none_or(|adapter| !adapter.powered) {
            return Err(refusal::not_ready());
        }
        let number = self.next_number();
        let Some(device) = self.devices.get_mut(address) else { return Err(refusal::does_not_exist()) };
        if device.connected {
            self.reply(call, &());
            return Ok(());
        }
        if device.waiting.is_some() {
            return Err(refusal::in_progress());
        }
        device.temporary = false;
        if let ConnectMode::Fail(text) = device.mode {
            return Err(refusal::failed(text));
        }
        device.waiting = Some(call.clone());
        device.attempt = number;
        let (mode, in_range) = (device.mode, device.in_range);
        self.await_link(address.to_owned(), number, mode, in_range);
        Ok(())
    }

    pub(super) fn disconnect(&mut self, address: &str, call: &Message) -> Done {
        let device = self.devices.get(address).ok_or_else(refusal::does_not_exist)?;
        if !device.connected && device.waiting.is_none() {
            return Err(refusal::not_connected());
        }
        self.lose_link(address, "le-connection-abort-by-local");
        self.reply(call, &());
        Ok(())
    }
}

/// What happens.
impl World {
    fn await_link(&mut self, address: String, attempt: u64, mode: ConnectMode, in_range: bool) {
        match mode {
            ConnectMode::Hang => {}
            _ if !in_range => self.later(GIVE_UP_AFTER, Later::GiveUp { address, attempt }),
            ConnectMode::SlowMs(ms) => {
                self.later(Duration::from_millis(ms), Later::Link { address, attempt })
            }
            _ => self.link_if_awaited(&address, attempt),
        }
    }

    /// The link comes up, if this attempt still waits for it.
    pub(super) fn link_if_awaited(&mut self, address: &str, attempt: u64) {
        let Some(device) = self.devices.get_mut(address) else { return };
        if device.attempt != attempt || !device.in_range {
            return;
        }
        let Some(call) = device.waiting.take() else { return };
        device.connected = true;
        let (path, mode) = (device.path.clone(), device.mode);
        let delay = Duration::from_millis(device.script.resolve_after_ms);
        self.changed(&path, DEVICE, Props::from([("Connected", Variant::from(true))]));
        self.reply(&call, &());
        match mode {
            ConnectMode::NeverResolves => {}
            ConnectMode::DropsBeforeResolved => self.lose_link(address, ""),
            _ if delay.is_zero() => self.resolve(address, attempt),
            _ => self.later(delay, Later::Resolve { address: address.to_owned(), attempt }),
        }
    }

    pub(super) fn give_up(&mut self, address: &str, attempt: u64) {
        let Some(device) = self.devices.get_mut(address).filter(|device| device.attempt == attempt) else {
            return;
        };
        if let Some(call) = device.waiting.take() {
            self.refuse(&call, &refusal::failed("le-connection-abort-by-local"));
        }
    }

    /// The services of a link are known: their objects appear.
    pub(super) fn resolve(&mut self, address: &str, attempt: u64) {
        let Some(device) = self.devices.get_mut(address) else { return };
        if device.attempt != attempt || !device.connected || device.resolved {
            return;
        }
        self.show_table(address);
        let Some(device) = self.devices.get_mut(address) else { return };
        device.resolved = true;
        let resolved = ("ServicesResolved", Variant::from(true));
        let (path, props) = (device.path.clone(), Props::from([("UUIDs", device.uuids()), resolved]));
        self.changed(&path, DEVICE, props);
    }

    /// The link of a device ends, or the attempt at one. A waiting `Connect` is
    /// refused with `reason`.
    pub(super) fn lose_link(&mut self, address: &str, reason: &str) {
        let Some(device) = self.devices.get_mut(address) else { return };
        if let Some(call) = device.waiting.take() {
            return self.refuse(&call, &refusal::failed(reason));
        }
        if !device.connected {
            return;
        }
        let was_resolved = std::mem::take(&mut device.resolved);
        device.connected = false;
        let path = device.path.clone();
        if was_resolved {
            self.changed(&path, DEVICE, Props::from([("ServicesResolved", Variant::from(false))]));
        }
        if self.no_gatt_cache {
            self.hide_table(address);
        }
        self.changed(&path, DEVICE, Props::from([("Connected", Variant::from(false))]));
    }

    /// A link is lost by itself; the device advertises again.
    pub(super) fn fade(&mut self, address: &str) {
        self.lose_link(address, "le-connection-abort-by-remote");
        self.hear(address);
    }

    /// A device leaves the room.
    pub(super) fn walk_away(&mut self, address: &str) {
        self.lose_link(address, "le-connection-abort-by-remote");
        if let Some(device) = self.devices.get_mut(address) {
            device.in_range = false;
        }
    }

    /// A device that was away answers again: whoever waits for it gets its link.
    pub(super) fn come_back(&mut self, address: &str) {
        let Some(device) = self.devices.get_mut(address) else { return };
        device.in_range = true;
        let (attempt, mode) = (device.attempt, device.mode);
        if device.waiting.is_some() {
            self.await_link(address.to_owned(), attempt, mode, true);
        }
        self.hear(address);
    }

    pub(super) fn show_table(&mut self, address: &str) {
        let Some(device) = self.devices.get_mut(address).filter(|device| !device.table_shown) else { return };
        device.table_shown = true;
        for (path, interfaces) in device.table_objects() {
            self.added(&path, interfaces);
        }
    }

    /// Takes the GATT objects off the bus, leaves first; their notify sessions go too.
    pub(super) fn hide_table(&mut self, address: &str) {
        let Some(device) = self.devices.get_mut(address) else { return };
        let objects = device.table_objects();
        device.table_shown = false;
        for attribute in &mut device.table {
            if let Some(characteristic) = attribute.characteristic_mut() {
                characteristic.sessions.clear();
                characteristic.seen = None;
            }
        }
        for (path, interfaces) in objects.into_iter().rev() {
            self.removed(&path, interfaces);
        }
    }
}
