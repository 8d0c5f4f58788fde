//! The adapter as BlueZ shows it, and who discovers with which filter.

use super::device::Device;
use super::script::full_uuid;
use super::tree::{ADAPTER, Interfaces, Props, text};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use zbus::{OwnedVariant, Variant};

/// What one client wants to hear of.
#[derive(Debug, Default)]
pub(super) struct Filter {
    uuids: BTreeSet<String>,
    least_rssi_dbm: Option<i16>,
    duplicate_data: bool,
}

/// The adapter hci0.
#[derive(Debug)]
pub(super) struct Adapter {
    pub(super) powered: bool,
    /// The radio is off by its switch: nobody can power it on.
    pub(super) blocked: bool,
    pub(super) alias: String,
    /// The bus names that discover.
    pub(super) discoverers: BTreeSet<String>,
    pub(super) filters: BTreeMap<String, Filter>,
    /// The current discovery, or the pause after it, by number.
    pub(super) discovery: u64,
}

impl Default for Adapter {
    fn default() -> Self {
        Self {
            powered: true,
            blocked: false,
            alias: "fake-bluez".into(),
            discoverers: BTreeSet::new(),
            filters: BTreeMap::new(),
            discovery: 0,
        }
    }
}

impl Adapter {
    pub(super) fn interfaces(&self) -> Interfaces {
        Interfaces::from([(ADAPTER, self.properties()), ("org.bluez.GattManager1", Props::new())])
    }

    fn properties(&self) -> Props {
        Props::from([
            ("Address", text("00:1A:7D:DA:71:13")),
            ("AddressType", text("public")),
            ("Name", text("fake-bluez")),
            ("Alias", text(&self.alias)),
            ("Class", Variant::from(0x007C_010C_u32)),
            ("Powered", Variant::from(self.powered)),
            ("PowerState", text(self.power_state())),
            ("Discoverable", Variant::from(false)),
            ("Pairable", Variant::from(false)),
            ("Discovering", Variant::from(!self.discoverers.is_empty())),
            ("UUIDs", Variant::from(vec![full_uuid("1800"), full_uuid("1801")])),
            ("Modalias", text("usb:v1D6Bp0246d0542")),
            ("Roles", Variant::from(vec!["central".to_owned(), "peripheral".to_owned()])),
        ])
    }

    pub(super) fn power_state(&self) -> &'static str {
        match (self.powered, self.blocked) {
            (true, _) => "on",
            (false, true) => "off-blocked",
            (false, false) => "off",
        }
    }

    /// BlueZ merges the filters of all clients: what one wants, all hear.
    pub(super) fn somebody_wants(&self, device: &Device) -> bool {
        self.discoverers
            .iter()
            .any(|client| self.filters.get(client).is_none_or(|filter| filter.wants(device)))
    }

    pub(super) fn somebody_wants_duplicates(&self) -> bool {
        self.discoverers
            .iter()
            .any(|client| self.filters.get(client).is_some_and(|filter| filter.duplicate_data))
    }
}

impl Filter {
    fn wants(&self, device: &Device) -> bool {
        let advertised = &device.script.advertised;
        let by_uuid = self.uuids.is_empty() || advertised.iter().any(|uuid| self.uuids.contains(uuid));
        by_uuid && self.least_rssi_dbm.is_none_or(|least| device.rssi_dbm >= least)
    }

    /// From the options of `SetDiscoveryFilter`; none where one has a wrong type.
    pub(super) fn parsed(mut options: HashMap<String, OwnedVariant>) -> Option<Self> {
        let mut filter = Self::default();
        if let Some(uuids) = options.remove("UUIDs") {
            let uuids: Vec<String> = uuids.try_into().ok()?;
            filter.uuids = uuids.iter().map(|uuid| full_uuid(uuid)).collect();
        }
        if let Some(rssi) = options.remove("RSSI") {
            filter.least_rssi_dbm = Some(rssi.try_into().ok()?);
        }
        if let Some(duplicates) = options.remove("DuplicateData") {
            filter.duplicate_data = duplicates.try_into().ok()?;
        }
        Some(filter)
    }
}
