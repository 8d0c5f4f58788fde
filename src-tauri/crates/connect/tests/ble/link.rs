//! Links that fail, break and come back.

use crate::bench::{SOON, STRAP, alone};
use crate::data::{beat, live};
use connect::Command;
use testkit::bluez::{ConnectMode, DeviceScript, heart_rate_value};
use testkit::wait_until;

#[test]
fn a_dropped_link_comes_back_as_the_same_stream_and_loses_nothing_that_arrived() {
    alone(|bench| {
        let fake = live(bench);
        let sent = fake.stream(STRAP, "2A37", 200.0, 600, |tick| heart_rate_value(tick as u16, &[]));
        bench.wait_samples("heart_rate", 200);
        fake.drop_link(STRAP);
        bench.wait("live again", |log| {
            log.links(STRAP) == ["connecting", "live", "lost", "connecting", "live"]
        });
        let heard = sent.wait(SOON) as usize;
        bench.wait_samples("heart_rate", heard);
        let ticks: Vec<f64> =
            sent.sent_ticks().into_iter().flatten().map(|tick| f64::from(tick as u32)).collect();
        assert_eq!(bench.log.values(STRAP, "heart_rate"), ticks);
        let indices: Vec<u64> =
            bench.log.samples(STRAP, "heart_rate").iter().map(|sample| sample.index).collect();
        assert_eq!(indices, (0..heard as u64).collect::<Vec<_>>());
        assert!(heard < 600, "nothing was lost in the air, so nothing was proved");
        assert_eq!(bench.log.reasons(STRAP), ["The link to the device was cut."]);
        fake
    });
}

#[test]
fn samples_come_only_while_the_link_is_called_live() {
    alone(|bench| {
        let fake = live(bench);
        let sent = fake.stream(STRAP, "2A37", 1000.0, 60_000, |tick| heart_rate_value(tick as u16, &[]));
        for lives in 2..=6 {
            let before = bench.log.samples(STRAP, "heart_rate").len();
            bench.wait_samples("heart_rate", before + 50);
            fake.drop_link(STRAP);
            bench.wait("the next life", |log| {
                log.links(STRAP).iter().filter(|link| **link == "live").count() == lives
            });
        }
        sent.stop();
        assert_eq!(bench.log.blocks_out_of_life(STRAP), 0);
        fake
    });
}

#[test]
fn a_device_that_vanished_is_looked_for_and_reconnected_when_it_reappears() {
    alone(|bench| {
        let fake = live(bench);
        beat(&fake, 1);
        bench.wait_samples("heart_rate", 1);
        fake.vanish(STRAP);
        bench.wait_link(STRAP, "lost");
        wait_until(SOON, "a scan for it", || fake.is_discovering());
        fake.reappear(STRAP);
        bench.wait_link(STRAP, "live");
        wait_until(SOON, "the subscription", || fake.is_notifying(STRAP, "2A37"));
        beat(&fake, 2);
        bench.wait_samples("heart_rate", 2);
        assert_eq!(bench.log.samples(STRAP, "heart_rate")[1].index, 1);
        wait_until(SOON, "the end of the scan", || !fake.is_discovering());
        assert!(bench.log.adverts(STRAP).is_empty(), "the operator did not look for devices");
        fake
    });
}

#[test]
fn a_device_out_of_range_keeps_the_adapter_from_nobody_and_comes_back_when_it_is_heard() {
    const OTHER: &str = "C0:FF:EE:00:00:02";
    alone(|bench| {
        let fake = live(bench);
        fake.add_device(DeviceScript::heart_rate_strap(OTHER, "Other").known());
        fake.out_of_range(STRAP);
        bench.wait("a try in vain", |log| log.reasons(STRAP).len() == 2);
        wait_until(SOON, "a scan for it", || fake.is_discovering());
        let tries = fake.calls_of("Device1.Connect");
        bench.connect(OTHER);
        bench.wait_link(OTHER, "live");
        wait_until(SOON, "the scan to resume", || fake.is_discovering());
        assert_eq!(fake.calls_of("Device1.Connect"), tries + 1, "the one out of range was tried blindly");
        fake.reappear(STRAP);
        bench.wait_link(STRAP, "live");
        fake
    });
}

#[test]
fn a_device_that_refuses_is_tried_again_until_it_does_not() {
    alone(|bench| {
        let fake = bench.with_bluez();
        fake.add_device(DeviceScript::heart_rate_strap(STRAP, "Polar H10").known());
        fake.connect_mode(STRAP, ConnectMode::Fail("le-connection-abort-by-local"));
        bench.connect(STRAP);
        wait_until(SOON, "four tries", || fake.calls_of("Device1.Connect") >= 4);
        fake.connect_mode(STRAP, ConnectMode::Ok);
        bench.wait_link(STRAP, "live");
        let reason = "Connecting failed. Bluetooth reports: le-connection-abort-by-local";
        assert!(bench.log.reasons(STRAP).iter().all(|told| told == reason), "{:?}", bench.log.reasons(STRAP));
        fake
    });
}

#[test]
fn a_connect_that_hangs_ends_at_its_deadline_and_is_tried_again() {
    alone(|bench| {
        let fake = bench.with_bluez();
        fake.add_device(DeviceScript::heart_rate_strap(STRAP, "Polar H10").known());
        fake.connect_mode(STRAP, ConnectMode::Hang);
        bench.connect(STRAP);
        bench.wait_link(STRAP, "lost");
        fake.connect_mode(STRAP, ConnectMode::Ok);
        wait_until(SOON, "a scan for it", || fake.is_discovering());
        bench.wait_link(STRAP, "live");
        let reason = "Connecting failed: the device did not answer within 1.5 s.";
        assert_eq!(bench.log.reasons(STRAP), [reason]);
        fake
    });
}

#[test]
fn services_that_never_resolve_and_links_that_break_at_once_are_survived() {
    alone(|bench| {
        let fake = bench.with_bluez();
        fake.add_device(DeviceScript::heart_rate_strap(STRAP, "Polar H10").known());
        fake.connect_mode(STRAP, ConnectMode::NeverResolves);
        bench.connect(STRAP);
        bench.wait_link(STRAP, "lost");
        fake.connect_mode(STRAP, ConnectMode::DropsBeforeResolved);
        bench.wait("a link that broke at once", |log| {
            log.reasons(STRAP).iter().any(|reason| reason == "The link to the device was cut.")
        });
        fake.connect_mode(STRAP, ConnectMode::Ok);
        bench.wait_link(STRAP, "live");
        fake
    });
}

#[test]
fn letting_go_ends_the_link_and_wanting_it_again_goes_on_counting() {
    alone(|bench| {
        let fake = live(bench);
        beat(&fake, 1);
        bench.wait_samples("heart_rate", 1);
        bench.disconnect(STRAP);
        bench.wait_link(STRAP, "stopped");
        wait_until(SOON, "the end of the link", || !fake.is_connected(STRAP));
        assert!(!fake.is_notifying(STRAP, "2A37"));
        bench.connect(STRAP);
        bench.wait_link(STRAP, "live");
        wait_until(SOON, "the subscription", || fake.is_notifying(STRAP, "2A37"));
        beat(&fake, 2);
        bench.wait_samples("heart_rate", 2);
        let samples = bench.log.samples(STRAP, "heart_rate");
        assert_eq!((samples[1].index, samples[1].raw), (1, 2.0));
        assert_eq!(bench.log.links(STRAP), ["connecting", "live", "stopped", "connecting", "live"]);
        fake
    });
}

#[test]
fn letting_go_of_a_hanging_connect_takes_effect_at_once() {
    alone(|bench| {
        let fake = bench.with_bluez();
        fake.add_device(DeviceScript::heart_rate_strap(STRAP, "Polar H10").known());
        fake.connect_mode(STRAP, ConnectMode::Hang);
        bench.connect(STRAP);
        wait_until(SOON, "the try", || fake.calls_of("Device1.Connect") == 1);
        bench.disconnect(STRAP);
        bench.wait_link(STRAP, "stopped");
        wait_until(SOON, "the end of the try", || fake.calls_of("Device1.Disconnect") == 1);
        fake
    });
}

#[test]
fn the_end_lets_go_of_everything_in_time() {
    alone(|bench| {
        let fake = live(bench);
        bench.send(Command::StartScan);
        wait_until(SOON, "a scan", || fake.is_discovering());
        bench.shut_down();
        assert_eq!(bench.log.links(STRAP), ["connecting", "live", "stopped"]);
        assert_eq!(fake.calls_of("GattCharacteristic1.StopNotify"), 2, "heart rate and battery");
        assert_eq!(fake.calls_of("Device1.Disconnect"), 1);
        wait_until(SOON, "the end of the scan", || !fake.is_discovering());
        let threads = std::fs::read_dir("/proc/self/task").unwrap();
        let names = threads.map(|task| std::fs::read_to_string(task.unwrap().path().join("comm")).unwrap());
        let ours = ["ble\n", "ble-commands\n", "ble-open\n"];
        let left: Vec<String> = names.filter(|name| ours.contains(&name.as_str())).collect();
        assert!(left.is_empty(), "{left:?} still run");
        fake
    });
}
