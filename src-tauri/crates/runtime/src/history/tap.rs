//! A stream's way into the history: it never waits, and the oldest give way.

use crate::queue::{Queue, Weighs};
use model::{Block, StreamSpec};
use std::sync::Arc;

/// A block on its way.
pub(crate) struct Item {
    pub(super) spec: Arc<StreamSpec>,
    pub(super) block: Block,
}

impl Weighs for Item {
    /// The stream's description is shared by all of its blocks.
    fn heap_bytes(&self) -> usize {
        self.block.heap_bytes()
    }
}

/// The worker's end.
pub(crate) struct HistoryTap {
    queue: Queue<Item>,
    spec: Arc<StreamSpec>,
}

impl HistoryTap {
    pub(crate) fn new(queue: Queue<Item>, spec: StreamSpec) -> Self {
        Self { queue, spec: Arc::new(spec) }
    }

    /// Hands a block over; those that have to give way are counted.
    pub(crate) fn send(&self, block: Block) {
        let item = Item { spec: Arc::clone(&self.spec), block };
        self.queue.push_dropping_oldest(item, |oldest| self.queue.count_dropped(oldest.block.len()));
    }
}
