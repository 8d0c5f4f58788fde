//! What one view follows: its charts, each with its place in a stream.
//!
//! A page pulls one frame a chart; it is sent nothing. From one pull to the next
//! every sample of the stream is accounted for: it became a point of the trace,
//! is drawn by the extremes of its pixel, or was gone before the page asked.

use crate::regime::Regime;
use crate::stream::{Stream, StreamTrace};
use crate::views::ViewAccount;
use model::ViewerId;
use policy::quality::Quality;
use policy::quality::turn::{Turn, Unread};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Charts that one view may follow; of more the longest unasked gives way.
pub const CHARTS_MAX: usize = 256;
/// A chart that is asked for so much later than others of its page is not shown any more.
const UNASKED_NS: i64 = 1_000_000_000;
/// A page that asks for nothing at all is late at first, and then gone.
const SILENT_NS: i64 = 120_000_000_000;

/// A chart of a viewer that asks for its frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chart {
    /// Whose.
    pub viewer: ViewerId,
    /// Its number in the page.
    pub number: u32,
    /// How often it moves by half a pixel, ms: more often it wants no frame.
    pub own_ms: u32,
}

/// What becomes of a pull.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It gets its frame; the next one in so many ms at the earliest.
    Now(u32),
    /// It is too early by so many ms.
    Early(u32),
}

/// The charts of one view.
#[derive(Default)]
pub struct Charts {
    by_number: BTreeMap<u32, Followed>,
    account: ViewAccount,
}

struct Followed {
    stream: Arc<Stream>,
    own_ms: u32,
    /// The ring's number of the first sample that was in no frame yet.
    cursor: u64,
    /// Host time of the newest sample that was in one.
    newest_ns: i64,
    told_ns: i64,
    asked_ns: i64,
    unread: Unread,
}

impl Charts {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.by_number.len()
    }

    /// What has become of the samples of their streams so far.
    pub fn account(&self) -> ViewAccount {
        self.account
    }

    /// Takes a pull of a chart that shows `stream`.
    pub fn pull(
        &mut self,
        chart: &Chart,
        stream: &Arc<Stream>,
        quality: Quality,
        regime: &Regime,
        now_ns: i64,
    ) -> Answer {
        self.make_room(chart.number);
        let turn = turn(stream, quality, regime);
        let followed = self.by_number.entry(chart.number);
        let followed = followed
            .and_modify(|known| known.turn_to(stream, now_ns))
            .or_insert_with(|| Followed::new(stream, now_ns));
        followed.asked_ns = now_ns;
        followed.own_ms = chart.own_ms;
        match turn.wait_ms(followed.told_ns, now_ns) {
            0 => {
                followed.told_ns = now_ns;
                followed.unread = Unread::from(now_ns, turn.flush_ms().max(chart.own_ms));
                Answer::Now(turn.gap_ms())
            }
            wait_ms => Answer::Early(wait_ms),
        }
    }

    /// Counts what was in the frame of a chart.
    pub fn gave(&mut self, number: u32, trace: &StreamTrace) {
        if let Some(followed) = self.by_number.get_mut(&number) {
            followed.gave(trace, &mut self.account);
        }
    }

    /// The page shows a chart no more, or has stopped it.
    pub fn let_go(&mut self, number: u32) {
        self.by_number.remove(&number);
    }

    /// The page shows none of them.
    pub fn let_all_go(&mut self) {
        self.by_number.clear();
    }

    /// Lets go of charts that nobody asks for any more, and counts the flushes that
    /// the others have not read.
    pub fn look(&mut self, quality: Quality, regime: &Regime, now_ns: i64) -> u32 {
        let last_ns = self.by_number.values().map(|followed| followed.asked_ns).max().unwrap_or(now_ns);
        if now_ns.saturating_sub(last_ns) > SILENT_NS {
            self.let_all_go();
        }
        let mut waiting = 0_u32;
        self.by_number.retain(|_, followed| {
            let turn = turn(&followed.stream, quality, regime);
            let unasked_ns = last_ns.saturating_sub(followed.asked_ns);
            waiting = waiting.saturating_add(followed.waiting(turn, now_ns));
            unasked_ns <= UNASKED_NS + i64::from(turn.gap_ms()) * 1_000_000
        });
        waiting
    }

    fn make_room(&mut self, number: u32) {
        if self.by_number.len() < CHARTS_MAX || self.by_number.contains_key(&number) {
            return;
        }
        let unasked = self.by_number.iter().min_by_key(|(_, followed)| followed.asked_ns);
        if let Some(number) = unasked.map(|(number, _)| *number) {
            self.by_number.remove(&number);
        }
    }
}

fn turn(stream: &Stream, quality: Quality, regime: &Regime) -> Turn {
    Turn { quality, load: regime.load(), attention: stream.attention(), kind: stream.spec().kind }
}

impl Followed {
    /// The first frame never waits.
    fn new(stream: &Arc<Stream>, now_ns: i64) -> Self {
        Self {
            stream: Arc::clone(stream),
            own_ms: 0,
            cursor: stream.ring().end(),
            newest_ns: stream.ring().latest_ns().unwrap_or(i64::MIN),
            told_ns: i64::MIN,
            asked_ns: now_ns,
            unread: Unread::from(now_ns, 1),
        }
    }

    fn turn_to(&mut self, stream: &Arc<Stream>, now_ns: i64) {
        if !Arc::ptr_eq(&self.stream, stream) {
            *self = Self::new(stream, now_ns);
        }
    }

    /// As many flushes as fell due, but no more than there are samples for. A trace
    /// that moves so slowly that the page wants fewer frames misses none meanwhile.
    fn waiting(&mut self, turn: Turn, now_ns: i64) -> u32 {
        self.unread.advance(turn.flush_ms().max(self.own_ms), now_ns);
        let samples = self.stream.ring().end().saturating_sub(self.cursor);
        self.unread.waiting().min(u32::try_from(samples).unwrap_or(u32::MAX))
    }

    fn gave(&mut self, trace: &StreamTrace, account: &mut ViewAccount) {
        let new = trace.end.saturating_sub(self.cursor);
        let gone = trace.first.min(trace.end).saturating_sub(self.cursor);
        let points = trace.channels.first().map_or(&[][..], Vec::as_slice);
        let is_new = |point: &&signal::decimate::Point| point.t_ns > self.newest_ns && !point.value.is_nan();
        let drawn = (points.iter().filter(is_new).count() as u64).min(new - gone);
        account.read += drawn;
        account.passed_over += new - gone - drawn;
        account.overwritten += gone;
        self.cursor += new;
        self.newest_ns = trace.newest_ns.map_or(self.newest_ns, |newest_ns| newest_ns.max(self.newest_ns));
    }
}
