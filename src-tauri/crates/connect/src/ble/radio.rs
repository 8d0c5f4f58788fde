//! Who may use the adapter: a scan, or one device that is being connected.
//!
//! Pure. Connecting many at once goes wrong, and so does connecting during a
//! scan: so a scan is stopped before a device gets its turn, devices take turns
//! one at a time in the order they asked, and the scan resumes behind them.
//! A running scan is asked for again every [`RESCAN_NS`]: that costs nothing
//! while it runs, and brings it back where the system's service was restarted.

use model::NANOS_PER_SEC;
use std::collections::VecDeque;

/// How often a scan is made sure of.
const RESCAN_NS: i64 = 5 * NANOS_PER_SEC;
/// How long to wait after a scan that would not start.
const SCAN_RETRY_NS: i64 = NANOS_PER_SEC;

/// What is to be done with the adapter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// Start a scan, or make sure that it runs; answer `scan_started`.
    StartScan,
    /// Stop it; answer `scan_stopped`.
    StopScan,
    /// It is this device's turn, until `end`.
    Grant(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    Free,
    /// `again`: it ran before, this only makes sure.
    Starting {
        again: bool,
    },
    Scanning {
        since_ns: i64,
    },
    Stopping,
    Device(usize),
}

/// The adapter's use.
#[derive(Debug)]
pub(super) struct Radio {
    in_use: Use,
    queue: VecDeque<usize>,
    scan_wanted: bool,
    scan_retry_ns: i64,
}

impl Radio {
    pub(super) fn new() -> Self {
        Self { in_use: Use::Free, queue: VecDeque::new(), scan_wanted: false, scan_retry_ns: i64::MIN }
    }

    /// Whether devices are looked for at this moment.
    pub(super) fn is_scanning(&self) -> bool {
        matches!(self.in_use, Use::Scanning { .. } | Use::Starting { again: true } | Use::Stopping)
    }

    /// The adapter is gone, or it is another one: whatever ran on it has ended.
    pub(super) fn reset(&mut self) {
        *self = Self::new();
    }

    pub(super) fn want_scan(&mut self, wanted: bool) {
        self.scan_wanted = wanted;
    }

    /// A device asks for its turn.
    pub(super) fn ask(&mut self, slot: usize) {
        if self.in_use != Use::Device(slot) && !self.queue.contains(&slot) {
            self.queue.push_back(slot);
        }
    }

    /// A device gives its turn back, or leaves the queue.
    pub(super) fn end(&mut self, slot: usize) {
        self.queue.retain(|queued| *queued != slot);
        if self.in_use == Use::Device(slot) {
            self.in_use = Use::Free;
        }
    }

    pub(super) fn scan_started(&mut self, started: bool, now_ns: i64) {
        if !matches!(self.in_use, Use::Starting { .. }) {
            return;
        }
        if started {
            self.in_use = Use::Scanning { since_ns: now_ns };
        } else {
            self.in_use = Use::Free;
            self.scan_retry_ns = now_ns.saturating_add(SCAN_RETRY_NS);
        }
    }

    pub(super) fn scan_stopped(&mut self) {
        if self.in_use == Use::Stopping {
            self.in_use = Use::Free;
        }
    }

    /// The next order, if one is due; to be asked again until there is none.
    pub(super) fn next(&mut self, now_ns: i64) -> Option<Order> {
        match self.in_use {
            Use::Free => self.use_freely(now_ns),
            Use::Scanning { since_ns } => self.go_on_scanning(since_ns, now_ns),
            Use::Starting { .. } | Use::Stopping | Use::Device(_) => None,
        }
    }

    fn use_freely(&mut self, now_ns: i64) -> Option<Order> {
        if let Some(slot) = self.queue.pop_front() {
            self.in_use = Use::Device(slot);
            return Some(Order::Grant(slot));
        }
        (self.scan_wanted && now_ns >= self.scan_retry_ns).then(|| self.start(false))
    }

    fn go_on_scanning(&mut self, since_ns: i64, now_ns: i64) -> Option<Order> {
        if !self.scan_wanted || !self.queue.is_empty() {
            self.in_use = Use::Stopping;
            return Some(Order::StopScan);
        }
        (now_ns.saturating_sub(since_ns) >= RESCAN_NS).then(|| self.start(true))
    }

    fn start(&mut self, again: bool) -> Order {
        self.in_use = Use::Starting { again };
        Order::StartScan
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scanning() -> Radio {
        let mut radio = Radio::new();
        radio.want_scan(true);
        assert_eq!(radio.next(0), Some(Order::StartScan));
        assert!(!radio.is_scanning(), "asked for, but not yet started");
        radio.scan_started(true, 0);
        assert!(radio.is_scanning());
        radio
    }

    #[test]
    fn a_scan_gives_way_to_a_device_and_resumes_behind_it() {
        let mut radio = scanning();
        radio.ask(7);
        assert_eq!(radio.next(1), Some(Order::StopScan));
        assert_eq!(radio.next(1), None, "no grant before the scan has stopped");
        radio.scan_stopped();
        assert_eq!(radio.next(2), Some(Order::Grant(7)));
        assert_eq!(radio.next(2), None);
        radio.end(7);
        assert_eq!(radio.next(3), Some(Order::StartScan));
    }

    #[test]
    fn devices_take_turns_one_at_a_time_in_the_order_they_asked() {
        let mut radio = Radio::new();
        for slot in [2, 0, 1, 0] {
            radio.ask(slot);
        }
        for slot in [2, 0, 1] {
            assert_eq!(radio.next(0), Some(Order::Grant(slot)));
            assert_eq!(radio.next(0), None);
            radio.end(slot);
        }
        assert_eq!(radio.next(0), None);
    }

    #[test]
    fn one_that_leaves_the_queue_gets_no_turn() {
        let mut radio = Radio::new();
        radio.ask(1);
        radio.ask(2);
        radio.end(1);
        assert_eq!(radio.next(0), Some(Order::Grant(2)));
        radio.end(1);
        assert_eq!(radio.next(0), None, "only the holder gives the turn back");
    }

    #[test]
    fn a_scan_that_would_not_start_is_tried_again_later_and_blocks_nobody() {
        let mut radio = Radio::new();
        radio.want_scan(true);
        assert_eq!(radio.next(0), Some(Order::StartScan));
        radio.scan_started(false, 0);
        assert_eq!(radio.next(SCAN_RETRY_NS - 1), None);
        radio.ask(3);
        assert_eq!(radio.next(1), Some(Order::Grant(3)));
        radio.end(3);
        assert_eq!(radio.next(SCAN_RETRY_NS), Some(Order::StartScan));
    }

    #[test]
    fn a_running_scan_is_made_sure_of_every_five_seconds() {
        let mut radio = scanning();
        assert_eq!(radio.next(RESCAN_NS - 1), None);
        assert_eq!(radio.next(RESCAN_NS), Some(Order::StartScan));
        assert!(radio.is_scanning(), "it only makes sure");
        radio.scan_started(true, RESCAN_NS);
        assert_eq!(radio.next(2 * RESCAN_NS - 1), None);
    }

    #[test]
    fn a_scan_that_nobody_wants_any_more_stops() {
        let mut radio = scanning();
        radio.want_scan(false);
        assert_eq!(radio.next(1), Some(Order::StopScan));
        assert!(radio.is_scanning(), "until it has stopped");
        radio.scan_stopped();
        assert!(!radio.is_scanning());
        assert_eq!(radio.next(1), None);
    }

    #[test]
    fn late_answers_from_before_a_reset_change_nothing() {
        let mut radio = scanning();
        radio.ask(1);
        assert_eq!(radio.next(1), Some(Order::StopScan));
        radio.reset();
        radio.ask(1);
        assert_eq!(radio.next(2), Some(Order::Grant(1)));
        radio.scan_stopped();
        radio.scan_started(true, 2);
        assert_eq!(radio.next(2), None);
        assert!(!radio.is_scanning());
    }
}
