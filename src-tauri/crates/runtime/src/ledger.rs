//! The ledger of a stream's drops: every drop site writes how many samples it
//! dropped and why; the worker that finds the hole reads the reasons here.

use model::GapReason;
use std::collections::VecDeque;

/// So many entries at most; then the last one takes the rest, so that the
/// number stays exact and only the reason gets coarse.
const ENTRIES_MAX: usize = 64;

/// Drops that no hole has claimed yet, oldest first.
#[derive(Debug, Default)]
pub struct DropLedger {
    entries: VecDeque<(GapReason, u64)>,
    total: u64,
}

impl DropLedger {
    /// Writes down a drop.
    pub fn add(&mut self, reason: GapReason, samples: u64) {
        if samples == 0 {
            return;
        }
        self.total += samples;
        let full = self.entries.len() >= ENTRIES_MAX;
        match self.entries.back_mut() {
            Some((last, n)) if *last == reason || full => *n += samples,
            _ => self.entries.push_back((reason, samples)),
        }
    }

    /// Samples dropped since the beginning.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The reasons for the oldest `hole` samples, without taking them out.
    /// What nobody wrote down is [`GapReason::Unexplained`].
    #[must_use]
    pub fn explain(&self, hole: u64) -> Vec<(GapReason, u64)> {
        let mut left = hole;
        let mut reasons = Vec::new();
        for (reason, n) in &self.entries {
            if left == 0 {
                break;
            }
            let used = left.min(*n);
            reasons.push((*reason, used));
            left -= used;
        }
        if left > 0 {
            reasons.push((GapReason::Unexplained, left));
        }
        reasons
    }

    /// Takes the oldest `hole` samples out: their gap is made.
    pub fn settle(&mut self, hole: u64) {
        let mut left = hole;
        while left > 0 {
            let Some((_, n)) = self.entries.front_mut() else {
                // Unexplained samples count as dropped from here on.
                self.total += left;
                return;
            };
            let used = left.min(*n);
            *n -= used;
            left -= used;
            if *n == 0 {
                self.entries.pop_front();
            }
        }
    }

    /// Every drop that no hole has claimed, taken out.
    pub fn drain(&mut self) -> Vec<(GapReason, u64)> {
        self.entries.drain(..).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use GapReason::{InboxFull, SourceOverrun, Unexplained, WorkerPanicked};

    #[test]
    fn explains_a_hole_from_the_oldest_drops_and_leaves_the_rest() {
        let mut ledger = DropLedger::default();
        ledger.add(InboxFull, 10);
        ledger.add(InboxFull, 5);
        ledger.add(WorkerPanicked, 20);
        assert_eq!(ledger.explain(18), [(InboxFull, 15), (WorkerPanicked, 3)]);
        ledger.settle(18);
        assert_eq!(ledger.explain(17), [(WorkerPanicked, 17)]);
        assert_eq!(ledger.total(), 35);
    }

    #[test]
    fn a_hole_that_nobody_wrote_down_is_unexplained_and_counted() {
        let mut ledger = DropLedger::default();
        ledger.add(InboxFull, 1);
        assert_eq!(ledger.explain(3), [(InboxFull, 1), (Unexplained, 2)]);
        ledger.settle(3);
        assert_eq!(ledger.total(), 3);
    }

    #[test]
    fn stays_bounded_and_exact_when_reasons_alternate() {
        let mut ledger = DropLedger::default();
        for k in 0..1000 {
            ledger.add(if k % 2 == 0 { InboxFull } else { SourceOverrun }, 1);
        }
        let all = ledger.drain();
        assert_eq!(all.len(), ENTRIES_MAX);
        assert_eq!(all.iter().map(|(_, n)| n).sum::<u64>(), 1000);
    }
}
