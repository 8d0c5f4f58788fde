//! Writes messages into a pipe.

use super::frame::{Kind, compose};
use super::{Ending, Hello, WireError};
use crate::{Command, Event};
use model::Bundle;
use serde::Serialize;
use std::io::Write;

/// The end of a pipe that messages are written into. What is written is on its way
/// only after [`FrameWriter::flush`], where the pipe is buffered.
///
/// [`WireError::Oversized`] has written nothing, and the pipe goes on; after any
/// other error it must not be used.
pub struct FrameWriter<W> {
    out: W,
    frame: Vec<u8>,
}

impl<W: Write> FrameWriter<W> {
    /// Writes into `out`.
    #[must_use]
    pub fn new(out: W) -> Self {
        Self { out, frame: Vec::new() }
    }

    /// Writes the greeting, which has to be the first message.
    ///
    /// # Errors
    /// [`WireError`], as for all that is written.
    pub fn hello(&mut self, hello: &Hello) -> Result<(), WireError> {
        self.named(Kind::Hello, hello)
    }

    /// Writes a command.
    ///
    /// # Errors
    /// [`WireError`].
    pub fn command(&mut self, command: &Command) -> Result<(), WireError> {
        self.named(Kind::Command, command)
    }

    /// Writes an event. A block travels as a bundle of one.
    ///
    /// # Errors
    /// [`WireError`].
    pub fn event(&mut self, event: &Event) -> Result<(), WireError> {
        match event {
            Event::Bundle(bundle) => self.bundle(bundle),
            Event::Block { stream, block } => {
                let mut bundle = Bundle::default();
                match bundle.push(*stream, block) {
                    true => self.bundle(&bundle),
                    false => Err(WireError::Damaged("a block of too many channels".to_owned())),
                }
            }
            other => self.named(Kind::Event, other),
        }
    }

    /// Writes that the connector's loop goes on.
    ///
    /// # Errors
    /// [`WireError`].
    pub fn alive(&mut self) -> Result<(), WireError> {
        compose(&mut self.frame, Kind::Alive, |_| Ok(()))?;
        self.write()
    }

    /// Writes how the connector ended, which has to be the last message.
    ///
    /// # Errors
    /// [`WireError`].
    pub fn ended(&mut self, ending: &Ending) -> Result<(), WireError> {
        self.named(Kind::Ended, ending)
    }

    /// Sends on what is buffered.
    ///
    /// # Errors
    /// [`WireError`].
    pub fn flush(&mut self) -> Result<(), WireError> {
        Ok(self.out.flush()?)
    }

    fn named(&mut self, kind: Kind, value: &impl Serialize) -> Result<(), WireError> {
        compose(&mut self.frame, kind, |frame| {
            rmp_serde::encode::write_named(frame, value)
                .map_err(|error| WireError::Damaged(error.to_string()))
        })?;
        self.write()
    }

    fn bundle(&mut self, bundle: &Bundle) -> Result<(), WireError> {
        compose(&mut self.frame, Kind::Bundle, |frame| {
            rmp_serde::encode::write(frame, bundle).map_err(|error| WireError::Damaged(error.to_string()))
        })?;
        self.write()
    }

    fn write(&mut self) -> Result<(), WireError> {
        Ok(self.out.write_all(&self.frame)?)
    }
}
