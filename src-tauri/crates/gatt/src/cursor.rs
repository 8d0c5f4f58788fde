//! Reading little-endian fields off a packet, one after the other.

/// A packet ends before a field that it ought to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the packet of {packet_bytes} bytes ends before its {field}")]
pub struct TooShort {
    /// The missing field, in words.
    pub field: &'static str,
    /// The length of the whole packet.
    pub packet_bytes: usize,
}

/// A position in a packet; what was read is behind it.
pub(crate) struct Cursor<'a> {
    rest: &'a [u8],
    packet_bytes: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(packet: &'a [u8]) -> Self {
        Self { rest: packet, packet_bytes: packet.len() }
    }

    pub(crate) fn u8(&mut self, field: &'static str) -> Result<u8, TooShort> {
        self.take::<1>(field).map(|[byte]| byte)
    }

    pub(crate) fn u16(&mut self, field: &'static str) -> Result<u16, TooShort> {
        self.take(field).map(u16::from_le_bytes)
    }

    /// What has not been read.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    fn take<const N: usize>(&mut self, field: &'static str) -> Result<[u8; N], TooShort> {
        let (bytes, rest) =
            self.rest.split_first_chunk::<N>().ok_or(TooShort { field, packet_bytes: self.packet_bytes })?;
        self.rest = rest;
        Ok(*bytes)
    }
}
