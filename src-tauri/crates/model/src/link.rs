//! The state of links, adapters and devices in range, as connectors report it.

use crate::id::{LONG_ID_RULE, is_long_id};
use crate::{DisplayName, InvalidId};
use serde::{Deserialize, Serialize};

/// The kinds of connector that the console has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConnectorKind {
    /// Bluetooth Low Energy.
    Ble,
    /// The built-in simulator.
    Simulator,
}

/// How a connector names a device in range. Opaque: an address on Linux and
/// Windows, a UUID on macOS.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DeviceId(pub String);

impl DeviceId {
    /// Takes a name from outside.
    ///
    /// # Errors
    /// [`InvalidId`] where no device can be called so.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        match is_long_id(text) {
            true => Ok(Self(text.to_owned())),
            false => Err(InvalidId { what: "device", rule: LONG_ID_RULE }),
        }
    }
}

/// The way of a device's link:
/// `Connecting => (Live | Lost | Stopped)`, `Live => (Lost | Stopped)`, `Lost => (Connecting | Stopped)`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum LinkState {
    /// The link is being made, services are read and subscribed to.
    Connecting,
    /// Samples may come.
    Live,
    /// The link is gone; the connector is trying again.
    Lost {
        /// What happened, for the operator.
        reason: String,
    },
    /// The operator asked for it, or the source has ended.
    Stopped,
}

/// The Bluetooth adapter, as the operator needs to know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum AdapterState {
    /// Nobody has looked.
    Unknown,
    /// Switched on and usable.
    Ready {
        /// The adapter's own name.
        name: DisplayName,
        /// Whether a scan is running.
        scanning: bool,
    },
    /// Present but switched off.
    Off {
        /// The adapter's own name.
        name: DisplayName,
    },
    /// There is none, or the system's Bluetooth service can't be reached.
    Unavailable {
        /// What is wrong, in words.
        problem: String,
        /// What the operator can do about it.
        remedy: String,
    },
}

/// A device that a scan has seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Advert {
    /// How to ask for it.
    pub device: DeviceId,
    /// Its name, or its address where it has none.
    pub name: DisplayName,
    /// Signal strength in dBm, where known.
    pub rssi_dbm: Option<i16>,
    /// What it offers, in words where we know the service ("Heart Rate"), else the UUID.
    pub services: Vec<String>,
    /// Whether the console can read any of them.
    pub supported: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_from_outside_is_an_address_or_a_uuid_and_nothing_of_any_length() {
        for good in
            ["C0:FF:EE:00:00:01", "hci0/dev_C0_FF_EE_00_00_01", "7f0e3c5a-0000-4000-8000-000000000001"]
        {
            assert!(DeviceId::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "<img>", "a b", &"a".repeat(129)] {
            assert!(DeviceId::parse(bad).is_err(), "{bad:?} was taken");
        }
    }
}
