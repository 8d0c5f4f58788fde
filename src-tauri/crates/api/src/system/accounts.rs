//! Where every sample of a sensor went.

use super::attention::AdviceRow;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One sensor's account: offered = delivered + Σ drops whenever nothing is under way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SensorAccount {
    /// Sensor id.
    pub id: String,
    /// Its name: text from outside, to be shown as text.
    pub name: String,
    /// How closely it is watched: `none`, `low`, `medium`, `high`.
    pub attention: Option<String>,
    /// What its source was asked to do.
    pub advice: Option<AdviceRow>,
    /// Blocks a second over the last 5 s.
    pub message_hz: Option<f64>,
    /// Samples a second over the last 5 s, all its streams.
    pub sample_hz: Option<f64>,
    /// Samples that its source numbered.
    #[ts(type = "number")]
    pub offered: u64,
    /// Samples that reached the hot rings.
    #[ts(type = "number")]
    pub delivered: u64,
    /// What the running recording holds of it; none where it is in no recording.
    pub recorded: Option<RecordedAccount>,
    /// Samples dropped on the way, by reason.
    pub drops: Vec<DropRow>,
    /// Samples that came after their time and were left out.
    #[ts(type = "number | null")]
    pub late: Option<u64>,
    /// Samples that came a second time and were left out.
    #[ts(type = "number | null")]
    pub duplicate: Option<u64>,
    /// Samples that came out of their order: late ones and duplicates together.
    #[ts(type = "number")]
    pub out_of_order: u64,
    /// Interruptions and drops so far.
    #[ts(type = "number")]
    pub gaps: u64,
    /// Packets that could not be decoded.
    #[ts(type = "number")]
    pub rejected: u64,
}

/// What a running recording holds of one sensor, as of its last commit. It counts from
/// the first number that each stream had in it: offered = stored + dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RecordedAccount {
    /// Samples offered to the recording.
    #[ts(type = "number")]
    pub offered: u64,
    /// Samples stored.
    #[ts(type = "number")]
    pub stored: u64,
    /// Samples in gaps.
    #[ts(type = "number")]
    pub dropped: u64,
}

/// The account of all sensors that are there no more: what the sums keep of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct EndedAccount {
    /// How many there were; one that comes again and ends again counts twice.
    #[ts(type = "number")]
    pub sensors: u64,
    /// Samples that their sources numbered.
    #[ts(type = "number")]
    pub offered: u64,
    /// Samples that reached the hot rings.
    #[ts(type = "number")]
    pub delivered: u64,
    /// Samples dropped on the way, by reason.
    pub drops: Vec<DropRow>,
    /// Samples that came after their time and were left out.
    #[ts(type = "number")]
    pub late: u64,
    /// Samples that came a second time and were left out.
    #[ts(type = "number")]
    pub duplicate: u64,
    /// Interruptions and drops.
    #[ts(type = "number")]
    pub gaps: u64,
    /// Packets that could not be decoded.
    #[ts(type = "number")]
    pub rejected: u64,
}

/// Drops of one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct DropRow {
    /// The code of a gap's reason.
    pub reason: String,
    /// How many samples.
    #[ts(type = "number")]
    pub samples: u64,
}
