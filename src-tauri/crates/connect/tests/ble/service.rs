//! Bluetooth services and buses that are missing, end, die and come back.

use crate::adapter::{goes_on, wait_unavailable};
use crate::bench::{SOON, STRAP, alone, config};
use crate::data::{beat, live};
use connect::Command;
use connect::ble::BleConfig;
use model::AdapterState;
use std::os::unix::net::UnixListener;
use std::time::Duration;
use testkit::bluez::{DeviceScript, FakeBluez};
use testkit::wait_until;

fn strap() -> DeviceScript {
    DeviceScript::heart_rate_strap(STRAP, "Polar H10").known()
}

#[test]
fn without_a_bus_it_says_so_and_finds_one_that_comes_later() {
    alone(|bench| {
        bench.run(config());
        bench.connect(STRAP);
        let (problem, remedy) = wait_unavailable(bench);
        assert_eq!(problem, "The system's message bus (D-Bus) can't be reached.");
        assert!(remedy.contains("systemctl start dbus"));
        bench.wait_link(STRAP, "lost");
        let fake = FakeBluez::start().unwrap();
        fake.add_device(strap());
        bench.attach(&fake);
        bench.wait_link(STRAP, "live");
        fake
    });
}

#[test]
fn without_a_bluetooth_service_it_says_so_and_finds_one_that_starts_later() {
    alone(|bench| {
        let mut fake = FakeBluez::bus_without_bluez().unwrap();
        bench.attach(&fake);
        bench.run(config());
        let (problem, remedy) = wait_unavailable(bench);
        assert_eq!(problem, "The Bluetooth service is not running.");
        assert_eq!(remedy, "Start it: systemctl start bluetooth");
        fake.restart_service().unwrap();
        fake.add_adapter();
        bench.wait("the adapter", |log| matches!(log.adapter_now(), AdapterState::Ready { .. }));
        fake
    });
}

#[test]
fn a_bluetooth_service_that_is_restarted_mid_stream_gets_its_links_back() {
    alone(|bench| {
        let mut fake = live(bench);
        beat(&fake, 1);
        bench.wait_samples("heart_rate", 1);
        fake.quit_service();
        bench.wait_link(STRAP, "lost");
        wait_unavailable(bench);
        fake.restart_service().unwrap();
        goes_on(bench, &fake);
        fake
    });
}

#[test]
fn a_restart_between_two_looks_is_noticed_too_and_the_scan_comes_back() {
    alone(|bench| {
        let mut fake = live(bench);
        bench.send(Command::StartScan);
        bench.wait("scanning", |log| matches!(log.adapter_now(), AdapterState::Ready { scanning: true, .. }));
        fake.quit_service();
        fake.restart_service().unwrap();
        goes_on(bench, &fake);
        wait_until(SOON, "the scan", || fake.is_discovering());
        fake
    });
}

#[test]
fn a_bus_that_dies_silently_is_noticed_and_the_next_one_is_used() {
    alone(|bench| {
        let mut first = live(bench);
        beat(&first, 1);
        bench.wait_samples("heart_rate", 1);
        first.kill_bus();
        bench.wait_link(STRAP, "lost");
        let second = FakeBluez::start().unwrap();
        second.add_device(strap());
        bench.attach(&second);
        goes_on(bench, &second);
        (first, second)
    });
}

#[test]
fn a_bus_that_takes_the_call_but_never_answers_hangs_nobody() {
    alone(|bench| {
        let _mute = UnixListener::bind(bench.bus_path()).unwrap();
        bench.run(BleConfig { call_deadline: Duration::from_millis(300), ..config() });
        let (problem, _) = wait_unavailable(bench);
        assert_eq!(problem, "The Bluetooth service does not answer (for 0.3 s).");
        bench.shut_down();
    });
}

#[test]
fn a_connector_that_was_torn_down_by_a_panic_reconnects_what_was_wanted() {
    alone(|bench| {
        let fake = live(bench);
        beat(&fake, 1);
        bench.wait_samples("heart_rate", 1);
        bench.wait_samples("battery", 1);
        bench.log.panic_at_the_next_block();
        beat(&fake, 2);
        let connector = bench.torn_down();
        bench.go_on(connector);
        bench.wait("live again", |log| {
            log.links(STRAP) == ["connecting", "live", "lost", "connecting", "live"]
        });
        wait_until(SOON, "the subscription", || fake.is_notifying(STRAP, "2A37"));
        beat(&fake, 3);
        bench.wait_samples("heart_rate", 2);
        let samples = bench.log.samples(STRAP, "heart_rate");
        assert_eq!((samples[1].index, samples[1].raw), (2, 3.0), "the number of the lost one is used again");
        assert_eq!(bench.log.reasons(STRAP), ["The Bluetooth connector was started again."]);
        fake
    });
}

#[test]
fn a_link_that_a_killed_console_left_behind_is_shown_and_taken_over() {
    alone(|bench| {
        let fake = live(bench);
        bench.wait_samples("battery", 1);
        bench.log.panic_at_the_next_block();
        beat(&fake, 1);
        bench.torn_down();
        assert!(fake.is_connected(STRAP));
        bench.run(config());
        bench.send(Command::StartScan);
        bench.wait("the strap, which is silent", |log| {
            log.adverts(STRAP).iter().any(|advert| advert.supported)
        });
        bench.connect(STRAP);
        bench.wait("live again", |log| log.links(STRAP) == ["connecting", "live", "connecting", "live"]);
        wait_until(SOON, "the subscription", || fake.is_notifying(STRAP, "2A37"));
        beat(&fake, 2);
        bench.wait_samples("heart_rate", 1);
        fake
    });
}

#[test]
fn a_connector_that_is_started_again_knows_its_sensors_and_numbers_on() {
    alone(|bench| {
        let fake = live(bench);
        beat(&fake, 1);
        bench.wait_samples("heart_rate", 1);
        let connector = bench.shut_down();
        bench.go_on(connector);
        bench.connect(STRAP);
        bench.wait("live again", |log| log.links(STRAP).len() == 5);
        goes_on(bench, &fake);
        fake
    });
}
