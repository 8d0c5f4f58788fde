//! Where connectors' events arrive: blocks go to their worker's inbox, states
//! into the registry. Nothing here waits.

use crate::core::Core;
use crate::sensor::{Opened, Sensor};
use crate::slots::{Outlets, Port, Slots};
use connect::{Event, EventSink, NoticeLevel};
use model::{Bundle, GapReason, LinkState, SensorId, SensorInfo, StreamKey, StreamRef, StreamSpec};
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The sink of one run of one connector. A connector that is started again gets
/// a new one, so that its numbering can begin at 0 again.
pub struct RunSink {
    core: Arc<Core>,
    run: u64,
    slots: Arc<Slots>,
    /// Held while the run's blocks are numbered and sent off.
    outlets: Arc<Mutex<Outlets>>,
    /// Samples under a name that was never bound.
    homeless: AtomicU64,
}

impl RunSink {
    /// A sink for the run number `run`, unique in the process and larger than
    /// the ones before it.
    #[must_use]
    pub fn new(core: Arc<Core>, run: u64) -> Self {
        Self { core, run, slots: Arc::default(), outlets: Arc::default(), homeless: AtomicU64::new(0) }
    }

    /// Whether an event that may come in storms passes its token bucket. What
    /// carries data, or changes a state, always passes.
    fn admits(&self, event: &Event) -> bool {
        let entrances = &self.core.entrances;
        match event {
            Event::Seen(_) => entrances.adverts.admits(),
            Event::Signal { .. } => entrances.signals.admits(),
            Event::Notice(_) => entrances.reports.admits(),
            _ => true,
        }
    }

    fn sensor(&self, id: &SensorId) -> Option<Arc<Sensor>> {
        let sensor = self.core.registry.get(id);
        if sensor.is_none() {
            tracing::warn!(%id, "an event for a sensor that was never announced");
        }
        sensor
    }

    fn on_sensor(&self, mut info: SensorInfo) {
        self.core.known.dress(&mut info);
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
        // A connector that announces a sensor again knows nothing of earlier advice.
        sensor.advised().forget();
        self.core.attention.announced(sensor.id());
    }

    fn open_stream(&self, sensor: &Arc<Sensor>, spec: &StreamSpec) {
        let refused = |why: &str, remedy: &str| {
            let text = format!("{} announced more streams than {why}.", sensor.info().name);
            self.core.notices.say(NoticeLevel::Warning, text, remedy);
        };
        let remedy = "The further ones are not shown and not recorded.";
        match sensor.open_stream(spec, |stream| self.core.registries.enter(stream)) {
            Opened::New(stream) => {
                let info = sensor.info();
                self.core.recorder.attach(&info, &stream);
                let usual_hz = self.core.known.rate_hz(&info, spec.key.attribute.as_str());
                self.core.alarms.watch(sensor, &stream, usual_hz);
                self.core.attention.announced(sensor.id());
                if let Some(history) = self.core.history.get() {
                    history.attach(&stream);
                }
            }
            Opened::Known => {}
            Opened::TooMany => refused("a sensor may have", remedy),
            Opened::NoRoom => refused("the console has room for", remedy),
        }
    }

    /// From here on a block finds its stream and its worker by the short name.
    fn on_bind(&self, name: StreamRef, key: &StreamKey) {
        let Some(sensor) = self.sensor(&key.sensor) else { return };
        let Some(stream) = self.core.registries.attributes.get(key) else {
            tracing::warn!(%key, "a name for a stream that was never announced");
            return;
        };
        if !stream.source().claim(self.run, &Arc::downgrade(&self.outlets)) {
            tracing::warn!(%key, "an abandoned run of a connector still speaks");
            return;
        }
        let outlet = self.outlets.lock().to(sensor.inbox());
        if !self.slots.bind(name, Port { stream, outlet }) {
            tracing::warn!(%key, ?name, "a name that can't stand for the stream");
        }
    }

    fn on_dropped(&self, name: StreamRef, samples: u64, reason: GapReason) {
        let _numbering = self.outlets.lock();
        match self.slots.get(name) {
            Some(port) => port.stream.pass_over(self.run, samples, reason),
            None => self.count_homeless(samples),
        }
    }

    /// Sends the blocks of a bundle off, which is empty then, or still has them.
    fn on_bundle(&self, bundle: &mut Bundle) {
        let mut outlets = self.outlets.lock();
        let passed_on = outlets.pass_on(self.run, &self.slots, bundle);
        let homeless = passed_on.unwrap_or_else(|| outlets.route_all(self.run, &self.slots, bundle));
        drop(outlets);
        if homeless > 0 {
            self.count_homeless(homeless);
        }
    }

    /// Told once a run: a refused sensor has said so already.
    fn count_homeless(&self, samples: u64) {
        if self.homeless.fetch_add(samples, Ordering::Relaxed) == 0 {
            tracing::warn!(run = self.run, "samples of streams that were never announced, or refused");
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
        if !self.admits(&event) {
            return;
        }
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
            Event::Advised { sensor, obeys } => {
                if let Some(sensor) = self.sensor(&sensor) {
                    sensor.advised().answered(obeys);
                }
            }
            Event::Bind { stream, key } => self.on_bind(stream, &key),
            Event::Block { stream, block } => {
                let mut bundle = Bundle::default();
                match bundle.push(stream, &block) {
                    true => self.on_bundle(&mut bundle),
                    false => self.count_homeless(block.len()),
                }
            }
            Event::Bundle(mut bundle) => self.on_bundle(&mut bundle),
            Event::Dropped { stream, samples, reason } => self.on_dropped(stream, samples, reason),
            Event::Rejected { sensor, problem } => {
                if self.core.entrances.rejects.admits() {
                    tracing::warn!(%sensor, problem, "a packet was rejected");
                }
                if let Some(sensor) = self.sensor(&sensor) {
                    sensor.count_rejected();
                }
            }
            Event::Notice(notice) => _ = self.core.notices.post(notice),
        }
    }

    fn send_bundle(&self, bundle: &mut Bundle) {
        self.on_bundle(bundle);
        bundle.clear();
    }
}
