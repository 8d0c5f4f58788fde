//! Scenario files good and bad: what runs, and what is said about the rest, with its place.

use crate::sim::{Loaded, Scenario, TrackMode, list};
use model::AttributeKind;
use std::path::{Path, PathBuf};

/// A file with one sensor whose only sure attribute is `ok`, and `attribute` below it.
fn file_with(attribute: &str) -> String {
    let head = "connectors:\n  c:\n    sensors:\n      s:\n        attributes:\n";
    format!("{head}          ok: {{sensor_type: ecg, sampling_rate: 100}}\n          odd:\n{attribute}")
}

fn parse(text: &str) -> Loaded {
    Scenario::parse(text, "odd.yaml").unwrap_or_else(|error| panic!("{error}"))
}

fn refused(text: &str) -> String {
    Scenario::parse(text, "odd.yaml").expect_err("it was accepted").to_string()
}

/// Asserts that `odd` is left out, and returns the one warning about it.
#[track_caller]
fn warning_about(attribute: &str) -> String {
    let loaded = parse(&file_with(attribute));
    assert_eq!(loaded.scenario.counts().streams, 1, "the rest must run, and only the rest");
    let lines = loaded.warnings.lines();
    assert_eq!(lines.len(), 1, "{lines:?}");
    lines[0].clone()
}

#[test]
fn a_rate_that_no_sensor_can_have_leaves_out_its_attribute_with_line_and_column() {
    for rate in ["0", "-1", "1000000000", "1e9", ".nan", ".inf", "-.inf", "10000.1"] {
        let warning =
            warning_about(&format!("            sensor_type: ecg\n            sampling_rate: {rate}\n"));
        assert!(warning.starts_with("line 9, column 28: sampling_rate of “odd” is "), "{warning}");
        assert!(warning.contains("must be more than 0 and at most 10000"), "{warning}");
        assert!(warning.ends_with("The attribute is left out."), "{warning}");
    }
    let missing = warning_about("            sensor_type: ecg\n");
    assert!(missing.starts_with("line 7, column 11: “odd” has no sampling_rate"), "{missing}");
}

#[test]
fn the_rates_at_both_ends_run() {
    for rate in ["10000", "0.000001"] {
        let text = file_with(&format!("            sensor_type: ecg\n            sampling_rate: {rate}\n"));
        assert_eq!(parse(&text).scenario.counts().streams, 2, "{rate}");
    }
}

#[test]
fn a_value_of_the_wrong_type_is_named_with_what_it_should_be() {
    for (line, rule) in [
        ("sampling_rate: fast", "is fast; it must be a number"),
        ("sampling_rate: '50'", "is “50”; it must be a number without quotation marks"),
        ("sampling_rate: [50]", "is a list; it must be a number"),
        ("{sampling_rate: 5, heart_rate: {a: 1}}", "is a group of keys; it must be a number"),
        ("{sampling_rate: 5, heart_rate: 0}", "must be from 20 to 299"),
        ("{sampling_rate: 5, random_start: maybe}", "must be true or false"),
        ("{sampling_rate: 5, track_mode: rocket}", "must be one of walk, cycle,"),
        ("{sampling_rate: 5, batch_size: 0}", "must be from 1 to 10000"),
        (
            "{sampling_rate: 5, min_value: 9, max_value: 8}",
            "min_value 9 of “odd” is greater than its max_value 8",
        ),
        ("{sampling_rate: 5, attribute_id: '<b>'}", "“<b>” is not a valid attribute id"),
        ("[1, 2]", "“odd” must be a group of keys, but is a list"),
        (
            "{sensor_type: ecg, sampling_rate: 5, attribute_id: ok}",
            "the sensor has an attribute “ok” already",
        ),
    ] {
        let warning = warning_about(&format!("            {line}\n"));
        assert!(warning.contains(rule), "{line}: {warning}");
        assert!(warning.starts_with("line 8, column "), "{line}: {warning}");
    }
}

#[test]
fn unknown_keys_and_sections_are_named_and_ignored() {
    let text =
        file_with("            {sensor_type: ecg, sampling_rate: 5, colour: red}\n") + "extra: {a: 1}\n";
    let loaded = parse(&text);
    assert_eq!(loaded.scenario.counts().streams, 2);
    let lines = loaded.warnings.lines();
    assert_eq!(lines[0], "line 9, column 1: the section “extra” is not used by the console; the rest runs.");
    assert_eq!(lines[1], "line 8, column 50: the key “colour” is not known and is ignored.");
}

#[test]
fn an_unknown_kind_runs_as_generic_and_says_so() {
    let loaded = parse(&file_with("            sensor_type: moon_phase\n            sampling_rate: 1\n"));
    assert_eq!(loaded.scenario.sensors[0].attributes[1].kind, AttributeKind::Generic);
    assert_eq!(
        loaded.warnings.lines(),
        ["line 8, column 26: the kind “moon_phase” is not known: it runs as a generic value."]
    );
}

#[test]
fn at_most_50_warnings_are_kept_of_a_file_full_of_faults() {
    let keys: String = (0..500).map(|n| format!("            key_{n}: 1\n")).collect();
    let loaded =
        parse(&file_with(&format!("            sampling_rate: 5\n            sensor_type: ecg\n{keys}")));
    assert_eq!((loaded.warnings.kept().len(), loaded.warnings.more()), (50, 450));
}

#[test]
fn a_file_without_anything_to_run_is_refused_with_the_place_of_its_first_fault() {
    let nothing = "connectors: {c: {sensors: {s: {attributes: {a: {sampling_rate: 0}}}}}}";
    let error = refused(nothing);
    assert!(
        error.starts_with("odd.yaml, line 1, column 64: nothing in the file can run: sampling_rate"),
        "{error}"
    );
    for (text, expect) in [
        ("", "odd.yaml: the file is empty. A scenario needs connectors"),
        ("# only this\n", "the file is empty"),
        ("---\n---\n", "the file is empty"),
        ("a: 1\n", "line 1, column 1: there is no connectors section"),
        ("connectors:\n", "there is no connectors section with anything in it"),
        (
            "connectors: 5\n",
            "line 1, column 13: “connectors” must be a group of keys, but is a single value. A",
        ),
        ("- a\n- b\n", "line 1, column 1: “the file” must be a group of keys, but is a list"),
        ("connectors: {c: {sensors: {s: {}}}}", "“s” has no attributes"),
        ("connectors: {c: {}}", "“c” has no sensors"),
        ("connectors: {c: {sensors: {}}}", "there is no sensor in the file"),
        ("a: {b: 1, b: 2}\n", "line 1, column 11: the key “b” stands here a second time"),
    ] {
        let error = refused(text);
        assert!(error.contains(expect), "{text:?}: {error}");
    }
}

#[test]
fn a_text_over_4_mb_is_refused() {
    assert!(refused(&" ".repeat(4 * 1024 * 1024 + 1)).contains("larger than 4 MB"));
}

#[test]
fn sensor_ids_are_unique_clean_and_bounded() {
    let sensor = "attributes: {a: {sensor_type: ecg, sampling_rate: 1}}";
    let long = "x".repeat(300);
    let text = format!(
        "connectors:\n  c:\n    sensors:\n      a: {{sensor_id: p, {sensor}}}\n      b: {{sensor_id: p, {sensor}}}\n      \
         d: {{sensor_id: '<img onerror=x>', sensor_name: \"a\\u202eb\", {sensor}}}\n      {long}: {{{sensor}}}\n"
    );
    let loaded = parse(&text);
    let ids: Vec<&str> = loaded.scenario.sensors.iter().map(|s| s.id.as_str()).collect();
    assert_eq!(&ids[..3], ["sim:c/p", "sim:c/p_2", "sim:c/_img_onerror_x_"]);
    assert!(ids[3].len() <= 128);
    assert_eq!(loaded.scenario.sensors[2].name.as_str(), "ab");
    let lines = loaded.warnings.lines();
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(
        lines[0].starts_with("line 5, column 22: the sensor id “p” stands twice; this one runs as sim:c/p_2")
    );
}

#[test]
fn sensors_and_attributes_beyond_the_bounds_are_counted_and_left_out() {
    let sensor =
        |n: usize| format!("      s{n}: {{attributes: {{a: {{sensor_type: ecg, sampling_rate: 1}}}}}}\n");
    let many: String = (0..1003).map(sensor).collect();
    let loaded = parse(&format!("connectors:\n  c:\n    sensors:\n{many}"));
    assert_eq!(loaded.scenario.counts().sensors, 1000);
    let expect = "line 1004, column 7: a scenario runs at most 1000 sensors: 3 from here on are left out.";
    assert_eq!(loaded.warnings.lines(), [expect]);

    let attribute = |n: usize| format!("          a{n}: {{sensor_type: ecg, sampling_rate: 1}}\n");
    let many: String = (0..10_007).map(attribute).collect();
    let loaded = parse(&format!("connectors:\n  c:\n    sensors:\n      s:\n        attributes:\n{many}"));
    assert_eq!(loaded.scenario.counts().streams, 10_000);
    assert!(loaded.warnings.lines()[0].contains("at most 10000 attributes: 7 from here on"));
}

#[test]
fn the_description_is_the_first_comment_line_and_the_name_is_that_of_the_file() {
    let text = format!("\u{feff}---\n#\n# Two people - at rest\n# more\n{}", file_with("            {}\n"));
    let scenario = Scenario::parse(&text, "small_group.yaml").unwrap().scenario;
    assert_eq!(
        (scenario.name.as_str(), scenario.description.as_str()),
        ("Small group", "Two people - at rest")
    );
}

#[test]
fn no_prefix_and_no_changed_byte_of_a_good_file_does_harm() {
    let good = std::fs::read_to_string(our_folder().join("walk_in_the_park.yaml")).unwrap();
    let good = &good[..good.len().min(1200)];
    for end in (0..good.len()).filter(|end| good.is_char_boundary(*end)) {
        let _ = Scenario::parse(&good[..end], "cut.yaml");
    }
    for (at, odd) in (0..good.len()).zip(b"[]{}:,-#&*!|>'\"%@`?\t\n\0 x9".iter().cycle()) {
        let mut bytes = good.as_bytes().to_vec();
        bytes[at] = *odd;
        let _ = Scenario::parse(&String::from_utf8_lossy(&bytes), "changed.yaml");
    }
}

#[test]
fn our_own_scenarios_load_without_a_warning() {
    let listed = list(&our_folder());
    let expect = [
        ("first_light", 4, 24),
        ("stress_test", 40, 130),
        ("walk_in_the_park", 6, 17),
        ("ward_round", 8, 32),
    ];
    assert_eq!(listed.len(), expect.len());
    for ((path, loaded), (name, sensors, streams)) in listed.into_iter().zip(expect) {
        let loaded = loaded.unwrap_or_else(|error| panic!("{error}"));
        assert!(loaded.warnings.is_empty(), "{}: {:?}", path.display(), loaded.warnings.lines());
        let counts = loaded.scenario.counts();
        assert_eq!((loaded.scenario.file_name.as_str(), counts.sensors), (name, sensors));
        assert_eq!(counts.streams, streams, "{name}");
        assert!(!loaded.scenario.description.is_empty() && !loaded.scenario.description.ends_with('…'));
    }
}

#[test]
fn the_platforms_scenarios_run_unchanged() {
    let Some(folder) = platform_folder() else {
        say_skipped();
        return;
    };
    for (name, sensors, streams, rate_hz, warnings) in [
        ("gps_tracking", 3, 7, 4.533, 0),
        ("single_person", 1, 6, 100.534, 0),
        ("small_group", 5, 15, 251.351, 1),
    ] {
        let path = folder.join(format!("{name}.yaml"));
        let loaded = Scenario::load(&path).unwrap_or_else(|error| panic!("{error}"));
        let counts = loaded.scenario.counts();
        assert_eq!((counts.connectors, counts.sensors, counts.streams), (1, sensors, streams), "{name}");
        assert!((counts.samples_per_sec - rate_hz).abs() < 1e-6, "{name}: {}", counts.samples_per_sec);
        assert_eq!(loaded.warnings.lines().len(), warnings, "{name}: {:?}", loaded.warnings.lines());
    }
    let group = Scenario::load(&folder.join("small_group.yaml")).unwrap();
    assert_eq!(
        group.warnings.lines()[0],
        "line 137, column 26: the kind “geolocation_lat” is not known: it runs as a generic value."
    );
    let gps = Scenario::load(&folder.join("gps_tracking.yaml")).unwrap().scenario;
    assert_eq!(gps.sensors[2].attributes[0].track.mode, Some(TrackMode::Drone));
}

#[expect(clippy::disallowed_macros, reason = "a test that did not run has to say so")]
fn say_skipped() {
    println!("skipped: no test data");
}

fn our_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../assets/scenarios")
}

fn platform_folder() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/data");
    let data = std::env::var_os("SENSOCTO_TEST_DATA").map_or_else(beside, PathBuf::from);
    Some(data.join("scenarios")).filter(|folder| folder.is_dir())
}
