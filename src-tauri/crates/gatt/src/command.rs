//! Bytes to write to a device, built without allocation.

/// The longest command that any device here takes.
pub const COMMAND_BYTES_MAX: usize = 64;

/// A command would be longer than [`COMMAND_BYTES_MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a command of {bytes} bytes is longer than {COMMAND_BYTES_MAX}")]
pub struct CommandTooLong {
    /// How long it would be.
    pub bytes: usize,
}

/// A command, ready to be written to its characteristic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Command {
    bytes: [u8; COMMAND_BYTES_MAX],
    len: usize,
}

impl Command {
    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// A command of a length that is known when it is compiled.
    pub(crate) const fn fixed<const N: usize>(command: [u8; N]) -> Self {
        const { assert!(N <= COMMAND_BYTES_MAX) };
        let mut bytes = [0; COMMAND_BYTES_MAX];
        let mut at = 0;
        while at < N {
            bytes[at] = command[at];
            at += 1;
        }
        Self { bytes, len: N }
    }

    /// This command with more bytes behind it.
    pub(crate) fn with(mut self, more: &[u8]) -> Result<Self, CommandTooLong> {
        let len = self.len.saturating_add(more.len());
        let room = self.bytes.get_mut(self.len..len).ok_or(CommandTooLong { bytes: len })?;
        room.copy_from_slice(more);
        self.len = len;
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_appended_up_to_the_limit_and_not_beyond() {
        let full = Command::fixed([1, 2]).with(&[3; COMMAND_BYTES_MAX - 2]).unwrap();
        assert_eq!(full.as_bytes()[..3], [1, 2, 3]);
        assert_eq!(full.as_bytes().len(), COMMAND_BYTES_MAX);
        assert_eq!(full.with(&[4]), Err(CommandTooLong { bytes: COMMAND_BYTES_MAX + 1 }));
        assert_eq!(full.with(&[]), Ok(full));
    }
}
