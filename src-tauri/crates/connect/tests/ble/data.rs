//! The way of the samples.

use crate::bench::{Bench, SOON, STRAP, alone};
use connect::{AdviceTo, Command};
use model::{Advice, AttentionLevel, AttributeKind, LoadLevel};
use std::time::Duration;
use testkit::bluez::{CharacteristicScript, DeviceScript, FakeBluez, ServiceScript, heart_rate_value};
use testkit::wait_until;

/// A live strap on a BlueZ that knew it before.
pub fn live(bench: &mut Bench) -> FakeBluez {
    let fake = bench.with_bluez();
    fake.add_device(DeviceScript::heart_rate_strap(STRAP, "Polar H10 00000001").known());
    bench.connect(STRAP);
    bench.wait_link(STRAP, "live");
    wait_until(SOON, "the subscription", || fake.is_notifying(STRAP, "2A37"));
    fake
}

/// Sends a numbered notification.
pub fn beat(fake: &FakeBluez, number: u16) {
    assert!(fake.notify(STRAP, "2A37", &heart_rate_value(number, &[])), "nobody listens");
}

#[test]
fn a_strap_delivers_heart_rate_intervals_battery_and_facts() {
    alone(|bench| {
        let fake = live(bench);
        assert!(fake.notify(STRAP, "2A37", &[0x16, 72, 0x00, 0x04, 0x00, 0x03]));
        bench.wait_samples("rr_interval", 2);
        bench.wait_samples("battery", 1);
        bench.wait("facts", |log| log.sensors(STRAP).last().is_some_and(|info| !info.facts.is_empty()));
        assert_eq!(bench.log.values(STRAP, "heart_rate"), [72.0]);
        assert_eq!(bench.log.values(STRAP, "rr_interval"), [1024.0, 768.0]);
        assert_eq!(bench.log.values(STRAP, "battery"), [87.0]);
        let rr = bench.log.samples(STRAP, "rr_interval");
        assert_eq!(rr[1].host_ns - rr[0].host_ns, 750_000_000);
        let info = bench.log.sensors(STRAP).pop().unwrap();
        assert_eq!(info.name.as_str(), "Polar H10 00000001");
        let kinds: Vec<_> = info.streams.iter().map(|stream| stream.kind).collect();
        assert_eq!(kinds, [AttributeKind::HeartRate, AttributeKind::RrInterval, AttributeKind::Battery]);
        let fact = |key: &str| {
            let found = info.facts.iter().find(|(name, _)| name == key);
            found.map(|(_, text)| text.as_str()).unwrap_or_default()
        };
        assert_eq!((fact("maker"), fact("model")), ("Polar Electro Oy", "H10"));
        assert_eq!((fact("firmware"), fact("body_location")), ("5.0.0", "chest"));
        fake
    });
}

#[test]
fn a_strap_says_once_that_it_can_not_be_advised_and_goes_on() {
    alone(|bench| {
        let fake = live(bench);
        let info = bench.log.sensors(STRAP).pop().unwrap();
        for window_ms in [500, 2_000, 10_000] {
            let (attention, load) = (AttentionLevel::None, LoadLevel::Critical);
            let advice =
                Advice { attention, load, memory_protected: true, paused: true, window_ms, batch_size: 20 };
            bench.send(Command::Advise { advice: vec![AdviceTo { sensor: info.id.clone(), advice }] });
        }
        bench.wait("the answer", |log| !log.advised().is_empty());
        (1..=10).for_each(|number| beat(&fake, number));
        bench.wait_samples("heart_rate", 10);
        assert!(bench.log.advised().iter().all(|obeys| !obeys));
        assert!(bench.log.advised().len() <= bench.log.sensors(STRAP).len(), "once for each announcement");
        assert!(bench.log.notices().is_empty(), "{:?}", bench.log.notices());
        fake
    });
}

#[test]
fn two_hundred_notifications_a_second_arrive_each_once_and_in_order() {
    alone(|bench| {
        let fake = live(bench);
        let sent = fake.stream(STRAP, "2A37", 200.0, 800, |tick| heart_rate_value(tick as u16, &[]));
        assert_eq!(sent.wait(SOON), 800);
        bench.wait_samples("heart_rate", 800);
        let samples = bench.log.samples(STRAP, "heart_rate");
        assert_eq!(samples.len(), 800);
        for (number, sample) in (0_u32..).zip(&samples) {
            assert_eq!((sample.index, sample.raw), (u64::from(number), f64::from(number)));
        }
        assert!(samples.is_sorted_by_key(|sample| sample.host_ns));
        let took_s = (samples[799].host_ns - samples[0].host_ns) as f64 / 1e9;
        assert!((3.5..4.5).contains(&took_s), "stamped over {took_s} s");
        fake
    });
}

#[test]
fn a_cut_packet_is_rejected_and_the_stream_goes_on_without_a_hole() {
    alone(|bench| {
        let fake = live(bench);
        beat(&fake, 1);
        for cut in [&[][..], &[0x01], &[0x01, 0x40], &[0x08, 0x40, 0x01]] {
            assert!(fake.notify(STRAP, "2A37", cut));
        }
        beat(&fake, 2);
        bench.wait_samples("heart_rate", 2);
        assert_eq!(bench.log.rejected().len(), 4, "{:?}", bench.log.rejected());
        let samples = bench.log.samples(STRAP, "heart_rate");
        assert_eq!([samples[0].index, samples[1].index], [0, 1]);
        assert_eq!(bench.log.links(STRAP), ["connecting", "live"]);
        fake
    });
}

#[test]
fn a_battery_that_notifies_is_not_asked_again() {
    alone(|bench| {
        let fake = live(bench);
        bench.wait_samples("battery", 1);
        fake.set_battery(STRAP, 86);
        bench.wait_samples("battery", 2);
        bench.wait("facts", |log| log.sensors(STRAP).last().is_some_and(|info| !info.facts.is_empty()));
        let reads = fake.calls_of("GattCharacteristic1.ReadValue");
        std::thread::sleep(Duration::from_millis(600)); // Nothing is to happen.
        assert_eq!(fake.calls_of("GattCharacteristic1.ReadValue"), reads);
        assert_eq!(bench.log.values(STRAP, "battery"), [87.0, 86.0]);
        fake
    });
}

#[test]
fn a_battery_that_does_not_notify_is_read_in_time() {
    alone(|bench| {
        let fake = bench.with_bluez();
        let battery = CharacteristicScript::new("2A19", &["read"]).value(&[50]);
        let strap = DeviceScript::new(STRAP, "Lamp").advertises("180F").known();
        fake.add_device(strap.service(ServiceScript::new("180F").characteristic(battery)));
        bench.connect(STRAP);
        bench.wait_link(STRAP, "live");
        bench.wait("a second reading", |_| fake.calls_of("GattCharacteristic1.ReadValue") >= 3);
        assert_eq!(bench.log.values(STRAP, "battery")[0], 50.0);
        let info = bench.log.sensors(STRAP).pop().unwrap();
        assert_eq!(info.streams.len(), 1, "{info:?}");
        fake
    });
}

#[test]
fn energy_is_announced_when_it_first_appears() {
    alone(|bench| {
        let fake = live(bench);
        assert!(fake.notify(STRAP, "2A37", &[0x08, 72, 0x64, 0x00]));
        bench.wait_samples("energy_expended", 1);
        assert_eq!(bench.log.values(STRAP, "energy_expended"), [100.0]);
        fake.drop_link(STRAP);
        bench.wait("the announcement after the reconnect", |log| {
            log.sensors(STRAP).last().is_some_and(|info| info.streams.len() == 4)
        });
        fake
    });
}

#[test]
fn a_device_that_offers_nothing_readable_is_let_go_of_in_words() {
    alone(|bench| {
        let fake = bench.with_bluez();
        let uart = CharacteristicScript::new("6E400003-B5A3-F393-E0A9-E50E24DCCA9E", &["notify"]);
        let service = ServiceScript::new("6E400001-B5A3-F393-E0A9-E50E24DCCA9E").characteristic(uart);
        fake.add_device(DeviceScript::new(STRAP, "Board").known().service(service));
        bench.connect(STRAP);
        bench.wait_link(STRAP, "stopped");
        assert!(bench.log.notices()[0].text.contains("Board offers neither"), "{:?}", bench.log.notices());
        wait_until(SOON, "the end of the link", || !fake.is_connected(STRAP));
        fake
    });
}
