//! What a fake device is: its name and address, what it advertises, and its GATT
//! table. Plain data that a test composes; the behaviour lives in `World`.
//!
//! UUIDs are written as in the standards: four hex digits, or all 36 characters.

use std::collections::BTreeMap;

/// A device that a [`FakeBluez`](super::FakeBluez) can be given.
#[derive(Clone, Debug)]
pub struct DeviceScript {
    pub(super) address: String,
    pub(super) name: Option<String>,
    pub(super) random_address: bool,
    pub(super) rssi_dbm: i16,
    pub(super) manufacturer_data: BTreeMap<u16, Vec<u8>>,
    pub(super) advertised: Vec<String>,
    pub(super) services: Vec<ServiceScript>,
    pub(super) known: bool,
    pub(super) advertise_every_ms: Option<u64>,
    pub(super) resolve_after_ms: u64,
}

impl DeviceScript {
    /// A device without services. `address` is six hex pairs with colons; `name`
    /// may be anything (BlueZ, written in C, would cut it at a NUL, so it is cut there).
    ///
    /// # Panics
    /// When `address` is no Bluetooth address.
    #[must_use]
    pub fn new(address: &str, name: &str) -> Self {
        Self {
            address: parsed_address(address),
            name: name.split('\0').next().map(ToOwned::to_owned),
            random_address: true,
            rssi_dbm: -60,
            manufacturer_data: BTreeMap::new(),
            advertised: Vec::new(),
            services: Vec::new(),
            known: false,
            advertise_every_ms: None,
            resolve_after_ms: 0,
        }
    }

    /// A chest strap with Heart Rate (2A37, 2A38), Battery (2A19, 87 %), Device
    /// Information (2A29, 2A24, 2A25, 2A26, 2A27) and the Generic Attribute service
    /// that every real device has. It advertises 180D and a maker's data.
    #[must_use]
    pub fn heart_rate_strap(address: &str, name: &str) -> Self {
        let strap = Self::new(address, name);
        let serial: String = strap.address.split(':').skip(2).collect();
        strap
            .advertises("180D")
            .manufacturer_data(0x006B, &[0x72, 0x08, 0x97, 0xC9, 0xC3, 0x00, 0x00, 0x00])
            .service(generic_attribute())
            .service(heart_rate())
            .service(battery(87))
            .service(device_information(&serial))
    }

    /// Adds a service to the GATT table, after those already there.
    #[must_use]
    pub fn service(mut self, service: ServiceScript) -> Self {
        self.services.push(service);
        self
    }

    /// Adds a service's UUID to the advertisement.
    #[must_use]
    pub fn advertises(mut self, uuid: &str) -> Self {
        self.advertised.push(full_uuid(uuid));
        self
    }

    /// Adds a maker's data to the advertisement.
    #[must_use]
    pub fn manufacturer_data(mut self, company: u16, data: &[u8]) -> Self {
        self.manufacturer_data.insert(company, data.to_vec());
        self
    }

    /// Signal strength in dBm; −60 unless told.
    #[must_use]
    pub fn rssi_dbm(mut self, rssi_dbm: i16) -> Self {
        self.rssi_dbm = rssi_dbm;
        self
    }

    /// A device that tells no name: BlueZ shows none, and its address as the alias.
    #[must_use]
    pub fn without_name(mut self) -> Self {
        self.name = None;
        self
    }

    /// A public address instead of a random one.
    #[must_use]
    pub fn public_address(mut self) -> Self {
        self.random_address = false;
        self
    }

    /// BlueZ remembers the device from before: it is listed without any discovery,
    /// and is not forgotten after one.
    #[must_use]
    pub fn known(mut self) -> Self {
        self.known = true;
        self
    }

    /// While somebody discovers, the device is seen again every `ms` milliseconds.
    /// Without this it is seen once, when discovery starts, and on each `set_rssi`.
    #[must_use]
    pub fn advertising_every_ms(mut self, ms: u64) -> Self {
        self.advertise_every_ms = Some(ms.max(1));
        self
    }

    /// How long after the link its services are resolved; 0 ms unless told
    /// (hundreds are usual).
    #[must_use]
    pub fn resolving_ms(mut self, ms: u64) -> Self {
        self.resolve_after_ms = ms;
        self
    }
}

/// A service of a [`DeviceScript`].
#[derive(Clone, Debug)]
pub struct ServiceScript {
    pub(super) uuid: String,
    pub(super) primary: bool,
    pub(super) characteristics: Vec<CharacteristicScript>,
}

impl ServiceScript {
    /// A primary service without characteristics.
    #[must_use]
    pub fn new(uuid: &str) -> Self {
        Self { uuid: full_uuid(uuid), primary: true, characteristics: Vec::new() }
    }

    /// Makes it a secondary service.
    #[must_use]
    pub fn secondary(mut self) -> Self {
        self.primary = false;
        self
    }

    /// Adds a characteristic, after those already there.
    #[must_use]
    pub fn characteristic(mut self, characteristic: CharacteristicScript) -> Self {
        self.characteristics.push(characteristic);
        self
    }

    fn with(self, uuid: &str, flags: &[&'static str], value: &[u8]) -> Self {
        self.characteristic(CharacteristicScript::new(uuid, flags).value(value))
    }
}

/// A characteristic of a [`ServiceScript`].
#[derive(Clone, Debug)]
pub struct CharacteristicScript {
    pub(super) uuid: String,
    pub(super) flags: Vec<&'static str>,
    pub(super) value: Vec<u8>,
    pub(super) descriptors: Vec<(String, Vec<u8>)>,
}

impl CharacteristicScript {
    /// A characteristic with BlueZ's names for its flags: `read`, `write`,
    /// `write-without-response`, `notify`, `indicate`, …
    #[must_use]
    pub fn new(uuid: &str, flags: &[&'static str]) -> Self {
        Self { uuid: full_uuid(uuid), flags: flags.to_vec(), value: Vec::new(), descriptors: Vec::new() }
    }

    /// What a read returns.
    #[must_use]
    pub fn value(mut self, value: &[u8]) -> Self {
        self.value = value.to_vec();
        self
    }

    /// Adds a descriptor. The client configuration (2902) needs none: it is there
    /// wherever there is `notify` or `indicate`, and BlueZ hides it.
    #[must_use]
    pub fn descriptor(mut self, uuid: &str, value: &[u8]) -> Self {
        self.descriptors.push((full_uuid(uuid), value.to_vec()));
        self
    }
}

/// All 36 characters of a UUID, in lower case, from its short or long form.
pub(super) fn full_uuid(uuid: &str) -> String {
    let lower = uuid.to_ascii_lowercase();
    if lower.len() == 4 { format!("0000{lower}-0000-1000-8000-00805f9b34fb") } else { lower }
}

fn parsed_address(address: &str) -> String {
    let pairs: Vec<&str> = address.split(':').collect();
    let is_pair = |pair: &&str| pair.len() == 2 && u8::from_str_radix(pair, 16).is_ok();
    assert!(pairs.len() == 6 && pairs.iter().all(is_pair), "{address:?} is no Bluetooth address");
    address.to_ascii_uppercase()
}

fn generic_attribute() -> ServiceScript {
    ServiceScript::new("1801").with("2A05", &["indicate"], &[])
}

fn heart_rate() -> ServiceScript {
    ServiceScript::new("180D").with("2A37", &["notify"], &[]).with("2A38", &["read"], &[1])
}

fn battery(percent: u8) -> ServiceScript {
    ServiceScript::new("180F").with("2A19", &["read", "notify"], &[percent])
}

fn device_information(serial: &str) -> ServiceScript {
    ServiceScript::new("180A")
        .with("2A29", &["read"], b"Polar Electro Oy")
        .with("2A24", &["read"], b"H10")
        .with("2A25", &["read"], serial.as_bytes())
        .with("2A27", &["read"], b"00760690.05")
        .with("2A26", &["read"], b"5.0.0")
}

/// A Heart Rate Measurement (2A37) with the rate as u16, in bpm, and RR intervals
/// in 1/1024 s. The whole range of the u16 is free for a test to number its
/// notifications with.
#[must_use]
pub fn heart_rate_value(bpm: u16, rr: &[u16]) -> Vec<u8> {
    let has_rr = u8::from(!rr.is_empty()) << 4;
    let mut bytes = vec![1 | has_rr];
    bytes.extend(bpm.to_le_bytes());
    bytes.extend(rr.iter().flat_map(|interval| interval.to_le_bytes()));
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodes_the_rate_as_u16_and_the_intervals_after_it() {
        assert_eq!(heart_rate_value(300, &[]), [0x01, 0x2C, 0x01]);
        assert_eq!(heart_rate_value(60, &[1024, 768]), [0x11, 60, 0, 0x00, 0x04, 0x00, 0x03]);
    }

    #[test]
    fn a_strap_has_what_the_standard_services_want() {
        let strap = DeviceScript::heart_rate_strap("c0:ff:ee:00:00:01", "Polar H10 00000001");
        assert_eq!(strap.address, "C0:FF:EE:00:00:01");
        let uuids: Vec<&str> = strap.services.iter().map(|service| &service.uuid[4..8]).collect();
        assert_eq!(uuids, ["1801", "180d", "180f", "180a"]);
        assert_eq!(strap.advertised, [full_uuid("180D")]);
    }

    #[test]
    #[should_panic(expected = "is no Bluetooth address")]
    fn refuses_what_is_no_address() {
        let _ = DeviceScript::new("C0:FF:EE", "short");
    }
}
