//! Values of characteristics: reading, writing, notify sessions, notifications.
//!
//! As in BlueZ, every value that arrives is announced as `PropertiesChanged` of
//! `Value`, the answer to a read too; a client that only counts announcements
//! counts its own reads with them. A notify session belongs to a bus name, and
//! outlives the link as long as the GATT objects do.

use super::gatt::{Attribute, Kind};
use super::refusal::{self, Done};
use super::tree::{CHARACTERISTIC, Props};
use super::world::World;
use zbus::Variant;
use zbus::message::Message;

/// How many writes are remembered for a test to look at.
const WRITES_KEPT: usize = 10_000;

/// Where an attribute is: its device's address, and its index in the table.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) address: String,
    pub(super) index: usize,
}

/// What clients call.
impl World {
    pub(super) fn read_value(&mut self, at: &Place, call: &Message) -> Done {
        self.needs_link(at)?;
        let Some(attribute) = self.attribute(at) else { return Err(refusal::does_not_exist()) };
        let value = match &attribute.kind {
            Kind::Characteristic(characteristic) if characteristic.can("read") => {
                characteristic.value.clone()
            }
            Kind::Descriptor { value } => value.clone(),
            _ => return Err(refusal::not_permitted("Read not permitted")),
        };
        self.value_seen(at, &value);
        self.reply(call, &value);
        Ok(())
    }

    pub(super) fn write_value(&mut self, at: &Place, call: &Message) -> Done {
        let (value, _options): (Vec<u8>, std::collections::HashMap<String, zbus::OwnedVariant>) =
            call.body().deserialize().map_err(|_| refusal::invalid_arguments())?;
        self.needs_link(at)?;
        let Some(attribute) = self.attribute_mut(at) else { return Err(refusal::does_not_exist()) };
        let Some(characteristic) = attribute.characteristic_mut() else {
            return Err(refusal::not_supported());
        };
        if !characteristic.can("write") && !characteristic.can("write-without-response") {
            return Err(refusal::not_supported());
        }
        if characteristic.written.len() < WRITES_KEPT {
            characteristic.written.push(value.clone());
        }
        characteristic.value = value;
        self.reply(call, &());
        Ok(())
    }

    pub(super) fn start_notify(&mut self, at: &Place, client: &str, call: &Message) -> Done {
        let Some(attribute) = self.attribute_mut(at) else { return Err(refusal::does_not_exist()) };
        let Some(characteristic) = attribute.characteristic_mut() else {
            return Err(refusal::not_supported());
        };
        if !characteristic.can_notify() {
            return Err(refusal::not_supported());
        }
        let first = characteristic.sessions.is_empty();
        if !characteristic.sessions.insert(client.to_owned()) {
            return Err(self.already_notifying(at));
        }
        if first {
            self.tell_notifying(at, true);
        }
        self.reply(call, &());
        Ok(())
    }

    pub(super) fn stop_notify(&mut self, at: &Place, client: &str, call: &Message) -> Done {
        if !self.end_session(at, client) {
            return Err(refusal::failed("No notify session started"));
        }
        self.reply(call, &());
        Ok(())
    }

    /// BlueZ's two answers to a second session of one client: with a link it
    /// runs already, without one it is about to.
    fn already_notifying(&self, at: &Place) -> refusal::Refusal {
        let connected = self.devices.get(&at.address).is_some_and(|device| device.connected);
        if connected { refusal::failed("Already notifying") } else { refusal::in_progress() }
    }

    fn needs_link(&self, at: &Place) -> Done {
        let connected = self.devices.get(&at.address).is_some_and(|device| device.connected);
        if connected { Ok(()) } else { Err(refusal::failed("Not connected")) }
    }
}

/// What happens.
impl World {
    /// A device sends a notification. It is gone, as in the air, unless somebody
    /// has started notifying and the services are resolved; then this says true.
    pub(super) fn notify(&mut self, at: &Place, value: &[u8]) -> bool {
        let heard = self.is_heard(at);
        if let Some(characteristic) = self.attribute_mut(at).and_then(Attribute::characteristic_mut) {
            characteristic.value = value.to_vec();
        }
        if heard {
            self.value_seen(at, value);
        }
        heard
    }

    /// Whether a notification would reach somebody.
    pub(super) fn is_heard(&self, at: &Place) -> bool {
        let resolved = self.devices.get(&at.address).is_some_and(|device| device.resolved);
        let characteristic = self.attribute(at).and_then(Attribute::characteristic);
        resolved && characteristic.is_some_and(|characteristic| !characteristic.sessions.is_empty())
    }

    /// What clients have written there.
    pub(super) fn written(&self, at: &Place) -> Vec<Vec<u8>> {
        let characteristic = self.attribute(at).and_then(Attribute::characteristic);
        characteristic.map(|characteristic| characteristic.written.clone()).unwrap_or_default()
    }

    fn value_seen(&mut self, at: &Place, value: &[u8]) {
        let Some(attribute) = self.attribute_mut(at) else { return };
        let path = attribute.path.clone();
        let Some(characteristic) = attribute.characteristic_mut() else { return };
        characteristic.seen = Some(value.to_vec());
        self.changed(&path, CHARACTERISTIC, Props::from([("Value", Variant::from(value.to_vec()))]));
    }

    /// Whether there was a session to end.
    fn end_session(&mut self, at: &Place, client: &str) -> bool {
        let Some(attribute) = self.attribute_mut(at) else { return false };
        let Some(characteristic) = attribute.characteristic_mut() else { return false };
        let was_there = characteristic.sessions.remove(client);
        if was_there && characteristic.sessions.is_empty() {
            self.tell_notifying(at, false);
        }
        was_there
    }

    pub(super) fn end_sessions_of(&mut self, client: &str) {
        let everywhere: Vec<Place> = self
            .devices
            .iter()
            .flat_map(|(address, device)| (0..device.table.len()).map(|index| (address.clone(), index)))
            .map(|(address, index)| Place { address, index })
            .collect();
        for at in everywhere {
            self.end_session(&at, client);
        }
    }

    fn tell_notifying(&mut self, at: &Place, notifying: bool) {
        let Some(path) = self.attribute(at).map(|attribute| attribute.path.clone()) else { return };
        self.changed(&path, CHARACTERISTIC, Props::from([("Notifying", Variant::from(notifying))]));
    }

    /// The first characteristic of a device with this UUID, in its long form.
    pub(super) fn find(&self, address: &str, uuid: &str) -> Option<Place> {
        let table = &self.devices.get(address)?.table;
        let is_it = |attribute: &Attribute| attribute.uuid == uuid && attribute.characteristic().is_some();
        Some(Place { address: address.to_owned(), index: table.iter().position(is_it)? })
    }

    pub(super) fn attribute(&self, at: &Place) -> Option<&Attribute> {
        self.devices.get(&at.address)?.table.get(at.index)
    }

    fn attribute_mut(&mut self, at: &Place) -> Option<&mut Attribute> {
        self.devices.get_mut(&at.address)?.table.get_mut(at.index)
    }
}
