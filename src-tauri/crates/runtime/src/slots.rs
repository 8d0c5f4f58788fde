//! The streams of one run of one connector by their short names, and the
//! outlets through which its blocks leave for the workers.
//!
//! A block is routed by two array look-ups: no text is compared or hashed.

use crate::stream::Stream;
use crate::worker::{Inbox, Parcel, enqueue};
use model::{BlockRef, Bundle, StreamRef};
use std::sync::{Arc, OnceLock};

/// Streams that one run of a connector may bind at most.
pub const STREAMS_PER_RUN_MAX: u32 = 1 << 20;

/// Blocks and values that leave for a worker at once, at most; a longer block leaves alone.
const BLOCKS_MAX: usize = 256;
const VALUES_MAX: usize = 16_384;
/// Slots of the first segment; each further one is as long as all before it, and one more.
const FIRST_SEGMENT: u32 = 64;
const SEGMENTS: usize = 15;

/// Where the blocks of one stream go.
pub struct Port {
    /// The stream.
    pub stream: Arc<Stream>,
    /// Which outlet leads to its worker.
    pub outlet: u32,
}

impl Port {
    /// See [`crate::source::Source::approach`].
    #[inline]
    pub fn approach_source(&self) {
        self.stream.source().approach();
    }
}

/// The ports by short name. Only grows; whoever looks up waits for nobody.
#[derive(Default)]
pub struct Slots {
    segments: [OnceLock<Box<[OnceLock<Port>]>>; SEGMENTS],
}

impl Slots {
    /// The port of a stream that was bound.
    #[inline]
    #[must_use]
    pub fn get(&self, stream: StreamRef) -> Option<&Port> {
        let (segment, at) = place(stream.0)?;
        self.segments.get(segment)?.get()?.get(at)?.get()
    }

    /// Binds a stream. False beyond [`STREAMS_PER_RUN_MAX`], and where the name
    /// stands for another stream already.
    pub fn bind(&self, name: StreamRef, port: Port) -> bool {
        let Some((segment, at)) = place(name.0).filter(|_| name.0 < STREAMS_PER_RUN_MAX) else {
            return false;
        };
        let length = FIRST_SEGMENT << segment;
        let slots = self.segments[segment].get_or_init(|| (0..length).map(|_| OnceLock::new()).collect());
        let stream = Arc::clone(&port.stream);
        Arc::ptr_eq(&slots[at].get_or_init(|| port).stream, &stream)
    }
}

/// Segment and place in it: names 0 to 63 are the first, 64 to 191 the second.
#[inline]
fn place(name: u32) -> Option<(usize, usize)> {
    let shifted = name.checked_add(FIRST_SEGMENT)?;
    let segment = shifted.ilog2() - FIRST_SEGMENT.ilog2();
    Some((segment as usize, (shifted - (FIRST_SEGMENT << segment)) as usize))
}

/// The ways from one run of a connector to the workers.
#[derive(Default)]
pub struct Outlets {
    outlets: Vec<Outlet>,
}

struct Outlet {
    inbox: Inbox,
    waiting: Bundle,
}

impl Outlets {
    /// The outlet to a worker's inbox, made where there is none.
    pub fn to(&mut self, inbox: &Inbox) -> u32 {
        let known = self.outlets.iter().position(|outlet| outlet.inbox.is(inbox));
        let at = known.unwrap_or_else(|| {
            self.outlets.push(Outlet { inbox: inbox.clone(), waiting: Bundle::default() });
            self.outlets.len() - 1
        });
        at as u32
    }

    /// Takes a block of run `run` in, numbered on; it leaves with the next
    /// [`Outlets::flush`], or before if much waits. Gives the samples that had
    /// no place to go.
    #[inline]
    pub fn route(&mut self, run: u64, slots: &Arc<Slots>, block: &BlockRef<'_>) -> u64 {
        let span = block.span();
        let Some(port) = slots.get(block.stream()) else { return span.samples };
        let Some(numbered) = port.stream.source().number(run, &span) else { return 0 };
        if numbered.hole > 0 {
            port.stream.note_hole(&numbered);
        }
        let Some(outlet) = self.outlets.get_mut(port.outlet as usize) else { return span.samples };
        if numbered.skipped == 0 {
            outlet.waiting.copy(block, numbered.first_index);
        } else {
            outlet.waiting.copy_from(block, numbered.skipped, numbered.first_index);
        }
        if outlet.waiting.len() >= BLOCKS_MAX || outlet.waiting.values() >= VALUES_MAX {
            outlet.flush(slots);
        }
        0
    }

    /// Hands everything over that waits.
    pub fn flush(&mut self, slots: &Arc<Slots>) {
        self.outlets.iter_mut().for_each(|outlet| outlet.flush(slots));
    }
}

impl Outlet {
    fn flush(&mut self, slots: &Arc<Slots>) {
        if self.waiting.is_empty() {
            return;
        }
        let bundle = std::mem::replace(&mut self.waiting, self.inbox.spare());
        enqueue(&self.inbox, Parcel { slots: Arc::clone(slots), bundle });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::spec;

    fn port(stream: &Arc<Stream>) -> Port {
        Port { stream: Arc::clone(stream), outlet: 0 }
    }

    #[test]
    fn every_name_up_to_the_bound_has_a_place_of_its_own() {
        let (slots, stream) = (Slots::default(), Arc::new(Stream::new(spec("ecg", None))));
        for name in [0, 1, 63, 64, 191, 192, 1000, 100_000, STREAMS_PER_RUN_MAX - 1] {
            assert!(slots.get(StreamRef(name)).is_none(), "{name}");
            assert!(slots.bind(StreamRef(name), port(&stream)), "{name}");
            assert!(slots.get(StreamRef(name)).is_some(), "{name}");
        }
        for name in [STREAMS_PER_RUN_MAX, u32::MAX] {
            assert!(!slots.bind(StreamRef(name), port(&stream)), "{name}");
            assert!(slots.get(StreamRef(name)).is_none(), "{name}");
        }
    }

    #[test]
    fn a_name_stands_for_one_stream_for_ever() {
        let slots = Slots::default();
        let (one, other) = (Arc::new(Stream::new(spec("a", None))), Arc::new(Stream::new(spec("b", None))));
        assert!(slots.bind(StreamRef(0), port(&one)) && slots.bind(StreamRef(0), port(&one)));
        assert!(!slots.bind(StreamRef(0), port(&other)));
    }
}
