//! The radio and what it lists: power, plugging, and the objects that come and go.

use super::adapter::Adapter;
use super::device::Device;
use super::refusal::{self, Done};
use super::tree::{ADAPTER, ADAPTER_PATH, Interfaces, Props, text};
use super::world::World;
use zbus::message::Message;
use zbus::{OwnedObjectPath, Variant};

/// What clients call.
impl World {
    /// `Set` of `Powered` by a client.
    pub(super) fn power_by_client(&mut self, powered: bool) -> Done {
        let adapter = self.adapter.as_ref().ok_or_else(refusal::does_not_exist)?;
        if powered && adapter.blocked {
            return Err(refusal::blocked());
        }
        self.power(powered);
        Ok(())
    }

    /// Sets the adapter's alias, as a client may.
    pub(super) fn rename_adapter(&mut self, alias: String) {
        if let Some(adapter) = &mut self.adapter {
            adapter.alias.clone_from(&alias);
            self.changed(ADAPTER_PATH, ADAPTER, Props::from([("Alias", Variant::from(alias))]));
        }
    }

    pub(super) fn remove_device(&mut self, call: &Message) -> Done {
        let path: OwnedObjectPath = call.body().deserialize().map_err(|_| refusal::invalid_arguments())?;
        let listed = self.devices.values().find(|device| device.listed && device.path == path.as_str());
        let address =
            listed.map(|device| device.script.address.clone()).ok_or_else(refusal::does_not_exist)?;
        self.forget(&address);
        self.reply(call, &());
        Ok(())
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

    /// A device comes into the room.
    pub(super) fn arrive(&mut self, device: Device) {
        let address = device.script.address.clone();
        self.devices.insert(address.clone(), device);
        self.list_known();
        self.hear(&address);
    }

    /// Lists the devices that BlueZ remembers from before.
    pub(super) fn list_known(&mut self) {
        for address in self.addresses() {
            let kept = self.devices.get(&address).is_some_and(|device| !device.temporary);
            if kept && self.adapter.is_some() {
                self.list(&address);
            }
        }
    }

    pub(super) fn list(&mut self, address: &str) {
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
        self.removed(&path, interfaces);
    }

    /// BlueZ lets go of a device for good, as if it had never seen it.
    pub(super) fn forget(&mut self, address: &str) {
        self.unlist(address);
        if let Some(device) = self.devices.get_mut(address) {
            device.temporary = true;
        }
    }

    /// Every device's address.
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
}
