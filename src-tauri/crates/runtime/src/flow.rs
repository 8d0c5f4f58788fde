//! The order of one stream: where its next sample is due, what is missing in
//! front of it, and why. Pure: the worker calls it under the stream's lock.

use crate::ledger::DropLedger;
use model::{Gap, GapReason, Span};

/// A block that repeats or precedes what has been taken already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfOrder;

/// A link that was lost and has delivered nothing since.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Interruption {
    at_index: u64,
    from_ns: i64,
    reason: GapReason,
}

/// The order of one stream.
#[derive(Debug, Default)]
pub struct Flow {
    next_index: u64,
    last_ns: Option<i64>,
    interruption: Option<Interruption>,
    gaps: u64,
}

impl Flow {
    /// The number of the sample that is due next.
    #[must_use]
    pub fn next_index(&self) -> u64 {
        self.next_index
    }

    /// Gaps found so far: holes and interruptions.
    #[must_use]
    pub fn gaps(&self) -> u64 {
        self.gaps
    }

    /// Notes that the link was lost at `from_ns`, after the source had numbered
    /// samples up to `at_index`. The first loss counts until data flows again.
    pub fn interrupt(&mut self, at_index: u64, from_ns: i64, reason: GapReason) {
        self.interruption.get_or_insert(Interruption { at_index, from_ns, reason });
    }

    /// Whether `block` is the one that is due, with nothing in front of it.
    #[inline]
    #[must_use]
    pub fn is_next(&self, block: &Span) -> bool {
        block.first_index == self.next_index && self.interruption.is_none()
    }

    /// Takes a block that [`Flow::is_next`].
    #[inline]
    pub fn go_on(&mut self, block: &Span) {
        self.next_index = block.end_index();
        self.last_ns = Some(block.last_ns);
    }

    /// The gaps in front of `block`, without advancing.
    ///
    /// # Errors
    /// [`OutOfOrder`] if the block starts before the sample that is due.
    pub fn gaps_before(&self, block: &Span, ledger: &DropLedger) -> Result<Vec<Gap>, OutOfOrder> {
        if block.first_index < self.next_index {
            return Err(OutOfOrder);
        }
        let reasons = ledger.explain(self.next_index, block.first_index);
        let mut gaps = self.hole(block.first_ns, reasons);
        if let Some(i) = self.interruption.filter(|i| i.at_index <= block.first_index) {
            gaps.push(self.interruption_gap(i, block.first_index, block.first_ns));
        }
        Ok(gaps)
    }

    /// Takes the block: its gaps are made, its samples are passed on.
    pub fn advance(&mut self, block: &Span, gaps_made: usize, ledger: &mut DropLedger) {
        ledger.settle(self.next_index, block.first_index);
        if self.interruption.is_some_and(|i| i.at_index <= block.first_index) {
            self.interruption = None;
        }
        self.go_on(block);
        self.gaps += gaps_made as u64;
    }

    /// The gaps at the end, where nothing follows: drops that no block has
    /// shown yet, and a link that is still lost. Advances past them.
    pub fn gaps_at_end(&mut self, now_ns: i64, ledger: &mut DropLedger) -> Vec<Gap> {
        let unclaimed = ledger.take_following(self.next_index);
        let hole: u64 = unclaimed.iter().map(|(_, n)| n).sum();
        let mut gaps = self.hole(now_ns, unclaimed);
        self.next_index += hole;
        if let Some(i) = self.interruption.filter(|i| i.at_index <= self.next_index) {
            gaps.push(self.interruption_gap(i, self.next_index, now_ns));
        }
        gaps
    }

    fn hole(&self, to_ns: i64, reasons: Vec<(GapReason, u64)>) -> Vec<Gap> {
        let from_ns = self.last_ns.unwrap_or(to_ns);
        let mut first_index = self.next_index;
        let one = |(reason, samples)| {
            let gap = Gap { first_index, samples, from_ns, to_ns, reason };
            first_index += samples;
            gap
        };
        reasons.into_iter().map(one).collect()
    }

    fn interruption_gap(&self, lost: Interruption, first_index: u64, to_ns: i64) -> Gap {
        let from_ns = self.last_ns.unwrap_or(lost.from_ns).min(to_ns);
        Gap { first_index, samples: 0, from_ns, to_ns, reason: lost.reason }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::block as long_block;

    fn block(first: u64, n: u64) -> Span {
        long_block(first, n).span()
    }

    fn flow_after(samples: u64) -> (Flow, DropLedger) {
        let (mut flow, mut ledger) = (Flow::default(), DropLedger::default());
        flow.advance(&block(0, samples), 0, &mut ledger);
        (flow, ledger)
    }

    #[test]
    fn blocks_that_follow_have_no_gap() {
        let (flow, ledger) = flow_after(10);
        assert_eq!(flow.gaps_before(&block(10, 5), &ledger), Ok(vec![]));
    }

    #[test]
    fn a_hole_takes_its_reasons_from_the_ledger() {
        let (flow, mut ledger) = flow_after(10);
        ledger.add(GapReason::InboxFull, 10, 7);
        let gaps = flow.gaps_before(&block(17, 5), &ledger).unwrap();
        assert_eq!(gaps.len(), 1);
        assert_eq!((gaps[0].first_index, gaps[0].samples, gaps[0].reason), (10, 7, GapReason::InboxFull));
        assert_eq!((gaps[0].from_ns, gaps[0].to_ns), (9_000_000_000, 17_000_000_000));
    }

    #[test]
    fn a_repeated_block_is_out_of_order() {
        let (flow, ledger) = flow_after(10);
        assert_eq!(flow.gaps_before(&block(9, 5), &ledger), Err(OutOfOrder));
    }

    #[test]
    fn a_lost_link_makes_one_gap_when_data_flows_again() {
        let (mut flow, mut ledger) = flow_after(10);
        flow.interrupt(12, 11_500_000_000, GapReason::LinkLost);
        flow.interrupt(12, 20_000_000_000, GapReason::LinkLost);
        let straggler = block(10, 2);
        assert_eq!(flow.gaps_before(&straggler, &ledger), Ok(vec![]), "it was on its way before the loss");
        flow.advance(&straggler, 0, &mut ledger);
        let back = block(12, 3);
        let gaps = flow.gaps_before(&back, &ledger).unwrap();
        assert_eq!((gaps.len(), gaps[0].samples, gaps[0].reason), (1, 0, GapReason::LinkLost));
        flow.advance(&back, gaps.len(), &mut ledger);
        assert_eq!(flow.gaps_before(&block(15, 1), &ledger), Ok(vec![]));
    }

    #[test]
    fn drops_behind_samples_that_are_still_on_their_way_wait_for_them() {
        let (mut flow, mut ledger) = flow_after(10);
        ledger.add(GapReason::SourceOverrun, 20, 5);
        assert_eq!(flow.gaps_at_end(10_000_000_000, &mut ledger), vec![]);
        assert_eq!(flow.next_index(), 10);
        let late = block(10, 10);
        assert_eq!(flow.gaps_before(&late, &ledger), Ok(vec![]));
    }

    #[test]
    fn what_never_came_back_is_a_gap_at_the_end() {
        let (mut flow, mut ledger) = flow_after(10);
        ledger.add(GapReason::WorkerPanicked, 10, 4);
        flow.interrupt(14, 15_000_000_000, GapReason::LinkLost);
        let gaps = flow.gaps_at_end(30_000_000_000, &mut ledger);
        assert_eq!(gaps.iter().map(|g| (g.first_index, g.samples)).collect::<Vec<_>>(), [(10, 4), (14, 0)]);
        assert_eq!(flow.next_index(), 14);
    }
}
