//! The state of the fake: an adapter, the devices around it, and the messages
//! that a change of state puts on the bus.
//!
//! No thread, clock or socket here. Every change leaves its messages in `outbox`,
//! in BlueZ's order, and whatever is to happen later in `agenda`; `Station`
//! sends the one and keeps the other. So one lock orders all that clients see.

use super::adapter::Adapter;
use super::device::Device;
use super::faults::Trap;
use super::gatt;
use super::refusal::Refusal;
use super::tree::{Interfaces, OBJECT_MANAGER, PROPERTIES, Props};
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Duration;
use zbus::message::{Flags, Message};

/// Something that happens by itself after a while.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Later {
    /// A slow link comes up.
    Link { address: String, attempt: u64 },
    /// A device that can't be reached is given up on.
    GiveUp { address: String, attempt: u64 },
    /// The services of a linked device are resolved.
    Resolve { address: String, attempt: u64 },
    /// A device advertises again.
    Advertise { address: String, number: u64 },
    /// An answer that was held back is sent.
    Answer { number: u64 },
    /// Devices that nobody has connected since the discovery ended are forgotten.
    Forget { discovery: u64 },
}

/// Everything the fake knows.
#[derive(Debug, Default)]
pub(super) struct World {
    pub(super) adapter: Option<Adapter>,
    pub(super) devices: BTreeMap<String, Device>,
    /// Every call is answered as by a bus whose policy forbids it.
    pub(super) denied: bool,
    /// `Cache = no` in BlueZ's configuration: GATT objects go with the link.
    pub(super) no_gatt_cache: bool,
    /// Calls received, by `Interface.Method` without `org.bluez.`.
    pub(super) calls: BTreeMap<String, u64>,
    /// Counts discoveries and connection attempts, so that what was planned for
    /// one of them does not hit the next.
    pub(super) counter: u64,
    pub(super) traps: Vec<Trap>,
    /// Answers that are held back, by number.
    pub(super) held: BTreeMap<u64, Message>,
    pub(super) outbox: Vec<Message>,
    pub(super) agenda: Vec<(Duration, Later)>,
}

impl World {
    /// A number that was never used before.
    pub(super) fn next_number(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    /// Plans something.
    pub(super) fn later(&mut self, after: Duration, what: Later) {
        self.agenda.push((after, what));
    }

    /// Does what was planned, where it is still wanted.
    pub(super) fn carry_out(&mut self, planned: &Later) {
        match planned {
            Later::Link { address, attempt } => self.link_if_awaited(address, *attempt),
            Later::GiveUp { address, attempt } => self.give_up(address, *attempt),
            Later::Resolve { address, attempt } => self.resolve(address, *attempt),
            Later::Advertise { address, number } => self.advertise_again(address, *number),
            Later::Answer { number } => self.answer_now(*number),
            Later::Forget { discovery } => self.forget_temporary(*discovery),
        }
    }

    /// Announces changed properties of one interface.
    pub(super) fn changed(&mut self, path: &str, interface: &str, props: Props) {
        self.signal(path, PROPERTIES, "PropertiesChanged", &(interface, props, Vec::<&str>::new()));
    }

    /// Announces that a property has no value any more.
    pub(super) fn invalidated(&mut self, path: &str, interface: &str, property: &str) {
        self.signal(path, PROPERTIES, "PropertiesChanged", &(interface, Props::new(), vec![property]));
    }

    /// Announces a new object.
    pub(super) fn added(&mut self, path: &str, interfaces: Interfaces) {
        let body = (gatt::path(path), super::tree::with_standard(interfaces));
        self.signal("/", OBJECT_MANAGER, "InterfacesAdded", &body);
    }

    /// Announces that an object is gone.
    pub(super) fn removed(&mut self, path: &str, interfaces: Interfaces) {
        let names: Vec<&str> = super::tree::with_standard(interfaces).into_keys().collect();
        self.signal("/", OBJECT_MANAGER, "InterfacesRemoved", &(gatt::path(path), names));
    }

    /// Answers a call.
    pub(super) fn reply<B: Serialize + zbus::DynamicType>(&mut self, call: &Message, body: &B) {
        if expects_reply(call) {
            self.post(Message::method_return(&call.header()).build(body));
        }
    }

    /// Refuses a call.
    pub(super) fn refuse(&mut self, call: &Message, refusal: &Refusal) {
        if expects_reply(call) {
            self.post(Message::error(&call.header(), refusal.name).build(&refusal.text));
        }
    }

    /// A client has left the bus: what it had started ends.
    pub(super) fn client_left(&mut self, client: &str) {
        self.end_discovery_of(client);
        self.end_sessions_of(client);
    }

    /// The daemon ends: nothing it knew is left but what it keeps on disk, and
    /// nobody is told.
    pub(super) fn forget_everything(&mut self) {
        let had_adapter = self.adapter.take().is_some();
        for device in self.devices.values_mut() {
            let fresh = Device::new(device.script.clone());
            let (mode, in_range, rssi_dbm) = (device.mode, device.in_range, device.rssi_dbm);
            *device = Device { mode, in_range, rssi_dbm, temporary: device.temporary, ..fresh };
        }
        if had_adapter {
            self.plug();
        }
        self.outbox.clear();
        self.agenda.clear();
        self.held.clear();
    }

    fn signal<B: Serialize + zbus::DynamicType>(
        &mut self,
        path: &str,
        interface: &str,
        name: &str,
        body: &B,
    ) {
        self.post(Message::signal(path, interface, name).build(body));
    }

    fn post(&mut self, message: zbus::Result<Message>) {
        #[expect(clippy::expect_used, reason = "a test that is told of it is better than one that hangs")]
        self.outbox.push(message.expect("a message the fake can't write"));
    }
}

fn expects_reply(call: &Message) -> bool {
    !call.primary_header().flags().contains(Flags::NO_REPLY_EXPECTED)
}
