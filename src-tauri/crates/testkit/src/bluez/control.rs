//! What a test does to the fake, and what it can see of it.
//!
//! Everything here has happened, and its signals are on their way, when the
//! function returns.

use super::device::{ConnectMode, Device};
use super::script::{DeviceScript, full_uuid};
use super::stream::NotifyStream;
use super::values::Place;
use super::world::World;
use super::{FakeBluez, stream};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// The adapter and the service.
impl FakeBluez {
    /// Switches the adapter on or off, as the desktop's Bluetooth switch does. Note
    /// that a client may switch it on again; btleplug does so on every scan.
    pub fn set_powered(&self, powered: bool) {
        self.station.with(|world| world.power(powered));
    }

    /// Flips the machine's radio switch (rfkill): blocked, the adapter is off and
    /// clients that switch it on get `org.bluez.Error.Blocked`.
    pub fn set_blocked(&self, blocked: bool) {
        self.station.with(|world| world.block(blocked));
    }

    /// Pulls the adapter out; does nothing where there is none.
    pub fn remove_adapter(&self) {
        self.station.with(World::unplug);
    }

    /// Plugs an adapter in, powered; does nothing where there is one.
    pub fn add_adapter(&self) {
        self.station.with(World::plug);
    }

    /// Answers every call with `org.freedesktop.DBus.Error.AccessDenied`, as the
    /// system bus does for a user without the right.
    pub fn set_denied(&self, denied: bool) {
        self.station.with(|world| world.denied = denied);
    }

    /// Whether GATT objects, and the notify sessions on them, outlive a link: yes
    /// by BlueZ's default (`Cache = always`), no with `Cache = yes` or `no`.
    pub fn set_gatt_cache(&self, kept: bool) {
        self.station.with(|world| world.no_gatt_cache = !kept);
    }

    /// Whether some client discovers.
    #[must_use]
    pub fn is_discovering(&self) -> bool {
        self.station.with(|world| world.is_discovering())
    }

    /// Lets so much time pass at once for what the fake has planned: slow links and
    /// resolving (by script), giving up on a device out of range (20 s), forgetting
    /// devices after a discovery (30 s).
    pub fn elapse(&self, time: Duration) {
        self.station.elapse(time);
    }

    /// Calls received so far, by `Interface.Method`: `Device1.Connect`, `Properties.Set`, …
    #[must_use]
    pub fn calls(&self) -> BTreeMap<String, u64> {
        self.station.with(|world| world.calls.clone())
    }

    /// Calls received so far of one `Interface.Method`.
    #[must_use]
    pub fn calls_of(&self, method: &str) -> u64 {
        self.station.with(|world| world.calls.get(method).copied().unwrap_or_default())
    }
}

/// Devices.
impl FakeBluez {
    /// Puts a device into the room. It is listed at once if it is known of old or
    /// somebody is discovering, and else when somebody does.
    ///
    /// # Panics
    /// When there is one with this address.
    #[track_caller]
    pub fn add_device(&self, script: DeviceScript) {
        let address = script.address.clone();
        let known = self.station.with(|world| world.devices.contains_key(&address));
        assert!(!known, "{address} is there already");
        self.station.with(|world| world.arrive(Device::new(script)));
    }

    /// How the device answers `Connect` from now on.
    ///
    /// # Panics
    /// When there is no such device; so do all functions here that name one.
    #[track_caller]
    pub fn connect_mode(&self, device: &str, mode: ConnectMode) {
        self.on(device, |world, address| {
            if let Some(device) = world.devices.get_mut(address) {
                device.mode = mode;
            }
        });
    }

    /// The link of the device is lost; it stays there and advertises again.
    #[track_caller]
    pub fn drop_link(&self, device: &str) {
        self.on(device, World::fade);
    }

    /// The device goes out of range: its link is lost, nothing hears it, and a
    /// `Connect` waits for it for 20 s. BlueZ still lists it.
    #[track_caller]
    pub fn out_of_range(&self, device: &str) {
        self.on(device, World::walk_away);
    }

    /// The device goes, and BlueZ forgets it: its objects are removed.
    #[track_caller]
    pub fn vanish(&self, device: &str) {
        self.on(device, |world, address| {
            world.walk_away(address);
            world.forget(address);
        });
    }

    /// A device that is out of range or has vanished is back, and advertises.
    #[track_caller]
    pub fn reappear(&self, device: &str) {
        self.on(device, World::come_back);
    }

    /// Its signal strength in dBm from now on; announced if somebody discovers and
    /// the device is in no link (BlueZ knows no strength of a link).
    #[track_caller]
    pub fn set_rssi(&self, device: &str, rssi_dbm: i16) {
        self.on(device, |world, address| {
            if let Some(device) = world.devices.get_mut(address) {
                device.rssi_dbm = rssi_dbm;
            }
            world.hear(address);
        });
    }

    /// Whether the device has a link.
    #[track_caller]
    #[must_use]
    pub fn is_connected(&self, device: &str) -> bool {
        self.on(device, |world, address| world.devices.get(address).is_some_and(|device| device.connected))
    }
}

/// Values.
impl FakeBluez {
    /// The device sends one notification. Whether anybody was notifying; if not it
    /// is lost, as in the air.
    #[track_caller]
    pub fn notify(&self, device: &str, characteristic: &str, value: &[u8]) -> bool {
        let at = self.place(device, characteristic);
        self.station.with(|world| world.notify(&at, value))
    }

    /// Sets the battery level (2A19) in percent, and notifies it.
    #[track_caller]
    pub fn set_battery(&self, device: &str, percent: u8) -> bool {
        self.notify(device, "2A19", &[percent])
    }

    /// The device sends `value(0)`, `value(1)`, … `value(count − 1)` at an even rate,
    /// whether somebody is notifying or not; those sent to nobody are lost, and
    /// counted apart. It ends early when the handle is dropped.
    #[track_caller]
    pub fn stream(
        &self,
        device: &str,
        characteristic: &str,
        rate_hz: f64,
        count: u64,
        value: impl FnMut(u64) -> Vec<u8> + Send + 'static,
    ) -> NotifyStream {
        let at = self.place(device, characteristic);
        stream::start(Arc::clone(&self.station), at, rate_hz, count, Box::new(value))
    }

    /// Whether the device has a resolved link and some client notifies on the
    /// characteristic, so that [`Self::notify`] would reach somebody.
    #[track_caller]
    #[must_use]
    pub fn is_notifying(&self, device: &str, characteristic: &str) -> bool {
        let at = self.place(device, characteristic);
        self.station.with(|world| world.is_heard(&at))
    }

    /// What clients have written to the characteristic, oldest first; the first
    /// 10,000 writes are kept.
    #[track_caller]
    #[must_use]
    pub fn written(&self, device: &str, characteristic: &str) -> Vec<Vec<u8>> {
        let at = self.place(device, characteristic);
        self.station.with(|world| world.written(&at))
    }

    #[track_caller]
    pub(super) fn on<T>(&self, device: &str, act: impl FnOnce(&mut World, &str) -> T) -> T {
        let address = device.to_ascii_uppercase();
        let done =
            self.station.with(|world| world.devices.contains_key(&address).then(|| act(world, &address)));
        match done {
            Some(done) => done,
            None => panic!("there is no device {address}"),
        }
    }

    #[track_caller]
    fn place(&self, device: &str, characteristic: &str) -> Place {
        let uuid = full_uuid(characteristic);
        match self.on(device, |world, address| world.find(address, &uuid)) {
            Some(place) => place,
            None => panic!("{device} has no characteristic {characteristic}"),
        }
    }
}
