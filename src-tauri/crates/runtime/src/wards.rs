//! What becomes of sensors whose blocks make their worker panic: each has its
//! own budget, and is given up alone when it has used it up.

use crate::notices::NoticeBoard;
use crate::registries::Sensors;
use crate::sensor::Sensor;
use connect::NoticeLevel;
use model::{Clock, StreamSpec};
use parking_lot::Mutex;
use std::sync::Arc;

/// So many sensors are told by name within this time; further ones together.
const NAMED_MAX: u32 = 3;
const NAMED_WITHIN_NS: i64 = 5_000_000_000;

/// The sensors under a worker's care.
pub struct Wards {
    clock: Arc<dyn Clock>,
    registry: Arc<Sensors>,
    notices: Arc<NoticeBoard>,
    told: Mutex<Told>,
}

#[derive(Default)]
struct Told {
    since_ns: i64,
    named: u32,
}

impl Wards {
    /// Looks after the sensors of `registry`.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, registry: Arc<Sensors>, notices: Arc<NoticeBoard>) -> Self {
        Self { clock, registry, notices, told: Mutex::default() }
    }

    /// A block of the stream made its worker panic; the block is counted already.
    pub fn on_panic(&self, stream: &StreamSpec) {
        tracing::error!(stream = %stream.key, "a block made its worker panic");
        let now_ns = self.clock.now().host_ns;
        if let Some(sensor) = self.registry.get(&stream.key.sensor)
            && sensor.on_panic(now_ns)
        {
            self.tell(&sensor, now_ns);
        }
    }

    fn tell(&self, sensor: &Sensor, now_ns: i64) {
        let mut told = self.told.lock();
        if now_ns.saturating_sub(told.since_ns) > NAMED_WITHIN_NS {
            *told = Told { since_ns: now_ns, named: 0 };
        }
        told.named = told.named.saturating_add(1);
        let text = match told.named <= NAMED_MAX {
            true => format!("{} failed again and again and was given up.", sensor.info().name),
            false => "Further sensors failed again and again and were given up, each alone.".to_owned(),
        };
        let remedy = "The other sensors go on. Connect it again to give it another chance.";
        self.notices.say(NoticeLevel::Error, text, remedy);
    }
}
