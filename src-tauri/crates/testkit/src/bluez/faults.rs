//! Faults that strike at a given moment, and what a client has left on the bus.

use super::FakeBluez;
use super::gatt;
use super::refusal::{self, Done};
use super::script::ServiceScript;
use super::tree::{DEVICE, Props, text};
use super::world::{Later, World};
use std::time::Duration;
use zbus::Variant;
use zbus::message::{Message, Type};

/// What happens when a client makes a call that a trap was set for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnCall {
    /// The device goes and BlueZ forgets it, just before the call is looked at.
    Vanish,
    /// The link of the device is lost just before the call is looked at.
    DropLink,
    /// The call is refused with `org.bluez.Error.Failed` and this text.
    Refuse(&'static str),
    /// The call is carried out at once, but answered only so many milliseconds later.
    AnswerAfterMs(u64),
    /// The call is carried out, and never answered.
    NeverAnswer,
}

/// A trap: it is sprung by one call and then gone.
#[derive(Debug)]
pub(super) struct Trap {
    pub(super) address: String,
    pub(super) method: &'static str,
    pub(super) then: OnCall,
}

impl FakeBluez {
    /// Sets a trap for the next call of `method` (`Interface.Method`, as in
    /// [`Self::calls`]) on the device or anything below it. Traps for the same call
    /// are sprung one after the other.
    #[track_caller]
    pub fn on_call(&self, device: &str, method: &'static str, then: OnCall) {
        self.on(device, |world, address| {
            world.traps.push(Trap { address: address.to_owned(), method, then });
        });
    }

    /// Whether every trap was sprung.
    #[must_use]
    pub fn traps_are_sprung(&self) -> bool {
        self.station.with(|world| world.traps.is_empty())
    }

    /// The device has another GATT table from now on. In a link that is what BlueZ
    /// does on *Service Changed*: the objects go, notify sessions with them, and
    /// `UUIDs` is told without them; then the new ones come.
    #[track_caller]
    pub fn replace_services(&self, device: &str, services: Vec<ServiceScript>) {
        self.on(device, |world, address| world.replace_table(address, services));
    }

    /// The device tells another name from now on.
    #[track_caller]
    pub fn rename(&self, device: &str, name: &str) {
        self.on(device, |world, address| world.rename(address, name));
    }

    /// How many match rules the bus keeps, for everybody but the fake itself; none
    /// while BlueZ is not on the bus.
    #[must_use]
    pub fn match_rules(&self) -> Option<usize> {
        self.station.match_rules()
    }
}

impl World {
    /// Springs a trap that was set for this call, if any.
    pub(super) fn spring(&mut self, path: &str, method: &str) -> Option<OnCall> {
        let is_it = |trap: &Trap| {
            trap.method == method
                && self.devices.get(&trap.address).is_some_and(|device| path.starts_with(&device.path))
        };
        let index = self.traps.iter().position(is_it)?;
        let Trap { address, then, .. } = self.traps.remove(index);
        match then {
            OnCall::Vanish => {
                self.walk_away(&address);
                self.forget(&address);
            }
            OnCall::DropLink => self.fade(&address),
            OnCall::Refuse(_) | OnCall::AnswerAfterMs(_) | OnCall::NeverAnswer => {}
        }
        Some(then)
    }

    /// Takes the answer to `call` out of what is to be sent, and keeps it as long
    /// as the trap says.
    pub(super) fn hold_answer(&mut self, call: &Message, then: OnCall) {
        let serial = Some(call.primary_header().serial_num());
        let is_answer = |message: &Message| {
            matches!(message.message_type(), Type::MethodReturn | Type::Error)
                && message.header().reply_serial() == serial
        };
        let Some(index) = self.outbox.iter().position(is_answer) else { return };
        let answer = self.outbox.remove(index);
        if let OnCall::AnswerAfterMs(ms) = then {
            let number = self.next_number();
            self.held.insert(number, answer);
            self.later(Duration::from_millis(ms), Later::Answer { number });
        }
    }

    /// Sends an answer that was held back.
    pub(super) fn answer_now(&mut self, number: u64) {
        let answer = self.held.remove(&number);
        self.outbox.extend(answer);
    }

    fn replace_table(&mut self, address: &str, services: Vec<ServiceScript>) {
        self.hide_table(address);
        let Some(device) = self.devices.get_mut(address) else { return };
        let (path, resolved) = (device.path.clone(), device.resolved);
        let old: Vec<String> = device.script.services.iter().map(|service| service.uuid.clone()).collect();
        let left = device.script.advertised.iter().filter(|uuid| !old.contains(uuid));
        let left: Vec<String> = left.cloned().collect();
        device.script.services = services;
        device.table = gatt::layout(&device.script, &path);
        if resolved {
            self.changed(&path, DEVICE, Props::from([("UUIDs", Variant::from(left))]));
            self.show_table(address);
            self.tell_uuids(address);
        }
    }

    fn tell_uuids(&mut self, address: &str) {
        let Some(device) = self.devices.get(address) else { return };
        let (path, uuids) = (device.path.clone(), device.uuids());
        self.changed(&path, DEVICE, Props::from([("UUIDs", uuids)]));
    }

    fn rename(&mut self, address: &str, name: &str) {
        let Some(device) = self.devices.get_mut(address) else { return };
        device.script.name = Some(name.to_owned());
        let (path, listed) = (device.path.clone(), device.listed);
        if listed {
            self.changed(&path, DEVICE, Props::from([("Name", text(name)), ("Alias", text(name))]));
        }
    }
}

/// What a trap makes of a call that it leaves to be answered.
pub(super) fn refused(then: Option<OnCall>) -> Done {
    match then {
        Some(OnCall::Refuse(text)) => Err(refusal::failed(text)),
        _ => Ok(()),
    }
}
