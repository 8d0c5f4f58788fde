//! The two enums of a connector on a pair of pipes, for one that runs in a process
//! of its own: [`Command`] down, [`Event`] up.
//!
//! A message is a frame: its length in 4 bytes (little endian), a letter for what
//! it is, and MessagePack. MessagePack because it describes itself, as enums that
//! carry their tag inside need it; with names, so that a field that is added later
//! harms nobody. The blocks of a bundle go without names, as the columns that they
//! are: a sample costs one to five bytes for its value, and nothing else where it
//! is evenly spaced.
//!
//! Both sides begin with a [`Hello`]. Whatever is not as it should be is a
//! [`WireError`], after which nothing more can be read: the pipe's other end has to
//! be ended. A frame that is too long is refused before any of it is written.

mod frame;
mod reader;
mod writer;

pub use reader::FrameReader;
pub use writer::FrameWriter;

use crate::{Command, Event};
use serde::{Deserialize, Serialize};
use std::io;

/// The version of the format. Another one is not spoken.
pub const VERSION: u32 = 1;

/// The longest frame, bytes. A bundle of the usual bounds has a fifth of it at most.
pub const FRAME_BYTES_MAX: usize = 1 << 20;

/// Says that the format is ours.
const MAGIC: &str = "sensocto connector";

/// The first frame of each side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    magic: String,
    version: u32,
    /// Which connector it is, or is wanted: `ble`.
    pub connector: String,
    /// The version of the program that says it.
    pub program: String,
}

impl Hello {
    /// What this program says.
    #[must_use]
    pub fn new(connector: &str) -> Self {
        Self {
            magic: MAGIC.to_owned(),
            version: VERSION,
            connector: connector.to_owned(),
            program: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }

    fn check(&self, connector: &str) -> Result<(), WireError> {
        if self.magic != MAGIC {
            return Err(WireError::Foreign);
        }
        if self.version != VERSION {
            return Err(WireError::Version { theirs: self.version, program: self.program.clone() });
        }
        match self.connector == connector {
            true => Ok(()),
            false => Err(WireError::Damaged(format!("it is the connector {:?}", self.connector))),
        }
    }
}

/// What the connector's side says.
#[derive(Clone, Debug, PartialEq)]
pub enum Told {
    /// The connector's own loop goes on; see [`EventSink::alive`](crate::EventSink::alive).
    Alive,
    /// An event.
    Event(Event),
    /// The connector has ended; nothing comes behind it.
    Ended(Ending),
}

/// How a connector ended: what its `run` returned, or that it panicked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// As it was told to.
    Well,
    /// It failed, and can be started again.
    Failed(String),
    /// It can't do its work as configured.
    Unusable(String),
}

/// What the other side says.
#[derive(Clone, Debug, PartialEq)]
pub enum Asked {
    /// A command.
    Command(Command),
}

/// Why a pipe can't be talked over any more.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    /// The system.
    #[error("the pipe failed: {0}")]
    Io(#[from] io::Error),
    /// The pipe ended inside a frame.
    #[error("a message was cut off after {had} of {of} bytes")]
    Cut {
        /// The bytes that are here.
        had: usize,
        /// The bytes that it has.
        of: usize,
    },
    /// A frame, also one that was to be written, is longer than [`FRAME_BYTES_MAX`].
    #[error("a message of {bytes} bytes is longer than any may be")]
    Oversized {
        /// Its length, or what it claims to be.
        bytes: usize,
    },
    /// The other side does not speak this format at all.
    #[error("the other side is no connector of this program")]
    Foreign,
    /// The other side speaks another version of it.
    #[error("the other side speaks version {theirs} of the format (program {program}), not {VERSION}")]
    Version {
        /// The version of the format.
        theirs: u32,
        /// The version of its program.
        program: String,
    },
    /// A frame is of the right length and makes no sense.
    #[error("a message makes no sense: {0}")]
    Damaged(String),
}

impl WireError {
    /// Whether the pipe's other end is simply gone.
    #[must_use]
    pub fn is_hang_up(&self) -> bool {
        matches!(self, Self::Io(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

#[cfg(test)]
mod tests;
