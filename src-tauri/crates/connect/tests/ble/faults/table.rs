//! Faults of what a device offers: tables that change, characteristics that are
//! not as they should be.

use super::steady::{Room, Setting, fault};
use crate::bench::{SOON, STRAP};
use testkit::bluez::{CharacteristicScript, DeviceScript, ServiceScript};
use testkit::wait_until;

const CUT: &str = "The link to the device was cut.";
const CHANGED: &str = "The device has changed its services.";

fn heart_rate(flags: &[&'static str]) -> ServiceScript {
    ServiceScript::new("180D").characteristic(CharacteristicScript::new("2A37", flags))
}

fn battery() -> ServiceScript {
    ServiceScript::new("180F").characteristic(CharacteristicScript::new("2A19", &["read"]).value(&[50]))
}

/// Waits until the console has noticed, and is through.
fn noticed(room: &Room<'_>) {
    wait_until(SOON, "the loss", || room.bench.log.reasons(STRAP).len() == 1);
}

#[test]
fn services_changed_while_connected() {
    fault(|room| {
        // The same service, behind a new one: every handle is another.
        room.fake.replace_services(STRAP, vec![battery(), heart_rate(&["notify"])]);
        noticed(room);
        [CHANGED]
    });
}

#[test]
fn services_changed_while_connected_to_the_same_again() {
    fault(|room| {
        let same = vec![ServiceScript::new("1801"), heart_rate(&["notify"])];
        room.fake.replace_services(STRAP, same.clone());
        room.flows(SOON);
        room.fake.replace_services(STRAP, same);
        wait_until(SOON, "the second loss", || room.bench.log.reasons(STRAP).len() == 2);
        [CHANGED]
    });
}

#[test]
fn services_changed_between_two_links() {
    fault(|room| {
        room.fake.out_of_range(STRAP);
        noticed(room);
        room.fake.replace_services(STRAP, vec![battery(), heart_rate(&["notify"])]);
        room.fake.reappear(STRAP);
        ["The link to the device was cut.", "Connecting failed: the device did not answer within 1.5 s."]
            .split_at(usize::from(room.bench.log.reasons(STRAP).len() > 1) + 1)
            .0
            .to_vec()
    });
}

#[test]
fn indication_instead_of_notification() {
    let strap = DeviceScript::new(STRAP, "Indicates").known().advertises("180D");
    let strap = strap.service(heart_rate(&["indicate"]));
    Setting { strap, ..Setting::default() }.run(|room| {
        room.fake.drop_link(STRAP);
        noticed(room);
        [CUT]
    });
}

#[test]
fn the_same_characteristic_twice_in_a_service() {
    let twice = heart_rate(&["notify"]).characteristic(CharacteristicScript::new("2A37", &["notify"]));
    let strap = DeviceScript::new(STRAP, "Twice").known().service(twice);
    Setting { strap, ..Setting::default() }.run(|room| {
        room.fake.drop_link(STRAP);
        noticed(room);
        [CUT]
    });
}
