//! What came in since the last lot, joined to long blocks stream by stream:
//! long blocks pack better and are fewer rows.

use super::TOPIC;
use super::tap::Item;
use model::StreamSpec;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::history::{Entry, Session};
use store::outbox::NewMessage;

/// Samples that come together at most before they are put away, and their memory.
const SAMPLES_MAX: u64 = 1_000_000;
const BYTES_MAX: usize = 16 << 20;
/// The longest block, samples.
const BLOCK_MAX: u64 = 65_536;

#[derive(Default)]
pub(super) struct Collector {
    lanes: BTreeMap<String, Vec<Item>>,
    samples: u64,
    bytes: usize,
}

impl Collector {
    pub fn take(&mut self, item: Item) {
        let Item { spec, block } = item;
        self.samples += block.len();
        self.bytes += block.heap_bytes();
        let key = format!("{} {}", spec.key.sensor.as_str(), spec.key.attribute.as_str());
        let lane = self.lanes.entry(key).or_default();
        // A stream whose description has changed is another stream under the same name.
        let joins =
            |last: &&mut Item| Arc::ptr_eq(&last.spec, &spec) && last.block.len() + block.len() <= BLOCK_MAX;
        let rest = match lane.last_mut().filter(joins) {
            Some(last) => last.block.append(block).err(),
            None => Some(block),
        };
        lane.extend(rest.map(|block| Item { spec, block }));
    }

    pub fn is_full(&self) -> bool {
        self.samples >= SAMPLES_MAX || self.bytes >= BYTES_MAX
    }

    /// Everything as messages, with the samples of each.
    pub fn messages(&mut self, session: &Session) -> (Vec<NewMessage>, Vec<u64>) {
        (self.samples, self.bytes) = (0, 0);
        let lanes = std::mem::take(&mut self.lanes);
        let of_lane = |(key, lane): (String, Vec<Item>)| {
            let message = |Item { spec, block }: &Item| {
                let entry = Entry::new(session.clone(), StreamSpec::clone(spec), block);
                let message = NewMessage {
                    topic: TOPIC.to_owned(),
                    key: key.clone(),
                    dedup: entry.dedup(),
                    payload: entry.to_bytes(),
                };
                (message, entry.samples())
            };
            lane.iter().map(message).collect::<Vec<_>>()
        };
        lanes.into_iter().flat_map(of_lane).unzip()
    }
}
