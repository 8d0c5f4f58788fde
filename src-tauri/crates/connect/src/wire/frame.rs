//! Frames: length, kind, payload.

use super::{FRAME_BYTES_MAX, WireError};
use std::io::{self, Read};

/// Bytes of the length in front of a frame.
pub(super) const LENGTH_BYTES: usize = 4;

/// What a frame holds, by its letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Kind {
    Hello = b'H',
    Command = b'C',
    Event = b'E',
    Bundle = b'B',
    Alive = b'A',
    Ended = b'X',
}

impl Kind {
    const ALL: [Self; 6] = [Self::Hello, Self::Command, Self::Event, Self::Bundle, Self::Alive, Self::Ended];

    fn of(letter: u8) -> Result<Self, WireError> {
        let known = Self::ALL.into_iter().find(|kind| *kind as u8 == letter);
        known.ok_or_else(|| WireError::Damaged(format!("its kind is {letter}")))
    }
}

/// Writes a frame into `frame`, whose payload `fill` appends.
pub(super) fn compose(
    frame: &mut Vec<u8>,
    kind: Kind,
    fill: impl FnOnce(&mut Vec<u8>) -> Result<(), WireError>,
) -> Result<(), WireError> {
    frame.clear();
    frame.extend_from_slice(&[0; LENGTH_BYTES]);
    frame.push(kind as u8);
    fill(frame)?;
    let bytes = frame.len() - LENGTH_BYTES;
    match u32::try_from(bytes) {
        Ok(length) if bytes <= FRAME_BYTES_MAX => {
            frame[..LENGTH_BYTES].copy_from_slice(&length.to_le_bytes());
            Ok(())
        }
        _ => Err(WireError::Oversized { bytes }),
    }
}

/// Reads a frame; its payload is in `payload` then. None where the pipe has ended
/// behind a frame.
pub(super) fn read(input: &mut impl Read, payload: &mut Vec<u8>) -> Result<Option<Kind>, WireError> {
    payload.clear();
    let mut length = [0; LENGTH_BYTES];
    match fill(input, &mut length)? {
        0 => return Ok(None),
        LENGTH_BYTES => {}
        had => return Err(WireError::Cut { had, of: LENGTH_BYTES }),
    }
    let bytes = u32::from_le_bytes(length) as usize;
    if bytes > FRAME_BYTES_MAX {
        return Err(WireError::Oversized { bytes });
    }
    let had = input.take(bytes as u64).read_to_end(payload)?;
    if had < bytes {
        return Err(WireError::Cut { had: LENGTH_BYTES + had, of: LENGTH_BYTES + bytes });
    }
    match payload.first() {
        Some(letter) => Kind::of(*letter).map(Some),
        None => Err(WireError::Damaged("it is empty".to_owned())),
    }
}

/// The payload behind the kind.
pub(super) fn inside(payload: &[u8]) -> &[u8] {
    payload.get(1..).unwrap_or_default()
}

/// Fills `bytes` as far as the pipe goes.
fn fill(input: &mut impl Read, bytes: &mut [u8]) -> io::Result<usize> {
    let mut had = 0;
    while had < bytes.len() {
        match input.read(&mut bytes[had..]) {
            Ok(0) => break,
            Ok(n) => had += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(had)
}
