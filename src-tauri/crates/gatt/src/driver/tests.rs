use super::*;

mod decoding;
mod docs;
mod lines;
mod matching;
mod problems;
mod wrong_fields;

/// A driver that is right, with a place for more.
const GOOD: &str = r#"name = "Probe"
version = "1"
match = { name = "Probe*" }
[[characteristic]]
uuid = "2A6E"
stream = [{ name = "temperature", kind = "temperature" }]
"#;

/// The layout of the only characteristic of a driver with these lines in it.
fn layout(lines: &str) -> Layout {
    let text = format!("{GOOD}{lines}");
    let mut drivers = load([("probe.toml", text.as_str())]);
    let problems: Vec<_> = drivers.problems.iter().map(ToString::to_string).collect();
    assert!(problems.is_empty(), "{problems:#?}");
    match drivers.good.remove(0).characteristics.remove(0).reading {
        Reading::Packets(layout) => layout,
        Reading::Lines(_) => panic!("it has lines"),
    }
}

#[test]
fn the_bundled_drivers_have_no_problems() {
    let drivers = bundled();
    assert_eq!(drivers.problems, []);
    assert_eq!(drivers.good.len(), bundled::FILES.len());
}

#[test]
fn a_wrong_file_takes_no_other_along() {
    let good = format!("{GOOD}sample = [{{ name = \"t\", type = \"i16\" }}]");
    let long = "#".repeat(FILE_BYTES_MAX + 1);
    let drivers =
        load([("c.toml", good.as_str()), ("b.toml", "name ="), ("a.toml", &long), ("d.toml", &good)]);
    assert_eq!(drivers.good.iter().map(|driver| &driver.file).collect::<Vec<_>>(), ["c.toml"]);
    let told: Vec<_> = drivers.problems.iter().map(ToString::to_string).collect();
    assert_eq!(told[0], "a.toml: the file has 65537 bytes; at most 65536 are allowed");
    assert!(told[1].starts_with("b.toml, line 1, column 7: this is not TOML: "), "{}", told[1]);
    assert_eq!(told[2], "d.toml: the name Probe is taken by c.toml; each driver needs its own");
    assert_eq!(told.len(), 3);
}

#[test]
fn files_beyond_the_limit_are_told() {
    let names: Vec<String> = (0..FILES_MAX + 5).map(|number| format!("{number:03}.toml")).collect();
    let drivers = load(names.iter().rev().map(|name| (name.as_str(), "")));
    let told = drivers.problems.iter().filter(|problem| problem.words.contains("more than 256 files"));
    assert_eq!(told.map(|problem| problem.file.as_str()).collect::<Vec<_>>(), ["256.toml"]);
}

#[test]
fn a_labs_own_driver_takes_the_place_of_a_bundled_one_and_that_is_told() {
    let text = format!("{GOOD}sample = [{{ name = \"t\", type = \"i16\" }}]").replace("Probe\"", "Muse\"");
    let own = load([("own.toml", text.as_str())]).over(bundled());
    assert_eq!(own.good.iter().filter(|driver| driver.name == "Muse").count(), 1);
    assert_eq!(own.good[0].file, "own.toml");
    assert_eq!(own.problems[0].to_string(), "own.toml: takes the place of Muse from muse.toml");
    assert_eq!(own.good.len(), bundled::FILES.len());
}
