//! One device: what BlueZ knows of it, and what it does in the air.

use super::gatt::{self, Attribute};
use super::script::DeviceScript;
use super::tree::{ADAPTER_PATH, DEVICE, Interfaces, Props, text};
use std::collections::BTreeMap;
use zbus::Variant;
use zbus::message::Message;

/// How a device answers `Connect`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ConnectMode {
    /// At once.
    #[default]
    Ok,
    /// With `org.bluez.Error.Failed` and this text; BlueZ's most frequent one is
    /// `le-connection-abort-by-local`.
    Fail(&'static str),
    /// Never, until somebody calls `Disconnect` or the device vanishes. Further
    /// calls get `InProgress`.
    Hang,
    /// After so many milliseconds.
    SlowMs(u64),
    /// At once, but its services are never resolved.
    NeverResolves,
    /// At once, and the link is lost before its services are resolved.
    DropsBeforeResolved,
}

#[derive(Debug)]
pub(super) struct Device {
    pub(super) script: DeviceScript,
    pub(super) path: String,
    /// BlueZ has an object for it.
    pub(super) listed: bool,
    /// BlueZ forgets it some time after discovery, as nobody has connected it.
    pub(super) temporary: bool,
    /// It is there and switched on.
    pub(super) in_range: bool,
    pub(super) rssi_dbm: i16,
    /// The advertisement that comes next, by number.
    pub(super) advertisement: u64,
    /// BlueZ shows an RSSI: only between an advertisement and the end of discovery.
    pub(super) rssi_shown: bool,
    pub(super) connected: bool,
    pub(super) resolved: bool,
    pub(super) mode: ConnectMode,
    /// A `Connect` that waits for its answer.
    pub(super) waiting: Option<Message>,
    /// The current attempt or link, by number.
    pub(super) attempt: u64,
    pub(super) table: Vec<Attribute>,
    /// The table's objects are on the bus.
    pub(super) table_shown: bool,
}

impl Device {
    pub(super) fn new(script: DeviceScript) -> Self {
        let path = format!("{ADAPTER_PATH}/dev_{}", script.address.replace(':', "_"));
        Self {
            table: gatt::layout(&script, &path),
            path,
            listed: false,
            temporary: !script.known,
            in_range: true,
            rssi_dbm: script.rssi_dbm,
            advertisement: 0,
            rssi_shown: false,
            connected: false,
            resolved: false,
            mode: ConnectMode::Ok,
            waiting: None,
            attempt: 0,
            table_shown: false,
            script,
        }
    }

    /// Whether its advertisements can be heard: it is there, and not in a link.
    pub(super) fn advertises(&self) -> bool {
        self.in_range && !self.connected
    }

    /// The object of the device itself.
    pub(super) fn interfaces(&self) -> Interfaces {
        Interfaces::from([(DEVICE, self.properties())])
    }

    /// Itself and its table, parents first.
    pub(super) fn objects(&self) -> Vec<(String, Interfaces)> {
        let mut objects = Vec::new();
        if self.listed {
            objects.push((self.path.clone(), self.interfaces()));
            objects.extend(self.table_objects());
        }
        objects
    }

    /// The objects of its GATT table, parents first; none while they are not shown.
    pub(super) fn table_objects(&self) -> Vec<(String, Interfaces)> {
        let shown = self.table.iter().filter(|_| self.table_shown);
        shown.map(|attribute| (attribute.path.clone(), attribute.interfaces())).collect()
    }

    /// `UUIDs`: of the advertisement, and of the services once they are resolved.
    pub(super) fn uuids(&self) -> Variant<'static> {
        let mut uuids = self.script.advertised.clone();
        if self.resolved {
            let of_services = self.script.services.iter().map(|service| service.uuid.clone());
            uuids.extend(of_services);
            uuids.sort();
            uuids.dedup();
        }
        Variant::from(uuids)
    }

    pub(super) fn manufacturer_data(&self) -> Option<Variant<'static>> {
        let data = &self.script.manufacturer_data;
        let entries = data.iter().map(|(company, bytes)| (*company, Variant::from(bytes.clone())));
        (!data.is_empty()).then(|| Variant::from(entries.collect::<BTreeMap<u16, Variant<'_>>>()))
    }

    fn properties(&self) -> Props {
        let alias = self.script.name.clone().unwrap_or_else(|| self.script.address.replace(':', "-"));
        let mut props = Props::from([
            ("Address", text(&self.script.address)),
            ("AddressType", text(if self.script.random_address { "random" } else { "public" })),
            ("Alias", text(&alias)),
            ("Paired", Variant::from(false)),
            ("Bonded", Variant::from(false)),
            ("Trusted", Variant::from(false)),
            ("Blocked", Variant::from(false)),
            ("LegacyPairing", Variant::from(false)),
            ("Connected", Variant::from(self.connected)),
            ("ServicesResolved", Variant::from(self.resolved)),
            ("UUIDs", self.uuids()),
            ("Adapter", Variant::from(gatt::path(ADAPTER_PATH))),
        ]);
        props.extend(self.script.name.as_deref().map(|name| ("Name", text(name))));
        props.extend(self.rssi_shown.then(|| ("RSSI", Variant::from(self.rssi_dbm))));
        props.extend(self.manufacturer_data().map(|data| ("ManufacturerData", data)));
        props
    }
}
