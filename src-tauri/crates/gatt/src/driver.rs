//! Drivers that are files: a lab describes its own sensor in TOML, without Rust.
//!
//! `docs/drivers.md` says what a file holds. Here its text becomes a [`Driver`], or
//! [`Problem`]s with line and column; a wrong file takes nothing else along. Reading
//! files, connecting and writing are for others: what comes in is text and bytes.

mod bundled;
mod hex;
pub mod layout;
pub mod lines;
mod matching;
mod parse;
mod problem;
mod sheet;

pub use bundled::bundled;
pub use hex::Pattern;
pub use matching::{Advert, Choice, Match, Specificity};
pub use problem::{PROBLEMS_MAX, Problem};

use layout::Layout;
use lines::LineLayout;
use std::time::Duration;

/// A longer file is refused.
pub const FILE_BYTES_MAX: usize = 64 * 1024;
/// So many files are read at most.
pub const FILES_MAX: usize = 256;

/// A device that a file describes.
#[derive(Clone, Debug, PartialEq)]
pub struct Driver {
    /// The file that it came from.
    pub file: String,
    /// What it is called; no two drivers share a name.
    pub name: String,
    /// As its author counts.
    pub version: String,
    /// The devices that it is for.
    pub matches: Match,
    /// What to write once connected, in this order.
    pub on_connect: Vec<Write>,
    /// What to subscribe to.
    pub characteristics: Vec<Characteristic>,
}

/// One write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// The characteristic's UUID.
    pub to: u128,
    /// What to write.
    pub bytes: Vec<u8>,
    /// How long to wait before.
    pub delay: Duration,
    /// Whether the device is asked to confirm the write.
    pub with_response: bool,
    /// What has to arrive before the next one is written.
    pub expect: Option<Expect>,
}

/// An answer that is waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expect {
    /// The characteristic's UUID.
    pub from: u128,
    /// What it begins with.
    pub bytes: Pattern,
    /// After this long the device counts as not answering.
    pub within: Duration,
}

/// What a characteristic sends.
#[derive(Clone, Debug, PartialEq)]
pub struct Characteristic {
    /// Its UUID.
    pub uuid: u128,
    /// How its messages are read.
    pub reading: Reading,
}

/// How messages are told apart and read.
#[derive(Clone, Debug, PartialEq)]
pub enum Reading {
    /// Every notification is a packet of fields.
    Packets(Layout),
    /// Notifications are pieces of text; every line holds numbers.
    Lines(LineLayout),
}

impl Characteristic {
    /// The streams that it feeds.
    #[must_use]
    pub fn streams(&self) -> &[layout::Stream] {
        match &self.reading {
            Reading::Packets(layout) => layout.streams(),
            Reading::Lines(layout) => layout.streams(),
        }
    }
}

/// What a folder of driver files holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drivers {
    /// The drivers, by file name.
    pub good: Vec<Driver>,
    /// What is wrong with the other files.
    pub problems: Vec<Problem>,
}

/// Reads driver files, given as name and text, in the order of their names. A file that is wrong
/// in one place is not used at all, and none of the others is touched by it.
#[must_use]
pub fn load<'f>(files: impl IntoIterator<Item = (&'f str, &'f str)>) -> Drivers {
    let mut files: Vec<_> = files.into_iter().collect();
    let mut drivers = Drivers::default();
    files.sort_unstable();
    if let Some((first, _)) = files.get(FILES_MAX) {
        let words = format!("there are more than {FILES_MAX} files; this and later ones are not read");
        drivers.problems.push(Problem::of_file(first, words));
    }
    files.truncate(FILES_MAX);
    for (file, text) in files {
        match parse::driver(file, text) {
            Ok(driver) => drivers.add(driver),
            Err(problems) => drivers.problems.extend(problems),
        }
    }
    drivers
}

impl Drivers {
    /// Adds a driver whose name is not taken.
    fn add(&mut self, driver: Driver) {
        match self.good.iter().find(|other| other.name == driver.name) {
            Some(other) => {
                let words =
                    format!("the name {} is taken by {}; each driver needs its own", driver.name, other.file);
                self.problems.push(Problem::of_file(&driver.file, words));
            }
            None => self.good.push(driver),
        }
    }

    /// These drivers and those of `below` whose names are not taken; that one is replaced by
    /// another is told among the problems.
    #[must_use]
    pub fn over(mut self, below: Self) -> Self {
        for driver in below.good {
            match self.good.iter().find(|own| own.name == driver.name) {
                Some(own) => {
                    let words = format!("takes the place of {} from {}", driver.name, driver.file);
                    self.problems.push(Problem::of_file(&own.file.clone(), words));
                }
                None => self.good.push(driver),
            }
        }
        self.problems.extend(below.problems);
        self
    }
}

#[cfg(test)]
mod tests;
