//! Data that came in several notifications.
//!
//! No notification says whether more is to come: an update is whole when it has
//! the length that updates of its path have. The buffer is bounded by that length
//! and allocated once.

use super::{Kind, Notification};

/// The longest update that is put together: IMU9 with 16 samples of each sensor takes 580.
pub const UPDATE_BYTES_MAX: usize = 1024;

/// What was lost so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Losses {
    /// Updates whose rest never came.
    pub cut_off: u64,
    /// Continuations of nothing.
    pub orphans: u64,
    /// Updates that were longer than they should be.
    pub too_long: u64,
}

/// Puts the updates of one subscription together.
#[derive(Debug)]
pub struct Join {
    update_bytes: usize,
    buffer: Vec<u8>,
    /// The buffer's update was given out, and goes with the next notification.
    given_out: bool,
    losses: Losses,
}

impl Join {
    /// For updates of `update_bytes`, at most [`UPDATE_BYTES_MAX`].
    #[must_use]
    pub fn new(update_bytes: usize) -> Self {
        let update_bytes = update_bytes.min(UPDATE_BYTES_MAX);
        let buffer = Vec::with_capacity(update_bytes);
        Self { update_bytes, buffer, given_out: false, losses: Losses::default() }
    }

    /// Takes a notification of the subscription; the update, where it completes one.
    pub fn take<'s>(&'s mut self, notification: &Notification<'s>) -> Option<&'s [u8]> {
        let payload = notification.payload;
        if std::mem::take(&mut self.given_out) {
            self.buffer.clear();
        }
        match notification.kind {
            Kind::Answer { .. } => return None,
            Kind::Data => {
                self.losses.cut_off += u64::from(!self.buffer.is_empty());
                self.buffer.clear();
                if payload.len() == self.update_bytes {
                    return Some(payload);
                }
            }
            Kind::Continuation if self.buffer.is_empty() => {
                self.losses.orphans += 1;
                return None;
            }
            Kind::Continuation => {}
        }
        self.append(payload)
    }

    fn append(&mut self, payload: &[u8]) -> Option<&[u8]> {
        let bytes = self.buffer.len() + payload.len();
        if bytes > self.update_bytes {
            self.losses.too_long += 1;
            self.buffer.clear();
            return None;
        }
        self.buffer.extend_from_slice(payload);
        self.given_out = bytes == self.update_bytes;
        self.given_out.then_some(&self.buffer)
    }

    /// What was lost so far.
    #[must_use]
    pub fn losses(&self) -> Losses {
        self.losses
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notification(kind: Kind, payload: &[u8]) -> Notification<'_> {
        Notification { kind, reference: 1, payload }
    }

    /// The updates of eight bytes in those notifications, and what was lost.
    fn join(notifications: &[(Kind, &[u8])]) -> (Vec<Vec<u8>>, Losses) {
        let mut join = Join::new(8);
        let mut updates = Vec::new();
        for (kind, payload) in notifications {
            updates.extend(join.take(&notification(*kind, payload)).map(<[u8]>::to_vec));
        }
        (updates, join.losses())
    }

    const NOTHING_LOST: Losses = Losses { cut_off: 0, orphans: 0, too_long: 0 };
    use Kind::{Continuation, Data};

    #[test]
    fn an_update_in_one_piece_or_in_three_is_whole() {
        let (updates, losses) = join(&[
            (Data, b"abcdefgh"),
            (Data, b"abc"),
            (Continuation, b"def"),
            (Kind::Answer { status: 200 }, b""),
            (Continuation, b"gh"),
            (Data, b"ABCD"),
            (Continuation, b"EFGH"),
            (Data, b"12345678"),
        ]);
        assert_eq!(updates, [b"abcdefgh", b"abcdefgh", b"ABCDEFGH", b"12345678"]);
        assert_eq!(losses, NOTHING_LOST);
    }

    #[test]
    fn an_update_whose_rest_is_lost_is_counted_and_the_next_is_whole() {
        let (updates, losses) = join(&[(Data, b"abc"), (Data, b"ABC"), (Continuation, b"DEFGH")]);
        assert_eq!((updates, losses), (vec![b"ABCDEFGH".to_vec()], Losses { cut_off: 1, ..NOTHING_LOST }));
    }

    #[test]
    fn a_rest_whose_beginning_is_lost_is_counted() {
        let (updates, losses) = join(&[(Continuation, b"gh"), (Data, b"abcdefgh"), (Continuation, b"x")]);
        assert_eq!((updates.len(), losses), (1, Losses { orphans: 2, ..NOTHING_LOST }));
    }

    #[test]
    fn an_update_that_is_too_long_is_counted_and_not_kept() {
        let (updates, losses) = join(&[(Data, b"abcdefghi"), (Data, b"abcdefg"), (Continuation, b"hi")]);
        assert_eq!((updates.len(), losses), (0, Losses { too_long: 2, ..NOTHING_LOST }));
        assert_eq!(Join::new(usize::MAX).update_bytes, UPDATE_BYTES_MAX);
    }
}
