//! What a connector has told, in order, and questions about it.

use connect::{Event, EventSink, Notice};
use model::{AdapterState, Advert, Column, LinkState, SensorInfo, StreamKey, StreamRef};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A sink that keeps everything.
#[derive(Default)]
pub struct Log {
    events: Mutex<Vec<Event>>,
    panic_at_block: AtomicBool,
    tasks: AtomicUsize,
}

impl EventSink for Log {
    fn send(&self, event: Event) {
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            self.tasks.store(runtime.metrics().num_alive_tasks(), Ordering::Release);
        }
        if matches!(event, Event::Block { .. }) && self.panic_at_block.swap(false, Ordering::AcqRel) {
            panic!("a planted panic");
        }
        self.events().push(event);
    }
}

/// A sample as the tests look at it: its number, its host time, its first raw value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    pub index: u64,
    pub host_ns: i64,
    pub raw: f64,
}

impl Log {
    fn events(&self) -> MutexGuard<'_, Vec<Event>> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Panics in the connector's thread instead of taking the next block.
    pub fn panic_at_the_next_block(&self) {
        self.panic_at_block.store(true, Ordering::Release);
    }

    /// How many tasks the connector's runtime had when it told the last event.
    pub fn tasks(&self) -> usize {
        self.tasks.load(Ordering::Acquire)
    }

    /// Forgets what was told, but for the names of the streams and the last word of
    /// each link.
    pub fn forget(&self) {
        let mut events = self.events();
        let mut last = BTreeMap::new();
        for event in events.iter() {
            if let Event::Link { sensor, .. } = event {
                last.insert(sensor.clone(), event.clone());
            }
        }
        events.retain(|event| matches!(event, Event::Bind { .. }));
        events.extend(last.into_values());
        events.shrink_to_fit();
    }

    fn pick<T>(&self, pick: impl FnMut(&Event) -> Option<T>) -> Vec<T> {
        self.events().iter().filter_map(pick).collect()
    }

    /// What sources have answered to advice, in order.
    pub fn advised(&self) -> Vec<bool> {
        self.pick(|event| match event {
            Event::Advised { obeys, .. } => Some(*obeys),
            _ => None,
        })
    }

    /// States of the adapter, in order.
    pub fn adapter(&self) -> Vec<AdapterState> {
        self.pick(|event| match event {
            Event::Adapter(state) => Some(state.clone()),
            _ => None,
        })
    }

    /// The last state of the adapter.
    pub fn adapter_now(&self) -> AdapterState {
        self.adapter().pop().unwrap_or(AdapterState::Unknown)
    }

    /// Adverts of one device, in order.
    pub fn adverts(&self, address: &str) -> Vec<Advert> {
        self.pick(|event| match event {
            Event::Seen(advert) if advert.device.0 == address => Some(advert.clone()),
            _ => None,
        })
    }

    /// States of the link of one device's sensor, in order, in short.
    pub fn links(&self, address: &str) -> Vec<&'static str> {
        self.links_in_full(address).iter().map(in_short).collect()
    }

    /// The last of them.
    pub fn link_now(&self, address: &str) -> Option<&'static str> {
        self.links(address).pop()
    }

    /// Why the link was lost, each time.
    pub fn reasons(&self, address: &str) -> Vec<String> {
        let links = self.links_in_full(address).into_iter();
        links
            .filter_map(|link| match link {
                LinkState::Lost { reason } => Some(reason),
                _ => None,
            })
            .collect()
    }

    fn links_in_full(&self, address: &str) -> Vec<LinkState> {
        self.pick(|event| match event {
            Event::Link { sensor, link, .. } if of(sensor.as_str(), address) => Some(link.clone()),
            _ => None,
        })
    }

    /// How many blocks came while the link was called anything but live.
    pub fn blocks_out_of_life(&self, address: &str) -> usize {
        let (mut is_live, mut blocks) = (false, 0);
        let events = self.events();
        let keys = keys_in(&events);
        for event in events.iter() {
            match event {
                Event::Link { sensor, link, .. } if of(sensor.as_str(), address) => {
                    is_live = *link == LinkState::Live;
                }
                Event::Block { stream, .. } if of(keys[stream].sensor.as_str(), address) && !is_live => {
                    blocks += 1;
                }
                _ => {}
            }
        }
        blocks
    }

    /// What was announced of a sensor, in order.
    pub fn sensors(&self, address: &str) -> Vec<SensorInfo> {
        self.pick(|event| match event {
            Event::Sensor(info) if of(info.id.as_str(), address) => Some(info.clone()),
            _ => None,
        })
    }

    /// All samples of a stream, in the order they came.
    pub fn samples(&self, address: &str, attribute: &str) -> Vec<Sample> {
        let events = self.events();
        let keys = keys_in(&events);
        let blocks = events.iter().filter_map(|event| match event {
            Event::Block { stream, block }
                if of(keys[stream].sensor.as_str(), address)
                    && keys[stream].attribute.as_str() == attribute =>
            {
                Some(block)
            }
            _ => None,
        });
        let mut samples = Vec::new();
        for block in blocks {
            let numbered = (block.first_index()..).zip(block.host_ns()).enumerate();
            samples.extend(numbered.map(|(row, (index, host_ns))| Sample {
                index,
                host_ns: *host_ns,
                raw: block.columns().first().and_then(|column: &Column| column.raw(row)).unwrap(),
            }));
        }
        samples
    }

    /// The raw values of a stream.
    pub fn values(&self, address: &str, attribute: &str) -> Vec<f64> {
        self.samples(address, attribute).iter().map(|sample| sample.raw).collect()
    }

    /// Problems of rejected packets.
    pub fn rejected(&self) -> Vec<String> {
        self.pick(|event| match event {
            Event::Rejected { problem, .. } => Some(problem.clone()),
            _ => None,
        })
    }

    /// Notices to the operator.
    pub fn notices(&self) -> Vec<Notice> {
        self.pick(|event| match event {
            Event::Notice(notice) => Some(notice.clone()),
            _ => None,
        })
    }
}

/// The streams behind their short names. Taken from the events that are looked at
/// and no others: between two looks a stream may be bound and have its first block.
fn keys_in(events: &[Event]) -> BTreeMap<StreamRef, StreamKey> {
    let bound = events.iter().filter_map(|event| match event {
        Event::Bind { stream, key } => Some((*stream, key.clone())),
        _ => None,
    });
    bound.collect()
}

fn of(sensor: &str, address: &str) -> bool {
    sensor.strip_prefix("ble:") == Some(address)
}

fn in_short(link: &LinkState) -> &'static str {
    match link {
        LinkState::Connecting => "connecting",
        LinkState::Live => "live",
        LinkState::Lost { .. } => "lost",
        LinkState::Stopped => "stopped",
    }
}
