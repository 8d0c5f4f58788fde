//! The fake, seen through a plain D-Bus client on its bus.

mod client;
mod discovery;
mod faults;
mod gatt;
mod links;
mod service;
mod storm;

use super::{ConnectMode, DeviceScript, FakeBluez, heart_rate_value};
use client::Client;
use std::time::Duration;

const STRAP: &str = "C0:FF:EE:00:00:01";
const STRAP_PATH: &str = "/org/bluez/hci0/dev_C0_FF_EE_00_00_01";
const SOON: Duration = Duration::from_secs(10);

fn strap() -> DeviceScript {
    DeviceScript::heart_rate_strap(STRAP, "Polar H10 00000001")
}

/// A fake with the strap known of old, and a client on its bus.
fn with_strap() -> (FakeBluez, Client) {
    let fake = FakeBluez::start().unwrap();
    fake.add_device(strap().known());
    let client = Client::on(&fake);
    (fake, client)
}

/// The path of the strap's characteristic with this short UUID.
fn path_of(client: &Client, short_uuid: &str) -> String {
    let uuid = super::script::full_uuid(short_uuid);
    client.path_with("UUID", &uuid).unwrap_or_else(|| panic!("{short_uuid} is not on the bus"))
}
