//! Looking for devices.

use crate::bench::{STRAP, alone};
use connect::Command;
use model::AdapterState;
use testkit::bluez::DeviceScript;

const OTHER: &str = "C0:FF:EE:00:00:02";

#[test]
fn a_scan_shows_every_device_with_its_name_strength_and_services() {
    alone(|bench| {
        let fake = bench.with_bluez();
        fake.add_device(DeviceScript::heart_rate_strap(STRAP, "Polar H10 00000001").rssi_dbm(-55));
        fake.add_device(DeviceScript::new(OTHER, "").without_name().rssi_dbm(-80));
        bench.send(Command::StartScan);
        bench.wait("both devices", |log| !log.adverts(STRAP).is_empty() && !log.adverts(OTHER).is_empty());
        let strap = bench.log.adverts(STRAP).remove(0);
        assert_eq!((strap.name.as_str(), strap.rssi_dbm), ("Polar H10 00000001", Some(-55)));
        assert_eq!(strap.services, ["Heart Rate"]);
        assert!(strap.supported);
        let other = bench.log.adverts(OTHER).remove(0);
        assert_eq!((other.name.as_str(), other.supported), (OTHER, false));
        assert!(matches!(bench.log.adapter_now(), AdapterState::Ready { scanning: true, .. }));
        fake
    });
}

#[test]
fn a_changed_strength_is_told_but_not_more_than_once_a_second() {
    alone(|bench| {
        let fake = bench.with_bluez();
        fake.add_device(DeviceScript::heart_rate_strap(STRAP, "Polar H10").advertising_every_ms(5));
        bench.send(Command::StartScan);
        bench.wait("the device", |log| !log.adverts(STRAP).is_empty());
        for strength in 60..90 {
            fake.set_rssi(STRAP, -strength);
        }
        bench.wait("the last strength", |log| {
            log.adverts(STRAP).last().and_then(|advert| advert.rssi_dbm) == Some(-89)
        });
        assert!(bench.log.adverts(STRAP).len() <= 3, "{:?}", bench.log.adverts(STRAP));
        fake
    });
}

#[test]
fn a_scan_stops_when_told_to() {
    alone(|bench| {
        let fake = bench.with_bluez();
        bench.send(Command::StartScan);
        bench.wait("scanning", |log| matches!(log.adapter_now(), AdapterState::Ready { scanning: true, .. }));
        bench.send(Command::StopScan);
        bench.wait("rest", |log| matches!(log.adapter_now(), AdapterState::Ready { scanning: false, .. }));
        assert!(!fake.is_discovering());
        fake
    });
}

#[test]
fn a_hostile_name_is_only_ever_clean_bounded_text() {
    alone(|bench| {
        let fake = bench.with_bluez();
        let name = format!("\u{202e}<img src=x onerror=alert(1)>\u{0007}{}", "x".repeat(300));
        fake.add_device(DeviceScript::heart_rate_strap(STRAP, &name));
        bench.send(Command::StartScan);
        bench.wait("the device", |log| !log.adverts(STRAP).is_empty());
        bench.connect(STRAP);
        bench.wait_link(STRAP, "live");
        let seen = bench.log.adverts(STRAP).remove(0).name;
        let sensor = bench.log.sensors(STRAP).pop().unwrap().name;
        for name in [seen, sensor] {
            assert!(name.as_str().starts_with("<img src=x onerror=alert(1)>xx"), "{name}");
            assert_eq!(name.as_str().chars().count(), 80);
        }
        fake
    });
}

#[test]
fn what_is_no_device_is_refused_in_words() {
    alone(|bench| {
        let fake = bench.with_bluez();
        bench.connect("<img onerror=x>");
        bench.disconnect(STRAP);
        bench.wait("two notices", |log| log.notices().len() == 2);
        let notices = bench.log.notices();
        assert!(notices[0].text.contains("is not the address of a Bluetooth device"), "{notices:?}");
        assert!(notices[1].text.contains("is not connected"), "{notices:?}");
        fake
    });
}
