//! Views: whoever watches streams. A view is never sent anything and never has
//! a backlog: it looks, and takes what is new since its last look out of the
//! hot rings. So a view that never looks costs the workers nothing at all.
//!
//! At a look each stream comes up at most once, if it has news and is not held
//! back: by the attention that it has (nobody watches: nothing goes out but what
//! a person did), or by the coalescing that the load asks for. Streams whose
//! every sample matters are read from the view's cursor on, others give their
//! newest sample. Every sample is accounted for: read, passed over, overwritten
//! before it was read, or still waiting.

use crate::regime::Regime;
use crate::ring::{Glimpse, Sight};
use crate::stream::{ABREAST, Stream};
use model::{AttributeKind, LoadLevel};
use policy::coalesce::{Release, release};
use std::sync::Arc;

/// Streams that one view may watch.
pub const STREAMS_PER_VIEW_MAX: usize = 131_072;

/// The account of a view, or of one of its streams, in samples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ViewAccount {
    /// Given to the view.
    pub read: u64,
    /// Passed over for a newer one, as meant for this kind of stream, or drawn by
    /// the extremes of its pixel.
    pub passed_over: u64,
    /// Overwritten in the ring before the view looked.
    pub overwritten: u64,
}

/// One who watches streams.
#[derive(Default)]
pub struct View {
    watched: Vec<Watched>,
    account: ViewAccount,
    room: Glimpse,
}

struct Watched {
    stream: Arc<Stream>,
    kind: AttributeKind,
    takes_all: bool,
    sight: Sight,
    /// The ring's number of the first sample that was not looked at.
    cursor: u64,
    told_ns: Option<i64>,
}

/// What is new of one stream.
pub struct News<'a> {
    stream: &'a Stream,
    seen: &'a Glimpse,
}

impl News<'_> {
    /// What the stream is.
    #[must_use]
    pub fn spec(&self) -> &model::StreamSpec {
        self.stream.spec()
    }

    /// Host times of the samples of the first channel, the oldest first.
    pub fn times_ns(&self) -> impl Iterator<Item = i64> {
        self.seen.times_ns()
    }

    /// Bits of the raw values of the first channel.
    #[must_use]
    pub fn bits(&self) -> &[u32] {
        self.seen.bits()
    }

    /// The values of the first channel, in its unit.
    pub fn values(&self) -> impl Iterator<Item = f64> {
        let channel = self.stream.spec().channels.first();
        self.seen.bits().iter().map(move |bits| {
            let raw = self.seen.raw(*bits);
            channel.map_or(raw, |channel| channel.value(raw))
        })
    }
}

impl Watched {
    fn approach(&self) {
        self.stream.approach_look();
        self.sight.approach();
    }

    /// By the attention that it has, or for the sake of others while it is loaded.
    fn is_held_back(&self, load: LoadLevel, now_ns: i64) -> bool {
        release(self.kind, load, self.stream.attention(), self.told_ns, now_ns) != Release::Now
    }
}

impl View {
    /// Watches a stream from its next sample on. False where the view watches
    /// too many.
    pub fn watch(&mut self, stream: Arc<Stream>) -> bool {
        let takes_all = takes_all(stream.spec().kind);
        self.watch_as(stream, takes_all)
    }

    /// Watches a stream and takes every sample of it, whatever its kind.
    pub fn watch_all(&mut self, stream: Arc<Stream>) -> bool {
        self.watch_as(stream, true)
    }

    fn watch_as(&mut self, stream: Arc<Stream>, takes_all: bool) -> bool {
        let has_room = self.watched.len() < STREAMS_PER_VIEW_MAX;
        if has_room {
            let (kind, cursor) = (stream.spec().kind, stream.ring().end());
            self.watched.push(Watched {
                stream,
                kind,
                takes_all,
                sight: Sight::default(),
                cursor,
                told_ns: None,
            });
        }
        has_room
    }

    /// Tells `tell` what is new of each stream that is not held back. Gives how
    /// many streams had news.
    pub fn look(&mut self, now_ns: i64, regime: &Regime, tell: &mut dyn FnMut(&News<'_>)) -> usize {
        let load = regime.load();
        let mut told = 0;
        for some in self.watched.chunks_mut(ABREAST) {
            some.iter().for_each(Watched::approach);
            some.iter().for_each(|watched| watched.sight.approach_sample(watched.cursor));
            for watched in some {
                let end = watched.stream.ring().end_in(&mut watched.sight);
                if end == watched.cursor || watched.is_held_back(load, now_ns) {
                    continue;
                }
                let from = if watched.takes_all { watched.cursor } else { end - 1 };
                self.account.take(watched, from, &mut self.room);
                watched.told_ns = Some(now_ns);
                told += 1;
                tell(&News { stream: &watched.stream, seen: &self.room });
            }
        }
        told
    }

    /// What has become of the samples of its streams so far.
    #[must_use]
    pub fn account(&self) -> ViewAccount {
        self.account
    }

    /// Samples that wait to be looked at, or to be found overwritten.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        self.watched.iter().map(|watched| watched.stream.ring().end() - watched.cursor).sum()
    }
}

impl ViewAccount {
    /// Reads the samples from `from` on, and moves the cursor behind them.
    fn take(&mut self, watched: &mut Watched, from: u64, room: &mut Glimpse) {
        watched.stream.ring().glimpse(&mut watched.sight, from, 0, room);
        let (not_read, overwritten) = (room.first - watched.cursor, room.first - from);
        self.overwritten += overwritten;
        self.passed_over += not_read - overwritten;
        self.read += room.bits().len() as u64;
        watched.cursor = room.end();
    }
}

/// Kinds of which a view wants every sample, not only the newest ("platform,
/// priority lens").
const fn takes_all(kind: AttributeKind) -> bool {
    matches!(kind, AttributeKind::Ecg | AttributeKind::Respiration | AttributeKind::Button)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{block, offer, spec};
    use model::AttentionLevel;

    fn watched(kind: AttributeKind) -> (View, Arc<Stream>) {
        let mut spec = spec("a", Some(1.0));
        spec.kind = kind;
        let (mut view, stream) = (View::default(), Arc::new(Stream::new(spec)));
        stream.set_attention(AttentionLevel::High);
        assert!(view.watch(Arc::clone(&stream)));
        (view, stream)
    }

    fn look(view: &mut View, now_ms: i64, regime: &Regime) -> Vec<f64> {
        let mut values = Vec::new();
        view.look(now_ms * 1_000_000, regime, &mut |news| values.extend(news.values()));
        values
    }

    #[test]
    fn an_ecg_gives_every_sample_once_and_a_scalar_its_newest() {
        let regime = Regime::default();
        for (kind, expected) in
            [(AttributeKind::Ecg, vec![0.0, 1.0, 2.0]), (AttributeKind::HeartRate, vec![2.0])]
        {
            let (mut view, stream) = watched(kind);
            offer(&stream, 1, &block(0, 2));
            offer(&stream, 1, &block(2, 1));
            assert_eq!(look(&mut view, 0, &regime), expected);
            assert_eq!(look(&mut view, 1, &regime), [0.0; 0]);
            assert_eq!(view.account().read + view.account().passed_over, 3);
        }
    }

    #[test]
    fn a_view_that_seldom_looks_counts_what_was_overwritten() {
        let (mut view, stream) = watched(AttributeKind::Ecg);
        (0..100).for_each(|k| offer(&stream, 1, &block(k * 10, 10)));
        let read = look(&mut view, 0, &Regime::default()).len() as u64;
        assert!(read < 1000 && read == view.account().read);
        assert_eq!((view.account().overwritten, view.waiting()), (1000 - read, 0));
    }

    #[test]
    fn without_attention_nothing_goes_out_but_what_a_person_did() {
        for (kind, expected) in [(AttributeKind::Ecg, 0), (AttributeKind::Button, 2)] {
            let (mut view, stream) = watched(kind);
            stream.set_attention(AttentionLevel::None);
            offer(&stream, 1, &block(0, 2));
            assert_eq!(look(&mut view, 0, &Regime::default()).len(), expected, "{kind:?}");
        }
    }

    #[test]
    fn under_load_news_wait_for_their_neighbours_and_none_is_lost() {
        let (regime, (mut view, stream)) = (Regime::default(), watched(AttributeKind::Ecg));
        regime.set_load(LoadLevel::Critical);
        offer(&stream, 1, &block(0, 1));
        assert_eq!(look(&mut view, 0, &regime), [0.0]);
        offer(&stream, 1, &block(1, 1));
        assert_eq!((look(&mut view, 50, &regime).len(), view.waiting()), (0, 1));
        offer(&stream, 1, &block(2, 1));
        assert_eq!(look(&mut view, 64, &regime), [1.0, 2.0]);
    }

    #[test]
    fn a_view_that_never_looks_stops_nobody() {
        let (view, stream) = watched(AttributeKind::Ecg);
        (0..1000).for_each(|k| offer(&stream, 1, &block(k * 10, 10)));
        assert_eq!((stream.delivered(), view.waiting()), (10_000, 10_000));
    }
}
