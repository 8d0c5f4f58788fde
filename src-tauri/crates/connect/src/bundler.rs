//! Gathers the blocks of one wake-up and hands them over as one bundle.

use crate::{Event, EventSink};
use model::Bundle;

/// So many blocks or values are gathered at most; the one that reaches a bound
/// is handed over with the others.
const BLOCKS_MAX: usize = 256;
const VALUES_MAX: usize = 8192;

/// In front of a sink: blocks wait for each other, everything else goes on at
/// once, behind the blocks that came before it. Nothing waits longer than the
/// bundler lives.
pub(crate) struct Bundler<'a> {
    events: &'a dyn EventSink,
    bundle: &'a mut Bundle,
}

impl<'a> Bundler<'a> {
    /// `bundle` lends its room, so that wake-ups don't allocate; it is empty
    /// again when the bundler goes.
    pub(crate) fn new(events: &'a dyn EventSink, bundle: &'a mut Bundle) -> Self {
        Self { events, bundle }
    }

    pub(crate) fn send(&mut self, event: Event) {
        match event {
            Event::Block { stream, block } if self.bundle.push(stream, &block) => {
                if self.bundle.len() >= BLOCKS_MAX || self.bundle.values() >= VALUES_MAX {
                    self.hand_over();
                }
            }
            other => {
                self.hand_over();
                self.events.send(other);
            }
        }
    }

    fn hand_over(&mut self) {
        if !self.bundle.is_empty() {
            self.events.send_bundle(self.bundle);
            self.bundle.clear();
        }
    }
}

/// Also on the way up from a panic: what was made before it is not lost.
impl Drop for Bundler<'_> {
    fn drop(&mut self) {
        self.hand_over();
    }
}
