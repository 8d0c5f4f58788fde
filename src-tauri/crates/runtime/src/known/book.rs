//! The list of known devices in memory, and what of it is not on the disk yet.

use model::{DeviceId, one_line};
use std::collections::BTreeMap;
use store::known::{Change, KnownDevice, TEXT_CHARS_MAX};

/// Devices that are known at most; the one unseen for longest that was never named gives way.
pub const KNOWN_MAX: usize = 1_000;
/// How much later a device has to be seen for that alone to be written, ns.
const SEEN_APART_NS: i64 = 60_000_000_000;

/// What the operator says of a device.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownEdit {
    /// What it is called; empty for its own name.
    pub alias: String,
    /// Whose it is, or who wears it.
    pub owner: String,
    /// Where it belongs.
    pub room: String,
    /// Whether it is connected by itself when the console starts.
    pub reconnects: bool,
}

/// What is to be seen of a connected device.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seen {
    /// What it calls itself.
    pub name: String,
    /// By what it is read; empty where that is not told.
    pub driver: String,
    /// Wall clock, nanoseconds since 1970-01-01 UTC.
    pub at_ns: i64,
    /// Samples a second that were learned, by attribute.
    pub rates: Vec<(String, f64)>,
}

/// Every known device was named by the operator, and there is no room for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

/// The list. Devices are found whether written in capital or small letters.
#[derive(Debug, Default)]
pub struct Book {
    devices: BTreeMap<String, Entry>,
    /// What the disk does not know yet, by device.
    changes: BTreeMap<String, Change>,
}

#[derive(Debug)]
struct Entry {
    device: KnownDevice,
    /// As of which sight the disk knows it, or will.
    written_ns: i64,
}

fn key(device: &str) -> String {
    device.to_ascii_lowercase()
}

impl Book {
    /// Takes what was kept on the disk; what is known already stands.
    pub fn load(&mut self, kept: Vec<KnownDevice>) {
        for device in kept.into_iter().take(KNOWN_MAX) {
            let written_ns = device.last_seen_ns;
            self.devices.entry(key(&device.device)).or_insert(Entry { device, written_ns });
        }
    }

    /// A device.
    pub fn get(&self, device: &str) -> Option<&KnownDevice> {
        self.devices.get(&key(device)).map(|entry| &entry.device)
    }

    /// Every device.
    pub fn all(&self) -> impl Iterator<Item = &KnownDevice> {
        self.devices.values().map(|entry| &entry.device)
    }

    /// The operator has connected a device: it is known from now on, and will be
    /// connected by itself.
    ///
    /// # Errors
    /// [`Full`].
    pub fn remember(&mut self, device: &DeviceId, name: &str, at_ns: i64) -> Result<(), Full> {
        if self.get(&device.0).is_some() {
            return Ok(());
        }
        self.make_room()?;
        let known = KnownDevice {
            device: device.0.clone(),
            name: name.to_owned(),
            last_seen_ns: at_ns,
            reconnects: true,
            ..KnownDevice::default()
        };
        self.devices.insert(key(&device.0), Entry { device: known.cleaned(), written_ns: at_ns });
        self.mark(&device.0);
        Ok(())
    }

    /// The device that was never named and is unseen for longest gives way.
    fn make_room(&mut self) -> Result<(), Full> {
        if self.devices.len() < KNOWN_MAX {
            return Ok(());
        }
        let unnamed = self.all().filter(|device| !device.is_named());
        let oldest = unnamed.min_by_key(|device| device.last_seen_ns).ok_or(Full)?.device.clone();
        self.forget(&oldest);
        Ok(())
    }

    /// Takes what the operator says of a device; false if it is not known.
    pub fn edit(&mut self, device: &str, edit: &KnownEdit) -> bool {
        let Some(entry) = self.devices.get_mut(&key(device)) else { return false };
        let clean = |text: &str| one_line(text, TEXT_CHARS_MAX);
        entry.device.alias = clean(&edit.alias);
        entry.device.owner = clean(&edit.owner);
        entry.device.room = clean(&edit.room);
        entry.device.reconnects = edit.reconnects;
        self.mark(device);
        true
    }

    /// Forgets a device; false if it is not known.
    pub fn forget(&mut self, device: &str) -> bool {
        let Some(entry) = self.devices.remove(&key(device)) else { return false };
        self.changes.insert(key(device), Change::Forget(entry.device.device));
        true
    }

    /// Takes what is to be seen of a device while it is connected. That it was seen a
    /// little later is not worth a write.
    pub fn note(&mut self, device: &str, seen: Seen) {
        let Some(entry) = self.devices.get_mut(&key(device)) else { return };
        let before = entry.device.clone();
        let known = &mut entry.device;
        known.last_seen_ns = known.last_seen_ns.max(seen.at_ns);
        if !seen.name.is_empty() {
            known.name = seen.name;
        }
        if !seen.driver.is_empty() {
            known.driver = seen.driver;
        }
        for (attribute, hz) in seen.rates {
            if !known.rates.iter().any(|(there, _)| *there == attribute) {
                known.rates.push((attribute, hz));
            }
        }
        *known = std::mem::take(known).cleaned();
        let is_news =
            known.name != before.name || known.driver != before.driver || known.rates != before.rates;
        if is_news || known.last_seen_ns.saturating_sub(entry.written_ns) >= SEEN_APART_NS {
            self.mark(device);
        }
    }

    /// The console ends: what was seen since it was last written is written, too.
    pub fn mark_seen(&mut self) {
        let later = |entry: &&Entry| entry.device.last_seen_ns > entry.written_ns;
        let later: Vec<String> =
            self.devices.values().filter(later).map(|entry| entry.device.device.clone()).collect();
        later.iter().for_each(|device| self.mark(device));
    }

    fn mark(&mut self, device: &str) {
        if let Some(entry) = self.devices.get_mut(&key(device)) {
            entry.written_ns = entry.device.last_seen_ns;
            self.changes.insert(key(device), Change::Put(entry.device.clone()));
        }
    }

    /// What the disk does not know yet; it counts as known then.
    pub fn take_changes(&mut self) -> Vec<Change> {
        std::mem::take(&mut self.changes).into_values().collect()
    }

    /// The disk has refused these: they wait again, unless something newer does.
    pub fn put_back(&mut self, changes: Vec<Change>) {
        for change in changes {
            let of = match &change {
                Change::Put(device) => key(&device.device),
                Change::Forget(device) => key(device),
            };
            self.changes.entry(of).or_insert(change);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: usize) -> DeviceId {
        DeviceId(format!("C0:FF:EE:00:00:{n:04X}"))
    }

    fn names(changes: &[Change]) -> Vec<String> {
        let name = |change: &Change| match change {
            Change::Put(device) => format!("+{}", device.device),
            Change::Forget(device) => format!("-{device}"),
        };
        changes.iter().map(name).collect()
    }

    fn full() -> Book {
        let mut book = Book::default();
        (0..KNOWN_MAX).for_each(|n| book.remember(&id(n), "strap", n as i64).unwrap());
        book
    }

    #[test]
    fn a_thousand_and_first_device_takes_the_place_of_the_one_unseen_for_longest_that_has_no_name() {
        let mut book = full();
        let edit = KnownEdit { owner: "Anna".to_owned(), ..KnownEdit::default() };
        assert!(book.edit(&id(0).0, &edit));
        book.take_changes();
        book.remember(&id(5000), "new", 1).unwrap();
        assert_eq!(book.all().count(), KNOWN_MAX);
        assert!(book.get(&id(0).0).is_some() && book.get(&id(1).0).is_none());
        assert_eq!(names(&book.take_changes()), [format!("-{}", id(1).0), format!("+{}", id(5000).0)]);
    }

    #[test]
    fn where_all_have_names_none_gives_way() {
        let mut book = full();
        let edit = KnownEdit { alias: "x".to_owned(), ..KnownEdit::default() };
        (0..KNOWN_MAX).for_each(|n| assert!(book.edit(&id(n).0, &edit)));
        assert_eq!(book.remember(&id(5000), "new", 1), Err(Full));
        assert_eq!(book.remember(&id(7), "known already", 1), Ok(()));
    }

    #[test]
    fn a_device_is_one_in_capital_and_small_letters() {
        let mut book = Book::default();
        book.remember(&DeviceId("c0:ff:ee:00:00:01".to_owned()), "strap", 1).unwrap();
        book.remember(&DeviceId("C0:FF:EE:00:00:01".to_owned()), "strap", 2).unwrap();
        assert_eq!(book.all().count(), 1);
        assert!(book.forget("C0:ff:EE:00:00:01"));
        assert_eq!(names(&book.take_changes()), ["-c0:ff:ee:00:00:01"], "as the disk calls it");
    }

    #[test]
    fn what_the_operator_says_is_one_bounded_line() {
        let mut book = Book::default();
        book.remember(&id(1), "strap", 1).unwrap();
        let edit = KnownEdit { alias: format!(" An\u{202e}na\n{}", "x".repeat(300)), ..KnownEdit::default() };
        assert!(book.edit(&id(1).0, &edit) && !book.edit(&id(2).0, &edit));
        let alias = &book.get(&id(1).0).unwrap().alias;
        assert!(alias.starts_with("Anna x") && alias.chars().count() == TEXT_CHARS_MAX, "{alias}");
    }

    #[test]
    fn being_seen_a_little_later_is_written_once_a_minute_and_at_the_end() {
        let mut book = Book::default();
        book.remember(&id(1), "strap", 0).unwrap();
        book.take_changes();
        let mut written = 0;
        for s in 1..=150 {
            let seen = Seen { name: "strap".to_owned(), at_ns: s * 1_000_000_000, ..Seen::default() };
            book.note(&id(1).0, seen);
            written += book.take_changes().len();
        }
        assert_eq!(written, 2);
        book.mark_seen();
        book.mark_seen();
        assert_eq!(book.take_changes().len(), 1);
    }

    #[test]
    fn a_better_name_a_driver_and_a_learned_rate_are_written_at_once_and_a_rate_stays() {
        let mut book = Book::default();
        book.remember(&id(1), "strap", 0).unwrap();
        book.take_changes();
        let seen = |hz| Seen {
            name: "Polar H10".to_owned(),
            driver: "polar".to_owned(),
            at_ns: 1,
            rates: vec![("heart_rate".to_owned(), hz)],
        };
        book.note(&id(1).0, seen(1.0));
        book.note(&id(1).0, seen(0.5));
        let changes = book.take_changes();
        let [Change::Put(device)] = &changes[..] else { panic!("{changes:?}") };
        assert_eq!((device.name.as_str(), device.driver.as_str()), ("Polar H10", "polar"));
        assert_eq!(device.rates, [("heart_rate".to_owned(), 1.0)]);
    }

    #[test]
    fn what_the_disk_refused_waits_again_unless_something_newer_does() {
        let mut book = Book::default();
        book.remember(&id(1), "one", 0).unwrap();
        book.remember(&id(2), "two", 0).unwrap();
        let refused = book.take_changes();
        book.forget(&id(1).0);
        book.put_back(refused);
        assert_eq!(names(&book.take_changes()), [format!("-{}", id(1).0), format!("+{}", id(2).0)]);
    }
}
