//! What a knob is: name, meaning, what is allowed, and where it goes.

use super::Settings;
use model::AttributeKind;
use std::path::PathBuf;

/// One setting of the file.
#[derive(Clone, Copy)]
pub struct Knob {
    /// Its table.
    pub table: &'static str,
    /// Its key.
    pub key: &'static str,
    /// What it means, for the example file.
    pub what: &'static str,
    /// What it takes.
    pub kind: Kind,
}

/// What a knob takes, and where it goes.
#[derive(Clone, Copy)]
pub enum Kind {
    /// A number within bounds (inclusive).
    Number {
        /// The least.
        min: f64,
        /// The largest.
        max: f64,
        /// Where it is kept.
        at: fn(&mut Settings) -> &mut f64,
    },
    /// A duration in seconds within bounds, kept in nanoseconds.
    Seconds {
        /// The shortest.
        min: f64,
        /// The longest.
        max: f64,
        /// Where it is kept.
        at: fn(&mut Settings) -> &mut i64,
    },
    /// A whole number within bounds (inclusive).
    Whole {
        /// The least.
        min: u32,
        /// The largest.
        max: u32,
        /// Where it is kept.
        at: fn(&mut Settings) -> &mut u32,
    },
    /// On or off.
    Switch {
        /// Reads it.
        get: fn(&Settings) -> bool,
        /// Sets it.
        set: fn(&mut Settings, bool),
    },
    /// One of some words.
    Word {
        /// The words.
        words: &'static [&'static str],
        /// Reads the place of its word.
        get: fn(&Settings) -> usize,
        /// Sets it by the place of the word.
        set: fn(&mut Settings, usize),
    },
    /// A folder, as an absolute path; the empty text for none.
    Folder {
        /// Where it is kept.
        at: fn(&mut Settings) -> &mut Option<PathBuf>,
    },
    /// Samples kept of a stream of a kind, a whole number within bounds (inclusive).
    Kept {
        /// The kind.
        kind: AttributeKind,
        /// The least.
        min: u32,
        /// The largest.
        max: u32,
        /// Where it is kept.
        at: fn(&mut Settings, AttributeKind) -> &mut u32,
    },
}

impl Knob {
    /// The knob's value in `settings`, as it would stand in the file.
    pub fn written(&self, settings: &mut Settings) -> String {
        match &self.kind {
            Kind::Number { at, .. } => format!("{:?}", at(settings)),
            Kind::Seconds { at, .. } => format!("{:?}", *at(settings) as f64 / 1e9),
            Kind::Whole { at, .. } => at(settings).to_string(),
            Kind::Switch { get, .. } => get(settings).to_string(),
            // The place comes from the same row.
            Kind::Word { words, get, .. } => format!("{:?}", words.get(get(settings)).unwrap_or(&"")),
            Kind::Folder { at } => format!("{:?}", at(settings).clone().unwrap_or_default()),
            Kind::Kept { kind, at, .. } => at(settings, *kind).to_string(),
        }
    }

    /// What the knob takes, in words.
    pub fn allowed(&self) -> String {
        match &self.kind {
            Kind::Number { min, max, .. } => format!("a number from {min} to {max}"),
            Kind::Seconds { min, max, .. } => format!("a number of seconds from {min} to {max}"),
            Kind::Whole { min, max, .. } | Kind::Kept { min, max, .. } => {
                format!("a whole number from {min} to {max}")
            }
            Kind::Folder { .. } => "an absolute path, or \"\" for the default".to_owned(),
            Kind::Switch { .. } => "true or false".to_owned(),
            Kind::Word { words, .. } => format!("one of \"{}\"", words.join("\", \"")),
        }
    }

    /// Copies the knob's value from one settings to another.
    pub fn copy(&self, from: &mut Settings, to: &mut Settings) {
        match &self.kind {
            Kind::Number { at, .. } => *at(to) = *at(from),
            Kind::Seconds { at, .. } => *at(to) = *at(from),
            Kind::Whole { at, .. } => *at(to) = *at(from),
            Kind::Switch { get, set } => set(to, get(from)),
            Kind::Word { get, set, .. } => set(to, get(from)),
            Kind::Folder { at } => at(to).clone_from(at(from)),
            Kind::Kept { kind, at, .. } => *at(to, *kind) = *at(from, *kind),
        }
    }

    /// The knob's number, for comparing; 0 for what is none.
    pub fn number(&self, settings: &mut Settings) -> f64 {
        match &self.kind {
            Kind::Number { at, .. } => *at(settings),
            Kind::Seconds { at, .. } => *at(settings) as f64,
            Kind::Whole { at, .. } => f64::from(*at(settings)),
            Kind::Kept { kind, at, .. } => f64::from(*at(settings, *kind)),
            Kind::Switch { .. } | Kind::Word { .. } | Kind::Folder { .. } => 0.0,
        }
    }
}
