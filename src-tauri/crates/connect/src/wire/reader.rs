//! Reads messages out of a pipe. Nothing that comes out of it is trusted.

use super::frame::{Kind, inside, read};
use super::{Asked, Hello, Told, WireError};
use crate::Event;
use model::{Block, Bundle};
use serde::de::DeserializeOwned;
use std::io::Read;

/// The end of a pipe that messages are read from. After an error there is nothing
/// more to be read.
pub struct FrameReader<R> {
    input: R,
    payload: Vec<u8>,
}

impl<R: Read> FrameReader<R> {
    /// Reads from `input`.
    #[must_use]
    pub fn new(input: R) -> Self {
        Self { input, payload: Vec::new() }
    }

    /// Reads the greeting of `connector`, which has to be the first message. None
    /// where the pipe ended without a word.
    ///
    /// # Errors
    /// [`WireError`]; whatever else comes first is [`WireError::Foreign`].
    pub fn hello(&mut self, connector: &str) -> Result<Option<Hello>, WireError> {
        let hello: Hello = match read(&mut self.input, &mut self.payload) {
            Ok(None) => return Ok(None),
            Ok(Some(Kind::Hello)) => self.parse().map_err(|_| WireError::Foreign)?,
            Err(WireError::Io(error)) => return Err(error.into()),
            Ok(Some(_)) | Err(_) => return Err(WireError::Foreign),
        };
        hello.check(connector)?;
        Ok(Some(hello))
    }

    /// Reads what the connector's side says; none where it has hung up.
    ///
    /// # Errors
    /// [`WireError`].
    pub fn told(&mut self) -> Result<Option<Told>, WireError> {
        let Some(kind) = read(&mut self.input, &mut self.payload)? else { return Ok(None) };
        let told = match kind {
            Kind::Alive => Told::Alive,
            Kind::Event => Told::Event(checked(self.parse()?)?),
            Kind::Bundle => Told::Event(Event::Bundle(whole(self.parse()?)?)),
            Kind::Ended => Told::Ended(self.parse()?),
            Kind::Hello | Kind::Command => return Err(out_of_place(kind)),
        };
        Ok(Some(told))
    }

    /// Reads what the other side says; none where it has hung up.
    ///
    /// # Errors
    /// [`WireError`].
    pub fn asked(&mut self) -> Result<Option<Asked>, WireError> {
        let Some(kind) = read(&mut self.input, &mut self.payload)? else { return Ok(None) };
        match kind {
            Kind::Command => Ok(Some(Asked::Command(self.parse()?))),
            _ => Err(out_of_place(kind)),
        }
    }

    /// The payload as a value, with nothing left behind it.
    fn parse<T: DeserializeOwned>(&self) -> Result<T, WireError> {
        let mut left = inside(&self.payload);
        let value = rmp_serde::from_read(&mut left).map_err(|error| WireError::Damaged(error.to_string()))?;
        match left.len() {
            0 => Ok(value),
            n => Err(WireError::Damaged(format!("{n} bytes too many"))),
        }
    }
}

fn out_of_place(kind: Kind) -> WireError {
    WireError::Damaged(format!("{kind:?} was not expected here"))
}

/// An event whose parts fit together.
fn checked(event: Event) -> Result<Event, WireError> {
    match event {
        Event::Bundle(bundle) => whole(bundle).map(Event::Bundle),
        Event::Block { stream, block } => even(&block).map(|block| Event::Block { stream, block }),
        other => Ok(other),
    }
}

/// A bundle of which every block is inside it: one that is not would be passed over
/// later, and its samples with it.
fn whole(bundle: Bundle) -> Result<Bundle, WireError> {
    match bundle.blocks().count() == bundle.len() {
        true => Ok(bundle),
        false => Err(WireError::Damaged("a block lies outside its bundle".to_owned())),
    }
}

fn even(block: &Block) -> Result<Block, WireError> {
    let ticks = block.device_ticks().map(<[i64]>::to_vec);
    let columns = block.columns().to_vec();
    Block::new(block.first_index(), block.wall_minus_host_ns(), block.host_ns().to_vec(), ticks, columns)
        .map_err(|ragged| WireError::Damaged(ragged.to_string()))
}
