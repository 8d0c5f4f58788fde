//! A thousand links, one after the other.

use super::steady::{Room, Setting};
use crate::bench::{SOON, STRAP, config};
use connect::ble::BleConfig;
use policy::backoff::Backoff;
use testkit::wait_until;

/// How much the process may grow from the 200th link to the 1,000th, in bytes. (It
/// grew by 45,000 when this was written, in 31 s for all of them.)
const GROWS_AT_MOST: usize = 1 << 20;

#[test]
fn a_thousand_links_leave_memory_flat() {
    let config = BleConfig { backoff: Backoff { first_ns: 0, cap_ns: 0, jitter: 0.0 }, ..config() };
    Setting { config, ..Setting::default() }.run(|room| {
        links(room, 200);
        let before = resident_bytes();
        links(room, 800);
        let grown = resident_bytes().saturating_sub(before);
        assert!(grown <= GROWS_AT_MOST, "grown by {grown} bytes");
        []
    });
}

/// So many links, each with a heartbeat and cut.
fn links(room: &mut Room<'_>, count: usize) {
    for number in 1..=count {
        room.fake.drop_link(STRAP);
        let times = (number - 1) % 50 + 1;
        wait_until(SOON, "the loss", || room.bench.log.reasons(STRAP).len() == times);
        room.flows(SOON);
        if number % 50 == 0 {
            room.check_and_forget(&["The link to the device was cut."]);
        }
    }
}

fn resident_bytes() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
    let resident: usize = pages.split(' ').nth(1).unwrap().parse().unwrap();
    resident * 4096
}
