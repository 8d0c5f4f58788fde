//! A gap: the place where samples are missing, and why.

use serde::{Deserialize, Serialize};

/// Why samples are missing. The code is what recordings and exports carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GapReason {
    /// The device went away, or its link was cut; nobody knows how much it measured.
    LinkLost,
    /// The operator disconnected the device or stopped its source.
    SourceStopped,
    /// The connector failed and was started again.
    ConnectorRestarted,
    /// The sensor worker's inbox was full; the oldest blocks gave way.
    InboxFull,
    /// The recorder's queue was full.
    RecorderFull,
    /// The sensor worker panicked while it held the block.
    WorkerPanicked,
    /// The sensor failed again and again and was given up.
    SensorGivenUp,
    /// The disk took no more data.
    DiskFull,
    /// The recording file could not be written for another reason.
    WriteFailed,
    /// The source was told to pause because nobody watched it and the machine was at its limit.
    Paused,
    /// The source itself could not keep up and skipped ahead.
    SourceOverrun,
    /// Samples are missing and no drop site has claimed them: a defect of the console.
    Unexplained,
}

impl GapReason {
    /// Every reason, in the order of their declaration.
    pub const ALL: [Self; 12] = [
        Self::LinkLost,
        Self::SourceStopped,
        Self::ConnectorRestarted,
        Self::InboxFull,
        Self::RecorderFull,
        Self::WorkerPanicked,
        Self::SensorGivenUp,
        Self::DiskFull,
        Self::WriteFailed,
        Self::Paused,
        Self::SourceOverrun,
        Self::Unexplained,
    ];

    /// The stable code kept in files.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::LinkLost => "link_lost",
            Self::SourceStopped => "source_stopped",
            Self::ConnectorRestarted => "connector_restarted",
            Self::InboxFull => "inbox_full",
            Self::RecorderFull => "recorder_full",
            Self::WorkerPanicked => "worker_panicked",
            Self::SensorGivenUp => "sensor_given_up",
            Self::DiskFull => "disk_full",
            Self::WriteFailed => "write_failed",
            Self::Paused => "paused",
            Self::SourceOverrun => "source_overrun",
            Self::Unexplained => "unexplained",
        }
    }

    /// The reason behind a code, if it is one of ours.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }

    /// The reason in words for the operator.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::LinkLost => "the link to the device was lost",
            Self::SourceStopped => "the source was stopped",
            Self::ConnectorRestarted => "the connector failed and was restarted",
            Self::InboxFull => "the sensor's inbox was full",
            Self::RecorderFull => "the recorder's queue was full",
            Self::WorkerPanicked => "the sensor's worker failed and was restarted",
            Self::SensorGivenUp => "the sensor failed again and again and was given up",
            Self::DiskFull => "the disk was full",
            Self::WriteFailed => "the recording could not be written",
            Self::Paused => "the source was paused: nobody watched it and the machine was at its limit",
            Self::SourceOverrun => "the source fell behind and skipped ahead",
            Self::Unexplained => "unexplained (please report this)",
        }
    }
}

/// Missing samples of one stream.
///
/// `samples` counts what was offered and dropped; 0 where the device itself was
/// gone and nothing was offered. Times are host nanoseconds: of the last sample
/// before the gap and of the first after it, as far as they are known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// The number of the first missing sample (for an interruption: of the next one to come).
    pub first_index: u64,
    /// How many offered samples were dropped.
    pub samples: u64,
    /// Host time where the gap begins.
    pub from_ns: i64,
    /// Host time where it ends.
    pub to_ns: i64,
    /// Why.
    pub reason: GapReason,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_found_again_by_its_code() {
        for reason in GapReason::ALL {
            assert_eq!(GapReason::from_code(reason.code()), Some(reason));
        }
        assert_eq!(GapReason::from_code("nonsense"), None);
    }
}
