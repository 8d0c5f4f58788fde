//! The streams of one run of one connector by their short names, and the
//! outlets through which its blocks leave for the workers.
//!
//! A block is routed by two array look-ups: no text is compared or hashed.

use crate::stream::{ABREAST, Stream};
use crate::worker::{Inbox, Parcel, enqueue};
use model::{BlockRef, Bundle, Fate, Span, StreamRef};
use std::sync::{Arc, OnceLock};

/// Streams that one run of a connector may bind at most.
pub const STREAMS_PER_RUN_MAX: u32 = 1 << 20;

/// Blocks and values that leave for a worker at once, at most; a longer block leaves alone.
const BLOCKS_MAX: usize = 256;
const VALUES_MAX: usize = 16_384;
/// The same for a bundle that goes on as it is: so much is lost at once where it must give way.
const WHOLE_BLOCKS_MAX: usize = 1024;
const WHOLE_VALUES_MAX: usize = 65_536;
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

    /// Numbers a block of run `run` on, and counts what its source has jumped over.
    #[inline]
    fn number(&self, run: u64, span: &Span) -> Fate {
        let Some(numbered) = self.stream.source().number(run, span) else { return Fate::Struck };
        if numbered.hole > 0 {
            self.stream.note_hole(&numbered);
        }
        Fate::Kept { skipped: numbered.skipped, first_index: numbered.first_index }
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

    /// Sends every block of `bundle` its way, numbered on. Gives the samples that had
    /// no place to go.
    pub fn route_all(&mut self, run: u64, slots: &Arc<Slots>, bundle: &Bundle) -> u64 {
        let mut homeless = 0;
        for first in (0..bundle.len()).step_by(ABREAST) {
            let some = (first..bundle.len().min(first + ABREAST)).filter_map(|at| bundle.get(at));
            some.clone().filter_map(|block| slots.get(block.stream())).for_each(Port::approach_source);
            homeless += some.map(|block| self.route(run, slots, &block)).sum::<u64>();
        }
        self.flush(slots);
        homeless
    }

    /// Takes a block in; it leaves with the next [`Outlets::flush`], or before if much waits.
    #[inline]
    pub fn route(&mut self, run: u64, slots: &Arc<Slots>, block: &BlockRef<'_>) -> u64 {
        let span = block.span();
        let Some(port) = slots.get(block.stream()) else { return span.samples };
        let Some(outlet) = self.outlets.get_mut(port.outlet as usize) else { return span.samples };
        match port.number(run, &span) {
            Fate::Kept { skipped: 0, first_index } => outlet.waiting.copy(block, first_index),
            Fate::Kept { skipped, first_index } => outlet.waiting.copy_from(block, skipped, first_index),
            Fate::Struck => return 0,
        }
        if outlet.waiting.len() >= BLOCKS_MAX || outlet.waiting.values() >= VALUES_MAX {
            outlet.flush(slots);
        }
        0
    }

    /// Passes all of `bundle` on, numbered on, without copying it: where there is one
    /// way to go, nothing waits in front, and it is not too long. Gives the samples
    /// that had no place to go; none where it has to be taken apart, with nothing done.
    pub fn pass_on(&mut self, run: u64, slots: &Arc<Slots>, bundle: &mut Bundle) -> Option<u64> {
        let [outlet] = &mut self.outlets[..] else { return None };
        let is_short = bundle.len() <= WHOLE_BLOCKS_MAX && bundle.values() <= WHOLE_VALUES_MAX;
        if !is_short || !outlet.waiting.is_empty() {
            return None;
        }
        if bundle.is_empty() {
            return Some(0);
        }
        let mut homeless = 0;
        for first in (0..bundle.len()).step_by(ABREAST) {
            let some = first..bundle.len().min(first + ABREAST);
            let port = |at| slots.get(bundle.stream(at)?);
            some.clone().filter_map(port).for_each(Port::approach_source);
            bundle.renumber(some, |stream, span| {
                let Some(port) = slots.get(stream) else {
                    homeless += span.samples;
                    return Fate::Struck;
                };
                port.number(run, span)
            });
        }
        let bundle = bundle.hand_over(outlet.inbox.spare());
        enqueue(&outlet.inbox, Parcel { slots: Arc::clone(slots), bundle });
        Some(homeless)
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
    use crate::testing::{block, spec, spec_of};
    use std::sync::Weak;

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

    /// What run 1 brings arrives at the inbox of each of `workers`: (stream, number of the first
    /// sample, values), block by block, and what had no place to go.
    fn arrived(workers: usize, by: fn(&mut Outlets, &Arc<Slots>, &mut Bundle) -> u64) -> (Vec<Arrived>, u64) {
        let (slots, mut outlets) = (Arc::new(Slots::default()), Outlets::default());
        let inboxes: Vec<Inbox> = (0..workers).map(|_| Inbox::new("test")).collect();
        for name in 0..3 {
            let stream = Arc::new(Stream::new(spec_of("test:1", &format!("a{name}"), None)));
            assert!(stream.source().claim(1, &Weak::new()));
            let outlet = outlets.to(&inboxes[name as usize % workers]);
            assert!(slots.bind(StreamRef(name), Port { stream, outlet }));
        }
        let mut homeless = 0;
        for round in 0..2 {
            let mut bundle = Bundle::default();
            // The third one repeats two samples, the last stream is nobody's.
            for (name, first, n) in [(0, 0, 4), (1, 0, 3), (0, 2, 6), (2, 0, 1), (0, 8, 2), (7, 0, 5)] {
                assert!(bundle.push(StreamRef(name), &block(round * 10 + first, n)));
            }
            homeless += by(&mut outlets, &slots, &mut bundle);
        }
        let parcels = inboxes.iter().flat_map(|inbox| inbox.queue().take_waiting());
        let told = |block: BlockRef<'_>| {
            (block.stream().0, block.span().first_index, block.host_ns_at(0), block.bits(0).to_vec())
        };
        let mut all: Vec<Arrived> =
            parcels.flat_map(|parcel| parcel.bundle.blocks().map(told).collect::<Vec<_>>()).collect();
        all.sort();
        (all, homeless)
    }

    type Arrived = (u32, u64, i64, Vec<u32>);

    #[test]
    fn a_bundle_that_is_passed_on_whole_arrives_as_one_that_was_taken_apart() {
        let apart = arrived(1, |outlets, slots, bundle| outlets.route_all(1, slots, bundle));
        let whole = arrived(1, |outlets, slots, bundle| {
            let homeless = outlets.pass_on(1, slots, bundle).expect("one way to go");
            assert!(bundle.is_empty());
            homeless
        });
        assert_eq!(whole, apart);
        assert_eq!((whole.0.len(), whole.1), (10, 10));
        let several = arrived(2, |outlets, slots, bundle| {
            assert_eq!(outlets.pass_on(1, slots, bundle), None);
            outlets.route_all(1, slots, bundle)
        });
        assert_eq!(several, apart);
    }

    #[test]
    fn a_bundle_too_long_to_be_lost_at_once_is_taken_apart() {
        let stream = Arc::new(Stream::new(spec("ecg", None)));
        assert!(stream.source().claim(1, &Weak::new()));
        let (slots, mut outlets) = (Arc::new(Slots::default()), Outlets::default());
        let outlet = outlets.to(&Inbox::new("test"));
        assert!(slots.bind(StreamRef(0), Port { stream: Arc::clone(&stream), outlet }));
        let mut bundle = Bundle::default();
        for k in 0..=WHOLE_BLOCKS_MAX as u64 {
            assert!(bundle.push(StreamRef(0), &block(k, 1)));
        }
        assert_eq!(outlets.pass_on(1, &slots, &mut bundle), None);
        assert_eq!(stream.offered(), 0, "and nothing was done");
    }
}
