//! Reading fields off a packet, one after the other: little-endian unless a name says otherwise.

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
        self.array::<1>(field).map(|[byte]| byte)
    }

    pub(crate) fn i8(&mut self, field: &'static str) -> Result<i8, TooShort> {
        self.array(field).map(i8::from_le_bytes)
    }

    pub(crate) fn u16(&mut self, field: &'static str) -> Result<u16, TooShort> {
        self.array(field).map(u16::from_le_bytes)
    }

    pub(crate) fn i16(&mut self, field: &'static str) -> Result<i16, TooShort> {
        self.array(field).map(i16::from_le_bytes)
    }

    pub(crate) fn u16_be(&mut self, field: &'static str) -> Result<u16, TooShort> {
        self.array(field).map(u16::from_be_bytes)
    }

    pub(crate) fn u24(&mut self, field: &'static str) -> Result<u32, TooShort> {
        self.array(field).map(u24)
    }

    pub(crate) fn i24(&mut self, field: &'static str) -> Result<i32, TooShort> {
        self.array(field).map(i24)
    }

    pub(crate) fn u32(&mut self, field: &'static str) -> Result<u32, TooShort> {
        self.array(field).map(u32::from_le_bytes)
    }

    pub(crate) fn i32(&mut self, field: &'static str) -> Result<i32, TooShort> {
        self.array(field).map(i32::from_le_bytes)
    }

    pub(crate) fn u64(&mut self, field: &'static str) -> Result<u64, TooShort> {
        self.array(field).map(u64::from_le_bytes)
    }

    pub(crate) fn f32(&mut self, field: &'static str) -> Result<f32, TooShort> {
        self.array(field).map(f32::from_le_bytes)
    }

    /// Three of a kind: most motion sensors.
    pub(crate) fn xyz_i16(&mut self, field: &'static str) -> Result<[i16; 3], TooShort> {
        Ok([self.i16(field)?, self.i16(field)?, self.i16(field)?])
    }

    pub(crate) fn array<const N: usize>(&mut self, field: &'static str) -> Result<[u8; N], TooShort> {
        let (bytes, rest) = self.rest.split_first_chunk::<N>().ok_or(self.too_short(field))?;
        self.rest = rest;
        Ok(*bytes)
    }

    pub(crate) fn slice(&mut self, bytes: usize, field: &'static str) -> Result<&'a [u8], TooShort> {
        let (taken, rest) = self.rest.split_at_checked(bytes).ok_or(self.too_short(field))?;
        self.rest = rest;
        Ok(taken)
    }

    /// A field that is there only where the packet's flags say so.
    pub(crate) fn when<T>(
        &mut self,
        present: bool,
        read: impl FnOnce(&mut Self) -> Result<T, TooShort>,
    ) -> Result<Option<T>, TooShort> {
        present.then(|| read(self)).transpose()
    }

    /// What has not been read.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// How much has not been read.
    pub(crate) fn tail(&self) -> usize {
        self.rest.len()
    }

    pub(crate) fn too_short(&self, field: &'static str) -> TooShort {
        TooShort { field, packet_bytes: self.packet_bytes }
    }
}

/// An unsigned number of three bytes, little-endian.
pub(crate) const fn u24([low, middle, high]: [u8; 3]) -> u32 {
    u32::from_le_bytes([low, middle, high, 0])
}

/// A signed number of three bytes, little-endian.
pub(crate) const fn i24([low, middle, high]: [u8; 3]) -> i32 {
    i32::from_le_bytes([0, low, middle, high]) >> 8
}
