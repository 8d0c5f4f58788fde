//! Sensor workers: threads that take bundles from a bounded inbox through their
//! streams. A connected device has a worker of its own; simulated sensors share
//! a few by hashing. Both run the same loop: a worker of its own is a worker
//! shared by one.
//!
//! A block that makes its stream panic costs that block; a sensor whose blocks
//! do so again and again is given up alone (see [`crate::wards`]).

use crate::calls::{CallError, Caller, Calls, Pending};
use crate::queue::{Bounds, Policy, Queue, Weighs};
use crate::slots::Slots;
use crate::stream::{ABREAST, Lane, Stream};
use crate::supervisor::{Failure, StopSignal};
use crate::telemetry::{SampleDelay, Telemetry};
use crate::wards::Wards;
use crossbeam_channel::{Receiver, Sender, bounded, select};
use model::{BlockRef, Bundle, GapReason, SensorId};
use parking_lot::MutexGuard;
use policy::hashring;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Bundles that wait for a worker at most; then the oldest gives way.
pub const INBOX_CAPACITY: usize = 1024;
/// Memory that an inbox takes at most; then, too, the oldest gives way. Room for
/// 200,000 samples that come one by one, and for ten times as many
/// that come in blocks.
pub const INBOX_BYTES: usize = 16 << 20;
/// Emptied bundles that are kept for the next blocks, and the largest of them:
/// what a bundle has usually grown to when it leaves. A larger one is let go.
const SPARES: usize = 10;
const SPARE_BYTES: usize = 512 << 10;
/// What the spares of an inbox take at most.
pub const SPARES_BYTES: usize = SPARES * SPARE_BYTES;

/// Blocks on their way to their streams, numbered.
pub struct Parcel {
    /// The streams by the names that the bundle uses.
    pub slots: Arc<Slots>,
    /// The blocks.
    pub bundle: Bundle,
}

impl Weighs for Parcel {
    fn heap_bytes(&self) -> usize {
        self.bundle.heap_bytes()
    }
}

/// The inbox of one worker; clones share it.
#[derive(Clone)]
pub struct Inbox {
    queue: Queue<Parcel>,
    calls: Calls,
    spares: (Sender<Bundle>, Receiver<Bundle>),
}

impl Inbox {
    /// An empty inbox for the worker `name`.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let bounds = Bounds { entries: INBOX_CAPACITY, bytes: INBOX_BYTES };
        let queue = Queue::new(name, Policy::DropOldest, bounds);
        Self { queue, calls: Calls::new(name), spares: bounded(SPARES) }
    }

    /// What the worker can be asked; see [`Inbox::ask`].
    #[must_use]
    pub fn calls(&self) -> &Calls {
        &self.calls
    }

    /// Asks the worker to run `body` behind everything that was offered so far.
    ///
    /// # Errors
    /// [`CallError`]: too many calls wait, or nobody is at work.
    pub fn ask<T: Send + 'static>(
        &self,
        caller: Caller,
        telemetry: &Telemetry,
        body: impl FnOnce() -> T + Send + 'static,
    ) -> Result<Pending<T>, CallError> {
        let pending = self.calls.begin(caller, telemetry, body)?;
        // An empty parcel wakes a worker that rests. With a full inbox it does not rest.
        let nudge = Parcel { slots: Arc::default(), bundle: Bundle::default() };
        let _ = self.queue.push_or_refuse(nudge, 0);
        Ok(pending)
    }

    /// The queue, to look at and to read from.
    #[must_use]
    pub fn queue(&self) -> &Queue<Parcel> {
        &self.queue
    }

    /// Whether both are the same inbox.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.queue.is(&other.queue)
    }

    /// An empty bundle, if possible one that has room already.
    #[must_use]
    pub fn spare(&self) -> Bundle {
        self.spares.1.try_recv().unwrap_or_default()
    }

    fn give_back(&self, mut bundle: Bundle) {
        bundle.clear();
        if bundle.heap_bytes() <= SPARE_BYTES {
            // With enough spares at hand this one is let go.
            let _ = self.spares.0.try_send(bundle);
        }
    }
}

/// Puts a parcel into the inbox; the oldest ones give way and are counted.
pub fn enqueue(inbox: &Inbox, parcel: Parcel) {
    inbox.queue.push_dropping_oldest(parcel, |evicted| {
        for block in evicted.bundle.blocks() {
            let span = block.span();
            inbox.queue.count_dropped(span.samples);
            if let Some(port) = evicted.slots.get(block.stream()) {
                port.stream.drop_samples(GapReason::InboxFull, span.first_index, span.samples);
            }
        }
        inbox.give_back(evicted.bundle);
    });
}

/// Which of `workers` shared workers serves a sensor: the same one for ever, and
/// with one worker more only the sensors that it takes over change.
#[must_use]
pub fn shared_worker_for(sensor: &SensorId, workers: usize) -> usize {
    hashring::worker_for(sensor.as_str(), workers)
}

/// The loop of a worker; runs until told to stop, then empties its inbox.
///
/// # Errors
/// None of its own: a panic in a block is caught, counted and told to `wards`.
pub fn run(inbox: &Inbox, wards: &Wards, delay: &SampleDelay, stop: &StopSignal) -> Result<(), Failure> {
    let _served = inbox.calls.serve();
    loop {
        select! {
            recv(inbox.queue.receiver()) -> parcel => {
                if let Ok(parcel) = parcel {
                    let parcel = inbox.queue.open(parcel);
                    let newest_ns = delay.begin(&parcel);
                    take(parcel, inbox, wards);
                    delay.end(newest_ns);
                    if inbox.calls.are_waiting() {
                        answer_calls(inbox, wards);
                    }
                }
            }
            recv(stop.channel()) -> _ => break,
        }
    }
    inbox.queue.take_waiting().for_each(|parcel| take(parcel, inbox, wards));
    answer_calls(inbox, wards);
    Ok(())
}

/// Answers the calls that wait. What was offered before them is in the inbox now,
/// or has gone through; what comes meanwhile is taken later.
#[cold]
fn answer_calls(inbox: &Inbox, wards: &Wards) {
    inbox.calls.answer(|| {
        let waiting = inbox.queue.receiver().len();
        inbox.queue.take_waiting().take(waiting).for_each(|parcel| take(parcel, inbox, wards));
    });
}

/// Takes a parcel's blocks through their streams; a block that panics is passed over.
pub(crate) fn take(parcel: Parcel, inbox: &Inbox, wards: &Wards) {
    inbox.queue.wait_for_evictions();
    let Parcel { slots, bundle } = parcel;
    let next = Cell::new(0);
    while next.get() < bundle.len() {
        let panic = catch_unwind(AssertUnwindSafe(|| {
            while next.get() < bundle.len() {
                deliver_some(&slots, &bundle, &next);
            }
        }));
        if panic.is_err() {
            count_panicked(&slots, bundle.get(next.get() - 1), wards);
        }
    }
    inbox.give_back(bundle);
}

/// Takes the next few blocks through their streams, `next` before the others.
#[inline]
fn deliver_some(slots: &Slots, bundle: &Bundle, next: &Cell<usize>) {
    let first = next.get();
    // Taken from here on, so that whatever panics below costs one block and is not tried for ever.
    next.set(first + 1);
    let mut lanes = lanes_of(slots, bundle, first);
    for (at, k) in (first..bundle.len()).zip(0..ABREAST) {
        next.set(at + 1);
        let lane = lanes[k].take();
        if lane.is_none() {
            // Somebody else has it, or it is in hand twice: nobody waits with others in hand.
            lanes = Lanes::default();
        }
        if let Some(block) = bundle.get(at)
            && let Some(port) = slots.get(block.stream())
        {
            deliver(&port.stream, &block, lane);
        }
    }
}

/// The worker's sides of the streams of a few blocks.
type Lanes<'a> = [Option<MutexGuard<'a, Lane>>; ABREAST];

/// Takes the lanes of the blocks from number `first` on that are free, and asks
/// for the memory that the blocks are about to touch.
#[inline]
fn lanes_of<'a>(slots: &'a Slots, bundle: &Bundle, first: usize) -> Lanes<'a> {
    let stream = |k: usize| Some(&slots.get(bundle.stream(first + k)?)?.stream);
    (0..ABREAST).filter_map(stream).for_each(|stream| stream.approach());
    (first + ABREAST..first + 2 * ABREAST).for_each(|at| bundle.approach(at));
    let lanes = std::array::from_fn(|k| stream(k)?.try_lane());
    lanes.iter().flatten().for_each(|lane| lane.approach_ring());
    lanes
}

#[inline]
fn deliver(stream: &Stream, block: &BlockRef<'_>, lane: Option<MutexGuard<'_, Lane>>) {
    #[cfg(test)]
    assert!(
        !stream.spec().key.attribute.as_str().starts_with("planted-panic") || stream.is_given_up(),
        "planted"
    );
    stream.deliver(block, lane);
}

/// A block has panicked on its way, and nobody's lane is in hand any more: its
/// samples are lost.
#[cold]
fn count_panicked(slots: &Slots, block: Option<BlockRef<'_>>, wards: &Wards) {
    if let Some(block) = block
        && let Some(port) = slots.get(block.stream())
    {
        let span = block.span();
        port.stream.drop_samples(GapReason::WorkerPanicked, span.first_index, span.samples);
        wards.on_panic(port.stream.spec());
    }
}

#[cfg(test)]
mod asked;
#[cfg(test)]
mod bench;
#[cfg(test)]
mod ended;
#[cfg(test)]
mod identity;
#[cfg(test)]
mod overload;
#[cfg(test)]
mod tests;
