//! One stream: its blocks and gaps, walked in the order of their indices.
//!
//! Every index from the first to the end must be in exactly one block, or in
//! exactly one gap. Interruptions (gaps without samples) take up no index.

use super::{Problems, StreamReport};
use crate::{Blocks, Gaps, RecordedGap, RecordedStream, Recording, StoreError};
use model::{Block, GapReason, NANOS_PER_SEC};
use std::iter::Peekable;

pub(super) fn check(
    recording: &Recording,
    stream: &RecordedStream,
    problems: &mut Problems,
    progress: &mut dyn FnMut(u64),
) -> StreamReport {
    let mut walk = Walk::new(stream, problems);
    let mut blocks = recording.blocks(stream).peekable();
    let mut gaps = recording.gaps(stream).peekable();
    loop {
        if gap_is_next(&mut gaps, &mut blocks) {
            gaps.next().into_iter().for_each(|gap| walk.gap(gap));
        } else if let Some(block) = blocks.next() {
            progress(walk.block(block));
        } else {
            break;
        }
    }
    walk.finish()
}

/// What does not read back comes first: it has no place.
fn gap_is_next(gaps: &mut Peekable<Gaps<'_>>, blocks: &mut Peekable<Blocks<'_>>) -> bool {
    match (gaps.peek(), blocks.peek()) {
        (None, _) => false,
        (_, None) | (Some(Err(_)), _) => true,
        (_, Some(Err(_))) => false,
        (Some(Ok(gap)), Some(Ok(block))) => gap.gap.first_index <= block.first_index(),
    }
}

/// Host and wall time of a sample.
type Moment = (i64, i64);

struct Walk<'a> {
    stream: &'a RecordedStream,
    problems: &'a mut Problems,
    /// The index that must come next.
    next: u64,
    stored: u64,
    dropped: u64,
    gaps: u64,
    first: Option<Moment>,
    last: Option<Moment>,
}

impl<'a> Walk<'a> {
    fn new(stream: &'a RecordedStream, problems: &'a mut Problems) -> Self {
        let next = stream.first_index;
        Self { stream, problems, next, stored: 0, dropped: 0, gaps: 0, first: None, last: None }
    }

    /// How many samples it had.
    fn block(&mut self, block: Result<Block, StoreError>) -> u64 {
        let block = match block {
            Ok(block) => block,
            Err(error) => {
                self.problem(&error.words());
                return 0;
            }
        };
        self.cover(block.first_index(), block.end_index());
        self.check_times(&block);
        self.stored += block.len();
        let wall = |host: i64| host.saturating_add(block.wall_minus_host_ns());
        self.first.get_or_insert((block.first_host_ns(), wall(block.first_host_ns())));
        self.last = Some((block.last_host_ns(), wall(block.last_host_ns())));
        block.len()
    }

    fn check_times(&mut self, block: &Block) {
        let begins_early = self.last.is_some_and(|(host_ns, _)| host_ns > block.first_host_ns());
        if begins_early || !block.host_ns().is_sorted() {
            self.problem(&format!("time runs backwards in the block at index {}", block.first_index()));
        }
    }

    fn gap(&mut self, gap: Result<RecordedGap, StoreError>) {
        let gap = match gap {
            Ok(recorded) => recorded.gap,
            Err(error) => return self.problem(&error.words()),
        };
        if gap.reason == GapReason::Unexplained {
            self.problem(&format!("the gap at index {} is unexplained", gap.first_index));
        }
        if gap.samples > 0 {
            self.cover(gap.first_index, gap.first_index.saturating_add(gap.samples));
        }
        self.dropped = self.dropped.saturating_add(gap.samples);
        self.gaps += 1;
    }

    fn cover(&mut self, from: u64, to: u64) {
        if from > self.next {
            self.hole(self.next, from);
        }
        if from < self.next {
            self.problem(&format!("samples {from} to {} are there twice", self.next.min(to) - 1));
        }
        self.next = self.next.max(to);
    }

    fn hole(&mut self, from: u64, to: u64) {
        self.problem(&format!("samples {from} to {} are missing, and no gap says why", to - 1));
    }

    fn finish(mut self) -> StreamReport {
        let counts = self.stream.counts;
        if self.next < counts.end_index {
            self.hole(self.next, counts.end_index);
        }
        if self.next > counts.end_index {
            self.problem("there are samples behind its end");
        }
        if (counts.stored, counts.dropped, counts.gaps) != (self.stored, self.dropped, self.gaps) {
            self.problem("what was counted while recording is not what reads back");
        }
        if self.stream.offered() != self.stored.saturating_add(self.dropped) {
            let (offered, stored, dropped) = (self.stream.offered(), self.stored, self.dropped);
            self.problem(&format!("offered {offered}, but stored {stored} and dropped {dropped}"));
        }
        self.report()
    }

    fn report(&self) -> StreamReport {
        StreamReport {
            key: self.stream.spec.key.clone(),
            sensor_name: self.stream.sensor.name.to_string(),
            offered: self.stream.offered(),
            stored: self.stored,
            dropped: self.dropped,
            gaps: self.gaps,
            first_wall_ns: self.first.map(|(_, wall_ns)| wall_ns),
            last_wall_ns: self.last.map(|(_, wall_ns)| wall_ns),
            rate_hz: self.rate_hz(),
            nominal_rate_hz: self.stream.spec.nominal_rate_hz,
        }
    }

    fn rate_hz(&self) -> Option<f64> {
        let span_ns = self.last?.0.checked_sub(self.first?.0).filter(|ns| *ns > 0)?;
        Some((self.stored - 1) as f64 * NANOS_PER_SEC as f64 / span_ns as f64)
    }

    fn problem(&mut self, what: &str) {
        self.problems.note(format!("{}: {what}", self.stream.spec.key));
    }
}
