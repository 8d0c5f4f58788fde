use super::super::lines::{BadLine, LineLayout};
use super::super::*;
use super::GOOD;

fn lines(keys: &str) -> LineLayout {
    let text = format!("{GOOD}[characteristic.lines]\n{keys}");
    let mut drivers = load([("probe.toml", text.as_str())]);
    assert_eq!(drivers.problems, []);
    match drivers.good.remove(0).characteristics.remove(0).reading {
        Reading::Lines(layout) => layout,
        Reading::Packets(_) => panic!("it has packets"),
    }
}

fn read(layout: &LineLayout, line: &[u8]) -> Result<Vec<f64>, String> {
    let mut rows = layout.rows();
    let read = layout.decode(line, &mut rows).map_err(|error| error.to_string());
    read.map(|_| rows.of(0).flatten().copied().collect())
}

const THREE: &str = "field = [{ name = 'a' }, { name = 'time', ignore = true }, { name = 'c' }]\n";

#[test]
fn numbers_are_told_apart_by_the_separator_and_one_may_be_ignored() {
    let blank = lines(&format!("separator = ' '\n{THREE}"));
    assert_eq!(read(&blank, b"  1.5   soon  -2e3 rest"), Ok(vec![1.5, -2000.0]));
    let semicolon = lines(&format!("separator = ';'\nbegins = '>'\n{THREE}"));
    assert_eq!(read(&semicolon, b"> 1 ;; 3"), Ok(vec![1.0, 3.0]));
    assert_eq!(read(&semicolon, b"1;2;3"), Ok(vec![]));
}

#[test]
fn a_line_that_is_not_as_described_is_refused_by_the_field() {
    let layout = lines(THREE);
    for (line, words) in [
        (&b"1"[..], "the line ends before its time"),
        (b"1,2", "the line ends before its c"),
        (b"1,2,", "the line ends before its c"),
        (b"", "the line ends before its a"),
        (b"1,2,x", "the line's c is no number"),
        (b"inf,2,3", "the line's a is no number"),
        (b"NaN,2,3", "the line's a is no number"),
        (b"1,2,\xff", "the line is no text"),
    ] {
        assert_eq!(read(&layout, line), Err(words.to_owned()));
    }
    assert_eq!(layout.decode(b"1", &mut layout.rows()), Err(BadLine::TooShort { field: "time" }));
}

proptest::proptest! {
    #[test]
    fn random_bytes_never_panic(line in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..80)) {
        let layout = lines(THREE);
        let _ = read(&layout, &line);
        let mut reassembly = layout.reassembly();
        reassembly.take(&line, |line| drop(read(&layout, line)));
    }
}
