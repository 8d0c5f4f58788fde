//! Where connectors' events arrive: blocks go to their worker's inbox, states
//! into the registry. Nothing here waits.

use crate::core::Core;
use crate::sensor::{Opened, Sensor};
use crate::worker::{Work, enqueue};
use connect::{Event, EventSink, NoticeLevel};
use model::{Block, GapReason, LinkState, SensorId, SensorInfo, StreamKey, StreamSpec};
use std::sync::Arc;

/// The sink of one run of one connector. A connector that is started again gets
/// a new one, so that its numbering can begin at 0 again.
pub struct RunSink {
    core: Arc<Core>,
    run: u64,
}

impl RunSink {
    /// A sink for the run number `run`, unique in the process.
    #[must_use]
    pub fn new(core: Arc<Core>, run: u64) -> Self {
        Self { core, run }
    }

    fn sensor(&self, id: &SensorId) -> Option<Arc<Sensor>> {
        let sensor = self.core.registry.get(id);
        if sensor.is_none() {
            tracing::warn!(%id, "an event for a sensor that was never announced");
        }
        sensor
    }

    fn on_sensor(&self, info: SensorInfo) {
        let sensor = match self.core.registry.get(&info.id) {
            Some(known) => {
                known.set_info(info.clone());
                self.core.recorder.note_facts(&info);
                known
            }
            None => match self.core.admit(info.clone()) {
                Some(new) => new,
                None => return,
            },
        };
        for spec in &info.streams {
            self.open_stream(&sensor, spec);
        }
    }

    fn open_stream(&self, sensor: &Sensor, spec: &StreamSpec) {
        match sensor.open_stream(spec) {
            Opened::New(stream) => self.core.recorder.attach(&sensor.info(), &stream),
            Opened::Known => {}
            Opened::TooMany => self.core.notices.say(
                NoticeLevel::Warning,
                format!("{} announced more streams than a sensor may have.", sensor.info().name),
                "The further ones are not shown and not recorded.",
            ),
        }
    }

    fn on_block(&self, key: &StreamKey, block: Block) {
        let Some(sensor) = self.sensor(&key.sensor) else { return };
        let Some(stream) = sensor.stream(&key.attribute) else {
            tracing::warn!(%key, "a block of a stream that was never announced");
            return;
        };
        let work = |block| Work { stream: Arc::clone(&stream), block };
        stream.offer(self.run, block, |block| enqueue(sensor.inbox(), work(block)));
    }

    fn on_dropped(&self, key: &StreamKey, samples: u64, reason: GapReason) {
        let stream = self.sensor(&key.sensor).and_then(|sensor| sensor.stream(&key.attribute));
        if let Some(stream) = stream {
            stream.offer_dropped(self.run, samples, reason);
        }
    }

    fn on_link(&self, id: &SensorId, link: LinkState, at_ns: i64) {
        if let Some(sensor) = self.sensor(id) {
            sensor.set_link(link, at_ns);
        }
    }
}

impl EventSink for RunSink {
    fn send(&self, event: Event) {
        match event {
            Event::Adapter(state) => self.core.set_adapter(state),
            Event::Seen(advert) => self.core.see(advert),
            Event::Sensor(info) => self.on_sensor(info),
            Event::Stream(spec) => {
                if let Some(sensor) = self.sensor(&spec.key.sensor) {
                    self.open_stream(&sensor, &spec);
                }
            }
            Event::Link { sensor, link, at_host_ns } => self.on_link(&sensor, link, at_host_ns),
            Event::Signal { sensor, rssi_dbm } => {
                if let Some(sensor) = self.sensor(&sensor) {
                    sensor.set_rssi_dbm(rssi_dbm);
                }
            }
            Event::Block { stream, block } => self.on_block(&stream, block),
            Event::Dropped { stream, samples, reason } => self.on_dropped(&stream, samples, reason),
            Event::Rejected { sensor, problem } => {
                tracing::warn!(%sensor, problem, "a packet was rejected");
                if let Some(sensor) = self.sensor(&sensor) {
                    sensor.count_rejected();
                }
            }
            Event::Notice(notice) => self.core.notices.post(notice),
        }
    }
}
