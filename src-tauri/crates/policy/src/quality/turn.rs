//! When a view that pulls is given a stream again, and how far behind it is.
//!
//! A page pulls what it draws. At the best quality it keeps its own pace, so that
//! a sample is on screen within two frames; below that, and under load, a pull
//! that comes too early is told to wait. What somebody pulls is on a screen: it
//! is given at least every [`TRICKLE_MS`] plus coalescing, whatever its attention.

use super::{Quality, TRICKLE_MS};
use crate::coalesce::{coalesce_ms, has_priority};
use model::{AttentionLevel, AttributeKind, LoadLevel};

/// A pull may come so much before it is due, ns: the way of a request is not
/// equally long each time, and asking twice costs more than it saves.
const EARLY_NS: i64 = 8_000_000;

/// What decides how often a stream is given to a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// How the view is served.
    pub quality: Quality,
    /// How hard the machine works.
    pub load: LoadLevel,
    /// How closely the stream is watched. A report of it may come later than the pull.
    pub attention: AttentionLevel,
    /// What is measured.
    pub kind: AttributeKind,
}

impl Turn {
    /// The least time from one answer to the next, ms.
    #[must_use]
    pub fn gap_ms(self) -> u32 {
        match self.quality {
            Quality::High => self.coalesced_ms(),
            _ => self.flush_ms(),
        }
    }

    /// The flush interval by which it is judged whether the view keeps up, ms.
    #[must_use]
    pub fn flush_ms(self) -> u32 {
        self.quality.flush_ms(AttentionLevel::High).unwrap_or(TRICKLE_MS).max(self.coalesced_ms())
    }

    /// How long a pull at `now_ns` is to wait where the last answer was given at
    /// `told_ns`, ms; 0 where it is due.
    #[must_use]
    pub fn wait_ms(self, told_ns: i64, now_ns: i64) -> u32 {
        let due_ns = told_ns.saturating_add(i64::from(self.gap_ms()) * 1_000_000);
        let early_ns = due_ns.saturating_sub(now_ns);
        match early_ns > EARLY_NS {
            true => u32::try_from(early_ns / 1_000_000).unwrap_or(u32::MAX),
            false => 0,
        }
    }

    fn coalesced_ms(self) -> u32 {
        match has_priority(self.kind) {
            true => 0,
            false => coalesce_ms(self.load, self.attention.max(AttentionLevel::Low)),
        }
    }
}

/// The flushes of one stream that a view has not read. They fall due at the pace
/// of the quality that was in force meanwhile, so that a view that reads nothing
/// does not seem to catch up by being served less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unread {
    due_ns: i64,
    flushes: u32,
}

impl Unread {
    /// Nothing is unread; the next flush is due `every_ms` after `now_ns`.
    #[must_use]
    pub fn from(now_ns: i64, every_ms: u32) -> Self {
        Self { due_ns: now_ns.saturating_add(nanos(every_ms)), flushes: 0 }
    }

    /// Time has passed, with a flush every `every_ms`.
    pub fn advance(&mut self, every_ms: u32, now_ns: i64) {
        if now_ns >= self.due_ns {
            let passed = now_ns.saturating_sub(self.due_ns) / nanos(every_ms) + 1;
            self.flushes = self.flushes.saturating_add(u32::try_from(passed).unwrap_or(u32::MAX));
            self.due_ns = self.due_ns.saturating_add(passed.saturating_mul(nanos(every_ms)));
        }
    }

    /// How many wait, beside the one that the view is about to read.
    #[must_use]
    pub fn waiting(self) -> u32 {
        self.flushes.saturating_sub(1)
    }
}

fn nanos(ms: u32) -> i64 {
    i64::from(ms.max(1)) * 1_000_000
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{AttentionLevel as A, AttributeKind as K, LoadLevel as L};

    const MS: i64 = 1_000_000;
    const CALM: Turn = Turn { quality: Quality::High, load: L::Normal, attention: A::Medium, kind: K::Ecg };

    #[test]
    fn at_its_best_a_view_keeps_its_own_pace_and_below_it_the_flush_interval() {
        let gap = |quality| Turn { quality, ..CALM }.gap_ms();
        assert_eq!(Quality::ALL.map(gap), [2000, 500, 250, 128, 0]);
    }

    #[test]
    fn load_and_little_attention_hold_a_stream_back_but_never_what_a_person_did() {
        let gap = |load, attention, kind| Turn { load, attention, kind, ..CALM }.gap_ms();
        assert_eq!([A::High, A::Medium, A::Low].map(|a| gap(L::Critical, a, K::Ecg)), [64, 128, 256]);
        assert_eq!(gap(L::Critical, A::None, K::Ecg), 256, "who pulls it looks at it");
        assert_eq!(gap(L::Critical, A::Low, K::Button), 0);
        assert_eq!(gap(L::Normal, A::Low, K::Ecg), 0);
    }

    #[test]
    fn a_pull_that_is_a_little_early_is_not_sent_away() {
        let turn = Turn { quality: Quality::Medium, ..CALM };
        assert_eq!([0, 119, 120, 128, 400].map(|ms| turn.wait_ms(0, ms * MS)), [128, 9, 0, 0, 0]);
    }

    #[test]
    fn a_view_is_behind_by_the_flushes_it_let_pass() {
        let waiting = |ms: i64| {
            let mut unread = Unread::from(0, 64);
            unread.advance(64, ms * MS);
            unread.waiting()
        };
        assert_eq!([0, 64, 127, 128, 192, 6400].map(waiting), [0, 0, 0, 1, 2, 99]);
        assert_eq!((waiting(-5), waiting(i64::MAX / MS)), (0, u32::MAX - 1));
    }

    #[test]
    fn being_served_less_makes_nobody_catch_up() {
        let mut unread = Unread::from(0, 64);
        unread.advance(64, 6400 * MS);
        unread.advance(2000, 6500 * MS);
        assert_eq!(unread.waiting(), 100);
        unread.advance(2000, 20_000 * MS);
        assert_eq!(unread.waiting(), 106);
    }
}
