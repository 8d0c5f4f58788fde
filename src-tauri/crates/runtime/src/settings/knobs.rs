//! The knobs: every setting of the file, by table.

mod attention;
mod store;

use super::knob::{Kind, Knob};
use policy::bio::Module;
use policy::quality::Choice;
use std::sync::LazyLock;

/// A table of the file.
pub struct Table {
    /// Its name, with dots.
    pub name: &'static str,
    /// What it is about.
    pub what: &'static str,
}

const fn table(name: &'static str, what: &'static str) -> Table {
    Table { name, what }
}

/// The tables, in the order of the example file.
pub const TABLES: &[Table] = &[
    table("runtime", "The runtime as a whole."),
    table("load.weights", "What each pressure counts for. They are divided by their sum."),
    table("load.thresholds", "Scores (0 to 1) from which a level is entered; they must rise."),
    table("load.hysteresis", "How reluctantly a level is left."),
    table("memory", "Protection of memory, by the share that is used; start must be below critical."),
    table("memory.hysteresis", "How reluctantly the protection is left."),
    table("bio", "The bio tier: each module can be switched off."),
    table("history", "The rolling history on disk."),
    table("views", "How pages are served."),
    table("attention", "How long it matters what somebody has looked at."),
    table(
        "attention.unfocus_s",
        "How long a sensor that lost the focus still counts as watched, by load, seconds; must not rise.",
    ),
    table(
        "attention.hover_leave_s",
        "How long a sensor that the pointer left still counts as watched, by load, seconds; must not rise.",
    ),
    table(
        "attention.stale_s",
        "After how long a silence a page counts as gone, by load, seconds; must not rise, nor end below attention.sweep_s.",
    ),
    table(
        "attention.orphan_s",
        "After how long a sensor that nobody has marked is forgotten, by load, seconds; must not rise.",
    ),
    table(
        "store.hot",
        "Newest samples of a stream kept in memory, plain, by its kind. Load shrinks them to a fifth; without load no stream keeps less than what the screen shows.",
    ),
    table("store.warm", "Older samples of a stream kept in memory, packed, by its kind; as above."),
    table(
        "entrances",
        "How much is let in a second in the long run; what is beyond is turned away and counted.",
    ),
];

macro_rules! number {
    ($table:literal, $key:literal, $min:literal ..= $max:literal, $at:expr, $what:literal) => {
        Knob { table: $table, key: $key, what: $what, kind: Kind::Number { min: $min, max: $max, at: $at } }
    };
}

macro_rules! seconds {
    ($table:literal, $key:literal, $min:literal ..= $max:literal, $at:expr, $what:literal) => {
        Knob { table: $table, key: $key, what: $what, kind: Kind::Seconds { min: $min, max: $max, at: $at } }
    };
}

macro_rules! whole {
    ($table:literal, $key:literal, $min:literal ..= $max:literal, $at:expr, $what:literal) => {
        Knob { table: $table, key: $key, what: $what, kind: Kind::Whole { min: $min, max: $max, at: $at } }
    };
}

macro_rules! module {
    ($key:literal, $module:expr, $what:literal) => {
        Knob {
            table: "bio",
            key: $key,
            what: $what,
            kind: Kind::Switch {
                get: |settings| settings.bio.switches.is_on($module),
                set: |settings, on| settings.bio.switches.set($module, on),
            },
        }
    };
}

/// Every knob, in the order of the example file but for the tables.
pub static KNOBS: LazyLock<Vec<Knob>> =
    LazyLock::new(|| GENERAL.iter().chain(attention::KNOBS).copied().chain(store::knobs()).collect());

/// The knobs of the tables that have no file of their own.
const GENERAL: &[Knob] = &[
    whole!(
        "runtime",
        "shared_workers",
        1..=64,
        |s| &mut s.shared_workers,
        "Threads that the simulated sensors share."
    ),
    number!("load.weights", "cpu", 0.0..=1.0, |s| &mut s.monitor.load.weights.cpu, "The processor."),
    number!(
        "load.weights",
        "event_bus",
        0.0..=1.0,
        |s| &mut s.monitor.load.weights.event_bus,
        "What waits for views and callers."
    ),
    number!(
        "load.weights",
        "queues",
        0.0..=1.0,
        |s| &mut s.monitor.load.weights.queues,
        "What waits for sensor workers and the recorder."
    ),
    number!("load.weights", "memory", 0.0..=1.0, |s| &mut s.monitor.load.weights.memory, "Memory."),
    number!("load.thresholds", "elevated", 0.05..=1.0, |s| &mut s.monitor.load.thresholds.elevated, "Busy."),
    number!("load.thresholds", "high", 0.05..=1.0, |s| &mut s.monitor.load.thresholds.high, "Very busy."),
    number!(
        "load.thresholds",
        "critical",
        0.05..=1.0,
        |s| &mut s.monitor.load.thresholds.critical,
        "At the limit: unwatched sensors pause."
    ),
    number!(
        "load.hysteresis",
        "exit_margin",
        0.0..=0.3,
        |s| &mut s.monitor.load.reluctance.exit_margin,
        "How far below its threshold the score must be."
    ),
    seconds!(
        "load.hysteresis",
        "hold_s",
        0.0..=600.0,
        |s| &mut s.monitor.load.reluctance.hold_ns,
        "For how long, seconds."
    ),
    number!(
        "memory",
        "start",
        0.1..=1.0,
        |s| &mut s.monitor.memory.start,
        "Share from which sources and stores hold back."
    ),
    number!(
        "memory",
        "critical",
        0.1..=1.0,
        |s| &mut s.monitor.memory.critical,
        "Share from which what can be let go is let go."
    ),
    number!(
        "memory.hysteresis",
        "exit_margin",
        0.0..=0.3,
        |s| &mut s.monitor.memory.reluctance.exit_margin,
        "How far below its share memory must be."
    ),
    seconds!(
        "memory.hysteresis",
        "hold_s",
        0.0..=600.0,
        |s| &mut s.monitor.memory.reluctance.hold_ns,
        "For how long, seconds."
    ),
    module!("novelty", Module::Novelty, "A value far from the usual gives its sensor fresher windows."),
    module!("predictive", Module::Predictive, "Prepares for hours that usually are watched."),
    module!("homeostatic", Module::Homeostatic, "Moves the thresholds of the load by at most 0.1."),
    module!("arbiter", Module::Arbiter, "Sensors compete: what one gains, the others pay."),
    module!("circadian", Module::Circadian, "Day and night, in local time."),
    whole!(
        "bio",
        "novelty_tracks_max",
        0..=1_000_000,
        |s| &mut s.bio.novelty_tracks_max,
        "Attributes watched for something novel at most, about 150 bytes each."
    ),
    Knob {
        table: "history",
        key: "enabled",
        what: "Whether it is kept.",
        kind: Kind::Switch {
            get: |settings| settings.history.is_enabled,
            set: |settings, on| settings.history.is_enabled = on,
        },
    },
    Knob {
        table: "history",
        key: "folder",
        what: "Its folder; by default one beside the recordings.",
        kind: Kind::Folder { at: |settings| &mut settings.history.folder },
    },
    whole!("history", "hours_max", 1..=87_600, |s| &mut s.history.hours_max, "What is older goes, hours."),
    whole!(
        "history",
        "megabytes_max",
        16..=10_000_000,
        |s| &mut s.history.megabytes_max,
        "Beyond this size the oldest goes, MB."
    ),
    whole!(
        "entrances",
        "requests",
        50..=1_000_000,
        |s| &mut s.entrances.requests,
        "Requests of the page, of HTTP and of scripts."
    ),
    whole!("entrances", "frames", 50..=1_000_000, |s| &mut s.entrances.frames, "Frames of traces."),
    whole!(
        "entrances",
        "attention",
        20..=1_000_000,
        |s| &mut s.entrances.attention,
        "What all viewers tell of what is looked at."
    ),
    whole!("entrances", "adverts", 10..=1_000_000, |s| &mut s.entrances.adverts, "Adverts of devices."),
    whole!("entrances", "signals", 10..=1_000_000, |s| &mut s.entrances.signals, "Signal strengths."),
    whole!("entrances", "reports", 1..=1000, |s| &mut s.entrances.reports, "Notices of connectors."),
    Knob {
        table: "views",
        key: "quality",
        what: "How a page is served until its operator chooses otherwise.",
        kind: Kind::Word {
            words: &["auto", "high", "medium", "low", "minimal"],
            get: |settings| settings.view_choice as usize,
            set: |settings, place| settings.view_choice = Choice::ALL.get(place).copied().unwrap_or_default(),
        },
    },
];

/// The knob of a key.
pub fn find(table: &str, key: &str) -> Option<&'static Knob> {
    KNOBS.iter().find(|knob| knob.table == table && knob.key == key)
}
