//! Each thing that can be wrong with fields, with its line and column.

use super::GOOD;
use super::problems::wrong;

#[test]
fn wrong_fields_are_told() {
    let with = |line: &str, words: &str| wrong(GOOD, line, &format!("characteristic.{words}"));
    let types = "u8, i8, u16, i16, u24, i24, u32, i32, u64, i64, f32, f64, sfloat, float, bits, skip";
    with(
        "sample = [{ type = ^'u128' }]",
        &format!("sample.type: can't be 'u128'; it must be one of {types}"),
    );
    with("sample = [^{ name = 'x' }]", &format!("sample.type: is missing; it must be one of {types}"));
    with(
        "sample = [{ type = 'bits', width = ^33 }]",
        "sample.width: can't be 33; it must be a whole number from 1 to 32",
    );
    with("sample = [{ type = 'u8', width = ^3 }]", "sample.width: belongs to the type bits only");
    with(
        "sample = [{ type = 'skip', bytes = ^0 }]",
        "sample.bytes: can't be 0; it must be a whole number from 1 to 512",
    );
    with(
        "sample = [{ name = 'x', type = 'u8', scale = ^0 }]",
        "sample.scale: can't be 0; it must be a number other than 0, from 1e-12 to 1e12 or the same below 0",
    );
    with(
        "sample = [{ name = 'x', type = 'u8', offset = ^1e13 }]",
        "sample.offset: can't be 1e13; it must be a number from -1e12 to 1e12",
    );
    with(
        "sample = [{ name = 'x', type = 'u8', at = ^512 }]",
        "sample.at: can't be 512; it must be a whole number from 0 to 511",
    );
    with(
        "sample = [{ name = 'x', type = 'u8', endian = ^'middle' }]",
        "sample.endian: can't be 'middle'; it must be one of little, big",
    );
    with(
        "sample = [{ name = 'x', type = 'u8' }, { name = ^'x', type = 'u8' }]",
        "sample.name: stands here twice; each field needs its own",
    );
    with(
        "sample = [{ name = 'x', type = 'u16' }, ^{ name = 'y', type = 'u8', at = 1 }]",
        "sample.at: y lies over x; move it, or allow it with overlap = true",
    );
    with(
        "sample = [{ name = 'x', type = 'u8', stream = ^'t' }]",
        "sample.stream: can't be 't'; it must be one of temperature",
    );
    with(
        "sample = [{ name = 'x', type = 'u8' }, { name = 'y', type = 'u8', channel = ^'x' }]",
        "sample.channel: x is fed by an earlier field; two fields may share a channel only if their when asks for the same bit, set and clear, and unit, scale and offset are equal",
    );
    with(
        "head = [{ name = 'x', type = 'u8', unit = ^'V' }]",
        "head.unit: has no use in a field that feeds no stream; name its stream",
    );
    with(
        "sample = [{ name = 'x', type = 'u8', plus = ^'x' }]",
        "sample.plus: can't be 'x'; it must be the name of another field here that has no times, plus or doubled itself",
    );
    with("sample = ^3", "sample: can't be 3; it must be a list of 1 to 64 tables");
    with("sample = ^[]", "sample: can't be []; it must be a list of 1 to 64 tables");
}

#[test]
fn fields_that_refer_to_each_other_wrongly_are_told() {
    let with = |line: &str, words: &str| wrong(GOOD, line, &format!("characteristic.{words}"));
    with(
        "sample = [{ name = 'a', type = 'u8', plus = 'b' }, { name = 'b', type = 'u8', plus = ^'c' }, \
         { name = 'c', type = 'u8' }]",
        "sample.plus: can't stand in a field that another one adds or doubles by",
    );
    let head = format!("{GOOD}head = [{{ name = 'a', type = 'u8', stream = 'temperature' }}]\n");
    let words = "characteristic.sample.stream: is fed by head already; a stream's fields stand all in head or all in sample";
    wrong(&head, "sample = [^{ name = 'b', type = 'u8' }]", words);
    wrong(&head, "sample = [{ name = 'b', type = 'u8', stream = ^'temperature' }]", words);
}

#[test]
fn wrong_conditions_counters_and_lengths_are_told() {
    let with = |line: &str, words: &str| wrong(GOOD, line, &format!("characteristic.{words}"));
    let flags = "the name of an earlier field of head that is an unsigned whole number without when";
    with(
        "sample = [{ name = 'x', type = 'u8', when = { field = ^'f', bit = 0 } }]",
        &format!("sample.when.field: can't be 'f'; it must be {flags}"),
    );
    with(
        "head = [{ name = 'f', type = 'u8' }, { name = 'x', type = 'u8', when = { field = 'f', bit = ^8 } }]",
        "head.when.bit: can't be 8; it must be a whole number from 0 to 7",
    );
    with(
        "head = [{ name = 'f', type = 'u8' }, { name = 'x', type = 'u8', when = { field = 'f', bit = 0 } }, { name = 'y', type = 'u8', at = ^9 }]",
        "head.at: can't stand behind a field with when, whose length is not known; leave it out",
    );
    let counter = "the name of a field of head that is an unsigned whole number";
    with("counter = { field = ^'n' }", &format!("counter.field: can't be 'n'; it must be {counter}"));
    let head = format!("{GOOD}head = [{{ name = 'n', type = 'u8' }}]\n");
    wrong(
        &head,
        "counter = { field = 'n', bits = ^9 }",
        "characteristic.counter.bits: can't be 9; it must be a whole number from 1 to 8",
    );
    wrong(
        &head,
        "clock = ^{ field = 'n' }",
        "characteristic.clock.ticks_per_sec: is missing; it must be a number above 0, at most 1000000000",
    );
    wrong(
        &head,
        "clock = { field = 'n', of = ^'all' }",
        "characteristic.clock.of: can't be 'all'; it must be one of first, last",
    );
    with("samples = ^513", "samples: can't be 513; it must be a whole number from 1 to 512, or \"rest\"");
    with("samples = ^'all'", "samples: can't be 'all'; it must be a whole number from 1 to 512, or \"rest\"");
    let sample = format!("{GOOD}sample = [{{ name = 'x', type = 'u64' }}]\n");
    wrong(
        &sample,
        "samples = ^65",
        "characteristic.samples: make a packet of at least 520 bytes; at most 512 are allowed",
    );
    wrong(
        &sample,
        "sample_bytes = ^7",
        "characteristic.sample_bytes: is less than the 8 bytes of its fields",
    );
    wrong(GOOD, "endian = ^1", "characteristic.endian: can't be 1; it must be one of little, big");
}

#[test]
fn wrong_lines_are_told() {
    let with = |line: &str, words: &str| wrong(GOOD, line, &format!("characteristic.lines{words}"));
    with(
        "lines = { separator = ^'--' }",
        ".separator: can't be '--'; it must be one character, such as \",\"",
    );
    with("lines = ^{}", ".field: is missing; it must be a list of the numbers in a line");
    with(
        "lines = { bytes_max = ^513, field = [] }",
        ".bytes_max: can't be 513; it must be a whole number from 1 to 512",
    );
    let twice = "lines = { field = [{ name = 'a' }, { name = 'b', channel = ^'a' }] }";
    with(twice, ".field.channel: stands in its stream twice; each number needs a channel of its own");
    let before = format!("{GOOD}lines = {{ field = [{{ name = 'a' }}] }}\n");
    wrong(
        &before,
        "samples = ^2",
        "characteristic.samples: belongs to packets; a characteristic with lines has none",
    );
}
