//! Adapters that are switched off, pulled out, or not ours to use.

use crate::bench::{Bench, SOON, STRAP, alone};
use crate::data::{beat, live};
use connect::Command;
use model::AdapterState;
use testkit::bluez::{DeviceScript, FakeBluez};
use testkit::wait_until;

/// A strap that was live is live again, and its samples are numbered on.
pub fn goes_on(bench: &Bench, fake: &FakeBluez) {
    bench.wait_link(STRAP, "live");
    wait_until(SOON, "the subscription", || fake.is_notifying(STRAP, "2A37"));
    let before = bench.log.samples(STRAP, "heart_rate").len();
    beat(fake, 4711);
    bench.wait_samples("heart_rate", before + 1);
    let sample = *bench.log.samples(STRAP, "heart_rate").last().unwrap();
    assert_eq!((sample.index, sample.raw), (before as u64, 4711.0));
}

/// Waits until the adapter can't be used, and gives the problem and the remedy.
pub fn wait_unavailable(bench: &Bench) -> (String, String) {
    let mut words = None;
    bench.wait("an adapter that can't be used", |log| {
        if let AdapterState::Unavailable { problem, remedy } = log.adapter_now() {
            words = Some((problem, remedy));
        }
        words.is_some()
    });
    words.unwrap()
}

#[test]
fn an_adapter_that_is_switched_off_is_told_and_its_links_come_back_with_it() {
    alone(|bench| {
        let fake = live(bench);
        beat(&fake, 1);
        bench.wait_samples("heart_rate", 1);
        fake.set_powered(false);
        bench.wait_link(STRAP, "lost");
        bench.wait("off", |log| matches!(log.adapter_now(), AdapterState::Off { .. }));
        fake.set_powered(true);
        goes_on(bench, &fake);
        assert!(matches!(bench.log.adapter_now(), AdapterState::Ready { .. }));
        assert_eq!(bench.log.sensors(STRAP)[0].id, bench.log.sensors(STRAP).pop().unwrap().id);
        fake
    });
}

#[test]
fn an_adapter_that_is_off_is_not_switched_on_by_a_scan() {
    alone(|bench| {
        let fake = FakeBluez::start().unwrap();
        fake.set_powered(false);
        bench.attach(&fake);
        bench.run(crate::bench::config());
        bench.send(Command::StartScan);
        bench.wait("off", |log| matches!(log.adapter_now(), AdapterState::Off { .. }));
        let looks = fake.calls_of("Properties.GetAll");
        wait_until(SOON, "some more looks", || fake.calls_of("Properties.GetAll") > looks + 4);
        assert_eq!(fake.calls_of("Properties.Set"), 0);
        fake.set_powered(true);
        wait_until(SOON, "the scan", || fake.is_discovering());
        fake
    });
}

#[test]
fn an_adapter_that_is_pulled_out_and_plugged_in_again_is_noticed() {
    alone(|bench| {
        let fake = live(bench);
        fake.remove_adapter();
        let (problem, remedy) = wait_unavailable(bench);
        assert_eq!(problem, "No Bluetooth adapter was found.");
        assert!(remedy.contains("Plug one in"));
        bench.wait_link(STRAP, "lost");
        fake.add_adapter();
        goes_on(bench, &fake);
        fake
    });
}

#[test]
fn an_adapter_that_is_plugged_in_later_is_found_and_asked_for_at_once_on_refresh() {
    alone(|bench| {
        let fake = FakeBluez::without_adapter().unwrap();
        bench.attach(&fake);
        let poll_every = std::time::Duration::from_secs(3600);
        bench.run(connect::ble::BleConfig { poll_every, ..crate::bench::config() });
        wait_unavailable(bench);
        fake.add_adapter();
        bench.send(Command::Refresh);
        bench.wait("the adapter", |log| matches!(log.adapter_now(), AdapterState::Ready { .. }));
        let told = bench.log.adapter().len();
        bench.send(Command::Refresh);
        bench.wait("an answer although nothing has changed", |log| log.adapter().len() > told);
        fake
    });
}

#[test]
fn a_user_without_the_right_is_told_so() {
    alone(|bench| {
        let fake = FakeBluez::start().unwrap();
        fake.add_device(DeviceScript::heart_rate_strap(STRAP, "Polar H10").known());
        fake.set_denied(true);
        bench.attach(&fake);
        bench.run(crate::bench::config());
        bench.connect(STRAP);
        let (problem, remedy) = wait_unavailable(bench);
        assert_eq!(problem, "This program may not use Bluetooth.");
        assert!(remedy.contains("usermod"));
        bench.wait_link(STRAP, "lost");
        fake.set_denied(false);
        bench.wait_link(STRAP, "live");
        fake
    });
}
