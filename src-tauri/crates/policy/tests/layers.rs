//! All layers of back-pressure together, over every combination of what they
//! decide on: whoever is watched keeps getting something, within a bounded time.

use model::{AttentionLevel, AttributeKind, LoadLevel};
use policy::advice::{Circumstances, advise, due_ns, is_watched};
use policy::coalesce::{Release, release};
use policy::limits::limits;
use policy::quality::Quality;
use policy::quality::turn::Turn;

/// The worst way of news of a stream to a view, ms; none where it never arrives.
fn way_ms(now: Circumstances, kind: AttributeKind, quality: Quality) -> Option<u64> {
    let advice = advise(now);
    let source_ms = due_ns(&advice, 0, i64::MAX)?.unsigned_abs() / 1_000_000;
    let coalesced_ms = match release(kind, now.load, now.attention, Some(0), 0) {
        Release::Now => 0,
        Release::At(ns) => ns.unsigned_abs() / 1_000_000,
        Release::Held => return None,
    };
    let flush_ms = u64::from(quality.flush_ms(now.attention)?);
    (limits(kind, now.load).hot > 0).then_some(source_ms + coalesced_ms + flush_ms)
}

fn every_combination(mut check: impl FnMut(Circumstances, AttributeKind, Quality)) {
    for attention in AttentionLevel::ALL {
        for load in LoadLevel::ALL {
            for (memory_protected, recording) in [(false, false), (false, true), (true, false), (true, true)]
            {
                for bio in [0.3, 1.0, 3.0, f64::NAN, f64::INFINITY] {
                    let now = Circumstances { attention, load, memory_protected, bio, recording };
                    for kind in AttributeKind::ALL {
                        Quality::ALL.into_iter().for_each(|quality| check(now, kind, quality));
                    }
                }
            }
        }
    }
}

#[test]
fn what_somebody_watches_never_stands_still() {
    let mut checked = 0;
    every_combination(|now, kind, quality| {
        if is_watched(now.attention) {
            let way = way_ms(now, kind, quality);
            // Source 2.5 s, coalescing 0.128 s, and the trickle of a paused view 2 s at most.
            assert!(way.is_some_and(|ms| ms <= 4_628), "{way:?} ms: {now:?} {kind:?} {quality:?}");
            checked += 1;
        }
    });
    assert_eq!(checked, 2 * 4 * 4 * 5 * AttributeKind::ALL.len() * Quality::ALL.len());
}

#[test]
fn more_load_never_speeds_a_stream_up_and_more_attention_never_slows_it_down() {
    every_combination(|now, kind, quality| {
        let wait = |attention, load| {
            way_ms(Circumstances { attention, load, ..now }, kind, quality).unwrap_or(u64::MAX)
        };
        for pair in LoadLevel::ALL.windows(2) {
            assert!(wait(now.attention, pair[0]) <= wait(now.attention, pair[1]), "{now:?} {quality:?}");
        }
        assert!(wait(AttentionLevel::High, now.load) <= wait(AttentionLevel::Medium, now.load));
        assert!(wait(AttentionLevel::Medium, now.load) <= wait(AttentionLevel::Low, now.load));
    });
}

#[test]
fn a_recording_gets_every_source_whatever_the_load() {
    every_combination(|now, _, _| {
        let advice = advise(Circumstances { recording: true, ..now });
        assert!(due_ns(&advice, 0, i64::MAX).is_some_and(|ns| ns <= 250_000_000), "{now:?}");
    });
}

#[test]
fn what_a_page_pulls_is_given_at_least_as_often_as_a_paused_view_is_told() {
    every_combination(|Circumstances { load, attention, .. }, kind, quality| {
        let turn = Turn { quality, load, attention, kind };
        let gap_ms = turn.gap_ms();
        assert!(gap_ms <= 2_000, "{gap_ms} ms: {turn:?}");
        assert!(turn.wait_ms(0, i64::from(gap_ms) * 1_000_000) == 0 && turn.flush_ms() >= gap_ms, "{turn:?}");
    });
}
