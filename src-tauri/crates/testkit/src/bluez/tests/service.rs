//! The service and the bus: absent, denied, restarted, dead.

use super::*;

const MANAGED: &str = "org.freedesktop.DBus.ObjectManager.GetManagedObjects";

#[test]
fn a_bus_without_bluez_says_so() {
    let mut fake = FakeBluez::bus_without_bluez().unwrap();
    let client = Client::on(&fake);
    let error = client.do_it("/", MANAGED).unwrap_err();
    assert!(error.contains("ServiceUnknown"), "{error}");
    fake.restart_service().unwrap();
    client.do_it("/", MANAGED).unwrap();
}

#[test]
fn without_an_adapter_there_is_bluez_alone() {
    let fake = FakeBluez::without_adapter().unwrap();
    let client = Client::on(&fake);
    let objects = client.objects();
    assert_eq!(objects.keys().map(|path| path.as_str()).collect::<Vec<_>>(), ["/org/bluez"]);
}

#[test]
fn a_user_without_the_right_is_denied_everything() {
    let (fake, client) = with_strap();
    fake.set_denied(true);
    let error = client.do_it("/", MANAGED).unwrap_err();
    assert!(error.contains("AccessDenied"), "{error}");
    fake.set_denied(false);
    client.do_it("/", MANAGED).unwrap();
}

#[test]
fn a_restarted_service_knows_its_old_devices_and_no_links() {
    let (mut fake, client) = with_strap();
    client.do_it(STRAP_PATH, "Device1.Connect").unwrap();
    fake.quit_service();
    assert!(client.do_it("/", MANAGED).unwrap_err().contains("ServiceUnknown"));
    fake.restart_service().unwrap();
    assert!(!fake.is_connected(STRAP));
    assert_eq!(client.objects().keys().filter(|path| path.contains("service")).count(), 0);
    client.do_it(STRAP_PATH, "Device1.Connect").unwrap();
    assert!(fake.is_connected(STRAP));
}

#[test]
fn a_dead_bus_takes_its_clients_along() {
    let (mut fake, client) = with_strap();
    fake.kill_bus();
    assert!(client.do_it("/", MANAGED).is_err());
}

#[test]
fn counts_the_calls_it_receives() {
    let (fake, client) = with_strap();
    client.objects();
    client.objects();
    let _ = client.do_it(STRAP_PATH, "Device1.Connect");
    assert_eq!(fake.calls_of("ObjectManager.GetManagedObjects"), 2);
    assert_eq!(fake.calls()["Device1.Connect"], 1);
}

#[test]
fn what_is_not_there_is_unknown() {
    let (_fake, client) = with_strap();
    assert!(
        client.do_it("/org/bluez/hci1", "Adapter1.StartDiscovery").unwrap_err().contains("UnknownObject")
    );
    assert!(client.do_it(STRAP_PATH, "Device1.Pair").unwrap_err().contains("UnknownMethod"));
}
