//! Sensors as the operator sees them: everything that one look needs, taken in
//! one go.

use crate::core::Core;
use crate::ended::EndedView;
use crate::pulse::Rates;
use crate::recorder::RecordingSums;
use crate::sensor::Sensor;
use crate::stream::Stream;
use crate::vitals::Vitals;
use model::{Advice, AttentionLevel, GapReason, LinkState, SensorInfo, StreamSpec};
use policy::silence::silent_after_ns;

/// How long a live link may deliver nothing at all before that is an alarm.
const FIRST_SAMPLE_WITHIN_NS: i64 = 5_000_000_000;

/// One sensor.
#[derive(Clone, Debug, PartialEq)]
pub struct SensorView {
    /// What it is.
    pub info: SensorInfo,
    /// The state of its link.
    pub link: LinkState,
    /// The link is up, but the stream that should deliver most often does not.
    pub is_silent: bool,
    /// Signal strength, dBm.
    pub rssi_dbm: Option<i16>,
    /// Packets that could not be decoded.
    pub rejected: u64,
    /// How closely it is watched.
    pub attention: AttentionLevel,
    /// What its source was asked to do.
    pub advice: Option<Advice>,
    /// Whether the source can do that; none until it has answered.
    pub obeys: Option<bool>,
    /// How fast it delivers: messages and samples a second, over 5 s.
    pub rates: Option<Rates>,
    /// Its streams, by attribute.
    pub streams: Vec<StreamView>,
}

/// One stream.
#[derive(Clone, Debug, PartialEq)]
pub struct StreamView {
    /// What it is.
    pub spec: StreamSpec,
    /// The newest value of each channel, in its unit.
    pub latest: Vec<Option<f32>>,
    /// Whether the values of a channel were born as floats.
    pub floats: Vec<bool>,
    /// Host time of the newest sample.
    pub latest_ns: Option<i64>,
    /// Samples a second, measured.
    pub rate_hz: Option<f64>,
    /// Samples a second while it last flowed.
    pub usual_rate_hz: Option<f64>,
    /// Samples offered by the source.
    pub offered: u64,
    /// Samples that reached the hot ring.
    pub delivered: u64,
    /// Samples dropped on the way.
    pub dropped: u64,
    /// Samples dropped on the way, for each reason that there was.
    pub drops: Vec<(GapReason, u64)>,
    /// Samples that came again.
    pub duplicates: u64,
    /// Samples that came behind their successors.
    pub late: u64,
    /// Both of them.
    pub out_of_order: u64,
    /// Gaps so far.
    pub gaps: u64,
    /// Whether it delivers as it should.
    pub vitals: Vitals,
    /// What the running recording holds of it; none where it is in no recording.
    pub recorded: Option<RecordingSums>,
}

impl Core {
    /// Every sensor, by name and id, and the sums of those that have ended.
    #[must_use]
    pub fn sensor_views_and_ended(&self, now_ns: i64) -> (Vec<SensorView>, EndedView) {
        self.registries.ended.beside(|| self.sensor_views(now_ns))
    }

    /// Every sensor, by name and id.
    #[must_use]
    pub fn sensor_views(&self, now_ns: i64) -> Vec<SensorView> {
        let mut views: Vec<SensorView> =
            self.registry.all().iter().map(|sensor| sensor_view(sensor, now_ns)).collect();
        views.sort_by(|a, b| (a.info.name.as_str(), &a.info.id).cmp(&(b.info.name.as_str(), &b.info.id)));
        views
    }
}

impl SensorView {
    /// Whether its source delivers nothing because it was asked to.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.obeys == Some(true) && self.advice.is_some_and(|advice| advice.paused)
    }
}

pub(crate) fn sensor_view(sensor: &Sensor, now_ns: i64) -> SensorView {
    let streams: Vec<StreamView> =
        sensor.streams().iter().map(|stream| stream_view(stream, now_ns)).collect();
    let link = sensor.link();
    SensorView {
        info: sensor.info(),
        is_silent: link == LinkState::Live
            && is_silent(&streams, sensor.link_since_ns(), now_ns.saturating_sub(gathering_ns(sensor))),
        link,
        rssi_dbm: sensor.rssi_dbm(),
        rejected: sensor.rejected(),
        attention: sensor.watched().level(),
        advice: sensor.advised().advice(),
        obeys: sensor.advised().obeys(),
        rates: sensor.rates(),
        streams,
    }
}

/// For how long the source of a sensor may keep samples back because it was
/// asked to, ns; for ever while it is paused.
pub(crate) fn gathering_ns(sensor: &Sensor) -> i64 {
    let advised = sensor.advised();
    match advised.advice().filter(|_| advised.obeys() == Some(true)) {
        Some(advice) if advice.paused => i64::MAX,
        Some(advice) => i64::from(advice.window_ms) * 1_000_000,
        None => 0,
    }
}

fn stream_view(stream: &Stream, now_ns: i64) -> StreamView {
    let (spec, ring, sums) = (stream.spec(), stream.ring(), stream.sums());
    let latest_ns = ring.latest_ns();
    StreamView {
        spec: spec.clone(),
        latest: ring.latest(spec),
        floats: (0..spec.channels.len()).map(|k| ring.is_float(k)).collect(),
        latest_ns,
        rate_hz: ring.rate_hz(now_ns),
        usual_rate_hz: latest_ns.and_then(|at| ring.rate_hz(at)),
        offered: sums.offered,
        delivered: sums.delivered,
        dropped: sums.dropped(),
        drops: sums.by_reason(),
        duplicates: sums.duplicates,
        late: sums.late,
        out_of_order: sums.duplicates + sums.late,
        gaps: sums.gaps,
        vitals: stream.vitals(),
        recorded: stream.recorded(),
    }
}

impl StreamView {
    fn expected_rate_hz(&self) -> Option<f64> {
        self.spec.nominal_rate_hz.or(self.usual_rate_hz)
    }
}

/// The stream that delivers most often tells whether the sensor is silent.
fn is_silent(streams: &[StreamView], live_since_ns: i64, now_ns: i64) -> bool {
    let flowing = streams.iter().filter(|stream| stream.latest_ns.is_some());
    let rate = |stream: &&StreamView| stream.expected_rate_hz().unwrap_or(0.0);
    match flowing.max_by(|a, b| rate(a).total_cmp(&rate(b))) {
        None => now_ns.saturating_sub(live_since_ns) > FIRST_SAMPLE_WITHIN_NS,
        Some(fastest) => {
            let last_ns = fastest.latest_ns.unwrap_or(live_since_ns).max(live_since_ns);
            now_ns.saturating_sub(last_ns) > silent_after_ns(fastest.expected_rate_hz())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{block, offer, spec};

    fn streams_after(samples: u64) -> Vec<StreamView> {
        let stream = Stream::new(spec("ecg", Some(1.0)));
        if samples > 0 {
            offer(&stream, 1, &block(0, samples));
        }
        vec![stream_view(&stream, 0)]
    }

    #[test]
    fn a_stream_that_stops_makes_its_sensor_silent_after_three_samples() {
        let streams = streams_after(10);
        assert!(!is_silent(&streams, 0, 11_000_000_000));
        assert!(is_silent(&streams, 0, 12_100_000_000));
    }

    #[test]
    fn a_link_that_delivers_nothing_is_silent_after_a_while() {
        assert!(!is_silent(&streams_after(0), 0, 4_000_000_000));
        assert!(is_silent(&streams_after(0), 0, 6_000_000_000));
    }

    #[test]
    fn after_a_reconnect_the_silence_is_counted_anew() {
        assert!(!is_silent(&streams_after(10), 60_000_000_000, 61_000_000_000));
    }
}
