//! The count and the time of one stream, over all its reconnects.
//!
//! A lane numbers its samples from 0 without reusing a number, and its host
//! times never run backwards.

use crate::{Event, wall_minus_host_ns};
use model::{
    AttributeId, AttributeKind, Block, Channel, Column, SensorId, Stamp, StreamKey, StreamRef, StreamSpec,
};

/// One stream of a sensor.
#[derive(Debug)]
pub(super) struct Lane {
    key: StreamKey,
    stream: StreamRef,
    is_bound: bool,
    next_index: u64,
    last_ns: i64,
}

impl Lane {
    /// `stream` is the lane's alone in the whole connector.
    pub(super) fn new(sensor: &SensorId, attribute: &'static str, stream: StreamRef) -> Self {
        #[expect(
            clippy::expect_used,
            reason = "the names are constants, and every test of a strap parses them"
        )]
        let attribute = AttributeId::parse(attribute).expect("a valid attribute id");
        let key = StreamKey { sensor: sensor.clone(), attribute };
        Self { key, stream, is_bound: false, next_index: 0, last_ns: i64::MIN }
    }

    /// What the stream is. Straps promise no rate and have no clock.
    pub(super) fn spec(&self, kind: AttributeKind, channels: Vec<Channel>) -> StreamSpec {
        let key = self.key.clone();
        StreamSpec { key, kind, channels, nominal_rate_hz: None, device_ticks_per_sec: None }
    }

    /// Numbers the samples and hands them over as a block.
    pub(super) fn push(
        &mut self,
        mut host_ns: Vec<i64>,
        columns: Vec<Column>,
        wall_minus_host_ns: i64,
        emit: &mut dyn FnMut(Event),
    ) {
        for at_ns in &mut host_ns {
            *at_ns = (*at_ns).max(self.last_ns);
            self.last_ns = *at_ns;
        }
        match Block::new(self.next_index, wall_minus_host_ns, host_ns, None, columns) {
            Ok(block) => {
                self.next_index = block.end_index();
                if !std::mem::replace(&mut self.is_bound, true) {
                    emit(Event::Bind { stream: self.stream, key: self.key.clone() });
                }
                emit(Event::Block { stream: self.stream, block });
            }
            Err(error) => debug_assert!(false, "{error}"),
        }
    }
}

/// A step of the wall clock that matters, nanoseconds.
const WALL_STEP_NS: u64 = 1_000_000;

/// The wall clock minus the host clock, held steady while the two agree.
///
/// Read anew for each sample, the difference trembles by the nanoseconds
/// between the two readings, and no two blocks could ever be joined.
#[derive(Debug, Default)]
pub(super) struct WallOffset(Option<i64>);

impl WallOffset {
    /// The offset to note with a sample of this stamp.
    pub(super) fn at(&mut self, stamp: Stamp) -> i64 {
        let read_ns = wall_minus_host_ns(stamp);
        match self.0 {
            Some(held_ns) if held_ns.abs_diff(read_ns) <= WALL_STEP_NS => held_ns,
            _ => *self.0.insert(read_ns),
        }
    }
}
