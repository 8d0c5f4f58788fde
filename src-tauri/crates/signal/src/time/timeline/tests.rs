use super::*;

const MS: i64 = 1_000_000;
const S: i64 = 1_000 * MS;
/// Samples of a packet, and how often the strap really samples.
const N: u32 = 65;
const HZ: i64 = 130;
const PACKET: i64 = 500 * MS;

fn delay(k: i64) -> i64 {
    k * 3 % 5 * 10 * MS
}

/// When packet `k` came.
fn host(k: i64) -> i64 {
    1_000 * S + k * PACKET + delay(k)
}

/// Sends the packets `k`, whose clock, number or nothing is `raw(k)`.
fn send(line: &mut Timeline, of: std::ops::Range<i64>, raw: impl Fn(i64) -> u64) -> Vec<Times> {
    of.map(|k| line.packet(host(k), raw(k), N).unwrap()).collect()
}

fn last_off_ms(times: &Times, k: i64) -> f64 {
    (times.at(N - 1) - (1_000 * S + k * PACKET)) as f64 / MS as f64
}

/// What the strap says in packet `k`.
type Says = fn(i64) -> u64;

fn straps() -> [(&'static str, Timeline, Says); 4] {
    [
        ("u64 ns", Timeline::with_clock(64, 1.0, HZ as f64), |k| (k * PACKET) as u64),
        ("u32 ms that wraps", Timeline::with_clock(32, 1e6, HZ as f64), |k| {
            (u64::from(u32::MAX) - 5_000 + (k * 500) as u64) & 0xFFFF_FFFF
        }),
        ("u8 number that wraps", Timeline::with_counter(8, HZ as f64), |k| (k as u64 + 250) & 0xFF),
        ("nothing", Timeline::by_count(HZ as f64), |_| 0),
    ]
}

#[test]
fn every_kind_of_strap_gets_its_samples_to_a_millisecond() {
    for (name, mut line, raw) in straps() {
        let times = send(&mut line, 0..400, raw);
        let off = last_off_ms(times.last().unwrap(), 399);
        assert!(off.abs() < 1.0, "{name}: {off}");
        assert!((times.last().unwrap().step_ns - 1e9 / HZ as f64).abs() < 10_000.0, "{name}: {times:?}");
        assert!(times.iter().all(|times| times.segment == 0 && times.missing == 0), "{name}");
    }
}

#[test]
fn the_times_of_a_stream_ascend_though_the_line_moves() {
    for (name, mut line, raw) in straps() {
        let mut last = i64::MIN;
        for k in 0..200 {
            // The first packets were in a queue: they come together with the tenth.
            let times = line.packet(host(k.max(10)), raw(k), N);
            let times = times.unwrap_or_else(|why| panic!("{name}, packet {k}: {why:?}"));
            for at in (0..N).map(|sample| times.at(sample)) {
                assert!(at > last, "{name}, packet {k}: {at} after {last}");
                last = at;
            }
        }
    }
}

#[test]
fn a_missing_packet_is_counted_and_the_next_is_not_smeared_over_the_gap() {
    for (name, mut line, raw) in straps().into_iter().take(3) {
        send(&mut line, 0..100, raw);
        let times = line.packet(host(103), raw(103), N).unwrap();
        assert_eq!((times.missing, times.segment), (u64::from(N) * 3, 0), "{name}");
        assert!(last_off_ms(&times, 103).abs() < 1.0, "{name}: {times:?}");
        assert!((times.step_ns - 1e9 / HZ as f64).abs() < 10_000.0, "{name}: {times:?}");
    }
}

#[test]
fn without_a_number_a_missing_packet_shows_after_doubt_and_begins_a_segment() {
    let mut line = Timeline::by_count(HZ as f64);
    send(&mut line, 0..100, |_| 0);
    let after = send(&mut line, 101..130, |_| 0);
    let found = after.iter().position(|times| times.segment == 1).unwrap();
    assert!(found <= 2, "{found}");
    assert_eq!(after[found].missing, u64::from(N));
    assert!(after[..found].iter().all(|times| times.doubtful));
    assert!(after[found..].iter().all(|times| times.segment == 1 && !times.doubtful));
    assert!(last_off_ms(after.last().unwrap(), 129).abs() < 5.0);
}

#[test]
fn without_a_number_a_silence_begins_a_segment_at_once_with_the_same_rate() {
    let mut line = Timeline::by_count(HZ as f64 * 1.02);
    send(&mut line, 0..200, |_| 0);
    let times = line.packet(host(300), 0, N).unwrap();
    assert_eq!((times.segment, times.missing), (1, 100 * u64::from(N)));
    assert!(last_off_ms(&times, 300) < 41.0);
    assert!((times.step_ns - 1e9 / HZ as f64).abs() < 10_000.0, "{times:?}");
}

#[test]
fn a_small_number_is_followed_over_many_rounds_of_silence() {
    let mut line = Timeline::with_counter(8, HZ as f64);
    send(&mut line, 0..200, |k| k as u64 & 0xFF);
    let times = line.packet(host(1_000), 1_000 & 0xFF, N).unwrap();
    assert_eq!((times.segment, times.missing), (0, 800 * u64::from(N)));
}

#[test]
fn packets_out_of_order_or_without_samples_are_refused_and_change_nothing() {
    for (name, mut line, raw) in straps().into_iter().take(3) {
        send(&mut line, 0..100, raw);
        assert_eq!(line.packet(host(100), raw(98), N), Err(Refused::OutOfOrder), "{name}");
        assert_eq!(line.packet(host(100), raw(100), 0), Err(Refused::Empty), "{name}");
        let times = line.packet(host(100), raw(100), N).unwrap();
        assert_eq!((times.missing, times.segment), (0, 0), "{name}");
    }
}

#[test]
fn an_interrupted_stream_goes_on_in_a_new_segment() {
    for (name, mut line, raw) in straps() {
        send(&mut line, 0..50, raw);
        line.interrupt();
        // The device was switched off and on: its clock and its numbers begin anew.
        let times = line.packet(host(100), raw(0), N).unwrap();
        assert_eq!((times.segment, times.missing), (1, 0), "{name}");
        assert!(last_off_ms(&times, 100).abs() < 41.0, "{name}");
    }
}

#[test]
fn a_rate_that_makes_no_sense_is_no_panic() {
    for hz in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e-300] {
        for mut line in
            [Timeline::by_count(hz), Timeline::with_counter(8, hz), Timeline::with_clock(64, 0.0, hz)]
        {
            for k in [0, 1, u64::MAX, 1 << 63, 5] {
                let _ = line.packet(k as i64, k, u32::MAX);
                let _ = line.estimate();
            }
        }
    }
}
