//! Links: their signals in BlueZ's order, and the ways in which they fail.

use super::*;

fn is_about_the_link(line: &str) -> bool {
    line.contains("Connected")
        || line.contains("ServicesResolved")
        || line.contains("service")
        || line.contains("char")
}

#[test]
fn a_link_comes_up_in_bluez_order() {
    let (fake, client) = with_strap();
    client.do_it(STRAP_PATH, "Device1.Connect").unwrap();
    let lines = client.order_up_to("changed ServicesResolved=true UUIDs=…");
    assert_eq!(lines[..3], ["changed Connected=true", "reply", "added service0001"]);
    let added = lines.iter().filter(|line| line.starts_with("added ")).count();
    assert_eq!(added, lines.len() - 3, "{lines:?}");
    assert!(fake.is_connected(STRAP));
}

#[test]
fn a_lost_link_goes_down_in_bluez_order() {
    let (fake, client) = with_strap();
    client.do_it(STRAP_PATH, "Device1.Connect").unwrap();
    client.forget();
    fake.drop_link(STRAP);
    client.wait_for("changed Connected=false");
    let lines: Vec<String> = client.lines().into_iter().filter(|line| is_about_the_link(line)).collect();
    assert_eq!(lines, ["changed ServicesResolved=false", "changed Connected=false"]);
    assert!(!fake.is_connected(STRAP));
}

#[test]
fn gatt_objects_outlive_the_link_only_with_the_cache() {
    let (fake, client) = with_strap();
    client.do_it(STRAP_PATH, "Device1.Connect").unwrap();
    fake.drop_link(STRAP);
    assert!(client.path_with("UUID", &crate::bluez::script::full_uuid("2A37")).is_some());
    fake.set_gatt_cache(false);
    client.do_it(STRAP_PATH, "Device1.Connect").unwrap();
    client.do_it(STRAP_PATH, "Device1.Disconnect").unwrap();
    assert!(client.path_with("UUID", &crate::bluez::script::full_uuid("2A37")).is_none());
}

#[test]
fn a_failing_connect_says_why_and_leaves_no_link() {
    let (fake, client) = with_strap();
    fake.connect_mode(STRAP, ConnectMode::Fail("le-connection-abort-by-local"));
    let error = client.do_it(STRAP_PATH, "Device1.Connect").unwrap_err();
    assert_eq!(error, "org.bluez.Error.Failed: le-connection-abort-by-local");
    assert!(!fake.is_connected(STRAP));
}

#[test]
fn a_hanging_connect_waits_for_disconnect_and_refuses_a_second() {
    let (fake, client) = with_strap();
    fake.connect_mode(STRAP, ConnectMode::Hang);
    std::thread::scope(|scope| {
        let first = scope.spawn(|| client.do_it(STRAP_PATH, "Device1.Connect"));
        crate::wait_until(SOON, "the call", || fake.calls_of("Device1.Connect") == 1);
        let second = client.do_it(STRAP_PATH, "Device1.Connect").unwrap_err();
        assert_eq!(second, "org.bluez.Error.InProgress: In Progress");
        assert!(!first.is_finished());
        client.do_it(STRAP_PATH, "Device1.Disconnect").unwrap();
        let refused = first.join().unwrap().unwrap_err();
        assert_eq!(refused, "org.bluez.Error.Failed: le-connection-abort-by-local");
    });
}

#[test]
fn a_slow_connect_takes_its_time() {
    let (fake, client) = with_strap();
    fake.connect_mode(STRAP, ConnectMode::SlowMs(300));
    let start = crate::pace::now();
    client.do_it(STRAP_PATH, "Device1.Connect").unwrap();
    assert!(start.elapsed() >= Duration::from_millis(300), "{:?}", start.elapsed());
}

#[test]
fn services_that_never_resolve_leave_a_bare_link() {
    let (fake, client) = with_strap();
    fake.connect_mode(STRAP, ConnectMode::NeverResolves);
    client.do_it(STRAP_PATH, "Device1.Connect").unwrap();
    client.forget();
    assert!(fake.is_connected(STRAP));
    let resolved = client.get(STRAP_PATH, "org.bluez.Device1", "ServicesResolved").unwrap();
    assert_eq!(resolved, zbus::Variant::from(false).try_into_owned().unwrap());
    assert_eq!(client.objects().keys().filter(|path| path.contains("service")).count(), 0);
}

#[test]
fn a_link_can_drop_before_its_services_are_resolved() {
    let (fake, client) = with_strap();
    fake.connect_mode(STRAP, ConnectMode::DropsBeforeResolved);
    client.do_it(STRAP_PATH, "Device1.Connect").unwrap();
    client.wait_for("changed Connected=false");
    assert_eq!(client.lines(), ["changed Connected=true", "changed Connected=false"]);
}

#[test]
fn a_device_out_of_range_keeps_connect_waiting_until_it_is_back() {
    let (fake, client) = with_strap();
    fake.out_of_range(STRAP);
    std::thread::scope(|scope| {
        let connect = scope.spawn(|| client.do_it(STRAP_PATH, "Device1.Connect"));
        crate::wait_until(SOON, "the call", || fake.calls_of("Device1.Connect") == 1);
        assert!(!fake.is_connected(STRAP));
        fake.reappear(STRAP);
        connect.join().unwrap().unwrap();
    });
    assert!(fake.is_connected(STRAP));
}

#[test]
fn a_device_that_stays_out_of_range_is_given_up_on() {
    let (fake, client) = with_strap();
    fake.out_of_range(STRAP);
    std::thread::scope(|scope| {
        let connect = scope.spawn(|| client.do_it(STRAP_PATH, "Device1.Connect"));
        crate::wait_until(SOON, "the call", || fake.calls_of("Device1.Connect") == 1);
        fake.elapse(Duration::from_secs(20));
        let error = connect.join().unwrap().unwrap_err();
        assert_eq!(error, "org.bluez.Error.Failed: le-connection-abort-by-local");
    });
}

#[test]
fn services_resolve_when_the_time_of_this_link_has_come() {
    let fake = FakeBluez::start().unwrap();
    fake.add_device(strap().known().resolving_ms(3_600_000));
    let client = Client::on(&fake);
    let half_an_hour = Duration::from_secs(1800);
    client.do_it(STRAP_PATH, "Device1.Connect").unwrap();
    fake.elapse(half_an_hour);
    fake.drop_link(STRAP);
    client.do_it(STRAP_PATH, "Device1.Connect").unwrap();
    client.forget();
    fake.elapse(half_an_hour);
    assert_eq!(client.lines(), Vec::<String>::new(), "that was the time of the lost link");
    fake.elapse(half_an_hour);
    client.wait_for("changed ServicesResolved=true UUIDs=…");
}

#[test]
fn disconnect_without_a_link_is_refused() {
    let (_fake, client) = with_strap();
    let error = client.do_it(STRAP_PATH, "Device1.Disconnect").unwrap_err();
    assert_eq!(error, "org.bluez.Error.NotConnected: Not Connected");
}

#[test]
fn a_vanished_device_is_no_object_until_it_is_discovered_again() {
    let (fake, client) = with_strap();
    client.do_it(STRAP_PATH, "Device1.Connect").unwrap();
    client.forget();
    fake.vanish(STRAP);
    client.wait_for("removed dev_C0_FF_EE_00_00_01");
    let lines = client.lines();
    assert_eq!(lines[..2], ["changed ServicesResolved=false", "changed Connected=false"]);
    let error = client.do_it(STRAP_PATH, "Device1.Connect").unwrap_err();
    assert!(error.contains("UnknownObject"), "{error}");
    client.do_it("/org/bluez/hci0", "Adapter1.StartDiscovery").unwrap();
    assert!(!client.objects().keys().any(|path| path.as_str() == STRAP_PATH));
    fake.reappear(STRAP);
    client.wait_for("added dev_C0_FF_EE_00_00_01");
    client.do_it(STRAP_PATH, "Device1.Connect").unwrap();
}
