//! Packets of one heart-rate strap into blocks of its streams.
//!
//! Pure: the time of arrival is a parameter, what comes out goes to `emit`.
//! Each accepted 2A37 packet is exactly one sample of `heart_rate`; its RR
//! intervals are samples of `rr_interval`; samples of each stream are numbered
//! from 0, and the numbers go on over reconnects.

use super::lane::{Lane, WallOffset};
use crate::{Event, Notice, NoticeLevel};
use gatt::heart_rate::{HeartRate, RR_TICKS_PER_SEC};
use model::{AttributeKind, Channel, Column, NANOS_PER_SEC, SensorId, Stamp, StreamRef, StreamSpec};

/// The system repeats a value that was read as if the device had notified it;
/// an equal level within this time is such an echo.
const BATTERY_ECHO_NS: i64 = NANOS_PER_SEC;

/// The streams that a strap may have.
pub(super) const STREAMS: u32 = 4;

/// Which streams a device offers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Offers {
    pub(super) heart_rate: bool,
    pub(super) battery: bool,
}

/// The streams of one strap.
#[derive(Debug)]
pub(super) struct Strap {
    sensor: SensorId,
    wall: WallOffset,
    heart_rate: Lane,
    rr_interval: Lane,
    energy: Lane,
    battery: Lane,
    energy_seen: bool,
    tail_told: bool,
    last_battery: Option<(u8, i64)>,
}

/// Where events go.
type Emit<'a> = &'a mut dyn FnMut(Event);

impl Strap {
    /// Its streams are the connector's numbers `first` to `first` + [`STREAMS`] − 1.
    pub(super) fn new(sensor: SensorId, first: u32) -> Self {
        let lane = |attribute, k| Lane::new(&sensor, attribute, StreamRef(first + k));
        Self {
            wall: WallOffset::default(),
            heart_rate: lane("heart_rate", 0),
            rr_interval: lane("rr_interval", 1),
            energy: lane("energy_expended", 2),
            battery: lane("battery", 3),
            energy_seen: false,
            tail_told: false,
            last_battery: None,
            sensor,
        }
    }

    /// The streams known so far.
    pub(super) fn specs(&self, offers: Offers) -> Vec<StreamSpec> {
        let mut specs = Vec::new();
        if offers.heart_rate {
            specs.extend([self.heart_rate_spec(), self.rr_spec()]);
        }
        if self.energy_seen {
            specs.push(self.energy_spec());
        }
        if offers.battery {
            specs.push(self.battery.spec(AttributeKind::Battery, vec![Channel::new("battery", "%", 1.0)]));
        }
        specs
    }

    /// Takes a Heart Rate Measurement that arrived at `stamp`.
    pub(super) fn heart_rate(&mut self, packet: &[u8], stamp: Stamp, emit: Emit<'_>) {
        let measured = match HeartRate::decode(packet) {
            Ok(measured) => measured,
            Err(error) => return self.reject(format!("heart rate: {error}"), emit),
        };
        let wall_ns = self.wall.at(stamp);
        let columns = vec![one(measured.bpm.into()), one(measured.contact.code().into())];
        self.heart_rate.push(vec![stamp.host_ns], columns, wall_ns, emit);
        self.intervals(&measured, stamp, wall_ns, emit);
        if let Some(kj) = measured.energy_kj {
            self.energy(kj, stamp, wall_ns, emit);
        }
        self.mention_tail(measured.tail_bytes, emit);
    }

    /// The packet's stamp is the time of its last beat; earlier ones lie back
    /// by the intervals that follow them.
    fn intervals(&mut self, measured: &HeartRate<'_>, stamp: Stamp, wall_ns: i64, emit: Emit<'_>) {
        let ticks = measured.rr_ticks();
        if ticks.len() == 0 {
            return;
        }
        let mut beat_ns = stamp.host_ns;
        let mut host_ns = Vec::with_capacity(ticks.len());
        for interval in ticks.rev() {
            host_ns.push(beat_ns);
            let interval_ns = i64::from(interval) * NANOS_PER_SEC / i64::from(RR_TICKS_PER_SEC);
            beat_ns = beat_ns.saturating_sub(interval_ns);
        }
        host_ns.reverse();
        let columns = vec![Column::I32(measured.rr_ticks().map(i32::from).collect())];
        self.rr_interval.push(host_ns, columns, wall_ns, emit);
    }

    fn energy(&mut self, kj: u16, stamp: Stamp, wall_ns: i64, emit: Emit<'_>) {
        if !self.energy_seen {
            self.energy_seen = true;
            emit(Event::Stream(self.energy_spec()));
        }
        self.energy.push(vec![stamp.host_ns], vec![one(kj.into())], wall_ns, emit);
    }

    /// Takes a Battery Level, read or notified.
    pub(super) fn battery(&mut self, packet: &[u8], stamp: Stamp, emit: Emit<'_>) {
        let level = match gatt::battery::decode(packet) {
            Ok(level) => level,
            Err(error) => return self.reject(format!("battery: {error}"), emit),
        };
        let is_echo = self.last_battery.is_some_and(|(percent, at_ns)| {
            percent == level.percent && stamp.host_ns.saturating_sub(at_ns) < BATTERY_ECHO_NS
        });
        if is_echo {
            return;
        }
        self.last_battery = Some((level.percent, stamp.host_ns));
        let wall_ns = self.wall.at(stamp);
        self.battery.push(vec![stamp.host_ns], vec![one(level.percent.into())], wall_ns, emit);
        self.mention_tail(level.tail_bytes, emit);
    }

    fn reject(&self, problem: String, emit: Emit<'_>) {
        emit(Event::Rejected { sensor: self.sensor.clone(), problem });
    }

    fn mention_tail(&mut self, tail_bytes: usize, emit: Emit<'_>) {
        if tail_bytes == 0 || self.tail_told {
            return;
        }
        self.tail_told = true;
        let text = format!(
            "{} sends packets that are {tail_bytes} bytes longer than they say; what is too long is ignored.",
            self.sensor
        );
        emit(Event::Notice(Notice { level: NoticeLevel::Info, text, remedy: String::new() }));
    }

    fn heart_rate_spec(&self) -> StreamSpec {
        let channels = vec![Channel::new("heart_rate", "bpm", 1.0), Channel::new("contact", "", 1.0)];
        self.heart_rate.spec(AttributeKind::HeartRate, channels)
    }

    fn rr_spec(&self) -> StreamSpec {
        let channel = Channel::new("rr_interval", "ms", 1000.0 / f64::from(RR_TICKS_PER_SEC));
        self.rr_interval.spec(AttributeKind::RrInterval, vec![channel])
    }

    fn energy_spec(&self) -> StreamSpec {
        self.energy.spec(AttributeKind::EnergyExpended, vec![Channel::new("energy_expended", "kJ", 1.0)])
    }
}

fn one(value: i32) -> Column {
    Column::I32(vec![value])
}

#[cfg(test)]
mod tests;
