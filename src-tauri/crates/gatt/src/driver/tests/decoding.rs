use super::super::layout::{Counter, Packet, Rows, SAMPLES_MAX};
use super::super::*;
use super::layout;
use proptest::prelude::*;

fn rows(layout: &Layout, packet: &[u8]) -> Result<Vec<Vec<f64>>, String> {
    let mut rows = Rows::new(layout);
    let read = layout.decode(packet, &mut rows).map_err(|error| error.to_string());
    read.map(|_| rows.of(0).map(<[f64]>::to_vec).collect())
}

#[test]
fn every_type_is_read_in_both_orders() {
    for (kind, little, number) in [
        ("u8", &[0xfe][..], 254.0),
        ("i8", &[0xfe], -2.0),
        ("u16", &[0x01, 0xff], 65281.0),
        ("i16", &[0x01, 0xff], -255.0),
        ("u24", &[1, 0, 0xff], 16711681.0),
        ("i24", &[1, 0, 0xff], -65535.0),
        ("u32", &[1, 0, 0, 0xff], 4278190081.0),
        ("i32", &[1, 0, 0, 0xff], -16777215.0),
        ("u64", &[1, 0, 0, 0, 0, 1, 0, 0], 1099511627777.0),
        ("i64", &[0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], -2.0),
        ("f32", &[0, 0, 0xa0, 0xbf], -1.25),
        ("f64", &[0, 0, 0, 0, 0, 0, 0xf4, 0xbf], -1.25),
        ("sfloat", &[0xf2, 0xf0], 24.2),
        ("float", &[0x72, 1, 0, 0xff], 37.0),
    ] {
        let read = |order: &str, bytes: &[u8]| {
            let keys = format!("endian = '{order}'\nsample = [{{ name = 'x', type = '{kind}' }}]");
            let layout = layout(&keys);
            (0..bytes.len()).for_each(|cut| {
                let words = format!("the packet of {cut} bytes ends before its x");
                assert_eq!(rows(&layout, &bytes[..cut]), Err(words));
            });
            rows(&layout, bytes)
        };
        let big: Vec<u8> = little.iter().rev().copied().collect();
        assert_eq!(read("little", little), Ok(vec![vec![number]]), "{kind}");
        assert_eq!(read("big", &big), Ok(vec![vec![number]]), "{kind}");
    }
}

#[test]
fn fields_follow_each_other_or_stand_where_they_are_put() {
    let layout = layout(
        "sample_bytes = 6\nsamples = 2\nsample = [{ name = 'b', type = 'u8', at = 3 }, { name = 'c', type = 'u8' }, \
         { name = 'a', type = 'u16', at = 0 }]",
    );
    let packet = [1, 0, 99, 2, 3, 99, 4, 0, 99, 5, 6];
    assert_eq!(rows(&layout, &packet), Ok(vec![vec![2.0, 3.0, 1.0], vec![5.0, 6.0, 4.0]]));
    assert_eq!(rows(&layout, &packet[..10]), Err("the packet of 10 bytes ends before its c".to_owned()));
}

#[test]
fn a_field_is_there_as_a_bit_of_the_flags_says() {
    let layout = layout(
        "head = [{ name = 'flags', type = 'u8' }]\nsample = [\n\
         { name = 'short', type = 'u8', channel = 'rate', when = { field = 'flags', bit = 0, set = false } },\n\
         { name = 'long', type = 'u16', channel = 'rate', when = { field = 'flags', bit = 0 } },\n\
         { name = 'energy', type = 'u16', when = { field = 'flags', bit = 3 } }]",
    );
    assert_eq!(rows(&layout, &[9, 0x2c, 0x01, 5, 0]), Ok(vec![vec![300.0, 5.0]]));
    let read = rows(&layout, &[0, 72, 1]).unwrap();
    assert!(read[0][0] == 72.0 && read[0][1].is_nan() && read.len() == 1);
    assert_eq!(rows(&layout, &[8, 72, 1]), Err("the packet of 3 bytes ends before its energy".to_owned()));
}

#[test]
fn a_number_in_two_parts_is_joined_whichever_part_comes_first() {
    let parts = [
        "{ name = 'whole', type = 'i8', times = 100, plus = 'cents' }, { name = 'cents', type = 'u8' }",
        "{ name = 'cents', type = 'u8' }, { name = 'whole', type = 'i8', times = 100, plus = 'cents' }",
    ];
    for (parts, packet) in parts.into_iter().zip([[0xfe, 25], [25, 0xfe]]) {
        let layout = layout(&format!("sample = [{parts}]"));
        assert_eq!(rows(&layout, &packet), Ok(vec![vec![-175.0]]), "{parts}");
        assert_eq!((layout.streams()[0].channels.len(), layout.streams()[0].fits_i32), (1, false));
    }
}

#[test]
fn a_bit_field_may_lie_over_another_field_where_that_is_allowed() {
    let layout = layout(
        "head = [{ name = 'f', type = 'u8' }, { name = 'mode', type = 'bits', bit = 2, width = 3, overlap = true, \
         stream = 'temperature' }]",
    );
    assert_eq!(rows(&layout, &[0b0001_0100]), Ok(vec![vec![5.0]]));
}

#[test]
fn samples_whose_fields_are_all_absent_are_none() {
    let layout = layout(
        "samples = 'rest'\nhead = [{ name = 'f', type = 'u8' }]\n\
         sample = [{ name = 'x', type = 'u8', when = { field = 'f', bit = 7 } }]",
    );
    let read = |packet: &[u8]| {
        let read = layout.decode(packet, &mut Rows::new(&layout)).unwrap();
        (read.samples, read.tail_bytes)
    };
    assert_eq!((read(&[0x80, 1, 2]), read(&[0x7f, 1, 2])), ((2, 0), (0, 2)));
}

#[test]
fn the_rest_of_the_packet_is_samples_and_half_a_sample_is_refused() {
    let layout = layout(
        "samples = 'rest'\nhead = [{ name = 'n', type = 'u8' }]\nsample = [{ name = 'x', type = 'u16' }]",
    );
    assert_eq!(rows(&layout, &[7]), Ok(vec![]));
    assert_eq!(rows(&layout, &[7, 1, 0, 2, 0]), Ok(vec![vec![1.0], vec![2.0]]));
    assert_eq!(rows(&layout, &[7, 1, 0, 2]), Err("the packet of 4 bytes ends before its x".to_owned()));
    let long = vec![0; 1 + 2 * SAMPLES_MAX + 3];
    let read = layout.decode(&long, &mut Rows::new(&layout)).unwrap();
    assert_eq!((read.samples, read.tail_bytes), (SAMPLES_MAX, 3));
}

#[test]
fn counter_and_clock_wrap_where_the_file_says() {
    let layout = layout(
        "counter = { field = 'n', bits = 4 }\nclock = { field = 't', ticks_per_sec = 1000, of = 'last' }\n\
         head = [{ name = 'n', type = 'u8' }, { name = 't', type = 'u16' }]\nsample = [{ name = 'x', type = 'u8' }]",
    );
    let read = layout.decode(&[0xf3, 0x34, 0x12, 5, 6], &mut Rows::new(&layout));
    assert_eq!(read, Ok(Packet { counter: Some(3), ticks: Some(0x1234), samples: 1, tail_bytes: 1 }));
    let counter = layout.counter().unwrap();
    assert_eq!((counter.missing(15, 0), counter.missing(14, 1), counter.missing(3, 3)), (0, 2, 15));
    assert_eq!(Counter { field: 0, bits: 64 }.missing(u64::MAX, 1), 1);
    let clock = layout.clock().unwrap();
    assert_eq!((clock.bits, clock.ticks_per_sec, clock.of_last), (16, 1000.0, true));
}

#[test]
fn rows_are_used_again_without_growing_and_are_empty_after_a_refusal() {
    let layout =
        layout("samples = 'rest'\nsample = [{ name = 'x', type = 'u16' }, { name = 'y', type = 'u8' }]");
    let mut rows = Rows::new(&layout);
    let room = rows.of(0).len();
    let before = rows.room();
    for bytes in [3, 300, 2000, 7, 0] {
        let _ = layout.decode(&vec![1; bytes], &mut rows);
        assert_eq!(rows.room(), before, "{bytes}");
    }
    assert!(layout.decode(&[1; 7], &mut rows).is_err());
    assert_eq!((rows.of(0).len(), rows.of(9).len()), (room, 0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn random_packets_never_panic_and_an_announced_byte_is_never_missed(
        packet in proptest::collection::vec(any::<u8>(), 0..120),
    ) {
        for characteristic in bundled().good.iter().flat_map(|driver| &driver.characteristics) {
            let Reading::Packets(layout) = &characteristic.reading else { continue };
            let mut rows = Rows::new(layout);
            let Ok(read) = layout.decode(&packet, &mut rows) else { continue };
            prop_assert!(read.tail_bytes <= packet.len());
            if layout.repeat == layout::Repeat::Rest { continue }
            for cut in 0..packet.len() {
                let taken = layout.decode(&packet[..cut], &mut rows).is_ok();
                prop_assert_eq!(taken, cut >= packet.len() - read.tail_bytes);
            }
        }
    }

    #[test]
    fn random_files_never_panic(
        cut in any::<prop::sample::Index>(), places in proptest::collection::vec(any::<prop::sample::Index>(), 0..6),
        filler in "[\\[\\]{}=\"',.#a-z0-9 \n-]{0,6}", file in 0..bundled::FILES.len(),
    ) {
        let mut text: Vec<char> = bundled::FILES[file].1.chars().collect();
        text.truncate(cut.index(text.len()) + 1);
        for place in places {
            let at = place.index(text.len());
            text.splice(at..at, filler.chars());
        }
        let text: String = text.into_iter().collect();
        let drivers = load([("x.toml", text.as_str())]);
        prop_assert_eq!(drivers.good.is_empty(), !drivers.problems.is_empty());
        // Whatever is taken decodes whatever comes.
        for characteristic in drivers.good.iter().flat_map(|driver| &driver.characteristics) {
            if let Reading::Packets(layout) = &characteristic.reading {
                let _ = layout.decode(&[0xff; 600], &mut Rows::new(layout));
            }
        }
    }
}
