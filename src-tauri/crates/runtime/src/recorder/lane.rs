//! What waits of one stream of a running recording, and what it weighs.

use model::{Block, Gap, GapReason, SensorInfo, StreamSpec};
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
    first_index: u64,
    pub blocks: Vec<Block>,
    pub gaps: Vec<Gap>,
    pub end_index: u64,
    pub changed: bool,
}

impl Lane {
    pub fn new(sensor: SensorInfo, spec: StreamSpec, first_index: u64) -> Self {
        Self {
            no: None,
            sensor,
            spec,
            first_index,
            blocks: Vec::new(),
            gaps: Vec::new(),
            end_index: first_index,
            changed: false,
        }
    }

    /// The stream, as the writer is told of it.
    pub fn as_new(&self) -> NewStream<'_> {
        NewStream { sensor: &self.sensor, spec: &self.spec, first_index: self.first_index }
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
