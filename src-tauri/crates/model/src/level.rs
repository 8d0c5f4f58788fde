//! The two scales on which the console decides how much to ask of whom: how
//! closely somebody watches, and how hard the machine works.

use serde::{Deserialize, Serialize};

/// How closely a sensor or an attribute is watched, from nobody to closely.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttentionLevel {
    /// Nobody knows of it.
    #[default]
    None,
    /// Registered, but nobody looks.
    Low,
    /// Somebody has it in view.
    Medium,
    /// Pinned, focused, hovered, or left only a moment ago.
    High,
}

impl AttentionLevel {
    /// Every level, the lowest first.
    pub const ALL: [Self; 4] = [Self::None, Self::Low, Self::Medium, Self::High];

    /// The level's name on screen and in metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// How hard the machine works, from easily to hardly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LoadLevel {
    /// There is room.
    #[default]
    Normal,
    /// Busy.
    Elevated,
    /// Very busy: whoever is not watched gets less.
    High,
    /// At its limit: only what is watched goes on.
    Critical,
}

impl LoadLevel {
    /// Every level, the lowest first.
    pub const ALL: [Self; 4] = [Self::Normal, Self::Elevated, Self::High, Self::Critical];

    /// The level's name on screen and in metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Elevated => "elevated",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// What a source is asked to do. A source obeys as far as its device can; what
/// it measured in the meantime it still numbers, so that nothing is lost silently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advice {
    /// How closely its sensor is watched.
    pub attention: AttentionLevel,
    /// How hard the machine works.
    pub load: LoadLevel,
    /// Whether memory is short.
    pub memory_protected: bool,
    /// Whether it should deliver nothing at all for the moment.
    pub paused: bool,
    /// How long it should gather samples before it delivers, ms.
    pub window_ms: u32,
    /// How many samples it should gather at least.
    pub batch_size: u32,
}
