//! Messages out of a stream of bytes that arrives in pieces.
//!
//! Three framings: lines that end with `\n`; COBS (Cheshire and Baker 1999),
//! where a 0 ends a message and none stands inside; and a length in front of
//! each. The buffer is bounded and allocated once. A message that is too long for
//! it is left out and counted, and reading goes on with the next one.

/// How messages are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// Each ends with `\n`; a `\r` in front of that belongs to the ending.
    Lines,
    /// Each is encoded by COBS and ends with a 0.
    Cobs,
    /// Each has its length in front: one byte.
    Length8,
    /// Each has its length in front: two bytes, the lower first.
    Length16,
}

/// What was lost so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Losses {
    /// Messages longer than the buffer.
    pub too_long: u64,
    /// Messages that are no COBS.
    pub malformed: u64,
    /// Messages that a [`Reassembly::reset`] cut off.
    pub cut_off: u64,
}

/// Puts messages together. Empty ones are not given out.
#[derive(Debug)]
pub struct Reassembly {
    framing: Framing,
    message_bytes_max: usize,
    /// The message so far, as it came: never more than `room`.
    buffer: Vec<u8>,
    room: usize,
    state: State,
    losses: Losses,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Taking bytes until a delimiter, or those of a length.
    Reading,
    /// Leaving out what is left of a message that was too long, up to the delimiter.
    Skipping,
    /// So many bytes of a message are still to come; leaving them out where it is too long.
    Expecting { bytes: usize, too_long: bool },
}

impl Reassembly {
    /// For messages of up to `message_bytes_max`; the one allocation.
    #[must_use]
    pub fn new(framing: Framing, message_bytes_max: usize) -> Self {
        let room = match framing {
            Framing::Lines => message_bytes_max.saturating_add(1), // the `\r`
            Framing::Cobs => message_bytes_max.saturating_add(message_bytes_max / 254 + 1),
            Framing::Length8 | Framing::Length16 => message_bytes_max.max(2),
        };
        let (buffer, state, losses) = (Vec::with_capacity(room), State::Reading, Losses::default());
        Self { framing, message_bytes_max, buffer, room, state, losses }
    }

    /// Takes a piece as it arrived, and gives each message that it completes to `message`.
    pub fn take(&mut self, piece: &[u8], mut message: impl FnMut(&[u8])) {
        match self.framing {
            Framing::Lines => self.take_delimited(piece, b'\n', &mut message),
            Framing::Cobs => self.take_delimited(piece, 0, &mut message),
            Framing::Length8 => self.take_counted(piece, 1, &mut message),
            Framing::Length16 => self.take_counted(piece, 2, &mut message),
        }
    }

    /// Forgets what has begun: after a reconnect, or a silence within a message.
    pub fn reset(&mut self) {
        self.losses.cut_off += u64::from(self.state != State::Reading || !self.buffer.is_empty());
        self.buffer.clear();
        self.state = State::Reading;
    }

    /// What was lost so far.
    #[must_use]
    pub fn losses(&self) -> Losses {
        self.losses
    }

    fn take_delimited(&mut self, mut piece: &[u8], delimiter: u8, message: &mut impl FnMut(&[u8])) {
        while let Some(at) = piece.iter().position(|byte| *byte == delimiter) {
            let (end, rest) = piece.split_at(at);
            self.append(end);
            self.finish(message);
            piece = rest.get(1..).unwrap_or_default();
        }
        self.append(piece);
    }

    fn append(&mut self, bytes: &[u8]) {
        if self.state == State::Skipping {
            return;
        }
        if self.buffer.len() + bytes.len() > self.room {
            self.losses.too_long += 1;
            self.buffer.clear();
            self.state = State::Skipping;
            return;
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// A delimiter was reached.
    fn finish(&mut self, message: &mut impl FnMut(&[u8])) {
        let skipped = std::mem::replace(&mut self.state, State::Reading) == State::Skipping;
        if !skipped && self.decode() {
            match self.buffer.len() {
                0 => {}
                len if len > self.message_bytes_max => self.losses.too_long += 1,
                _ => message(&self.buffer),
            }
        }
        self.buffer.clear();
    }

    /// Turns what came into the message; false where that is none.
    fn decode(&mut self) -> bool {
        if self.framing == Framing::Lines {
            if self.buffer.last() == Some(&b'\r') {
                self.buffer.pop();
            }
            return true;
        }
        let decoded = unstuff(&mut self.buffer);
        self.losses.malformed += u64::from(decoded.is_none());
        self.buffer.truncate(decoded.unwrap_or(0));
        decoded.is_some()
    }

    fn take_counted(&mut self, mut piece: &[u8], length_bytes: usize, message: &mut impl FnMut(&[u8])) {
        while let Some((first, rest)) = piece.split_first() {
            let State::Expecting { bytes, too_long } = self.state else {
                self.buffer.push(*first);
                piece = rest;
                if self.buffer.len() == length_bytes {
                    self.expect();
                }
                continue;
            };
            let (now, later) = piece.split_at(bytes.min(piece.len()));
            if !too_long {
                self.buffer.extend_from_slice(now);
            }
            piece = later;
            self.state = State::Expecting { bytes: bytes - now.len(), too_long };
            if bytes == now.len() {
                if !too_long {
                    message(&self.buffer);
                }
                self.buffer.clear();
                self.state = State::Reading;
            }
        }
    }

    /// The length is complete.
    fn expect(&mut self) {
        let bytes = self.buffer.iter().rev().fold(0, |length, byte| length << 8 | usize::from(*byte));
        self.buffer.clear();
        let too_long = bytes > self.message_bytes_max;
        self.losses.too_long += u64::from(too_long);
        if bytes > 0 {
            self.state = State::Expecting { bytes, too_long };
        }
    }
}

/// Decodes COBS in place; how many bytes are left, none where it is not COBS.
///
/// Each group begins with its own length; all but the longest, and the last, end with a 0 that
/// was taken out.
fn unstuff(bytes: &mut [u8]) -> Option<usize> {
    let (mut from, mut to) = (0, 0);
    while from < bytes.len() {
        let group = usize::from(*bytes.get(from)?);
        let end = from.checked_add(group)?;
        if group == 0 || end > bytes.len() {
            return None;
        }
        bytes.copy_within(from + 1..end, to);
        (to, from) = (to + group - 1, end);
        if group < 255 && from < bytes.len() {
            *bytes.get_mut(to)? = 0;
            to += 1;
        }
    }
    Some(to)
}

#[cfg(test)]
mod tests;
