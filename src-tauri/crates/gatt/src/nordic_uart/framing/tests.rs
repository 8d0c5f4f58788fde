//! Every framing, however the pieces fall.

use super::*;
use proptest::prelude::*;

/// The messages that come out when `stream` arrives in pieces of `piece` bytes.
fn messages(reassembly: &mut Reassembly, stream: &[u8], piece: usize) -> Vec<Vec<u8>> {
    let mut got = Vec::new();
    for piece in stream.chunks(piece) {
        reassembly.take(piece, |message| got.push(message.to_vec()));
    }
    got
}

fn check(framing: Framing, stream: &[u8], expected: &[&[u8]], losses: Losses) {
    for piece in 1..=stream.len() {
        let mut reassembly = Reassembly::new(framing, 8);
        let got = messages(&mut reassembly, stream, piece);
        assert_eq!(got, expected, "{framing:?} in pieces of {piece}");
        assert_eq!(reassembly.losses(), losses, "{framing:?} in pieces of {piece}");
    }
}

const NOTHING_LOST: Losses = Losses { too_long: 0, malformed: 0, cut_off: 0 };

#[test]
fn lines_are_told_apart_however_the_pieces_fall() {
    check(Framing::Lines, b"one\r\n\n12345678\r\nhalf", &[b"one", b"12345678"], NOTHING_LOST);
}

#[test]
fn cobs_messages_get_their_zeros_back() {
    let stream = [3, 1, 2, 2, 3, 0, 1, 1, 1, 0, 0, 2, 9, 0];
    check(Framing::Cobs, &stream, &[&[1, 2, 0, 3], &[0, 0], &[9]], NOTHING_LOST);
}

#[test]
fn a_full_cobs_group_has_no_zero_behind_it() {
    let mut stream = vec![255];
    stream.extend([7; 254]);
    stream.extend([2, 8, 0]);
    let expected = [&[7; 254][..], &[8]].concat();
    assert_eq!(messages(&mut Reassembly::new(Framing::Cobs, 300), &stream, 20), [expected]);
}

#[test]
fn counted_messages_may_hold_any_byte() {
    check(
        Framing::Length8,
        &[2, 0, 10, 0, 1, 255, 9, 1],
        &[&[0, 10], &[255]],
        Losses { too_long: 1, ..NOTHING_LOST },
    );
    check(Framing::Length16, &[2, 0, 0, 10, 0, 0, 1, 0, 255, 3], &[&[0, 10], &[255]], NOTHING_LOST);
}

#[test]
fn a_message_that_is_too_long_is_counted_and_the_next_one_arrives() {
    let once = Losses { too_long: 1, ..NOTHING_LOST };
    check(Framing::Lines, b"123456789\nnext\n", &[b"next"], once);
    check(Framing::Lines, b"a line that is far too long\nnext\n", &[b"next"], once);
    check(Framing::Cobs, &[10, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 2, 5, 0], &[&[5]], once);
    check(Framing::Length8, &[9, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 5], &[&[5]], once);
    let mut stream = vec![0x2c, 0x01];
    stream.extend([7; 300]);
    stream.extend([1, 0, 5]);
    check(Framing::Length16, &stream, &[&[5]], once);
}

#[test]
fn what_is_no_cobs_is_counted_and_the_next_one_arrives() {
    check(Framing::Cobs, &[5, 1, 2, 0, 2, 9, 0], &[&[9]], Losses { malformed: 1, ..NOTHING_LOST });
}

#[test]
fn a_reset_forgets_what_has_begun_and_counts_it() {
    for (framing, begun, next) in [
        (Framing::Lines, &b"ha"[..], &b"ok\n"[..]),
        (Framing::Lines, b"a line too long", b"ok\n"),
        (Framing::Cobs, &[5, 1], &[3, b'o', b'k', 0]),
        (Framing::Length8, &[5, 1], &[2, b'o', b'k']),
        (Framing::Length16, &[5], &[2, 0, b'o', b'k']),
    ] {
        let mut reassembly = Reassembly::new(framing, 8);
        reassembly.reset();
        assert!(messages(&mut reassembly, begun, 99).is_empty());
        reassembly.reset();
        assert_eq!(messages(&mut reassembly, next, 99), [b"ok"]);
        assert_eq!(reassembly.losses().cut_off, 1);
    }
}

fn stuff(message: &[u8]) -> Vec<u8> {
    let (mut out, mut group) = (Vec::new(), vec![]);
    let mut close = |group: &mut Vec<u8>| {
        out.push(group.len() as u8 + 1);
        out.append(group);
    };
    for byte in message {
        match byte {
            0 => close(&mut group),
            byte => {
                group.push(*byte);
                if group.len() == 254 {
                    close(&mut group);
                }
            }
        }
    }
    close(&mut group);
    out.push(0);
    out
}

proptest! {
    #[test]
    fn whatever_is_stuffed_comes_out_again(message in proptest::collection::vec(0u8..4, 1..600), piece in 1usize..40) {
        let mut reassembly = Reassembly::new(Framing::Cobs, 600);
        prop_assert_eq!(messages(&mut reassembly, &stuff(&message), piece), [message]);
    }

    #[test]
    fn no_stream_grows_the_buffer_or_panics(stream in proptest::collection::vec(any::<u8>(), 0..900), piece in 1usize..99) {
        for framing in [Framing::Lines, Framing::Cobs, Framing::Length8, Framing::Length16] {
            for message_bytes_max in [0, 1, 7, 300] {
                let mut reassembly = Reassembly::new(framing, message_bytes_max);
                let capacity = reassembly.buffer.capacity();
                let got = messages(&mut reassembly, &stream, piece);
                prop_assert!(got.iter().all(|message| (1..=message_bytes_max).contains(&message.len())));
                prop_assert_eq!(reassembly.buffer.capacity(), capacity);
            }
        }
    }
}
