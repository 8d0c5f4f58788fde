//! The ledger of a stream's drops: every drop site writes which samples it
//! dropped and why; the worker that finds the hole reads the reasons here.

use crate::ended::Drops;
use model::GapReason;
use std::collections::BTreeMap;

/// So many entries at most; then the one in front takes the newcomer in, so
/// that the number stays exact and only the reason gets coarse.
const ENTRIES_MAX: usize = 4096;

/// Drops that no hole has claimed yet, by the number of their first sample.
/// (They are not written in that order: a source may skip ahead while older
/// samples still wait in an inbox, and are evicted there later.)
#[derive(Debug, Default)]
pub struct DropLedger {
    entries: BTreeMap<u64, (GapReason, u64)>,
    /// Samples dropped since the beginning, by reason; nothing as long as none was.
    totals: Option<Box<Drops>>,
}

impl DropLedger {
    /// Writes down that `samples` samples from number `first_index` on are lost.
    pub fn add(&mut self, reason: GapReason, first_index: u64, samples: u64) {
        if samples == 0 {
            return;
        }
        self.count(reason, samples);
        let full = self.entries.len() >= ENTRIES_MAX;
        match self.entries.range_mut(..=first_index).next_back() {
            Some((first, (before, n))) if full || (*before == reason && first + *n == first_index) => {
                *n += samples;
            }
            _ => {
                self.entries.insert(first_index, (reason, samples));
            }
        }
    }

    /// Samples dropped since the beginning.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.totals.iter().flat_map(|totals| totals.iter()).sum()
    }

    /// Samples dropped since the beginning, by reason in the order of [`GapReason::ALL`].
    #[must_use]
    pub fn totals(&self) -> Drops {
        self.totals.as_deref().copied().unwrap_or_default()
    }

    fn count(&mut self, reason: GapReason, samples: u64) {
        let total = &mut self.totals.get_or_insert_default()[reason as usize];
        *total = total.saturating_add(samples);
    }

    /// The reasons for the hole `from..to`, in order, without taking them out.
    /// What nobody wrote down is [`GapReason::Unexplained`].
    #[must_use]
    pub fn explain(&self, from: u64, to: u64) -> Vec<(GapReason, u64)> {
        let mut left = to.saturating_sub(from);
        let mut reasons = Vec::new();
        for (reason, n) in self.entries.range(..to).map(|(_, entry)| *entry) {
            let used = left.min(n);
            if used > 0 {
                reasons.push((reason, used));
            }
            left -= used;
        }
        if left > 0 {
            reasons.push((GapReason::Unexplained, left));
        }
        reasons
    }

    /// Takes the hole `from..to` out: its gap is made. What nobody had written
    /// down counts as dropped from here on.
    pub fn settle(&mut self, from: u64, to: u64) {
        let mut left = to.saturating_sub(from);
        while left > 0 {
            let Some(entry) = self.entries.first_entry().filter(|entry| *entry.key() < to) else {
                self.count(GapReason::Unexplained, left);
                return;
            };
            let (first, (reason, n)) = entry.remove_entry();
            let used = left.min(n);
            left -= used;
            if used < n {
                self.entries.insert(first + used, (reason, n - used));
            }
        }
    }

    /// The drops that follow at once behind `from`, taken out: those that no
    /// block will come to show.
    pub fn take_following(&mut self, from: u64) -> Vec<(GapReason, u64)> {
        let (mut next, mut taken) = (from, Vec::new());
        while let Some(entry) = self.entries.first_entry().filter(|entry| *entry.key() <= next) {
            let (reason, n) = entry.remove();
            taken.push((reason, n));
            next += n;
        }
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use GapReason::{InboxFull, SourceOverrun, Unexplained, WorkerPanicked};

    #[test]
    fn explains_a_hole_from_the_oldest_drops_and_leaves_the_rest() {
        let mut ledger = DropLedger::default();
        ledger.add(InboxFull, 0, 10);
        ledger.add(InboxFull, 10, 5);
        ledger.add(WorkerPanicked, 15, 20);
        assert_eq!(ledger.explain(0, 18), [(InboxFull, 15), (WorkerPanicked, 3)]);
        ledger.settle(0, 18);
        assert_eq!(ledger.explain(18, 35), [(WorkerPanicked, 17)]);
        assert_eq!(ledger.total(), 35);
    }

    #[test]
    fn a_drop_that_was_written_first_but_lies_behind_keeps_its_reason() {
        let mut ledger = DropLedger::default();
        ledger.add(SourceOverrun, 200, 50);
        ledger.add(InboxFull, 100, 10);
        assert_eq!(ledger.explain(100, 110), [(InboxFull, 10)]);
        ledger.settle(100, 110);
        assert_eq!(ledger.explain(200, 250), [(SourceOverrun, 50)]);
    }

    #[test]
    fn only_drops_that_follow_at_once_are_taken_at_the_end() {
        let mut ledger = DropLedger::default();
        ledger.add(InboxFull, 100, 10);
        ledger.add(SourceOverrun, 200, 50);
        assert_eq!(ledger.take_following(100), [(InboxFull, 10)]);
        assert_eq!(ledger.take_following(110), [], "samples 110 to 199 are still on their way");
    }

    #[test]
    fn a_hole_that_nobody_wrote_down_is_unexplained_and_counted() {
        let mut ledger = DropLedger::default();
        ledger.add(InboxFull, 0, 1);
        assert_eq!(ledger.explain(0, 3), [(InboxFull, 1), (Unexplained, 2)]);
        ledger.settle(0, 3);
        assert_eq!(ledger.total(), 3);
        let totals = ledger.totals();
        assert_eq!((totals[InboxFull as usize], totals[Unexplained as usize]), (1, 2));
    }

    #[test]
    fn stays_bounded_and_exact_when_reasons_alternate() {
        let mut ledger = DropLedger::default();
        for k in 0..10_000 {
            ledger.add(if k % 2 == 0 { InboxFull } else { SourceOverrun }, k, 1);
        }
        assert_eq!(ledger.entries.len(), ENTRIES_MAX);
        assert_eq!(ledger.take_following(0).iter().map(|(_, n)| n).sum::<u64>(), 10_000);
    }
}
