//! The GATT table of one device, as BlueZ shows it: services, characteristics and
//! descriptors with their handles, values and notify sessions.
//!
//! Handles count up as they do in an attribute database: one for a service, two
//! for a characteristic (declaration and value), one for each descriptor. The
//! client configuration (2902) takes a handle and is not shown.

use super::script::{DeviceScript, ServiceScript};
use super::tree::{Interfaces, Props, text};
use std::collections::BTreeSet;
use zbus::{ObjectPath, Variant};

/// BlueZ's own answer to a full exchange of MTU; what it shows on a characteristic.
const MTU: u16 = 247;

/// One object of the table.
#[derive(Debug)]
pub(super) struct Attribute {
    pub(super) path: String,
    pub(super) uuid: String,
    pub(super) kind: Kind,
    parent: String,
}

#[derive(Debug)]
pub(super) enum Kind {
    Service { primary: bool },
    Characteristic(Characteristic),
    Descriptor { value: Vec<u8> },
}

/// What a characteristic has beyond its place.
#[derive(Debug)]
pub(super) struct Characteristic {
    flags: Vec<&'static str>,
    /// The device's own value, which a read fetches.
    pub(super) value: Vec<u8>,
    /// The value BlueZ saw last; there is no `Value` before the first one.
    pub(super) seen: Option<Vec<u8>>,
    /// The bus names that have started notifying. They outlive the link.
    pub(super) sessions: BTreeSet<String>,
    /// Everything written to it, oldest first.
    pub(super) written: Vec<Vec<u8>>,
}

impl Characteristic {
    pub(super) fn can(&self, flag: &str) -> bool {
        self.flags.contains(&flag)
    }

    pub(super) fn can_notify(&self) -> bool {
        self.can("notify") || self.can("indicate")
    }
}

impl Attribute {
    pub(super) fn characteristic(&self) -> Option<&Characteristic> {
        match &self.kind {
            Kind::Characteristic(characteristic) => Some(characteristic),
            Kind::Service { .. } | Kind::Descriptor { .. } => None,
        }
    }

    pub(super) fn characteristic_mut(&mut self) -> Option<&mut Characteristic> {
        match &mut self.kind {
            Kind::Characteristic(characteristic) => Some(characteristic),
            Kind::Service { .. } | Kind::Descriptor { .. } => None,
        }
    }

    /// Its interface on the bus, with its properties as they are now.
    pub(super) fn interfaces(&self) -> Interfaces {
        let parent = || Variant::from(path(&self.parent));
        let uuid = ("UUID", text(&self.uuid));
        let (name, props) = match &self.kind {
            Kind::Service { primary } => {
                let more = [uuid, ("Device", parent()), ("Primary", Variant::from(*primary))];
                ("org.bluez.GattService1", Props::from(more))
            }
            Kind::Characteristic(characteristic) => {
                let mut props = characteristic.properties();
                props.extend([uuid, ("Service", parent())]);
                ("org.bluez.GattCharacteristic1", props)
            }
            Kind::Descriptor { value } => {
                let more = [uuid, ("Characteristic", parent()), ("Value", Variant::from(value.clone()))];
                ("org.bluez.GattDescriptor1", Props::from(more))
            }
        };
        Interfaces::from([(name, props)])
    }
}

impl Characteristic {
    fn properties(&self) -> Props {
        let flags: Vec<String> = self.flags.iter().map(ToString::to_string).collect();
        let mut props = Props::from([("Flags", Variant::from(flags)), ("MTU", Variant::from(MTU))]);
        if let Some(seen) = &self.seen {
            props.insert("Value", Variant::from(seen.clone()));
        }
        if self.can_notify() {
            props.insert("Notifying", Variant::from(!self.sessions.is_empty()));
        }
        props
    }
}

/// Lays the table of `script` out under the device's path, in order of handles.
pub(super) fn layout(script: &DeviceScript, device_path: &str) -> Vec<Attribute> {
    let mut table = Vec::new();
    let mut handle = 1;
    for service in &script.services {
        handle = lay_service(&mut table, service, device_path, handle);
    }
    table
}

fn lay_service(table: &mut Vec<Attribute>, service: &ServiceScript, device: &str, first: u16) -> u16 {
    let service_path = format!("{device}/service{first:04x}");
    let mut handle = first + 1;
    table.push(Attribute {
        path: service_path.clone(),
        uuid: service.uuid.clone(),
        kind: Kind::Service { primary: service.primary },
        parent: device.to_owned(),
    });
    for script in &service.characteristics {
        let char_path = format!("{service_path}/char{handle:04x}");
        let characteristic = Characteristic {
            flags: script.flags.clone(),
            value: script.value.clone(),
            seen: None,
            sessions: BTreeSet::new(),
            written: Vec::new(),
        };
        handle += 2 + u16::from(characteristic.can_notify());
        table.push(Attribute {
            path: char_path.clone(),
            uuid: script.uuid.clone(),
            kind: Kind::Characteristic(characteristic),
            parent: service_path.clone(),
        });
        for (uuid, value) in &script.descriptors {
            table.push(Attribute {
                path: format!("{char_path}/desc{handle:04x}"),
                uuid: uuid.clone(),
                kind: Kind::Descriptor { value: value.clone() },
                parent: char_path.clone(),
            });
            handle += 1;
        }
    }
    handle
}

/// A path that this module or its neighbours have made themselves.
pub(super) fn path(path: &str) -> ObjectPath<'static> {
    #[expect(clippy::expect_used, reason = "built of fixed words and hex digits alone")]
    ObjectPath::try_from(path.to_owned()).expect("an object path")
}
