//! A running recording on the recorder's thread: what waits for the next
//! commit, and the writer. What could not be committed stays and is tried
//! again; only when too much waits is it dropped, counted and made a gap.

use super::lane::{JOINED_BYTES_MAX, Lane, weight};
use super::view::{PENDING_BYTES_MAX, Waiting};
use crate::tap::{Message, Slot};
use model::{Block, Gap, GapReason, SensorId, SensorInfo, Stamp};
use std::collections::{BTreeMap, BTreeSet};
use store::{Batch, NewStream, StoreError, StreamNo, Writer};

/// So much is not kept waiting while the disk takes it.
const HEAVY_BYTES: usize = PENDING_BYTES_MAX / 4;

/// A running recording.
pub struct Session {
    writer: Writer,
    lanes: BTreeMap<Slot, Lane>,
    /// Sensors that have a row in the file.
    known: BTreeSet<SensorId>,
    /// The newest facts of sensors; they wait until their sensor is known.
    facts: BTreeMap<SensorId, SensorInfo>,
    waiting: Waiting,
    /// The memory that may wait, bytes.
    room: usize,
    /// Samples committed.
    pub stored: u64,
    /// Samples in committed gaps.
    pub dropped: u64,
}

impl Session {
    /// A recording that has nothing yet.
    #[must_use]
    pub fn new(writer: Writer) -> Self {
        Self {
            writer,
            lanes: BTreeMap::new(),
            known: BTreeSet::new(),
            facts: BTreeMap::new(),
            waiting: Waiting::default(),
            room: PENDING_BYTES_MAX,
            stored: 0,
            dropped: 0,
        }
    }

    /// Size on disk, bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.writer.bytes_on_disk()
    }

    /// The writer, to close the file. What is still pending is given up.
    #[must_use]
    pub fn into_writer(self) -> Writer {
        self.writer
    }

    /// Gives up what still waits: every waiting block becomes a gap, which needs
    /// little room on the disk. For the end of a recording whose disk is full.
    pub fn give_up_pending(&mut self, reason: GapReason) {
        for lane in self.lanes.values_mut() {
            for block in std::mem::take(&mut lane.blocks) {
                lane.give_up(&block, reason);
            }
        }
        self.waiting.is_over();
    }

    /// Samples that wait for the next commit.
    #[must_use]
    pub fn pending_samples(&self) -> u64 {
        self.waiting.samples
    }

    /// What waits for the next commit.
    #[must_use]
    pub fn waiting(&self) -> Waiting {
        self.waiting
    }

    /// Whether so much waits that the next commit should not be waited for.
    #[must_use]
    pub fn is_heavy(&self) -> bool {
        self.waiting.bytes >= HEAVY_BYTES
    }

    /// Whether there is anything to commit.
    #[must_use]
    pub fn has_pending(&self) -> bool {
        self.facts.keys().any(|id| self.known.contains(id))
            || self.lanes.values().any(|lane| lane.changed || lane.no.is_none())
    }

    /// Takes in what a worker said. `disk` is why the last commit failed, if it did.
    pub fn take(&mut self, message: Message, disk: Option<GapReason>) {
        match message {
            Message::Open { slot, sensor, spec, account } => {
                self.lanes.insert(slot, Lane::new(*sensor, *spec, account));
            }
            Message::Block { slot, gaps, block } => self.take_block(slot, gaps, block, disk),
            Message::Close { slot, gaps, end_index } => {
                if let Some(lane) = self.lanes.get_mut(&slot) {
                    self.waiting.bytes += gaps.into_iter().map(|gap| lane.add_gap(gap)).sum::<usize>();
                    lane.end_index = lane.end_index.max(end_index);
                    lane.changed = true;
                }
            }
            Message::Look => {}
        }
    }

    /// Takes the newest facts of sensors in.
    pub fn take_facts(&mut self, facts: BTreeMap<SensorId, SensorInfo>) {
        self.facts.extend(facts);
    }

    fn take_block(&mut self, slot: Slot, gaps: Vec<Gap>, block: Block, disk: Option<GapReason>) {
        // A block that joins another may double the other's room.
        let with_it = self.waiting.bytes + weight(&block) + JOINED_BYTES_MAX;
        let has_room = with_it <= self.room;
        let Some(lane) = self.lanes.get_mut(&slot) else { return };
        let take_gap = |gap| if has_room { lane.add_gap(gap) } else { lane.squeeze_in(gap) };
        self.waiting.bytes += gaps.into_iter().map(take_gap).sum::<usize>();
        if has_room {
            self.waiting.samples += block.len();
            self.waiting.bytes += lane.add_block(block);
        } else {
            self.waiting.given_up += block.len();
            self.waiting.bytes += lane.give_up(&block, disk.unwrap_or(GapReason::RecorderFull));
        }
    }

    /// Puts everything that waits onto the disk, all or nothing.
    ///
    /// # Errors
    /// [`StoreError`]; everything still waits then, except what can never fit,
    /// which is made a gap.
    pub fn commit(&mut self, now: Stamp) -> Result<(), StoreError> {
        self.open_lanes()?;
        self.commit_facts()?;
        let (blocks, gaps, ends) = self.collect();
        let outcome = self.writer.commit(&Batch { blocks: &blocks, gaps: &gaps, ends: &ends, now });
        match outcome {
            Ok(()) => {
                self.count();
                Ok(())
            }
            Err(error) => {
                self.put_back(blocks, gaps, &ends, matches!(error, StoreError::Misfit { .. }));
                Err(error)
            }
        }
    }

    fn open_lanes(&mut self) -> Result<(), StoreError> {
        let mut new: Vec<&mut Lane> = self.lanes.values_mut().filter(|lane| lane.no.is_none()).collect();
        let streams: Vec<NewStream<'_>> = new.iter().map(|lane| lane.as_new()).collect();
        if streams.is_empty() {
            return Ok(());
        }
        let added = self.writer.add_streams(&streams)?;
        for (lane, no) in new.iter_mut().zip(added) {
            lane.no = Some(no);
            self.known.insert(lane.sensor.id.clone());
        }
        Ok(())
    }

    /// Behind the lanes: a stream may have joined with older facts than these.
    fn commit_facts(&mut self) -> Result<(), StoreError> {
        let due: Vec<&SensorInfo> =
            self.facts.iter().filter(|(id, _)| self.known.contains(id)).map(|(_, info)| info).collect();
        if due.is_empty() {
            return Ok(());
        }
        self.writer.update_sensors(due)?;
        self.facts.retain(|id, _| !self.known.contains(id));
        Ok(())
    }

    #[expect(clippy::type_complexity, reason = "the three lists of a batch, used on the next line")]
    fn collect(&mut self) -> (Vec<(StreamNo, Block)>, Vec<(StreamNo, Gap)>, Vec<(StreamNo, u64)>) {
        let (mut blocks, mut gaps, mut ends) = (Vec::new(), Vec::new(), Vec::new());
        for lane in self.lanes.values_mut().filter(|lane| lane.changed) {
            let Some(no) = lane.no else { continue };
            lane.begin_commit();
            blocks.extend(lane.blocks.drain(..).map(|block| (no, block)));
            gaps.extend(lane.gaps.drain(..).map(|gap| (no, gap)));
            ends.push((no, lane.end_index));
            lane.changed = false;
        }
        (blocks, gaps, ends)
    }

    fn count(&mut self) {
        self.waiting.is_over();
        for (stored, dropped) in self.lanes.values_mut().map(Lane::end_commit) {
            self.stored += stored;
            self.dropped += dropped;
        }
    }

    /// After a failed commit: back to the lanes, or into a gap where it would
    /// fail for ever.
    fn put_back(
        &mut self,
        mut blocks: Vec<(StreamNo, Block)>,
        mut gaps: Vec<(StreamNo, Gap)>,
        ends: &[(StreamNo, u64)],
        hopeless: bool,
    ) {
        for lane in self.lanes.values_mut() {
            let Some(no) = lane.no.filter(|no| ends.iter().any(|(of, _)| of == no)) else { continue };
            lane.changed = true;
            lane.forget_commit();
            lane.gaps = gaps.extract_if(.., |(of, _)| *of == no).map(|(_, gap)| gap).collect();
            let mine = blocks.extract_if(.., |(of, _)| *of == no).map(|(_, block)| block);
            if hopeless {
                for block in mine {
                    lane.give_up(&block, GapReason::WriteFailed);
                }
            } else {
                lane.blocks = mine.collect();
            }
        }
        if hopeless {
            self.waiting.is_over();
        }
    }
}

#[cfg(test)]
mod tests;
