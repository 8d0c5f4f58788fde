//! Values: introspection, reads, writes, and notify sessions.

use super::*;
use std::collections::HashMap;
use zbus::Variant;

const CHARACTERISTIC: &str = "org.bluez.GattCharacteristic1";

fn no_options() -> HashMap<String, Variant<'static>> {
    HashMap::new()
}

fn read(client: &Client, path: &str) -> Result<Vec<u8>, String> {
    let reply = client.call(path, "GattCharacteristic1.ReadValue", &no_options())?;
    Ok(reply.body().deserialize().unwrap())
}

fn linked() -> (FakeBluez, Client) {
    let (fake, client) = with_strap();
    client.do_it(STRAP_PATH, "Device1.Connect").unwrap();
    (fake, client)
}

#[test]
fn introspection_leads_from_the_root_to_every_characteristic() {
    let (_fake, client) = linked();
    let mut open = vec![String::from("/")];
    let mut found = Vec::new();
    while let Some(path) = open.pop() {
        let xml = client.introspect(&path);
        let parent = if path == "/" { "" } else { &path };
        open.extend(
            xml.split("<node name=\"")
                .skip(1)
                .map(|rest| format!("{parent}/{}", rest.split('"').next().unwrap())),
        );
        found.push(path);
    }
    let mut listed: Vec<String> = client.objects().keys().map(ToString::to_string).collect();
    listed.extend(["/".into(), "/org".into()]);
    listed.sort();
    found.sort();
    assert_eq!(found, listed);
}

#[test]
fn the_client_configuration_is_hidden_but_takes_a_handle() {
    let (_fake, client) = linked();
    assert!(!client.objects().keys().any(|path| path.contains("desc")));
    // 1801: service 1, characteristic 2-3, configuration 4; 180D: 5; 2A37: 6-7, configuration 8; 2A38: 9.
    assert!(path_of(&client, "2A38").ends_with("service0005/char0009"));
}

#[test]
fn reads_what_the_device_has_and_announces_it() {
    let (_fake, client) = linked();
    let battery = path_of(&client, "2A19");
    assert!(client.get(&battery, CHARACTERISTIC, "Value").is_err(), "no value before the first");
    client.forget();
    assert_eq!(read(&client, &battery).unwrap(), [87]);
    assert_eq!(client.values(), [[87]]);
    assert!(client.get(&battery, CHARACTERISTIC, "Value").is_ok());
    assert_eq!(read(&client, &path_of(&client, "2A24")).unwrap(), b"H10");
}

#[test]
fn what_cannot_be_read_or_notified_is_refused() {
    let (fake, client) = linked();
    let (rate, place) = (path_of(&client, "2A37"), path_of(&client, "2A38"));
    assert_eq!(read(&client, &rate).unwrap_err(), "org.bluez.Error.NotPermitted: Read not permitted");
    let error = client.do_it(&place, "GattCharacteristic1.StartNotify").unwrap_err();
    assert!(error.starts_with("org.bluez.Error.NotSupported"), "{error}");
    fake.drop_link(STRAP);
    assert_eq!(read(&client, &place).unwrap_err(), "org.bluez.Error.Failed: Not connected");
}

#[test]
fn writes_are_kept_for_the_test_to_see() {
    let fake = FakeBluez::start().unwrap();
    let control = super::super::CharacteristicScript::new("2A39", &["write"]).descriptor("2901", b"control");
    let service = super::super::ServiceScript::new("180D").characteristic(control);
    fake.add_device(DeviceScript::new(STRAP, "writable").service(service).known());
    let client = Client::on(&fake);
    client.do_it(STRAP_PATH, "Device1.Connect").unwrap();
    let path = path_of(&client, "2A39");
    client.call(&path, "GattCharacteristic1.WriteValue", &(vec![1_u8], no_options())).unwrap();
    assert_eq!(fake.written(STRAP, "2A39"), [vec![1]]);
    let text = client.call(&path_of(&client, "2901"), "GattDescriptor1.ReadValue", &no_options()).unwrap();
    assert_eq!(text.body().deserialize::<Vec<u8>>().unwrap(), b"control");
}

#[test]
fn nobody_hears_a_notification_without_a_session() {
    let (fake, client) = linked();
    let rate = path_of(&client, "2A37");
    assert!(!fake.notify(STRAP, "2A37", &heart_rate_value(60, &[])));
    client.do_it(&rate, "GattCharacteristic1.StartNotify").unwrap();
    assert!(fake.is_notifying(STRAP, "2A37"));
    client.forget();
    assert!(fake.notify(STRAP, "2A37", &heart_rate_value(61, &[])));
    client.do_it(&rate, "GattCharacteristic1.StopNotify").unwrap();
    assert!(!fake.notify(STRAP, "2A37", &heart_rate_value(62, &[])));
    client.wait_for("changed Notifying=false");
    assert_eq!(client.values(), [heart_rate_value(61, &[])]);
    let error = client.do_it(&rate, "GattCharacteristic1.StopNotify").unwrap_err();
    assert_eq!(error, "org.bluez.Error.Failed: No notify session started");
}

#[test]
fn a_session_outlives_the_link_with_the_cache() {
    let (fake, client) = linked();
    let rate = path_of(&client, "2A37");
    client.do_it(&rate, "GattCharacteristic1.StartNotify").unwrap();
    fake.drop_link(STRAP);
    assert!(!fake.is_notifying(STRAP, "2A37"));
    client.do_it(STRAP_PATH, "Device1.Connect").unwrap();
    assert!(fake.is_notifying(STRAP, "2A37"));
    let again = client.do_it(&rate, "GattCharacteristic1.StartNotify").unwrap_err();
    assert_eq!(again, "org.bluez.Error.Failed: Already notifying");
}

#[test]
fn a_session_goes_with_the_link_without_the_cache() {
    let (fake, client) = linked();
    fake.set_gatt_cache(false);
    client.do_it(&path_of(&client, "2A37"), "GattCharacteristic1.StartNotify").unwrap();
    fake.drop_link(STRAP);
    client.do_it(STRAP_PATH, "Device1.Connect").unwrap();
    assert!(!fake.is_notifying(STRAP, "2A37"));
    client.do_it(&path_of(&client, "2A37"), "GattCharacteristic1.StartNotify").unwrap();
    assert!(fake.is_notifying(STRAP, "2A37"));
}

#[test]
fn a_session_ends_when_its_client_leaves_the_bus() {
    let (fake, client) = linked();
    client.do_it(&path_of(&client, "2A37"), "GattCharacteristic1.StartNotify").unwrap();
    client.leave();
    crate::wait_until(SOON, "the end of the session", || !fake.is_notifying(STRAP, "2A37"));
    assert!(fake.is_connected(STRAP), "BlueZ keeps the link");
}

#[test]
fn the_battery_is_notified_when_it_changes() {
    let (fake, client) = linked();
    client.do_it(&path_of(&client, "2A19"), "GattCharacteristic1.StartNotify").unwrap();
    assert!(fake.set_battery(STRAP, 42));
    assert_eq!(read(&client, &path_of(&client, "2A19")).unwrap(), [42]);
}
