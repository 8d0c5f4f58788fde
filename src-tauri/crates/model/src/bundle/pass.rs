//! A bundle that goes on as it is: its blocks are renumbered where they lie, and
//! its lists change hands instead of being copied.

use super::{Bundle, Span, StreamRef};
use std::ops::Range;

/// What becomes of a block that is passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It goes on without its first `skipped` samples, and the one behind them
    /// has the number `first_index`.
    Kept {
        /// Samples that are left out; with all of them, the block is.
        skipped: usize,
        /// The number of the first one that is kept.
        first_index: u64,
    },
    /// Nothing of it goes on.
    Struck,
}

impl Bundle {
    /// Decides what becomes of the blocks `range` that are whole. One that is not
    /// whole stays what it is: none.
    #[inline]
    pub fn renumber(&mut self, range: Range<usize>, mut decide: impl FnMut(StreamRef, &Span) -> Fate) {
        for at in range {
            let Some(block) = self.get(at) else { continue };
            match decide(block.stream(), &block.span()) {
                Fate::Kept { skipped: 0, first_index } => self.heads[at].first_index = first_index,
                Fate::Kept { skipped, first_index } => self.leave_out(at, skipped, first_index),
                Fate::Struck => self.heads[at].samples = 0,
            }
        }
    }

    /// Hands the blocks over with the lists that they lie in, and goes on with
    /// those of `room`, empty.
    #[must_use]
    pub fn hand_over(&mut self, mut room: Self) -> Self {
        room.clear();
        self.open.close(self.heads.iter().map(|head| head.stream));
        // What was open belongs to the one who fills, not to the lists.
        std::mem::swap(&mut self.open, &mut room.open);
        std::mem::replace(self, room)
    }

    /// Takes the first samples out of a block that is whole, where it lies.
    #[cold]
    fn leave_out(&mut self, at: usize, skipped: usize, first_index: u64) {
        let Some(block) = self.get(at) else { return };
        let (samples, channels, head) = (block.len(), block.channels(), block.head);
        if skipped >= samples {
            self.heads[at].samples = 0;
            return;
        }
        let (first_ns, rows) = (block.host_ns_at(skipped), block.times.len() / samples);
        let kept = samples - skipped;
        let values =
            self.values.get_mut(head.values_at as usize..head.values_at as usize + samples * channels);
        close_up(values, samples, skipped);
        // Evenly spaced ones have none here, and point anywhere where they come from outside.
        let times = head.times_at as usize..(head.times_at as usize).saturating_add(samples * rows);
        close_up(self.times.get_mut(times).unwrap_or_default(), samples, skipped);
        // No more than before, which was a u32.
        self.heads[at].samples = kept as u32;
        (self.heads[at].first_index, self.heads[at].first_ns) = (first_index, first_ns);
    }
}

/// Of rows of `n`, one behind the other, keeps what comes behind the first `skipped`.
fn close_up<T: Copy>(rows: &mut [T], n: usize, skipped: usize) {
    for row in 0..rows.len() / n {
        rows.copy_within(row * n + skipped..(row + 1) * n, row * (n - skipped));
    }
}
