//! Discovery: who hears which advertisement, and what that lists.
//!
//! As in BlueZ there is one discovery for all clients, with their filters merged;
//! the RSSI of a device is known until it ends; and what nobody has connected is
//! forgotten 30 s later.

use super::adapter::{Adapter, Filter};
use super::refusal::{self, Done, Refusal};
use super::tree::{ADAPTER, ADAPTER_PATH, DEVICE, Props};
use super::world::{Later, World};
use std::time::Duration;
use zbus::Variant;
use zbus::message::Message;

/// How long after a discovery BlueZ keeps a device that nobody has connected.
const FORGET_AFTER: Duration = Duration::from_secs(30);

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

    fn powered_adapter(&mut self) -> Result<&mut Adapter, Refusal> {
        self.adapter.as_mut().filter(|adapter| adapter.powered).ok_or_else(refusal::not_ready)
    }
}

/// What happens.
impl World {
    /// Whether some client discovers.
    pub(super) fn is_discovering(&self) -> bool {
        self.adapter.as_ref().is_some_and(|adapter| !adapter.discoverers.is_empty())
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

    /// One advertisement of a device reaches the adapter.
    pub(super) fn hear(&mut self, address: &str) {
        let Some(adapter) = self.adapter.as_ref().filter(|adapter| adapter.powered) else { return };
        let duplicates = adapter.somebody_wants_duplicates();
        let Some(device) = self.devices.get(address).filter(|device| device.advertises()) else { return };
        if !adapter.somebody_wants(device) {
            return;
        }
        self.show_advertisement(address, duplicates);
        self.plan_advertisement(address);
    }

    /// The next advertisement takes the place of one that was planned before.
    fn plan_advertisement(&mut self, address: &str) {
        let number = self.next_number();
        let Some(device) = self.devices.get_mut(address) else { return };
        device.advertisement = number;
        if let Some(ms) = device.script.advertise_every_ms {
            let again = Later::Advertise { address: address.to_owned(), number };
            self.later(Duration::from_millis(ms), again);
        }
    }

    pub(super) fn advertise_again(&mut self, address: &str, number: u64) {
        if self.devices.get(address).is_some_and(|device| device.advertisement == number) {
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

    pub(super) fn end_discovery_of(&mut self, client: &str) {
        let Some(adapter) = &mut self.adapter else { return };
        adapter.filters.remove(client);
        if adapter.discoverers.remove(client) && adapter.discoverers.is_empty() {
            self.discovery_ended();
        }
    }

    pub(super) fn discovery_ended(&mut self) {
        let number = self.next_number();
        if let Some(adapter) = &mut self.adapter {
            adapter.discovery = number;
        }
        let devices = self.devices.values_mut();
        let shown =
            devices.filter_map(|device| std::mem::take(&mut device.rssi_shown).then(|| device.path.clone()));
        let paths: Vec<String> = shown.collect();
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
}
