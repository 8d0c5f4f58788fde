//! Many devices at once.

use crate::bench::{SOON, alone};
use connect::Command;
use testkit::bluez::{DeviceScript, heart_rate_value};

fn address(number: usize) -> String {
    format!("C0:FF:EE:00:01:{number:02X}")
}

#[test]
fn twelve_straps_wanted_at_once_are_connected_in_turn_and_each_delivers_everything() {
    alone(|bench| {
        let fake = bench.with_bluez();
        for number in 0..12 {
            let strap = DeviceScript::heart_rate_strap(&address(number), &format!("Strap {number}"));
            fake.add_device(strap.resolving_ms(20));
        }
        bench.send(Command::StartScan);
        bench.wait("all of them", |log| (0..12).all(|number| !log.adverts(&address(number)).is_empty()));
        for number in 0..12 {
            bench.connect(&address(number));
        }
        for number in 0..12 {
            bench.wait_link(&address(number), "live");
        }
        let heard = |number: usize| fake.is_notifying(&address(number), "2A37");
        testkit::wait_until(SOON, "all subscriptions", || (0..12).all(heard));
        let start = |number: usize| {
            fake.stream(&address(number), "2A37", 50.0, 100, |tick| heart_rate_value(tick as u16, &[]))
        };
        let streams: Vec<_> = (0..12).map(start).collect();
        let expected: Vec<f64> = (0..100).map(f64::from).collect();
        for (number, stream) in streams.iter().enumerate() {
            assert_eq!(stream.wait(SOON), 100);
            let device = address(number);
            bench.wait(&device, |log| log.samples(&device, "heart_rate").len() == 100);
            assert_eq!(bench.log.values(&device, "heart_rate"), expected);
            assert_eq!(bench.log.links(&device), ["connecting", "live"]);
        }
        testkit::wait_until(SOON, "the scan to resume", || fake.is_discovering());
        fake
    });
}
