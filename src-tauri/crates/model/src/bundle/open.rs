//! Which block of a bundle each stream can still continue, and how much room it
//! gets: as many samples as the stream had in the bundle before this one. So in
//! a steady flow each stream is one block, without a value being moved.

use super::StreamRef;
use crate::block::heap_bytes;

/// Streams with higher numbers are not kept open: their packets stay blocks of their own.
const STREAMS_MAX: u32 = 1 << 20;
/// Values that are kept free for one block at most.
const ROOM_MAX: u32 = 4096;
/// No block.
const NONE: u32 = u32::MAX;

/// The open run of each stream, by its number.
#[derive(Clone, Debug, Default)]
pub(super) struct OpenRuns {
    runs: Vec<Run>,
}

/// What is open of one stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    /// Its newest block.
    pub head: u32,
    /// Samples for which there is room behind it.
    pub room: u32,
    /// Samples in this bundle so far, and in the one before.
    taken: u32,
    taken_before: u32,
}

impl Run {
    const CLOSED: Self = Self { head: NONE, room: 0, taken: 0, taken_before: 0 };
}

/// How a bundle was put together is no part of what is in it.
impl PartialEq for OpenRuns {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl OpenRuns {
    /// The memory of its list, bytes.
    pub fn heap_bytes(&self) -> usize {
        heap_bytes(&self.runs)
    }

    /// The run of a stream to which `samples` come; the room is what there was before them.
    #[inline]
    pub fn run(&mut self, stream: StreamRef, samples: u32) -> Run {
        let Some(run) = self.runs.get_mut(stream.0 as usize) else { return Run::CLOSED };
        let before = *run;
        run.taken = run.taken.saturating_add(samples);
        run.room = run.room.saturating_sub(samples);
        before
    }

    /// Block number `head` is begun with `samples`: gives how many values to make room for.
    pub fn begin(&mut self, stream: StreamRef, head: u32, samples: u32) -> u32 {
        if stream.0 >= STREAMS_MAX {
            return samples;
        }
        let at = stream.0 as usize;
        if at >= self.runs.len() {
            self.runs.resize(at + 1, Run::CLOSED);
        }
        let run = &mut self.runs[at];
        let taken = run.taken.max(samples);
        // Where more comes than before: as much again as came so far.
        let wanted = if run.head == NONE { run.taken_before } else { taken };
        let room = wanted.min(ROOM_MAX).max(samples);
        *run = Run { head, room: room - samples, taken, ..*run };
        room
    }

    /// The bundle is emptied that had blocks of `streams`.
    pub fn close(&mut self, streams: impl Iterator<Item = StreamRef>) {
        if self.runs.is_empty() {
            return;
        }
        for stream in streams {
            if let Some(run) = self.runs.get_mut(stream.0 as usize)
                && run.head != NONE
            {
                *run = Run { taken_before: run.taken, ..Run::CLOSED };
            }
        }
    }
}
