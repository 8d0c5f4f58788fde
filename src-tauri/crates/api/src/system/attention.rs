//! How closely sensors are watched, and what their sources were asked to do.

use crate::rows;
use model::AttentionLevel;
use runtime::{Battery, Console, Refused, ServedView, TRICKLE_MS};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Attention, summed up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct AttentionView {
    /// Sensors by level.
    pub levels: LevelCounts,
    /// Who watches: windows and other faces.
    pub viewers: u32,
    /// The battery of the viewing machine: `normal`, `low`, `critical`, `charging`, `unknown`.
    pub battery: String,
    /// What viewers told that was refused: targets that are none or too many,
    /// viewers without room, words that found the inbox full.
    #[ts(type = "number")]
    pub refused: u64,
    /// Viewers that fell silent and were let go of.
    #[ts(type = "number")]
    pub stale_viewers: u64,
}

/// A number for each attention level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct LevelCounts {
    /// Nobody knows of them.
    pub none: u32,
    /// Nobody looks.
    pub low: u32,
    /// In view.
    pub medium: u32,
    /// Closely watched.
    pub high: u32,
}

/// The one decision that every layer reads, and what it comes to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Backpressure {
    /// The load level in force.
    pub load: String,
    /// Whether memory is short.
    pub memory_protected: bool,
    /// What sources are asked to do, by attention level, the highest first.
    pub advice: Vec<LevelAdvice>,
    /// Sources that are paused.
    pub paused_sources: u32,
    /// The quality of each view.
    pub views: Vec<ViewQuality>,
}

/// What sources of one attention level are asked to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct LevelAdvice {
    /// `none`, `low`, `medium`, `high`.
    pub attention: String,
    /// What is asked.
    pub advice: AdviceRow,
}

/// What a source was asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct AdviceRow {
    /// Whether it should deliver nothing for the moment.
    pub paused: bool,
    /// How long it should gather, ms.
    pub window_ms: u32,
    /// How many samples it should gather at least.
    pub batch_size: u32,
}

/// A view: a window, or another reader of live data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ViewQuality {
    /// Whose.
    pub name: String,
    /// `high`, `medium`, `low`, `minimal`, `paused`.
    pub quality: String,
    /// From one flush to the next, ms.
    pub flush_ms: u32,
    /// Charts that it follows, each of one stream.
    pub streams: u32,
    /// Flushes that it had not read when it was last looked at.
    pub waiting: u32,
    /// Samples that it was given: each was a point of a trace.
    #[ts(type = "number")]
    pub delivered: u64,
    /// Samples that others replaced: those that are drawn for all samples of their
    /// pixel. Store and recording have them.
    #[ts(type = "number")]
    pub coalesced: u64,
    /// Samples that were gone from its charts, or from memory, before it asked.
    #[ts(type = "number")]
    pub overwritten: u64,
}

/// Attention, summed up.
pub(super) fn attention(console: &Console) -> AttentionView {
    let view = console.attention();
    let [none, low, medium, high] = view.sensors.map(count);
    AttentionView {
        levels: LevelCounts { none, low, medium, high },
        viewers: count(view.viewers),
        battery: battery(view.battery).to_owned(),
        refused: refused(&view),
        stale_viewers: view.stale_viewers,
    }
}

/// The one decision that every layer reads, and what it comes to.
pub(super) fn backpressure(console: &Console) -> Backpressure {
    let regime = console.regime();
    let levels = AttentionLevel::ALL.into_iter().rev();
    let advice = levels.map(|attention| LevelAdvice {
        attention: attention.name().to_owned(),
        advice: rows::advice(&console.advice_for(attention)),
    });
    Backpressure {
        load: regime.load().name().to_owned(),
        memory_protected: regime.memory_protected(),
        advice: advice.collect(),
        paused_sources: u32::try_from(console.advice().paused).unwrap_or(u32::MAX),
        views: console.served_views().into_iter().map(view).collect(),
    }
}

fn refused(view: &runtime::AttentionView) -> u64 {
    let Refused { unknown_targets, viewers, targets } = view.refused;
    unknown_targets + viewers + targets + view.malformed + view.overrun
}

fn battery(battery: Option<Battery>) -> &'static str {
    match battery {
        None => "unknown",
        Some(Battery { is_charging: true, .. }) => "charging",
        Some(battery) => match battery.cap() {
            AttentionLevel::High => "normal",
            AttentionLevel::Medium => "low",
            AttentionLevel::Low | AttentionLevel::None => "critical",
        },
    }
}

fn view(served: ServedView) -> ViewQuality {
    ViewQuality {
        name: served.viewer.to_string(),
        quality: served.quality.name().to_owned(),
        flush_ms: served.quality.flush_ms(AttentionLevel::High).unwrap_or(TRICKLE_MS),
        streams: count(served.charts),
        waiting: served.waiting,
        delivered: served.account.read,
        coalesced: served.account.passed_over,
        overwritten: served.account.overwritten,
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
