//! The adapter: power, discovery, filters, and which devices are listed when.

use super::*;
use std::collections::HashMap;
use zbus::Variant;

const HCI0: &str = "/org/bluez/hci0";
const OTHER: &str = "C0:FF:EE:00:00:02";

fn is_listed(client: &Client) -> bool {
    client.objects().keys().any(|path| path.as_str() == STRAP_PATH)
}

fn power(client: &Client, on: bool) -> Result<(), String> {
    let body = ("org.bluez.Adapter1", "Powered", Variant::from(on));
    client.call(HCI0, "org.freedesktop.DBus.Properties.Set", &body).map(drop)
}

#[test]
fn a_device_is_listed_once_somebody_discovers() {
    let fake = FakeBluez::start().unwrap();
    fake.add_device(strap());
    let client = Client::on(&fake);
    assert!(!is_listed(&client));
    client.do_it(HCI0, "Adapter1.StartDiscovery").unwrap();
    client.wait_for("added dev_C0_FF_EE_00_00_01");
    assert_eq!(client.lines(), ["changed Discovering=true", "added dev_C0_FF_EE_00_00_01"]);
    fake.set_rssi(STRAP, -71);
    client.wait_for("changed RSSI=-71");
    client.do_it(HCI0, "Adapter1.StopDiscovery").unwrap();
    client.wait_for("changed RSSI gone");
    client.wait_for("changed Discovering=false");
    assert!(is_listed(&client), "BlueZ keeps it for a while");
}

#[test]
fn a_second_discovery_of_one_client_is_in_progress() {
    let (_fake, client) = with_strap();
    client.do_it(HCI0, "Adapter1.StartDiscovery").unwrap();
    let error = client.do_it(HCI0, "Adapter1.StartDiscovery").unwrap_err();
    assert_eq!(error, "org.bluez.Error.InProgress: Operation already in progress");
    client.do_it(HCI0, "Adapter1.StopDiscovery").unwrap();
    let error = client.do_it(HCI0, "Adapter1.StopDiscovery").unwrap_err();
    assert_eq!(error, "org.bluez.Error.Failed: No discovery started");
}

#[test]
fn an_adapter_that_is_off_is_not_ready() {
    let (fake, client) = with_strap();
    client.do_it(STRAP_PATH, "Device1.Connect").unwrap();
    client.do_it(HCI0, "Adapter1.StartDiscovery").unwrap();
    client.forget();
    fake.set_powered(false);
    client.wait_for("changed PowerState=off Powered=false");
    let lines = client.lines();
    assert!(lines.contains(&"changed Connected=false".to_owned()), "{lines:?}");
    assert!(lines.contains(&"changed Discovering=false".to_owned()), "{lines:?}");
    for (path, method) in [(HCI0, "Adapter1.StartDiscovery"), (STRAP_PATH, "Device1.Connect")] {
        assert_eq!(client.do_it(path, method).unwrap_err(), "org.bluez.Error.NotReady: Resource Not Ready");
    }
    power(&client, true).unwrap();
    client.do_it(HCI0, "Adapter1.StartDiscovery").unwrap();
}

#[test]
fn a_blocked_radio_cannot_be_switched_on() {
    let (fake, client) = with_strap();
    fake.set_blocked(true);
    assert_eq!(power(&client, true).unwrap_err(), "org.bluez.Error.Blocked: Blocked through rfkill");
    fake.set_blocked(false);
    power(&client, true).unwrap();
}

#[test]
fn a_removed_adapter_takes_everything_along_and_comes_back_with_what_was_kept() {
    let fake = FakeBluez::start().unwrap();
    fake.add_device(strap());
    fake.add_device(DeviceScript::new(OTHER, "never connected"));
    let client = Client::on(&fake);
    client.do_it(HCI0, "Adapter1.StartDiscovery").unwrap();
    client.do_it(STRAP_PATH, "Device1.Connect").unwrap();
    client.forget();
    fake.remove_adapter();
    client.wait_for("removed hci0");
    assert_eq!(client.objects().len(), 1, "only /org/bluez itself is left");
    fake.add_adapter();
    client.wait_for("added hci0");
    assert!(is_listed(&client));
    assert!(client.path_with("Address", OTHER).is_none());
    assert!(!fake.is_connected(STRAP));
}

#[test]
fn a_filter_hides_what_advertises_other_services() {
    let fake = FakeBluez::start().unwrap();
    fake.add_device(strap());
    fake.add_device(DeviceScript::new(OTHER, "thermometer").advertises("1809"));
    let client = Client::on(&fake);
    let uuid = vec!["0000180d-0000-1000-8000-00805f9b34fb".to_owned()];
    let filter = HashMap::from([("UUIDs", Variant::from(uuid)), ("DuplicateData", Variant::from(true))]);
    client.call(HCI0, "Adapter1.SetDiscoveryFilter", &filter).unwrap();
    client.do_it(HCI0, "Adapter1.StartDiscovery").unwrap();
    client.wait_for("added dev_C0_FF_EE_00_00_01");
    fake.set_rssi(STRAP, -50);
    client.wait_for("changed ManufacturerData=… RSSI=-50");
    assert!(!client.lines().contains(&"added dev_C0_FF_EE_00_00_02".to_owned()));
}

#[test]
fn a_device_that_advertises_steadily_is_seen_again_and_again() {
    let fake = FakeBluez::start().unwrap();
    fake.add_device(strap().advertising_every_ms(5));
    let client = Client::on(&fake);
    client.do_it(HCI0, "Adapter1.StartDiscovery").unwrap();
    crate::wait_until(SOON, "ten advertisements", || client.lines().len() >= 12);
    client.do_it(HCI0, "Adapter1.StopDiscovery").unwrap();
    client.forget();
    client.do_it(HCI0, "Adapter1.StartDiscovery").unwrap();
    client.wait_for("changed RSSI=-60");
}

#[test]
fn discovery_ends_when_its_client_leaves_the_bus() {
    let (fake, client) = with_strap();
    client.do_it(HCI0, "Adapter1.StartDiscovery").unwrap();
    assert!(fake.is_discovering());
    client.leave();
    crate::wait_until(SOON, "the end of discovery", || !fake.is_discovering());
}

#[test]
fn discovery_goes_on_until_the_last_client_stops() {
    let (fake, client) = with_strap();
    let other = Client::on(&fake);
    client.do_it(HCI0, "Adapter1.StartDiscovery").unwrap();
    other.do_it(HCI0, "Adapter1.StartDiscovery").unwrap();
    client.do_it(HCI0, "Adapter1.StopDiscovery").unwrap();
    assert!(fake.is_discovering());
    other.do_it(HCI0, "Adapter1.StopDiscovery").unwrap();
    assert!(!fake.is_discovering());
}

#[test]
fn what_nobody_has_connected_is_forgotten_after_a_while() {
    let fake = FakeBluez::start().unwrap();
    fake.add_device(strap());
    fake.add_device(DeviceScript::new(OTHER, "never connected"));
    let client = Client::on(&fake);
    client.do_it(HCI0, "Adapter1.StartDiscovery").unwrap();
    client.do_it(STRAP_PATH, "Device1.Connect").unwrap();
    client.do_it(HCI0, "Adapter1.StopDiscovery").unwrap();
    assert!(client.path_with("Address", OTHER).is_some());
    fake.elapse(Duration::from_secs(29));
    assert!(client.path_with("Address", OTHER).is_some());
    fake.elapse(Duration::from_secs(1));
    assert!(client.path_with("Address", OTHER).is_none());
    assert!(is_listed(&client), "it was connected");
}

#[test]
fn hostile_names_arrive_as_they_are() {
    let long = "n".repeat(300);
    let names = [long.as_str(), "<img src=x onerror=alert(1)>", "\u{202E}evil\u{202C}", ""];
    let fake = FakeBluez::start().unwrap();
    for (index, name) in names.iter().enumerate() {
        fake.add_device(DeviceScript::new(&format!("C0:FF:EE:00:01:{index:02X}"), name).known());
    }
    fake.add_device(DeviceScript::new("C0:FF:EE:00:02:00", "unused").without_name().known());
    let client = Client::on(&fake);
    for name in names {
        assert!(client.path_with("Name", name).is_some(), "{name:?}");
    }
    assert!(client.path_with("Alias", "C0-FF-EE-00-02-00").is_some());
}

#[test]
fn a_removed_device_is_forgotten() {
    let (_fake, client) = with_strap();
    let path = zbus::ObjectPath::try_from(STRAP_PATH).unwrap();
    client.call(HCI0, "Adapter1.RemoveDevice", &path).unwrap();
    assert!(!is_listed(&client));
    let error = client.call(HCI0, "Adapter1.RemoveDevice", &path).unwrap_err();
    assert_eq!(error, "org.bluez.Error.DoesNotExist: Does Not Exist");
}
