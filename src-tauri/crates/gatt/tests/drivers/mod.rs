//! The bundled driver files against the decoders that are written by hand: the same bytes, the
//! same numbers.

use crate::{CASES, decoder};
use gatt::driver::layout::{Layout, Rows};
use gatt::driver::{Drivers, Reading, bundled};
use gatt::{microbit, muse, sensortag, thingy52};
use proptest::prelude::*;
use std::sync::LazyLock;
use toml::{Table, Value};

static DRIVERS: LazyLock<Drivers> = LazyLock::new(bundled);

/// How the numbers of a file are compared with those of a decoder.
#[derive(Clone, Copy)]
enum As {
    /// Raw numbers, in the order of these fields of `value` or `samples`.
    Raw(&'static [&'static str]),
    /// Values in the units of both.
    Units,
    /// The file's values in µV.
    Microvolts,
    /// Codes of a button.
    Button,
}

const PLAIN: As = As::Raw(&[]);

/// Decoder, driver, the UUID's first group, and how to compare.
const PAIRS: &[(&str, &str, &str, As)] = &[
    ("thingy 0201", "Thingy:52", "ef680201", PLAIN),
    ("thingy 0202", "Thingy:52", "ef680202", PLAIN),
    ("thingy 0203", "Thingy:52", "ef680203", PLAIN),
    ("thingy 0204", "Thingy:52", "ef680204", PLAIN),
    ("thingy 0205", "Thingy:52", "ef680205", PLAIN),
    ("thingy 0302", "Thingy:52", "ef680302", As::Button),
    ("thingy 0402", "Thingy:52", "ef680402", PLAIN),
    ("thingy 0403", "Thingy:52", "ef680403", PLAIN),
    ("thingy 0404", "Thingy:52", "ef680404", PLAIN),
    ("thingy 0405", "Thingy:52", "ef680405", PLAIN),
    ("thingy 0406", "Thingy:52", "ef680406", As::Raw(&["acceleration", "rotation", "field"])),
    ("thingy 0407", "Thingy:52", "ef680407", PLAIN),
    ("thingy 0409", "Thingy:52", "ef680409", PLAIN),
    ("thingy 040A", "Thingy:52", "ef68040a", PLAIN),
    ("microbit CA4B", "BBC micro:bit", "e95dca4b", PLAIN),
    ("microbit CA4B", "BBC micro:bit", "e95dfb11", PLAIN),
    ("microbit 9715", "BBC micro:bit", "e95d9715", PLAIN),
    ("microbit 9250", "BBC micro:bit", "e95d9250", PLAIN),
    ("microbit DA90", "BBC micro:bit", "e95dda90", As::Button),
    ("microbit DA90", "BBC micro:bit", "e95dda91", As::Button),
    ("sensortag AA01", "SensorTag CC2650", "f000aa01", PLAIN),
    ("sensortag AA21", "SensorTag CC2650", "f000aa21", As::Units),
    ("sensortag AA41", "SensorTag CC2650", "f000aa41", As::Raw(&["centi_celsius", "pascal"])),
    ("sensortag AA71", "SensorTag CC2650", "f000aa71", PLAIN),
    ("sensortag AA81", "SensorTag CC2650", "f000aa81", As::Raw(&["rotation", "acceleration", "field"])),
    ("sensortag FFE1", "SensorTag CC2650", "0000ffe1", PLAIN),
    ("muse EEG", "Muse", "273e0003", As::Microvolts),
    ("muse EEG", "Muse", "273e0007", As::Microvolts),
    ("muse motion", "Muse", "273e0009", PLAIN),
    ("muse motion", "Muse", "273e000a", PLAIN),
    ("muse PPG", "Muse", "273e000f", PLAIN),
    ("muse telemetry", "Muse", "273e000b", As::Raw(&["battery_per_512_percent"])),
];

fn layout(driver: &str, uuid: &str) -> &'static Layout {
    let driver =
        DRIVERS.good.iter().find(|good| good.name == driver).unwrap_or_else(|| panic!("no {driver}"));
    let first = u32::from_str_radix(uuid, 16).map_or(0, u128::from);
    let found = driver.characteristics.iter().find(|characteristic| characteristic.uuid >> 96 == first);
    match &found.unwrap_or_else(|| panic!("no {uuid}")).reading {
        Reading::Packets(layout) => layout,
        Reading::Lines(_) => panic!("{uuid} has lines"),
    }
}

fn numbers(value: &Value, order: &[&str], out: &mut Vec<f64>) {
    match value {
        Value::Integer(number) => out.push(*number as f64),
        Value::Float(number) => out.push(*number),
        Value::Boolean(pressed) => out.push(f64::from(u8::from(*pressed))),
        Value::Array(values) => values.iter().for_each(|value| numbers(value, order, out)),
        Value::Table(table) if order.is_empty() => {
            table.values().for_each(|value| numbers(value, order, out))
        }
        Value::Table(table) => order.iter().for_each(|key| numbers(&table[*key], order, out)),
        Value::String(text) => out.push(match text.as_str() {
            "Up" => 0.0,
            "Down" => 1.0,
            "Long" => 2.0,
            other => other["Other(".len()..other.len() - 1].parse().unwrap_or(f64::NAN),
        }),
        Value::Datetime(_) => panic!("no number"),
    }
}

/// What the decoder by hand says: index, tail, numbers.
fn by_hand(fields: &Table, how: As) -> (Option<u64>, usize, Vec<f64>) {
    let mut all = Vec::new();
    // A button that is not pressed is left out of the table.
    let value = fields.get("value").or_else(|| fields.get("samples")).unwrap_or(&Value::Boolean(false));
    numbers(value, if let As::Raw(order) = how { order } else { &[] }, &mut all);
    if let As::Microvolts = how {
        all.iter_mut().for_each(|number| *number *= muse::EEG_MICROVOLTS);
    }
    let whole = |key: &str| fields.get(key).and_then(Value::as_integer);
    (whole("index").map(|index| index as u64), whole("tail_bytes").unwrap_or(0) as usize, all)
}

/// What the file says.
fn by_file(layout: &Layout, packet: &[u8], how: As) -> Result<(Option<u64>, usize, Vec<f64>), String> {
    let mut rows = Rows::new(layout);
    let read = layout.decode(packet, &mut rows).map_err(|error| error.to_string())?;
    let mut all = Vec::new();
    for (index, stream) in layout.streams().iter().enumerate() {
        for (raw, channel) in rows.of(index).flat_map(|row| row.iter().zip(&stream.channels)) {
            all.push(match how {
                As::Units | As::Microvolts => channel.value(*raw),
                As::Raw(_) => *raw,
                As::Button if stream.name == "button" => f64::from(u8::from(*raw != 0.0)),
                As::Button => *raw,
            });
        }
    }
    Ok((read.counter, read.tail_bytes, all))
}

fn compare(pair: &(&str, &str, &str, As), packet: &[u8]) {
    let (name, driver, uuid, how) = *pair;
    let hand = (decoder(name).unwrap_or_else(|| panic!("no {name}")).decode)(packet);
    let file = by_file(layout(driver, uuid), packet, how);
    match (hand, file) {
        (Ok(seen), Ok(file)) => {
            let hand = by_hand(&seen.fields, how);
            assert_eq!((hand.0, hand.1), (file.0, file.1), "{uuid}: {packet:02x?}");
            let same = |(a, b): (&f64, &f64)| a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() < 1e-9;
            let all_same = hand.2.len() == file.2.len() && hand.2.iter().zip(&file.2).all(same);
            assert!(all_same, "{uuid}: {packet:02x?}\n  by hand {:?}\n  by file {:?}", hand.2, file.2);
        }
        (Err(hand), Err(file)) => {
            let front = |words: &str| words.split(" ends before its ").next().map(str::to_owned);
            assert_eq!(front(&hand), front(&file), "{uuid}");
        }
        (hand, file) => panic!("{uuid}: {packet:02x?}\n  by hand {hand:?}\n  by file {file:?}"),
    }
}

#[test]
fn every_case_gives_the_same_numbers_by_file_as_by_hand() {
    let mut compared = 0;
    for pair in PAIRS {
        let cases: Vec<_> = CASES.iter().filter(|case| case.decoder == pair.0).collect();
        assert!(!cases.is_empty(), "{}", pair.0);
        cases.iter().for_each(|case| compare(pair, &case.bytes));
        compared += cases.len();
    }
    assert!(compared >= PAIRS.len());
}

#[test]
fn every_characteristic_of_the_bundled_packet_drivers_is_compared() {
    for driver in &DRIVERS.good {
        let packets = driver.characteristics.iter().filter(|it| matches!(it.reading, Reading::Packets(_)));
        for characteristic in packets.filter(|_| driver.name != "Lab strain gauge") {
            let uuid = format!("{:08x}", characteristic.uuid >> 96);
            let compared = PAIRS.iter().any(|pair| pair.1 == driver.name && pair.2 == uuid);
            // EEG and PPG have several electrodes and lights of one layout but for names.
            let family = ["273e0004", "273e0005", "273e0006", "273e0010", "273e0011"];
            assert!(compared || family.contains(&&*uuid), "{uuid}");
        }
    }
}

#[test]
fn lines_are_put_together_as_by_hand_and_their_numbers_read() {
    let driver = DRIVERS.good.iter().find(|good| good.name == "UART lines").unwrap();
    let Reading::Lines(lines) = &driver.characteristics[0].reading else { panic!() };
    let case = CASES.iter().find(|case| case.name == "lines").unwrap();
    let together = |bytes: &[u8]| {
        let (mut reassembly, mut messages) = (lines.reassembly(), Vec::new());
        bytes.chunks(5).for_each(|piece| reassembly.take(piece, |message| messages.push(message.to_vec())));
        messages
    };
    let shown: Vec<_> = together(&case.bytes).into_iter().map(bytes_shown).collect();
    assert_eq!(Some(&Value::Array(shown)), case.expected.as_ref().unwrap().get("messages"));
    let mut rows = lines.rows();
    let mut seen = Vec::new();
    for line in together(b"T=21.5,40\r\nhello\nT=-0.25, 41.5,9\n") {
        let read = lines.decode(&line, &mut rows).unwrap();
        seen.push((read.meant, read.tail_bytes, rows.of(0).chain(rows.of(1)).flatten().copied().collect()));
    }
    assert_eq!(seen, [(true, 0, vec![21.5, 40.0]), (false, 0, vec![]), (true, 1, vec![-0.25, 41.5])]);
}

#[test]
fn what_is_written_on_connect_is_what_the_commands_by_hand_say() {
    let written = |name: &str, uuid: u128| -> Vec<Vec<u8>> {
        let driver = DRIVERS.good.iter().find(|good| good.name == name).unwrap();
        let to_it = driver.on_connect.iter().filter(|write| write.to == uuid);
        to_it.map(|write| write.bytes.clone()).collect()
    };
    let preset = muse::command("p21").unwrap();
    assert_eq!(
        written("Muse", muse::CONTROL),
        [muse::STOP, preset, muse::START].map(|it| it.as_bytes().to_vec())
    );
    let tag = |short: u16| written("SensorTag CC2650", sensortag::uuid(short));
    assert_eq!(tag(0xaa82), [sensortag::movement_on(sensortag::Range::G8, false).as_bytes()]);
    assert_eq!(tag(0xaa83), [sensortag::set_period(100).as_bytes()]);
    for short in [0xaa02, 0xaa22, 0xaa42, 0xaa72] {
        assert_eq!(tag(short), [sensortag::SWITCH_ON.as_bytes()]);
    }
    for short in [0xfb24, 0x386c] {
        let period = microbit::set_period(20).unwrap();
        assert_eq!(written("BBC micro:bit", microbit::uuid(short)), [period.as_bytes()]);
    }
    let motion = &written("Thingy:52", thingy52::uuid(0x0401))[0];
    let config = thingy52::config::Motion::decode(motion).unwrap();
    assert_eq!((config.rate_hz, config.wake_on_motion, config.tail_bytes), (50, true, 0));
}

fn bytes_shown(message: Vec<u8>) -> Value {
    Value::Array(message.into_iter().map(|byte| Value::Integer(byte.into())).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn random_packets_give_the_same_numbers_by_file_as_by_hand(
        packet in proptest::collection::vec(any::<u8>(), 0..40),
    ) {
        PAIRS.iter().for_each(|pair| compare(pair, &packet));
    }
}
