//! What is written is read again; what is not as it should be is told as what it is.

mod any;

use super::*;
use crate::{Notice, NoticeLevel};
use any::{any_command, any_event};
use model::{Block, Bundle, Column, StreamRef};
use proptest::prelude::*;

fn written(write: impl FnOnce(&mut FrameWriter<&mut Vec<u8>>) -> Result<(), WireError>) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(&mut FrameWriter::new(&mut bytes)).unwrap();
    bytes
}

fn told(bytes: &[u8]) -> Result<Option<Told>, WireError> {
    FrameReader::new(bytes).told()
}

fn block(columns: usize) -> Block {
    Block::new(7, 1, vec![10, 20, 31], None, vec![Column::I32(vec![1, -2, 3]); columns]).unwrap()
}

fn bundle() -> Bundle {
    let mut bundle = Bundle::default();
    assert!(bundle.push(StreamRef(3), &block(2)));
    bundle
}

/// What an event is once it has travelled: a block is a bundle of one.
fn travelled(event: Event) -> Event {
    match event {
        Event::Block { stream, block } => {
            let mut bundle = Bundle::default();
            assert!(bundle.push(stream, &block));
            Event::Bundle(bundle)
        }
        other => other,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_event_arrives_as_it_was_sent(events in prop::collection::vec(any_event(), 1..8)) {
        let bytes = written(|pipe| events.iter().try_for_each(|event| pipe.event(event)));
        let mut pipe = FrameReader::new(&bytes[..]);
        for event in events {
            prop_assert_eq!(pipe.told().unwrap(), Some(Told::Event(travelled(event))));
        }
        prop_assert_eq!(pipe.told().unwrap(), None);
    }

    #[test]
    fn every_command_arrives_as_it_was_given(commands in prop::collection::vec(any_command(), 1..8)) {
        let bytes = written(|pipe| commands.iter().try_for_each(|command| pipe.command(command)));
        let mut pipe = FrameReader::new(&bytes[..]);
        for command in commands {
            prop_assert_eq!(pipe.asked().unwrap(), Some(Asked::Command(command)));
        }
        prop_assert_eq!(pipe.asked().unwrap(), None);
    }

    #[test]
    fn a_frame_with_any_byte_changed_is_another_one_or_an_error_and_never_a_panic(
        event in any_event(), at in any::<prop::sample::Index>(), byte in any::<u8>(),
    ) {
        let mut bytes = written(|pipe| pipe.event(&event));
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let mut pipe = FrameReader::new(&bytes[..]);
        while let Ok(Some(told)) = pipe.told() {
            if let Told::Event(Event::Bundle(bundle)) = told {
                prop_assert_eq!(bundle.blocks().count(), bundle.len());
            }
        }
    }

    #[test]
    fn bytes_of_somebody_else_are_an_error_and_never_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let foreign = FrameReader::new(&bytes[..]).hello("ble");
        prop_assert!(matches!(foreign, Err(WireError::Foreign)) || bytes.is_empty());
        let mut pipe = FrameReader::new(&bytes[..]);
        while let Ok(Some(_)) = pipe.told() {}
    }
}

#[test]
fn every_variant_of_both_enums_is_among_those_that_are_tried() {
    assert_eq!(any::event_variants_drawn(), any::EVENTS);
    assert_eq!(any::command_variants_drawn(), any::COMMANDS);
}

#[test]
fn a_message_that_is_cut_off_says_how_much_of_it_is_here() {
    let bytes = written(|pipe| pipe.event(&Event::Bundle(bundle())));
    for had in 1..bytes.len() {
        let of = if had < 4 { 4 } else { bytes.len() };
        let cut = told(&bytes[..had]);
        assert!(matches!(cut, Err(WireError::Cut { had: h, of: o }) if (h, o) == (had, of)), "{cut:?}");
    }
    assert!(matches!(told(&[]), Ok(None)));
}

#[test]
fn a_message_longer_than_any_may_be_is_neither_written_nor_read() {
    let text = "x".repeat(FRAME_BYTES_MAX);
    let notice = Event::Notice(Notice { level: NoticeLevel::Info, text, remedy: String::new() });
    let mut bytes = Vec::new();
    let mut pipe = FrameWriter::new(&mut bytes);
    assert!(matches!(pipe.event(&notice), Err(WireError::Oversized { bytes }) if bytes > FRAME_BYTES_MAX));
    pipe.alive().unwrap();
    assert!(matches!(told(&bytes), Ok(Some(Told::Alive))), "and the pipe goes on");
    let claimed = u32::try_from(FRAME_BYTES_MAX + 1).unwrap().to_le_bytes();
    assert!(matches!(told(&claimed), Err(WireError::Oversized { bytes }) if bytes == FRAME_BYTES_MAX + 1));
}

#[test]
fn a_message_that_makes_no_sense_is_told_as_that() {
    let frame = |inside: &[u8]| [&u32::try_from(inside.len()).unwrap().to_le_bytes(), inside].concat();
    let mut long = written(|pipe| {
        pipe.event(&Event::Dropped {
            stream: StreamRef(1),
            samples: 2,
            reason: model::GapReason::SourceOverrun,
        })
    });
    long.push(0xc0);
    long[0] += 1;
    for nonsense in [frame(b""), frame(b"?"), frame(b"E"), frame(b"E\xc1"), frame(b"B\x93\x01"), long] {
        let read = told(&nonsense);
        assert!(matches!(read, Err(WireError::Damaged(_))), "{nonsense:?}: {read:?}");
    }
    let command = written(|pipe| pipe.command(&Command::Refresh));
    assert!(matches!(told(&command), Err(WireError::Damaged(_))));
}

#[test]
fn only_a_hello_of_this_format_version_and_connector_is_taken() {
    let greeted = |hello: &Hello| {
        let bytes = written(|pipe| pipe.hello(hello));
        FrameReader::new(&bytes[..]).hello("ble")
    };
    let ours = Hello::new("ble");
    assert!(matches!(greeted(&ours), Ok(Some(hello)) if hello == ours));
    let foreign = Hello { magic: "else".to_owned(), ..ours.clone() };
    assert!(matches!(greeted(&foreign), Err(WireError::Foreign)));
    let later = Hello { version: VERSION + 1, ..ours.clone() };
    assert!(matches!(greeted(&later), Err(WireError::Version { theirs, .. }) if theirs == VERSION + 1));
    assert!(matches!(greeted(&Hello::new("lsl")), Err(WireError::Damaged(_))));
    let no_hello = written(|pipe| pipe.alive());
    for foreign in [&no_hello[..], b"Usage: sensocto [OPTIONS]\n", b"H", &bundle_bytes()] {
        let read = FrameReader::new(foreign).hello("ble");
        assert!(matches!(read, Err(WireError::Foreign)), "{read:?}");
    }
    assert!(matches!(FrameReader::new(&[][..]).hello("ble"), Ok(None)));
}

fn bundle_bytes() -> Vec<u8> {
    written(|pipe| pipe.event(&Event::Bundle(bundle())))
}

#[test]
fn a_block_that_lies_outside_its_bundle_is_an_error_and_not_passed_over() {
    let values = |bundle: &Bundle| serde_json::to_value(bundle).unwrap();
    let mut broken = values(&bundle());
    broken["values"] = serde_json::json!([1, 2]);
    let broken: Bundle = serde_json::from_value(broken).unwrap();
    let bytes = written(|pipe| pipe.event(&Event::Bundle(broken)));
    assert!(matches!(told(&bytes), Err(WireError::Damaged(why)) if why.contains("outside")));
}

#[test]
fn a_block_of_more_channels_than_a_bundle_takes_is_refused_by_the_writer() {
    let event = Event::Block { stream: StreamRef(0), block: block(model::BUNDLE_CHANNELS_MAX + 1) };
    let mut bytes = Vec::new();
    assert!(FrameWriter::new(&mut bytes).event(&event).is_err());
    assert!(bytes.is_empty());
}

#[test]
fn samples_at_an_even_pace_cost_what_their_values_cost() {
    let n = 1000;
    let mut bundle = Bundle::default();
    let times = (0..n).map(|k| k * 4_000_000).collect();
    let values = (0..n).map(|k| (k % 100) as i32).collect();
    assert!(
        bundle.push(StreamRef(0), &Block::new(0, 1 << 60, times, None, vec![Column::I32(values)]).unwrap())
    );
    let bytes = written(|pipe| pipe.event(&Event::Bundle(bundle))).len();
    assert!(bytes < 1100, "{bytes} bytes for {n} samples");
}
