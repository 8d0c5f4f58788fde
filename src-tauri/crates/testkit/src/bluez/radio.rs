//! The adapter: power, discovery, and which devices it lists.

use super::device::Device;
use super::refusal::{self, Done};
use super::script::full_uuid;
use super::tree::{ADAPTER, ADAPTER_PATH, DEVICE, Interfaces, Props, text};
use super::world::{Later, World};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;
use zbus::message::Message;
use zbus::{OwnedVariant, Variant};

/// How long after a discovery BlueZ keeps a device that nobody has connected.
const FORGET_AFTER: Duration = Duration::from_secs(30);

/// What one client wants to hear of.
#[derive(Debug, Default)]
struct Filter {
    uuids: BTreeSet<String>,
    least_rssi_dbm: Option<i16>,
    duplicate_data: bool,
}

#[derive(Debug)]
pub(super) struct Adapter {
    pub(super) powered: bool,
    /// The radio is off by its switch: nobody can power it on.
    pub(super) blocked: bool,
    alias: String,
    discoverers: BTreeSet<String>,
    filters: BTreeMap<String, Filter>,
    discovery: u64,
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

    fn power_state(&self) -> &'static str {
        match (self.powered, self.blocked) {
            (true, _) => "on",
            (false, true) => "off-blocked",
            (false, false) => "off",
        }
    }

    /// BlueZ merges the filters of all clients: what one wants, all hear.
    fn somebody_wants(&self, device: &Device) -> bool {
        self.discoverers
            .iter()
            .any(|client| self.filters.get(client).is_none_or(|filter| filter.wants(device)))
    }

    fn somebody_wants_duplicates(&self) -> bool {
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

    fn parsed(mut options: HashMap<String, OwnedVariant>) -> Option<Self> {
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

/// What clients call.
impl World {
    pub(super) fn set_discovery_filter(&mut self, call: &Message, client: &str) -> Done {
        let options = call.body().deserialize().map_err(|_| refusal::invalid_arguments())?;
        let filter = Filter::parsed(options).ok_or_else(refusal::invalid_arguments)?;
        self.powered_adapter()?.filters.insert(client.to_owned(), filter);
        self.reply(call, &());
        Ok(())
    }

    pub(super) fn start_discovery(&mut self, call: &Message, client: &str) -> Done {
        let adapter = self.powered_adapter()?;
        if adapter.discoverers.contains(client) {
            return Err(refusal::busy());
        }
        let first = adapter.discoverers.is_empty();
        adapter.discoverers.insert(client.to_owned());
        if first {
            self.changed(ADAPTER_PATH, ADAPTER, Props::from([("Discovering", Variant::from(true))]));
        }
        self.reply(call, &());
        self.hear_all();
        Ok(())
    }

    pub(super) fn stop_discovery(&mut self, call: &Message, client: &str) -> Done {
        if !self.powered_adapter()?.discoverers.contains(client) {
            return Err(refusal::failed("No discovery started"));
        }
        self.end_discovery_of(client);
        self.reply(call, &());
        Ok(())
    }

    pub(super) fn remove_device(&mut self, call: &Message) -> Done {
        let path: zbus::OwnedObjectPath =
            call.body().deserialize().map_err(|_| refusal::invalid_arguments())?;
        let listed = self.devices.values().find(|device| device.listed && device.path == path.as_str());
        let address =
            listed.map(|device| device.script.address.clone()).ok_or_else(refusal::does_not_exist)?;
        self.unlist(&address);
        self.reply(call, &());
        Ok(())
    }

    /// `Set` of `Powered` by a client.
    pub(super) fn power_by_client(&mut self, powered: bool) -> Done {
        let adapter = self.adapter.as_ref().ok_or_else(refusal::does_not_exist)?;
        if powered && adapter.blocked {
            return Err(refusal::blocked());
        }
        self.power(powered);
        Ok(())
    }

    fn powered_adapter(&mut self) -> Result<&mut Adapter, refusal::Refusal> {
        self.adapter.as_mut().filter(|adapter| adapter.powered).ok_or_else(refusal::not_ready)
    }
}

/// What happens.
impl World {
    /// Switches the radio; a radio that goes off takes its links and discovery along.
    pub(super) fn power(&mut self, powered: bool) {
        let Some(adapter) = &mut self.adapter else { return };
        if adapter.powered == powered {
            return;
        }
        if !powered {
            self.silence();
        }
        let Some(adapter) = &mut self.adapter else { return };
        adapter.powered = powered;
        let state = text(adapter.power_state());
        let props = Props::from([("Powered", Variant::from(powered)), ("PowerState", state)]);
        self.changed(ADAPTER_PATH, ADAPTER, props);
    }

    /// Flips the radio's own switch.
    pub(super) fn block(&mut self, blocked: bool) {
        if let Some(adapter) = &mut self.adapter {
            adapter.blocked = blocked;
        }
        if blocked {
            self.power(false);
        }
    }

    /// Whether some client discovers.
    pub(super) fn is_discovering(&self) -> bool {
        self.adapter.as_ref().is_some_and(|adapter| !adapter.discoverers.is_empty())
    }

    /// A device comes into the room.
    pub(super) fn arrive(&mut self, device: Device) {
        let address = device.script.address.clone();
        self.devices.insert(address.clone(), device);
        self.list_known();
        self.hear(&address);
    }

    /// Pulls the adapter out: all its objects go, leaves first.
    pub(super) fn unplug(&mut self) {
        if self.adapter.is_none() {
            return;
        }
        self.silence();
        for address in self.addresses() {
            self.unlist(&address);
        }
        if let Some(adapter) = self.adapter.take() {
            self.removed(ADAPTER_PATH, adapter.interfaces());
        }
    }

    /// Plugs an adapter in, powered, with the devices BlueZ remembers.
    pub(super) fn plug(&mut self) {
        if self.adapter.is_some() {
            return;
        }
        let adapter = Adapter::default();
        self.added(ADAPTER_PATH, adapter.interfaces());
        self.adapter = Some(adapter);
        self.list_known();
    }

    /// Lists the devices that BlueZ remembers from before.
    pub(super) fn list_known(&mut self) {
        for address in self.addresses() {
            if self.adapter.is_some() && self.devices.get(&address).is_some_and(|device| device.script.known)
            {
                self.list(&address);
            }
        }
    }

    /// One advertisement of a device reaches the adapter.
    pub(super) fn hear(&mut self, address: &str) {
        let Some(adapter) = self.adapter.as_ref().filter(|adapter| adapter.powered) else { return };
        let duplicates = adapter.somebody_wants_duplicates();
        let Some(device) = self.devices.get(address).filter(|device| device.advertises()) else { return };
        if !adapter.somebody_wants(device) {
            return;
        }
        let again = device.script.advertise_every_ms.map(Duration::from_millis);
        let discovery = adapter.discovery;
        self.show_advertisement(address, duplicates);
        if let Some(again) = again {
            self.later(again, Later::Advertise { address: address.to_owned(), discovery });
        }
    }

    pub(super) fn advertise_again(&mut self, address: &str, discovery: u64) {
        if self.adapter.as_ref().is_some_and(|adapter| adapter.discovery == discovery) {
            self.hear(address);
        }
    }

    fn show_advertisement(&mut self, address: &str, duplicates: bool) {
        let Some(device) = self.devices.get_mut(address) else { return };
        device.rssi_shown = true;
        if !device.listed {
            return self.list(address);
        }
        let mut props = Props::from([("RSSI", Variant::from(device.rssi_dbm))]);
        let data = device.manufacturer_data().filter(|_| duplicates);
        props.extend(data.map(|data| ("ManufacturerData", data)));
        let path = device.path.clone();
        self.changed(&path, DEVICE, props);
    }

    fn list(&mut self, address: &str) {
        let Some(device) = self.devices.get_mut(address).filter(|device| !device.listed) else { return };
        device.listed = true;
        let (path, interfaces) = (device.path.clone(), device.interfaces());
        self.added(&path, interfaces);
    }

    /// BlueZ lets go of a device: its link, its table, its object.
    pub(super) fn unlist(&mut self, address: &str) {
        self.lose_link(address, "le-connection-abort-by-local");
        self.hide_table(address);
        let Some(device) = self.devices.get_mut(address).filter(|device| device.listed) else { return };
        let (path, interfaces) = (device.path.clone(), device.interfaces());
        device.listed = false;
        device.rssi_shown = false;
        device.temporary = !device.script.known;
        self.removed(&path, interfaces);
    }

    /// Starts a new round of advertisements from everybody.
    fn hear_all(&mut self) {
        let number = self.next_number();
        if let Some(adapter) = &mut self.adapter {
            adapter.discovery = number;
        }
        for address in self.addresses() {
            self.hear(&address);
        }
    }

    pub(super) fn end_discovery_of(&mut self, client: &str) {
        let Some(adapter) = &mut self.adapter else { return };
        adapter.filters.remove(client);
        if adapter.discoverers.remove(client) && adapter.discoverers.is_empty() {
            self.discovery_ended();
        }
    }

    fn discovery_ended(&mut self) {
        let number = self.next_number();
        if let Some(adapter) = &mut self.adapter {
            adapter.discovery = number;
        }
        let shown: Vec<&mut Device> = self.devices.values_mut().filter(|device| device.rssi_shown).collect();
        let mut paths = Vec::new();
        for device in shown {
            device.rssi_shown = false;
            paths.push(device.path.clone());
        }
        for path in paths {
            self.invalidated(&path, DEVICE, "RSSI");
        }
        self.changed(ADAPTER_PATH, ADAPTER, Props::from([("Discovering", Variant::from(false))]));
        self.later(FORGET_AFTER, Later::Forget { discovery: number });
    }

    pub(super) fn forget_temporary(&mut self, discovery: u64) {
        if self.adapter.as_ref().is_none_or(|adapter| adapter.discovery != discovery) {
            return;
        }
        let temporary = self.devices.values().filter(|device| device.temporary);
        let addresses: Vec<String> = temporary.map(|device| device.script.address.clone()).collect();
        for address in addresses {
            self.unlist(&address);
        }
    }

    /// Ends every link and every discovery.
    fn silence(&mut self) {
        for address in self.addresses() {
            self.lose_link(&address, "le-connection-abort-by-local");
        }
        let Some(adapter) = &mut self.adapter else { return };
        adapter.filters.clear();
        if !adapter.discoverers.is_empty() {
            adapter.discoverers.clear();
            self.discovery_ended();
        }
    }

    pub(super) fn addresses(&self) -> Vec<String> {
        self.devices.keys().cloned().collect()
    }

    /// All objects on the bus, as `GetManagedObjects` tells them.
    pub(super) fn objects(&self) -> Vec<(String, Interfaces)> {
        let mut objects =
            vec![("/org/bluez".to_owned(), Interfaces::from([("org.bluez.AgentManager1", Props::new())]))];
        if let Some(adapter) = &self.adapter {
            objects.push((ADAPTER_PATH.to_owned(), adapter.interfaces()));
            objects.extend(self.devices.values().flat_map(Device::objects));
        }
        objects
    }

    /// Sets the adapter's alias, as a client may.
    pub(super) fn rename_adapter(&mut self, alias: String) {
        if let Some(adapter) = &mut self.adapter {
            adapter.alias.clone_from(&alias);
            self.changed(ADAPTER_PATH, ADAPTER, Props::from([("Alias", Variant::from(alias))]));
        }
    }
}
