//! What this process is doing with the messages: which are being delivered,
//! which keys have to wait, where the next round of claims begins. Nothing of
//! it survives the process, and nothing needs to.

use super::Message;
use std::collections::{BTreeMap, BTreeSet};

type Key = (String, String);

#[derive(Debug, Default)]
pub(super) struct Claims {
    held: BTreeSet<i64>,
    /// Keys with messages on their way: how many.
    busy: BTreeMap<Key, usize>,
    /// Keys whose oldest message failed: host time of the next try.
    waits: BTreeMap<Key, i64>,
    /// Host time of the first try of messages that failed.
    first_tries: BTreeMap<i64, i64>,
    /// The key last claimed of each topic: the next round begins behind it.
    cursors: BTreeMap<String, String>,
}

impl Claims {
    /// Whether the key's oldest message may be claimed now.
    pub fn is_free(&self, topic: &str, key: &str, now_ns: i64) -> bool {
        let key = (topic.to_owned(), key.to_owned());
        !self.busy.contains_key(&key) && self.waits.get(&key).is_none_or(|at_ns| *at_ns <= now_ns)
    }

    pub fn holds(&self, id: i64) -> bool {
        self.held.contains(&id)
    }

    pub fn cursor(&self, topic: &str) -> &str {
        self.cursors.get(topic).map_or("", String::as_str)
    }

    /// Takes the messages, with their tries brought up to date.
    pub fn take(&mut self, mut messages: Vec<Message>, now_ns: i64) -> Vec<Message> {
        for message in &mut messages {
            message.tries += 1;
            message.first_try_ns = *self.first_tries.entry(message.id).or_insert(now_ns);
            self.held.insert(message.id);
            let key = key_of(message);
            self.waits.remove(&key);
            *self.busy.entry(key).or_default() += 1;
        }
        if let Some(last) = messages.last() {
            self.cursors.insert(last.topic.clone(), last.key.clone());
        }
        messages
    }

    pub fn free(&mut self, messages: &[Message]) {
        for message in messages.iter().filter(|message| self.held.remove(&message.id)) {
            let key = key_of(message);
            if let Some(busy) = self.busy.get_mut(&key) {
                *busy -= 1;
                if *busy == 0 {
                    self.busy.remove(&key);
                }
            }
        }
    }

    /// Lets the key wait until `at_ns`.
    pub fn wait(&mut self, message: &Message, at_ns: i64) {
        let wait = self.waits.entry(key_of(message)).or_insert(at_ns);
        *wait = at_ns.max(*wait);
    }

    /// The message is gone, or set aside.
    pub fn forget(&mut self, id: i64) {
        self.first_tries.remove(&id);
    }

    pub fn held(&self) -> u64 {
        self.held.len() as u64
    }
}

fn key_of(message: &Message) -> Key {
    (message.topic.clone(), message.key.clone())
}
