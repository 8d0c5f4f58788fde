use super::*;

const MS: i64 = 1_000_000;
const S: i64 = 1_000 * MS;
const TRANSPORT: i64 = 5 * MS;

/// A strap with a beat every 800 ticks (781.25 ms), the first at 0, that sends every
/// second what ended since; `delay(k)` ns of link. Placed times and truths of each packet.
fn wear(
    packets: std::ops::Range<i64>,
    beats: &mut Beats,
    delay: impl Fn(i64) -> i64,
) -> Vec<(Placed, Vec<i64>, Vec<i64>)> {
    let beat = |k: i64| nanos(800 * k);
    packets
        .map(|k| {
            let truth: Vec<i64> =
                (0..10_000).map(beat).filter(|at| (*at > (k - 1) * S) && *at <= k * S).collect();
            let mut out = Vec::new();
            let placed = beats.packet(k * S + TRANSPORT + delay(k), &vec![800; truth.len()], &mut out);
            (placed, out, truth)
        })
        .collect()
}

#[test]
fn beats_are_one_interval_apart_however_late_their_packets_are() {
    let mut beats = Beats::new(TRANSPORT);
    wear(1..40, &mut beats, |_| 0);
    let worn = wear(40..200, &mut beats, |k| k * 7 % 50 * MS);
    assert!(worn.iter().all(|(placed, ..)| *placed == Placed::Chained));
    let all: Vec<i64> = worn.into_iter().flat_map(|(_, out, _)| out).collect();
    assert!(all.windows(2).all(|pair| (pair[1] - pair[0] - nanos(800)).abs() <= 1));
}

#[test]
fn the_chain_moves_to_where_no_beat_is_after_its_packet() {
    let mut beats = Beats::new(TRANSPORT);
    let worn = wear(1..200, &mut beats, |_| 0);
    assert_eq!(worn[0].0, Placed::Anchored);
    assert!(worn.iter().any(|(placed, ..)| matches!(placed, Placed::Moved { .. })));
    let (_, out, truth) = worn.last().unwrap();
    let off = out[0] - truth[0];
    assert!((0..=50 * MS).contains(&off), "{off}");
    assert!(worn[40..].iter().all(|(placed, ..)| *placed == Placed::Chained));
}

#[test]
fn a_lost_packet_breaks_the_chain_and_the_next_beats_are_placed_anew() {
    let mut beats = Beats::new(TRANSPORT);
    wear(1..60, &mut beats, |_| 0);
    let worn = wear(61..100, &mut beats, |_| 0);
    let found = worn.iter().position(|(placed, ..)| matches!(placed, Placed::Broken { .. })).unwrap();
    assert!(found <= 16, "{found}");
    let (_, out, truth) = worn.last().unwrap();
    assert!((out[0] - truth[0]).abs() < 50 * MS, "{}", out[0] - truth[0]);
}

#[test]
fn a_long_silence_breaks_the_chain_at_once() {
    let mut beats = Beats::new(TRANSPORT);
    wear(1..20, &mut beats, |_| 0);
    let (placed, out, _) = wear(60..61, &mut beats, |_| 0).remove(0);
    assert!(matches!(placed, Placed::Broken { by_ns } if by_ns > 38 * S), "{placed:?}");
    assert_eq!(*out.last().unwrap(), 60 * S);
}

#[test]
fn times_of_beats_ascend_though_the_chain_moves() {
    let mut beats = Beats::new(TRANSPORT);
    let worn = wear(1..100, &mut beats, |k| k * 13 % 700 * MS);
    let all: Vec<i64> = worn.into_iter().flat_map(|(_, out, _)| out).collect();
    assert!(all.windows(2).all(|pair| pair[1] > pair[0]));
}

#[test]
fn a_packet_without_intervals_or_with_one_of_zero_places_nothing() {
    let (mut beats, mut out) = (Beats::new(0), vec![7]);
    assert_eq!(beats.packet(S, &[], &mut out), Placed::Nothing);
    assert_eq!(beats.packet(2 * S, &[800, 0], &mut out), Placed::Unusable);
    assert!(out.is_empty());
    assert_eq!(beats.packet(3 * S, &[1024, 512], &mut out), Placed::Anchored);
    assert_eq!(out, [2_500 * MS, 3 * S]);
}

#[test]
fn absurd_times_neither_panic_nor_overflow() {
    let (mut beats, mut out) = (Beats::new(i64::MAX), Vec::new());
    for at in [i64::MIN, i64::MAX, 0, i64::MIN] {
        beats.packet(at, &[u16::MAX; 9], &mut out);
        assert_eq!(out.len(), 9);
    }
}
