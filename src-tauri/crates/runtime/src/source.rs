//! The source's side of one stream: the numbering of its samples over all runs
//! of its connector, and which run may deliver.
//!
//! One run at a time owns a stream, and writes here under its sink's lock; so
//! the counters are plain loads and stores of atomics that anybody may read.

use crate::slots::Outlets;
use model::Span;
use parking_lot::Mutex;
use std::sync::Weak;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// The largest hole, in samples, that is believed: an hour at 10 kHz. A number that is
/// further ahead, or as far back, is not of the same counting: a corrupt number, or a
/// counter that wrapped or was set back. The stream counts on from there as from the
/// beginning of a run; what was lost in between, nobody can know.
pub const JUMP_MAX: u64 = 3600 * 10_000;

/// What the source has told. It fills two cache lines, and what changes with each
/// block is on the first one: processors fetch lines in pairs, and the worker, who
/// writes to what comes behind, never takes it away.
#[derive(Default)]
#[repr(C, align(64))]
pub struct Source {
    /// The run that may deliver; 0 is nobody's.
    run: AtomicU64,
    /// The next block is the first of its run.
    is_fresh: AtomicBool,
    /// The run's number of its first block, and the stream's.
    run_first: AtomicU64,
    base: AtomicU64,
    /// One past the number of the last sample offered.
    end: AtomicU64,
    duplicates: AtomicU64,
    owner: Mutex<Owner>,
    /// Jumps beyond [`JUMP_MAX`].
    jumps: AtomicU64,
    are_jumps_told: AtomicBool,
}

#[derive(Default)]
struct Owner {
    run: u64,
    outlets: Weak<Mutex<Outlets>>,
}

/// A block of the source, numbered on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numbered {
    /// So many of its samples came before and are not taken again.
    pub skipped: usize,
    /// The number of the first sample that is taken.
    pub first_index: u64,
    /// So many samples in front of it never came, and the source has not said why.
    pub hole: u64,
}

impl Source {
    /// Gives the stream to run number `run`, whose sink's lock is `outlets`.
    /// False where a later run has it. The run that had it before can deliver no
    /// more from here on, also if it was abandoned and still runs.
    pub fn claim(&self, run: u64, outlets: &Weak<Mutex<Outlets>>) -> bool {
        let mut owner = self.owner.lock();
        if owner.run >= run {
            return owner.run == run;
        }
        let before = owner.outlets.upgrade();
        let _nothing_under_way = before.as_ref().map(|outlets| outlets.lock());
        self.run.store(run, Ordering::Release);
        self.is_fresh.store(true, Ordering::Relaxed);
        *owner = Owner { run, outlets: Weak::clone(outlets) };
        true
    }

    /// Asks for the memory that numbering is about to touch, and does not wait for it.
    #[inline]
    pub fn approach(&self) {
        std::hint::black_box(self.end.load(Ordering::Relaxed));
    }

    /// Numbers a block of run `run` on; none where it is not the run's turn, or
    /// all of it came before.
    #[inline]
    pub fn number(&self, run: u64, span: &Span) -> Option<Numbered> {
        if self.run.load(Ordering::Relaxed) != run {
            return None;
        }
        let end = self.end.load(Ordering::Relaxed);
        if self.is_fresh.load(Ordering::Relaxed) {
            self.is_fresh.store(false, Ordering::Relaxed);
            self.run_first.store(span.first_index, Ordering::Relaxed);
            self.base.store(end, Ordering::Relaxed);
        }
        let base = self.base.load(Ordering::Relaxed);
        let Some(ahead) = span.first_index.checked_sub(self.run_first.load(Ordering::Relaxed)) else {
            return self.number_before(span, base, end);
        };
        let first_index = base.saturating_add(ahead);
        let block_end = first_index.saturating_add(span.samples);
        if first_index < end {
            return self.number_again(span, first_index, block_end, end);
        }
        let hole = first_index - end;
        if hole > JUMP_MAX {
            return self.number_anew(span, end);
        }
        self.end.store(block_end, Ordering::Relaxed);
        Some(Numbered { skipped: 0, first_index, hole })
    }

    /// A block that begins with samples that came before.
    #[cold]
    fn number_again(&self, span: &Span, first_index: u64, block_end: u64, end: u64) -> Option<Numbered> {
        if end - first_index > JUMP_MAX {
            return self.number_anew(span, end);
        }
        self.skip(end.min(block_end) - first_index, block_end, end)
    }

    /// A block that begins in front of the run's first one.
    #[cold]
    fn number_before(&self, span: &Span, base: u64, end: u64) -> Option<Numbered> {
        let in_front = self.run_first.load(Ordering::Relaxed) - span.first_index;
        if in_front.saturating_add(end - base) > JUMP_MAX {
            return self.number_anew(span, end);
        }
        let before = in_front.min(span.samples);
        let block_end = base.saturating_add(span.samples - before);
        self.skip(before + (end.min(block_end) - base), block_end, end)
    }

    /// A block whose number is absurd: the run's counting begins again with it.
    #[cold]
    fn number_anew(&self, span: &Span, end: u64) -> Option<Numbered> {
        self.jumps.fetch_add(1, Ordering::Relaxed);
        self.run_first.store(span.first_index, Ordering::Relaxed);
        self.base.store(end, Ordering::Relaxed);
        self.end.store(end.saturating_add(span.samples), Ordering::Relaxed);
        Some(Numbered { skipped: 0, first_index: end, hole: 0 })
    }

    fn skip(&self, again: u64, block_end: u64, end: u64) -> Option<Numbered> {
        let duplicates = self.duplicates.load(Ordering::Relaxed);
        self.duplicates.store(duplicates.saturating_add(again), Ordering::Relaxed);
        self.end.store(end.max(block_end), Ordering::Relaxed);
        (block_end > end).then_some(Numbered { skipped: again as usize, first_index: end, hole: 0 })
    }

    /// Samples that the source had numbered and dropped itself; gives the number
    /// of the first one, none where it is not the run's turn.
    pub fn pass_over(&self, run: u64, samples: u64) -> Option<u64> {
        if self.run.load(Ordering::Relaxed) != run {
            return None;
        }
        let end = self.end.load(Ordering::Relaxed);
        self.end.store(end.saturating_add(samples), Ordering::Relaxed);
        Some(end)
    }

    /// Samples offered: they are numbered from 0.
    #[must_use]
    pub fn offered(&self) -> u64 {
        self.end.load(Ordering::Relaxed)
    }

    /// Jumps of its numbers beyond [`JUMP_MAX`].
    #[must_use]
    pub fn jumps(&self) -> u64 {
        self.jumps.load(Ordering::Relaxed)
    }

    /// Whether there were jumps and this is the first time that it is asked since.
    pub fn must_tell_jumps(&self) -> bool {
        self.jumps() > 0 && !self.are_jumps_told.swap(true, Ordering::Relaxed)
    }

    /// Samples that came again, and were not taken.
    #[must_use]
    pub fn duplicates(&self) -> u64 {
        self.duplicates.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn span(first_index: u64, samples: u64) -> Span {
        Span { first_index, samples, first_ns: 0, last_ns: 0 }
    }

    fn taken(skipped: usize, first_index: u64) -> Option<Numbered> {
        Some(Numbered { skipped, first_index, hole: 0 })
    }

    #[test]
    fn numbers_go_on_when_a_later_run_begins_at_zero_or_anywhere() {
        let (source, nobody) = (Source::default(), Weak::new());
        assert!(source.claim(1, &nobody));
        assert_eq!(source.number(1, &span(0, 10)), taken(0, 0));
        assert!(source.claim(2, &nobody));
        assert_eq!(source.number(2, &span(0, 5)), taken(0, 10));
        assert!(source.claim(3, &nobody));
        assert_eq!(source.pass_over(3, 7), Some(15));
        assert_eq!(source.number(3, &span(1000, 5)), taken(0, 22));
        assert_eq!(source.offered(), 27);
    }

    #[test]
    fn a_run_that_was_superseded_delivers_no_more() {
        let (source, outlets) = (Source::default(), Arc::new(Mutex::default()));
        assert!(source.claim(1, &Arc::downgrade(&outlets)));
        assert!(source.claim(2, &Weak::new()));
        assert_eq!(source.number(1, &span(0, 10)), None);
        assert_eq!(source.pass_over(1, 10), None);
        assert!(!source.claim(1, &Arc::downgrade(&outlets)));
        assert_eq!(source.offered(), 0);
    }

    #[test]
    fn what_came_before_is_counted_and_only_the_rest_is_taken() {
        let source = Source::default();
        source.claim(1, &Weak::new());
        source.number(1, &span(0, 10));
        assert_eq!(source.number(1, &span(5, 5)), None);
        assert_eq!(source.number(1, &span(8, 5)), taken(2, 10));
        assert_eq!((source.offered(), source.duplicates()), (13, 7));
    }

    #[test]
    fn numbers_from_in_front_of_a_runs_first_block_are_no_leap_to_the_end_of_time() {
        let source = Source::default();
        source.claim(1, &Weak::new());
        assert_eq!(source.number(1, &span(2, 2)), taken(0, 0));
        assert_eq!(source.number(1, &span(0, 1)), None);
        assert_eq!(source.number(1, &span(0, 5)), taken(4, 2));
        assert_eq!((source.offered(), source.duplicates()), (3, 5));
    }

    /// A source that has delivered `samples` samples, numbered from `first_index` on.
    fn source_at(first_index: u64, samples: u64) -> Source {
        let source = Source::default();
        source.claim(1, &Weak::new());
        source.number(1, &span(first_index, samples));
        source
    }

    #[test]
    fn the_largest_hole_that_is_believed_stays_a_hole() {
        let source = source_at(0, 10);
        let numbered = source.number(1, &span(10 + JUMP_MAX, 5));
        assert_eq!(numbered, Some(Numbered { skipped: 0, first_index: 10 + JUMP_MAX, hole: JUMP_MAX }));
        assert_eq!((source.offered(), source.jumps()), (15 + JUMP_MAX, 0));
    }

    #[test]
    fn numbers_that_jump_absurdly_far_go_on_without_a_hole_and_are_told_once() {
        for jump in [11 + JUMP_MAX, 1 << 40, u64::MAX - 5, u64::MAX] {
            let source = source_at(0, 10);
            assert!(!source.must_tell_jumps());
            assert_eq!(source.number(1, &span(jump, 5)), taken(0, 10), "{jump}");
            assert_eq!((source.offered(), source.jumps()), (15, 1));
            assert!(source.must_tell_jumps() && !source.must_tell_jumps());
        }
        // From there on holes and repetitions are told apart as before.
        let source = source_at(0, 10);
        source.number(1, &span(1 << 40, 5));
        let numbered = source.number(1, &span((1 << 40) + 7, 5));
        assert_eq!(numbered, Some(Numbered { skipped: 0, first_index: 17, hole: 2 }));
        assert_eq!(source.number(1, &span((1 << 40) + 10, 5)), taken(2, 22));
        assert_eq!(source.number(1, &span(1 << 40, 5)), None);
        assert_eq!((source.offered(), source.duplicates(), source.jumps()), (25, 7, 1));
    }

    #[test]
    fn a_single_corrupt_number_does_not_make_repetitions_of_all_that_follows() {
        let source = source_at(0, 10);
        source.number(1, &span(1 << 40, 5));
        assert_eq!(source.number(1, &span(15, 5)), taken(0, 15));
        assert_eq!(source.number(1, &span(20, 5)), taken(0, 20));
        assert_eq!((source.offered(), source.duplicates(), source.jumps()), (25, 0, 2));
    }

    #[test]
    fn a_counter_that_wraps_or_is_set_back_far_goes_on_and_one_a_little_back_is_a_repetition() {
        let source = source_at(u64::from(u32::MAX) - 9, 10);
        assert_eq!(source.number(1, &span(0, 5)), taken(0, 10));
        // Set back behind the run's first number, by the largest step that is a repetition.
        let source = source_at(0, 10);
        source.number(1, &span(JUMP_MAX, 10));
        assert_eq!(source.number(1, &span(10, 5)), None);
        assert_eq!(source.number(1, &span(9, 5)), taken(0, JUMP_MAX + 10));
        assert_eq!((source.duplicates(), source.jumps()), (5, 1));
    }
}
