//! Sightings with invented time.

use super::*;
use gatt::uuid::{BATTERY, HEART_RATE, long};

const S: i64 = NANOS_PER_SEC;

fn device(number: usize) -> DeviceId {
    DeviceId(format!("C0:FF:EE:00:{:02X}:{:02X}", number / 256, number % 256))
}

fn strap(rssi_dbm: i16) -> Facts {
    Facts {
        name: Some("Polar H10".to_owned()),
        rssi_dbm: Some(rssi_dbm),
        services: vec![long(HEART_RATE), long(BATTERY)],
        connected: false,
    }
}

#[test]
fn a_first_sight_is_told_at_once_in_words() {
    let mut seen = Sightings::new();
    seen.looked(1, (), &device(1), &strap(-60), 0);
    let told = seen.due(0);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].name.as_str(), "Polar H10");
    assert_eq!(told[0].rssi_dbm, Some(-60));
    assert_eq!(told[0].services, ["Heart Rate", "Battery"]);
    assert!(told[0].supported);
    assert!(seen.due(10 * S).is_empty(), "told once while nothing changes");
}

#[test]
fn a_storm_of_signal_strengths_is_told_once_a_second_and_ends_with_the_last() {
    let mut seen = Sightings::new();
    seen.looked(1, (), &device(1), &strap(-60), 0);
    let mut told = seen.due(0);
    for step in 1..=250 {
        let now_ns = i64::from(step) * S / 100;
        seen.heard(&1, -step, now_ns);
        told.extend(seen.due(now_ns));
    }
    told.extend(seen.due(4 * S));
    let levels: Vec<i16> = told.iter().filter_map(|advert| advert.rssi_dbm).collect();
    assert_eq!(levels, [-60, -100, -200, -250]);
}

#[test]
fn a_device_without_the_services_that_we_read_is_shown_but_not_marked() {
    let mut seen = Sightings::new();
    let nordic_uart = 0x6e40_0001_b5a3_f393_e0a9_e50e_24dc_ca9e;
    let facts = Facts { name: None, rssi_dbm: Some(-70), services: vec![nordic_uart], connected: false };
    seen.looked(1, (), &device(1), &facts, 0);
    let told = seen.due(0);
    assert_eq!(told[0].name.as_str(), "C0:FF:EE:00:00:01");
    assert_eq!(told[0].services, ["6e400001-b5a3-f393-e0a9-e50e24dcca9e"]);
    assert!(!told[0].supported);
}

#[test]
fn a_remembered_device_that_was_not_heard_is_not_told_until_it_is() {
    let mut seen = Sightings::new();
    seen.looked(1, (), &device(1), &Facts { rssi_dbm: None, ..strap(0) }, 0);
    assert!(seen.due(0).is_empty());
    seen.heard(&1, -50, S);
    assert_eq!(seen.due(S).len(), 1);
}

#[test]
fn a_device_that_the_system_holds_a_link_to_is_told_although_it_can_not_be_heard() {
    let mut seen = Sightings::new();
    seen.looked(1, (), &device(1), &Facts { rssi_dbm: None, connected: true, ..strap(0) }, 0);
    assert_eq!(seen.due(0).len(), 1);
}

#[test]
fn no_more_than_200_devices_are_remembered_and_the_longest_unheard_leaves() {
    let mut seen = Sightings::new();
    for number in 0..DEVICES_MAX {
        seen.looked(number, (), &device(number), &strap(-60), number as i64);
    }
    seen.heard(&0, -61, 1000);
    for number in DEVICES_MAX..DEVICES_MAX + 50 {
        seen.looked(number, (), &device(number), &strap(-60), 2000 + number as i64);
        assert_eq!(seen.devices.len(), DEVICES_MAX);
    }
    assert!(seen.devices.contains_key(&0), "it was heard again");
    assert!((1..=50).all(|number| !seen.devices.contains_key(&number)));
    assert!(seen.devices.contains_key(&51));
}

#[test]
fn an_unknown_or_long_unlooked_device_asks_for_a_look() {
    let mut seen = Sightings::new();
    assert!(seen.heard(&1, -50, 0));
    seen.looked(1, (), &device(1), &strap(-50), 0);
    assert!(!seen.heard(&1, -51, LOOK_AGAIN_NS - 1));
    assert!(seen.heard(&1, -52, LOOK_AGAIN_NS));
}

#[test]
fn a_new_scan_tells_everything_again() {
    let mut seen = Sightings::new();
    seen.looked(1, (), &device(1), &strap(-50), 0);
    assert_eq!(seen.due(0).len(), 1);
    assert_eq!(seen.tell_again(), [1]);
    assert_eq!(seen.due(1).len(), 1);
}

#[test]
fn a_hostile_name_is_cut_and_cleaned_and_services_are_bounded() {
    let mut seen = Sightings::new();
    let name = format!("\u{202e}<img onerror=x>{}", "x".repeat(300));
    let facts = Facts { name: Some(name), rssi_dbm: Some(-1), services: vec![7; 1000], connected: false };
    seen.looked(1, (), &device(1), &facts, 0);
    let advert = seen.due(0).remove(0);
    assert_eq!(advert.name.as_str().chars().count(), 80);
    assert!(advert.name.as_str().starts_with("<img onerror=x>xx"));
    assert_eq!(advert.services.len(), SERVICES_MAX);
}

#[test]
fn an_alias_made_up_from_the_address_is_no_name() {
    let named = |name: &str| display_name(Some(name), &device(1)).as_str().to_owned();
    assert_eq!(named("C0-FF-EE-00-00-01"), "C0:FF:EE:00:00:01");
    assert_eq!(named("\u{200b}"), "C0:FF:EE:00:00:01");
    assert_eq!(named("TICKR"), "TICKR");
}
