//! What waits of one stream of a running recording, and what it weighs.

use super::sums::{Account, RecordingSums};
use model::{Block, Gap, GapReason, SensorInfo, StreamSpec};
use std::sync::Arc;
use store::{NewStream, StreamNo};

/// The longest block that is stored, samples and bytes of memory: short blocks are
/// joined up to here, because long ones pack better and are fewer rows.
const JOINED_SAMPLES_MAX: u64 = 65_536;
pub(super) const JOINED_BYTES_MAX: usize = 1 << 20;

/// One stream of the recording.
pub(super) struct Lane {
    pub no: Option<StreamNo>,
    pub sensor: SensorInfo,
    spec: StreamSpec,
    account: Arc<Account>,
    /// Of the commits so far.
    sums: RecordingSums,
    /// With the commit under way.
    under_way: Option<RecordingSums>,
    pub blocks: Vec<Block>,
    pub gaps: Vec<Gap>,
    pub end_index: u64,
    pub changed: bool,
}

impl Lane {
    pub fn new(sensor: SensorInfo, spec: StreamSpec, account: Arc<Account>) -> Self {
        let sums = account.read();
        Self {
            no: None,
            sensor,
            spec,
            account,
            sums,
            under_way: None,
            blocks: Vec::new(),
            gaps: Vec::new(),
            end_index: sums.end_index,
            changed: false,
        }
    }

    /// The stream, as the writer is told of it.
    pub fn as_new(&self) -> NewStream<'_> {
        NewStream { sensor: &self.sensor, spec: &self.spec, first_index: self.sums.first_index }
    }

    /// What is told of it.
    #[cfg(test)]
    pub fn told(&self) -> RecordingSums {
        self.account.read()
    }

    /// Counts what waits here as being committed.
    pub fn begin_commit(&mut self) {
        let stored = self.blocks.iter().map(Block::len).sum();
        let dropped = self.gaps.iter().map(|gap| gap.samples).sum();
        self.under_way = Some(self.sums.with(stored, dropped, self.end_index));
    }

    /// The commit is on the disk: what it brought is told. Gives the samples stored,
    /// and those in gaps.
    pub fn end_commit(&mut self) -> (u64, u64) {
        let Some(sums) = self.under_way.take() else { return (0, 0) };
        let before = std::mem::replace(&mut self.sums, sums);
        self.account.publish(sums);
        (sums.stored - before.stored, sums.dropped - before.dropped)
    }

    /// The commit has failed, and nothing of it is on the disk.
    pub fn forget_commit(&mut self) {
        self.under_way = None;
    }

    /// Takes a block; gives the bytes by which the lane has grown.
    pub fn add_block(&mut self, block: Block) -> usize {
        self.end_index = block.end_index();
        self.changed = true;
        let alone = weight(&block);
        let Some(last) = self.blocks.last_mut().filter(|last| joins(last, &block)) else {
            self.blocks.push(block);
            return alone;
        };
        let before = weight(last);
        match last.append(block) {
            Ok(()) => weight(last).saturating_sub(before),
            Err(block) => {
                self.blocks.push(block);
                alone
            }
        }
    }

    /// Takes a gap; gives the bytes by which the lane has grown.
    pub fn add_gap(&mut self, gap: Gap) -> usize {
        self.reach(&gap);
        self.gaps.push(gap);
        size_of::<Gap>()
    }

    /// The same where there is no room: the gap joins the one in front of it, if no
    /// sample lies between. The number stays exact, and only the reason gets coarse.
    pub fn squeeze_in(&mut self, gap: Gap) -> usize {
        self.join_where(gap, |_, _| true)
    }

    /// Makes a gap of a block; one that follows another of its kind joins it.
    pub fn give_up(&mut self, block: &Block, reason: GapReason) -> usize {
        let (from_ns, to_ns) = (block.first_host_ns(), block.last_host_ns());
        let (first_index, samples) = (block.first_index(), block.len());
        let gap = Gap { first_index, samples, from_ns, to_ns, reason };
        self.join_where(gap, |last, gap| last.reason == gap.reason)
    }

    fn join_where(&mut self, gap: Gap, may_join: impl Fn(&Gap, &Gap) -> bool) -> usize {
        let follows = |last: &Gap| last.first_index + last.samples == gap.first_index;
        match self.gaps.last_mut().filter(|last| follows(last) && may_join(last, &gap)) {
            Some(last) => {
                last.samples += gap.samples;
                last.to_ns = gap.to_ns;
                self.reach(&gap);
                0
            }
            None => self.add_gap(gap),
        }
    }

    fn reach(&mut self, gap: &Gap) {
        self.end_index = self.end_index.max(gap.first_index + gap.samples);
        self.changed = true;
    }
}

fn joins(last: &Block, next: &Block) -> bool {
    last.len() + next.len() <= JOINED_SAMPLES_MAX && weight(last) + weight(next) <= JOINED_BYTES_MAX
}

/// What a block takes in memory, bytes.
pub(super) fn weight(block: &Block) -> usize {
    size_of::<Block>() + block.heap_bytes()
}
