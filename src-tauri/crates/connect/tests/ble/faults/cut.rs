//! Links that are cut while samples flow.

use super::steady::{Room, fault};
use crate::bench::{SOON, STRAP};
use std::time::Duration;
use testkit::wait_until;

const CUT: &str = "The link to the device was cut.";
const OUT_OF_RANGE: &str = "The device is not in range.";

fn lost(room: &Room<'_>, count: usize) {
    wait_until(SOON, "the loss", || room.bench.log.reasons(STRAP).len() >= count);
}

#[test]
fn link_lost_mid_notification() {
    fault(|room| {
        let stream = room.stream(200.0);
        wait_until(SOON, "some of it", || stream.1.ticks() > 100);
        room.fake.drop_link(STRAP);
        lost(room, 1);
        wait_until(SOON, "some more", || stream.1.ticks() > 300);
        room.stop(stream);
        [CUT]
    });
}

#[test]
fn link_lost_right_behind_a_burst() {
    fault(|room| {
        for times in 1..=10 {
            (0..50).for_each(|_| room.beat());
            room.fake.drop_link(STRAP);
            lost(room, times);
            room.flows(SOON);
        }
        [CUT]
    });
}

#[test]
fn device_vanishes_mid_notification() {
    fault(|room| {
        let stream = room.stream(200.0);
        wait_until(SOON, "some of it", || stream.1.ticks() > 100);
        room.fake.vanish(STRAP);
        lost(room, 2);
        room.fake.reappear(STRAP);
        room.bench.wait_link(STRAP, "live");
        room.stop(stream);
        [CUT, OUT_OF_RANGE]
    });
}

#[test]
fn device_out_of_range_and_back() {
    fault(|room| {
        room.fake.out_of_range(STRAP);
        lost(room, 2);
        room.fake.reappear(STRAP);
        [CUT, "Connecting failed: the device did not answer within 1.5 s."]
    });
}

#[test]
fn device_that_connects_and_drops_again_and_again() {
    fault(|room| {
        let stream = room.stream(200.0);
        for times in 1..=20 {
            room.bench.wait_link(STRAP, "live");
            wait_until(SOON, "the subscription", || room.fake.is_notifying(STRAP, "2A37"));
            std::thread::sleep(Duration::from_millis(30));
            room.fake.drop_link(STRAP);
            lost(room, times);
        }
        room.stop(stream);
        [CUT]
    });
}

#[test]
fn without_a_cache_of_tables_at_the_system() {
    fault(|room| {
        room.fake.set_gatt_cache(false);
        for times in 1..=3 {
            room.fake.drop_link(STRAP);
            lost(room, times);
            room.flows(SOON);
        }
        [CUT]
    });
}
