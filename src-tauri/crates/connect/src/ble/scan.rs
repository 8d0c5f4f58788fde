//! What a scan has seen: at most [`DEVICES_MAX`] devices, each told at most
//! once a second.
//!
//! Pure. Nothing is filtered out: every device is told, and those that the
//! console can read are marked. A change that comes too early is held back and
//! told when its second is over. The device that was not heard for the longest
//! time leaves when there is no room.

use model::{Advert, DeviceId, DisplayName, NANOS_PER_SEC};
use std::collections::BTreeMap;

/// The most devices that are remembered.
pub(super) const DEVICES_MAX: usize = 200;
/// The shortest time between two reports of one device.
const TELL_EVERY_NS: i64 = NANOS_PER_SEC;
/// After so long, what a device says of itself is asked for again.
const LOOK_AGAIN_NS: i64 = 3 * NANOS_PER_SEC;
/// The most services of one device that are listed.
const SERVICES_MAX: usize = 32;

/// What a device says of itself.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    pub(super) name: Option<String>,
    pub(super) rssi_dbm: Option<i16>,
    pub(super) services: Vec<u128>,
    /// The system holds a link to it, perhaps since before this program began:
    /// then it can't be heard, but it can be connected.
    pub(super) connected: bool,
}

#[derive(Debug)]
struct Sighting<H> {
    advert: Advert,
    connected: bool,
    handle: H,
    heard_ns: i64,
    looked_ns: i64,
    told: Option<Advert>,
    told_ns: i64,
}

/// Devices seen, by the key that the Bluetooth library gives them, each with
/// the library's handle on it.
#[derive(Debug)]
pub(super) struct Sightings<K, H> {
    devices: BTreeMap<K, Sighting<H>>,
}

impl<K: Ord + Clone, H> Sightings<K, H> {
    pub(super) fn new() -> Self {
        Self { devices: BTreeMap::new() }
    }

    /// Takes what a look at a device has found.
    pub(super) fn looked(&mut self, key: K, handle: H, device: &DeviceId, facts: &Facts, now_ns: i64) {
        let (advert, connected) = (advert(device, facts), facts.connected);
        if let Some(known) = self.devices.get_mut(&key) {
            (known.advert, known.connected, known.handle, known.looked_ns) =
                (advert, connected, handle, now_ns);
            return;
        }
        self.make_room();
        let (heard_ns, looked_ns) = (now_ns, now_ns);
        let told = None;
        let sighting = Sighting { advert, connected, handle, heard_ns, looked_ns, told, told_ns: i64::MIN };
        self.devices.insert(key, sighting);
    }

    fn make_room(&mut self) {
        if self.devices.len() >= DEVICES_MAX {
            let longest_unheard = self.devices.iter().min_by_key(|(_, seen)| seen.heard_ns);
            if let Some(leaves) = longest_unheard.map(|(key, _)| key.clone()) {
                self.devices.remove(&leaves);
            }
        }
    }

    /// The adapter does not know this device any more.
    pub(super) fn forget(&mut self, device: &DeviceId) {
        self.devices.retain(|_, seen| seen.advert.device != *device);
    }

    /// It is another adapter, or none.
    pub(super) fn clear(&mut self) {
        self.devices.clear();
    }

    /// Takes a device's signal strength; true where it ought to be looked at.
    pub(super) fn heard(&mut self, key: &K, rssi_dbm: i16, now_ns: i64) -> bool {
        let Some(known) = self.devices.get_mut(key) else { return true };
        known.heard_ns = now_ns;
        known.advert.rssi_dbm = Some(rssi_dbm);
        now_ns.saturating_sub(known.looked_ns) >= LOOK_AGAIN_NS
    }

    /// What can be told at `now_ns`: first sights at once, changes once a
    /// second. A device without signal strength was not heard in this scan; it is
    /// told only where the system holds a link to it (for the system also
    /// remembers devices that are long gone).
    pub(super) fn due(&mut self, now_ns: i64) -> Vec<Advert> {
        let news = self.devices.values_mut().filter(|seen| {
            (seen.advert.rssi_dbm.is_some() || seen.connected)
                && seen.told.as_ref() != Some(&seen.advert)
                && now_ns.saturating_sub(seen.told_ns) >= TELL_EVERY_NS
        });
        news.map(|seen| {
            seen.told = Some(seen.advert.clone());
            seen.told_ns = now_ns;
            seen.advert.clone()
        })
        .collect()
    }

    /// The operator looks anew: everything is told again. Gives the devices to
    /// look at.
    pub(super) fn tell_again(&mut self) -> Vec<K> {
        for seen in self.devices.values_mut() {
            seen.told = None;
            seen.told_ns = i64::MIN;
        }
        self.devices.keys().cloned().collect()
    }

    /// Which device that is.
    pub(super) fn device_of(&self, key: &K) -> Option<&DeviceId> {
        self.devices.get(key).map(|seen| &seen.advert.device)
    }

    /// The name under which a device was seen, and the handle on it.
    pub(super) fn find(&self, device: &DeviceId) -> Option<(&DisplayName, &H)> {
        let seen = self.devices.values().find(|seen| seen.advert.device.0.eq_ignore_ascii_case(&device.0))?;
        Some((&seen.advert.name, &seen.handle))
    }
}

/// A device's name: bounded, clean, and its address where it has none. (BlueZ
/// makes up an alias from the address, with dashes.)
pub(super) fn display_name(name: Option<&str>, device: &DeviceId) -> DisplayName {
    let own = name.filter(|name| !name.replace('-', ":").eq_ignore_ascii_case(&device.0));
    DisplayName::clean(own.unwrap_or_default(), &device.0)
}

fn advert(device: &DeviceId, facts: &Facts) -> Advert {
    Advert {
        device: device.clone(),
        name: display_name(facts.name.as_deref(), device),
        rssi_dbm: facts.rssi_dbm,
        services: facts.services.iter().take(SERVICES_MAX).map(|uuid| in_words(*uuid)).collect(),
        supported: facts.services.contains(&gatt::uuid::long(gatt::uuid::HEART_RATE)),
    }
}

fn in_words(uuid: u128) -> String {
    gatt::uuid::service_name(uuid)
        .map_or_else(|| uuid::Uuid::from_u128(uuid).hyphenated().to_string(), str::to_owned)
}

#[cfg(test)]
mod tests;
