//! Each thing that can be wrong with a file, with its line and column.

use super::super::*;
use super::GOOD;

fn told(text: &str) -> Vec<String> {
    let drivers = load([("x.toml", text)]);
    assert_eq!(drivers.good.is_empty(), !drivers.problems.is_empty());
    drivers.problems.iter().map(ToString::to_string).collect()
}

/// A wrong line and all that is said about it. A `^` in front of it (and not part of it) marks
/// the place that is told.
pub(super) fn wrong(before: &str, line: &str, words: &str) {
    let at = line.find('^').unwrap_or_else(|| panic!("no place in {line}"));
    let (column, line) = (line[..at].chars().count() + 1, line.replacen('^', "", 1));
    let text = format!("{before}{line}\n");
    let place = format!("x.toml, line {}, column {column}: ", before.lines().count() + 1);
    let all = told(&text);
    assert!(all.iter().any(|one| *one == format!("{place}{words}")), "{place}{words}\n{all:#?}");
}

const TOP: &str = "# A driver.\nversion = '1'\n";

#[test]
fn a_file_that_is_not_toml_is_told_where() {
    let all = told("name = 'x'\nversion == 1\n");
    assert!(all[0].starts_with("x.toml, line 2, column 10: this is not TOML: "), "{all:?}");
    assert!(all.iter().all(|one| one.contains("this is not TOML")), "{all:?}");
    let twice = told("name = 'x'\nname = 'y'\n");
    assert!(twice[0].starts_with("x.toml, line 2, column 1: this is not TOML: duplicate key"), "{twice:?}");
}

#[test]
fn what_is_missing_is_told_at_the_beginning_of_its_table() {
    let all = told("");
    let keys: Vec<&str> = all.iter().map(|one| one.split(": ").nth(1).unwrap()).collect();
    assert_eq!(keys, ["name", "version", "match", "characteristic"]);
    assert!(all.iter().all(|one| one.starts_with("x.toml, line 1, column 1: ")));
    wrong(TOP, "match = ^{}", "match: has no rule; give one or more of services, name, manufacturer");
    wrong(
        TOP,
        "match = { manufacturer = ^{} }",
        "match.manufacturer.company: is missing; it must be a company id from 0 to 65535, as 0x0059",
    );
    wrong(
        TOP,
        "on_connect = [^{ bytes = '01' }]",
        "on_connect.to: is missing; it must be a UUID, as \"180D\" or \"0000180d-0000-1000-8000-00805f9b34fb\"",
    );
    wrong(
        TOP,
        "characteristic = [^{ stream = [] }]",
        "characteristic.uuid: is missing; it must be a UUID, as \"180D\" or \"0000180d-0000-1000-8000-00805f9b34fb\"",
    );
}

#[test]
fn unknown_keys_are_told_with_those_that_are_allowed() {
    wrong(
        TOP,
        "^nmae = 'x'",
        "nmae: there is no such key; allowed are name, version, match, on_connect, characteristic",
    );
    wrong(
        TOP,
        "match = { name = 'x', ^uuid = '1' }",
        "match.uuid: there is no such key; allowed are services, name, manufacturer",
    );
    wrong(
        GOOD,
        "^rate = 1",
        "characteristic.rate: there is no such key; allowed are uuid, endian, stream, head, sample, samples, sample_bytes, counter, clock, lines",
    );
}

#[test]
fn wrong_types_and_absurd_numbers_are_told_with_what_is_allowed() {
    let uuid = "a UUID, as \"180D\" or \"0000180d-0000-1000-8000-00805f9b34fb\"";
    let ms = "a whole number from 0 to 10000";
    let name = "a text of 1 to 64 characters without control characters or blanks at its ends";
    wrong(TOP, "name = ^7", &format!("name: can't be 7; it must be {name}"));
    wrong(TOP, "name = ^''", &format!("name: can't be ''; it must be {name}"));
    wrong(TOP, "match = ^1", "match: can't be 1; it must be a table");
    wrong(
        TOP,
        "match = { name = ^'**' }",
        "match.name: can't be '**'; it must be a text of 1 to 64 characters, one of which is neither * nor ?",
    );
    wrong(
        TOP,
        "match = { services = ['180D', ^'180'] }",
        &format!("match.services: can't be '180'; it must be {uuid}"),
    );
    wrong(
        TOP,
        "match = { services = ^[] }",
        &format!("match.services: can't be []; it must be a list of 1 to 8 entries, each {uuid}"),
    );
    wrong(
        TOP,
        "match = { manufacturer = { company = ^65536 } }",
        "match.manufacturer.company: can't be 65536; it must be a whole number from 0 to 65535",
    );
    wrong(
        TOP,
        "match = { manufacturer = { company = 1, data = ^'0' } }",
        "match.manufacturer.data: can't be '0'; it must be 1 to 24 bytes in hexadecimal, ?? for any, as \"01 ??\"",
    );
    wrong(
        TOP,
        "on_connect = [{ to = '2A00', bytes = ^'0?' }]",
        "on_connect.bytes: can't be '0?'; it must be 1 to 244 bytes in hexadecimal, as \"01 FF\"",
    );
    wrong(
        TOP,
        "on_connect = [{ to = '2A00', text = ^'' }]",
        "on_connect.text: can't be ''; it must be a text of 1 to 244 bytes",
    );
    wrong(
        TOP,
        "on_connect = [^{ to = '2A00' }]",
        "on_connect.bytes: needs either bytes, as \"01 FF\", or text",
    );
    wrong(
        TOP,
        "on_connect = [{ delay_ms = ^10001 }]",
        &format!("on_connect.delay_ms: can't be 10001; it must be {ms}"),
    );
    wrong(
        TOP,
        "on_connect = [{ delay_ms = ^-1 }]",
        &format!("on_connect.delay_ms: can't be -1; it must be {ms}"),
    );
    wrong(
        TOP,
        "on_connect = [{ response = ^'yes' }]",
        "on_connect.response: can't be 'yes'; it must be true or false",
    );
    wrong(
        TOP,
        "on_connect = [{ expect = { within_ms = ^0 } }]",
        "on_connect.expect.within_ms: can't be 0; it must be a whole number from 1 to 30000",
    );
    wrong(TOP, "on_connect = [^7]", "on_connect: can't be 7; it must be a table");
}

#[test]
fn wrong_streams_are_told() {
    let with = |line: &str, words: &str| {
        wrong("[[characteristic]]\n", line, &format!("characteristic.stream{words}"))
    };
    with(
        "stream = [{ name = ^'a b' }]",
        ".name: can't be 'a b'; it must be 1 to 64 letters, digits, _ or -, beginning with a letter or digit",
    );
    with(
        "stream = [{ kind = ^'heat' }]",
        ".kind: can't be 'heat'; it must be what it measures, such as temperature, accelerometer or generic (docs/drivers.md lists all)",
    );
    with("stream = [{ rate_hz = ^0 }]", ".rate_hz: can't be 0; it must be a number above 0, at most 100000");
    with(
        "stream = [{ rate_hz = ^nan }]",
        ".rate_hz: can't be nan; it must be a number above 0, at most 100000",
    );
    let twice = "stream = [{ name = 'a', kind = 'generic' }, { name = ^'a', kind = 'generic' }]";
    with(twice, ".name: stands here twice; each stream needs a name of its own");
    with(
        "stream = ^[{ name = 'a', kind = 'generic' }]\nhead = [{ name = 'n', type = 'u8' }]",
        ": no field feeds a; leave it out, or name it in a field",
    );
}

#[test]
fn what_only_shows_in_the_whole_file_is_told() {
    let one = "[[characteristic]]\nuuid = '2A6E'\nstream = [{ name = 'temperature', kind = 'generic' }]\n";
    let text = format!(
        "{GOOD}sample = [{{ name = 'x', type = 'u8' }}]\n{one}sample = [{{ name = 'x', type = 'u8' }}]\n"
    );
    assert_eq!(
        told(&text),
        [
            "x.toml, line 9, column 8: characteristic.uuid: stands here twice; each characteristic may stand once",
            "x.toml, line 10, column 10: characteristic.stream: temperature stands in two characteristics; each \
             stream needs a name of its own",
        ]
    );
    let fields: Vec<String> = (0..64).map(|n| format!("{{ name = 'f{n}', type = 'u8' }}")).collect();
    let field = format!("sample = [{}]\n", fields.join(", "));
    let other = one.replace("2A6E", "2A6F").replace("temperature", "t");
    let all = told(&format!("{GOOD}{field}{other}{field}"));
    assert_eq!(
        all,
        ["x.toml, line 4, column 1: characteristic: has 128 channels in all; at most 64 are allowed"]
    );
}

#[test]
fn so_many_problems_are_told_and_the_rest_is_counted() {
    let keys: String = (0..30).map(|n| format!("k{n} = 1\n")).collect();
    let all = told(&format!("{GOOD}sample = [{{ name = 'x', type = 'u8' }}]\n{keys}"));
    assert_eq!(all.len(), PROBLEMS_MAX + 1);
    assert_eq!(all.last().unwrap(), "x.toml: 10 more things are wrong");
}
