//! The streams whose newest values are tasted for something novel: the scalar
//! ones, each in its turn, and only when something new has come.

use crate::ring::Copied;
use crate::sensor::Sensor;
use crate::stream::Stream;
use model::{AttributeKind, StreamKey};
use std::sync::Arc;

/// So many streams are looked at in one look; where there are more, each gets its
/// turn less often. A look then stays below a millisecond.
const STREAMS_PER_LOOK: usize = 2_500;

/// The streams, and whose turn it is.
#[derive(Default)]
pub struct Taste {
    streams: Vec<Tasted>,
    next: usize,
    room: Copied,
}

struct Tasted {
    stream: Arc<Stream>,
    delivered: u64,
}

impl Taste {
    /// Takes the streams of `sensors`, keeping what was known of those that stay.
    pub fn refill(&mut self, sensors: &[Arc<Sensor>]) {
        let old: std::collections::BTreeMap<*const Stream, u64> =
            self.streams.iter().map(|tasted| (Arc::as_ptr(&tasted.stream), tasted.delivered)).collect();
        let streams = sensors.iter().flat_map(|sensor| sensor.streams());
        self.streams = streams
            .filter(|stream| is_scalar(stream))
            .map(|stream| {
                let delivered = old.get(&Arc::as_ptr(&stream)).copied().unwrap_or(0);
                Tasted { stream, delivered }
            })
            .collect();
    }

    /// Calls `taste` with the newest value of each stream whose turn it is and
    /// that has something new.
    pub fn each_newest(&mut self, mut taste: impl FnMut(&StreamKey, f64)) {
        let streams = self.streams.len();
        for _ in 0..streams.min(STREAMS_PER_LOOK) {
            self.next = (self.next + 1) % streams;
            let tasted = &mut self.streams[self.next];
            let delivered = tasted.stream.delivered();
            if delivered == tasted.delivered {
                continue;
            }
            tasted.delivered = delivered;
            if let Some(value) = newest(&tasted.stream, &mut self.room) {
                taste(&tasted.stream.spec().key, value);
            }
        }
    }

    /// Streams that are tasted.
    pub fn len(&self) -> usize {
        self.streams.len()
    }
}

/// The newest value of the first channel, in its unit.
fn newest(stream: &Stream, room: &mut Copied) -> Option<f64> {
    let channel = stream.spec().channels.first()?;
    stream.ring().copy(stream.ring().end().saturating_sub(1), 0, room);
    room.bits.last().map(|bits| channel.value(room.raw(*bits)))
}

/// Whether the newest value alone says something. A waveform swings by its nature:
/// every heart beat of an ECG is beyond three standard deviations.
fn is_scalar(stream: &Stream) -> bool {
    let spec = stream.spec();
    let is_wave = matches!(spec.kind, AttributeKind::Ecg | AttributeKind::Respiration);
    spec.channels.len() == 1 && !is_wave
}
