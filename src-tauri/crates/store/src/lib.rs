//! Recording files: one SQLite file for each recording, extension `.sensocto`.
//!
//! A recording is written by one [`Writer`] on one thread, a transaction at a
//! time; whatever was committed survives a crash, and a file that was never
//! closed opens as it is. It is read through [`Recording`] and checked, block
//! by block, by [`verify`]. Beside them the console keeps three databases for
//! itself: the [`outbox`], what must be delivered, the [`history`], what was
//! measured lately, and the [`known`] devices. The layout of all of them is in `FORMAT.md`.
//!
//! This crate starts no thread and asks no clock: times come with the data.

mod beside;
mod block_row;
mod database;
mod error;
mod file;
pub mod history;
pub mod known;
pub mod outbox;
mod pack;
mod recording;
mod stats;
mod verify;
mod writer;

pub use error::StoreError;
pub use recording::{
    Blocks, Gaps, RecordedGap, RecordedSensor, RecordedStream, Recording, RecordingInfo, StreamCounts,
};
pub use verify::{Report, StreamReport, verify};
pub use writer::{Batch, Closed, NewRecording, NewStream, NotClosed, Writer};

/// The extension of recording files, without the dot.
pub const EXTENSION: &str = "sensocto";

/// SQLite's `application_id` of a recording: "SENS" in ASCII.
pub const APPLICATION_ID: u32 = 0x5345_4E53;

/// The newest version of the file format that this console knows (SQLite's `user_version`).
pub const FORMAT_VERSION: u32 = 2;

/// The most samples in one stored block. It bounds what a reader must hold in
/// memory, whatever a damaged or hostile file claims.
pub const BLOCK_SAMPLES_MAX: u64 = 1 << 20;

/// The number of a stream within its recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamNo(pub(crate) i64);

impl std::fmt::Display for StreamNo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}
