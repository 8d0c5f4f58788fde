//! `docs/drivers.md` against what it describes: its example, its errors, its keys.

use super::super::layout::Rows;
use super::super::*;
use model::AttributeKind;

const PAGE: &str = include_str!("../../../../../../docs/drivers.md");

/// The block of the page that is fenced with these words.
fn block(words: &str) -> String {
    let open = format!("```{words}\n");
    let rest = PAGE.split_once(&open).unwrap_or_else(|| panic!("no block {words}")).1;
    rest.split_once("```").map_or("", |(block, _)| block).to_owned()
}

fn bytes(text: &str) -> Vec<u8> {
    Pattern::parse(&text.replace('\n', " "), 512).and_then(Pattern::bytes).unwrap_or_default()
}

#[test]
fn the_pages_example_is_the_bundled_file_and_has_no_problems() {
    let file = bundled::FILES.iter().find(|(name, _)| *name == "lab-strain-gauge.toml").unwrap().1;
    assert_eq!(block("toml driver"), file);
}

#[test]
fn the_pages_advert_is_matched_by_its_driver_and_by_no_other() {
    let advert = block("text advert");
    let value = |key: &str| advert.lines().find_map(|line| line.strip_prefix(key)).unwrap().trim();
    let company = u16::from_str_radix(value("company").trim_start_matches("0x"), 16).unwrap();
    let data = bytes(value("data"));
    let manufacturer = [(company, data.as_slice())];
    let advert = Advert { name: Some(value("name")), services: &[], manufacturer: &manufacturer };
    assert_eq!(bundled().choose(&advert).unwrap().to_string(), "driver Lab strain gauge is used");
}

#[test]
fn the_pages_packet_gives_the_pages_numbers() {
    let text = block("toml driver");
    let drivers = load([("strain.toml", text.as_str())]);
    let Reading::Packets(layout) = &drivers.good[0].characteristics[0].reading else { panic!() };
    let mut rows = Rows::new(layout);
    let read = layout.decode(&bytes(&block("hex packet")), &mut rows).unwrap();
    let mut lines = vec![format!(
        "number {}, ticks {}, tail {} bytes",
        read.counter.unwrap(),
        read.ticks.unwrap(),
        read.tail_bytes
    )];
    for (index, stream) in layout.streams().iter().enumerate() {
        for row in rows.of(index) {
            let channels = row.iter().zip(&stream.channels);
            let shown = channels.map(|(raw, it)| format!("{} = {} {}", it.name, it.value(*raw), it.unit));
            lines.push(format!("{}: {}", stream.name, shown.collect::<Vec<_>>().join(", ")));
        }
    }
    assert_eq!(lines, block("text rows").lines().collect::<Vec<_>>());
    let short = bytes(&block("hex packet"));
    let refusal = layout.decode(&short[..18], &mut rows).unwrap_err().to_string();
    assert!(PAGE.contains(&refusal), "{refusal}");
}

#[test]
fn the_pages_wrong_file_gives_the_pages_errors() {
    let text = block("toml wrong");
    let drivers = load([("strain.toml", text.as_str())]);
    let told: Vec<_> = drivers.problems.iter().map(ToString::to_string).collect();
    assert_eq!(told, block("text errors").lines().collect::<Vec<_>>());
}

#[test]
fn the_pages_text_lines_are_read() {
    let rest = PAGE.split_once("```toml lines\n").unwrap().1.split_once("```").unwrap().0;
    let text = format!("{}{rest}", super::GOOD.replace("temperature\", kind", "t\", kind"));
    let drivers = load([("x.toml", text.as_str())]);
    assert_eq!(drivers.problems, []);
}

#[test]
fn every_key_type_and_kind_stands_on_the_page() {
    let characteristic = "[[characteristic]]\nstream = [{ name = 'a', kind = 'generic' }]\n";
    let wrong = [
        "zz = 1\nmatch = { zz = 1, manufacturer = { zz = 1 } }\non_connect = [{ zz = 1, expect = { zz = 1 } }]",
        "[[characteristic]]\nzz = 1\nstream = [{ zz = 1 }]",
        &format!("{characteristic}head = [{{ name = 'n', zz = 1, type = 'u8', when = {{ zz = 1 }} }}]"),
        &format!(
            "{characteristic}sample = [{{ type = 'zz' }}]\ncounter = {{ zz = 1 }}\nclock = {{ zz = 1 }}"
        ),
        &format!("{characteristic}lines = {{ zz = 1, field = [{{ zz = 1 }}] }}"),
    ];
    let problems: Vec<_> = wrong.iter().flat_map(|text| load([("x.toml", *text)]).problems).collect();
    let lists = problems.iter().filter_map(|problem| {
        let keys = problem.words.split_once("allowed are ").map(|(_, keys)| keys);
        keys.or_else(|| problem.words.strip_prefix("can't be 'zz'; it must be one of "))
    });
    let keys: Vec<&str> = lists.clone().flat_map(|list| list.split(", ")).collect();
    assert_eq!(lists.count(), 14);
    for word in keys.into_iter().chain(AttributeKind::ALL.map(AttributeKind::code)) {
        assert!(PAGE.contains(&format!("`{word}`")), "{word} does not stand on the page");
    }
}
