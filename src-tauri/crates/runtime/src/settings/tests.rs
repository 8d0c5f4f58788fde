use super::knob::Kind;
use super::knobs::{KNOBS, TABLES, find};
use super::order::ORDERS;
use super::*;

fn complaints(text: &str) -> Vec<String> {
    Settings::parse("settings.toml", text).complaints.iter().map(ToString::to_string).collect()
}

fn only_complaint(text: &str) -> String {
    let loaded = Settings::parse("settings.toml", text);
    assert_eq!(loaded.complaints.len(), 1, "{:?}", loaded.complaints);
    loaded.complaints[0].to_string()
}

#[test]
fn the_example_file_is_every_setting_with_its_default() {
    let file = include_str!("../../../../../assets/settings.toml");
    assert_eq!(file, Settings::example(), "write `Settings::example()` into assets/settings.toml");
    let loaded = Settings::parse("settings.toml", file);
    assert_eq!(loaded, Loaded::default());
    for knob in KNOBS.iter() {
        assert!(file.contains(&format!("\n{} = ", knob.key)), "{}", knob.key);
    }
}

#[test]
fn an_empty_file_and_a_missing_one_are_the_defaults() {
    assert_eq!(Settings::parse("settings.toml", ""), Loaded::default());
    let here = tempfile::tempdir().unwrap();
    assert_eq!(Settings::load(&here.path().join("settings.toml")), Loaded::default());
}

#[test]
fn every_knob_of_a_file_really_arrives() {
    for knob in KNOBS.iter() {
        let value = match &knob.kind {
            Kind::Number { min, max, .. } | Kind::Seconds { min, max, .. } => {
                format!("{:?}", min + (max - min) * 0.625)
            }
            Kind::Whole { min, .. } | Kind::Kept { min, .. } => (min + 7).to_string(),
            Kind::Switch { get, .. } => (!get(&Settings::default())).to_string(),
            Kind::Folder { .. } => format!("{:?}", std::env::temp_dir().join("the past")),
            Kind::Word { words, .. } => format!("{:?}", words.last().unwrap()),
        };
        // Rows in an order are given whole below; one setting of them alone may break it.
        if ORDERS.iter().any(|order| order.row.contains(&(knob.table, knob.key))) {
            continue;
        }
        let loaded = Settings::parse("settings.toml", &format!("[{}]\n{} = {value}\n", knob.table, knob.key));
        assert_eq!(loaded.complaints, [], "{}.{}", knob.table, knob.key);
        assert_eq!(knob.written(&mut loaded.settings.clone()), value, "{}.{}", knob.table, knob.key);
        assert_ne!(loaded.settings, Settings::default());
    }
}

#[test]
fn every_row_of_settings_that_is_in_order_really_arrives() {
    let text = "[load.thresholds]\nelevated = 0.2\nhigh = 0.3\ncritical = 0.4\n\
                [memory]\nstart = 0.2\ncritical = 0.3\n\
                [attention]\nsweep_s = 20\n\
                [attention.unfocus_s]\nnormal = 9\nelevated = 9\nhigh = 9\ncritical = 9\n\
                [attention.hover_leave_s]\nnormal = 7\nelevated = 5\nhigh = 3\ncritical = 0\n\
                [attention.orphan_s]\nnormal = 40\nelevated = 40\nhigh = 2\ncritical = 1\n\
                [attention.stale_s]\nnormal = 86400\nelevated = 50\nhigh = 50\ncritical = 20\n";
    let loaded = Settings::parse("settings.toml", text);
    assert_eq!(loaded.complaints, []);
    for (table, key) in ORDERS.iter().flat_map(|order| order.row) {
        let (knob, default) = (find(table, key).unwrap(), &mut Settings::default());
        assert_ne!(knob.written(&mut loaded.settings.clone()), knob.written(default), "{table}.{key}");
    }
}

#[test]
fn timings_of_attention_that_make_no_sense_together_are_named_and_left_at_their_defaults() {
    for (text, named, why) in [
        ("[attention.unfocus_s]\nhigh = 20\n", "attention.unfocus_s.normal, ", "let go of sooner"),
        ("[attention.hover_leave_s]\nnormal = 3\n", "attention.hover_leave_s.normal, ", "let go of sooner"),
        ("[attention.orphan_s]\ncritical = 31\n", "attention.orphan_s.normal, ", "let go of sooner"),
        ("[attention.stale_s]\nelevated = 1801\n", "attention.stale_s.normal, ", "counts as gone sooner"),
        // Looked for every minute, no page is found gone after 30 s of silence.
        ("[attention]\nsweep_s = 60\n", "attention.stale_s.critical, attention.sweep_s ", "looked for"),
        ("[attention.stale_s]\ncritical = 15\n", "attention.sweep_s must not rise", "looked for"),
    ] {
        let words = only_complaint(text);
        assert!(words.contains(named) && words.contains(why), "{words}");
        assert!(words.starts_with("settings.toml, line 2, column ") && words.ends_with("defaults are used."));
        assert_eq!(Settings::parse("s", text).settings, Settings::default(), "{text}");
    }
}

#[test]
fn a_row_that_makes_no_sense_takes_no_other_along() {
    let text = "[attention]\ngrace_s = 20\nsweep_s = 600\n[attention.unfocus_s]\ncritical = 1\n";
    let words = only_complaint(text);
    assert!(words.starts_with("settings.toml, line 3, column 11: attention.stale_s.normal, "), "{words}");
    let mut expected = Settings::default();
    (expected.attention.grace_ns, expected.attention.unfocus_ns[3]) = (20_000_000_000, 1_000_000_000);
    assert_eq!(Settings::parse("s", text).settings, expected);
}

#[test]
fn a_wrong_type_is_named_with_its_place_and_the_rest_of_the_file_counts() {
    let text =
        "[load.thresholds]\nhigh = \"much\"\n\n[load.weights]\n  cpu = true\n\n[bio]\nnovelty = false\n";
    assert_eq!(
        complaints(text),
        [
            "settings.toml, line 2, column 8: load.thresholds.high can't be \"much\": \
             it must be a number from 0.05 to 1. The default 0.7 is used.",
            "settings.toml, line 5, column 9: load.weights.cpu can't be true: \
             it must be a number from 0 to 1. The default 0.45 is used.",
        ]
    );
    let settings = Settings::parse("settings.toml", text).settings;
    let mut expected = Settings::default();
    expected.bio.switches.set(policy::bio::Module::Novelty, false);
    assert_eq!(settings, expected);
}

#[test]
fn absurd_numbers_are_refused() {
    for value in [
        "nan",
        "-nan",
        "inf",
        "-inf",
        "-0.1",
        "1e99",
        "1.0001",
        "99999999999999999999999",
        "0x1",
        "[1]",
        "{}",
    ] {
        let words = only_complaint(&format!("[memory.hysteresis]\nexit_margin = {value}\n"));
        assert!(
            words.starts_with("settings.toml, line 2, column 15: memory.hysteresis.exit_margin can't be"),
            "{words}"
        );
        assert!(words.ends_with("a number from 0 to 0.3. The default 0.05 is used."), "{words}");
    }
    for value in ["0", "-1", "65", "1.5", "1e3", "4294967298", "\"2\""] {
        let words = only_complaint(&format!("[runtime]\nshared_workers = {value}\n"));
        assert!(words.ends_with("a whole number from 1 to 64. The default 2 is used."), "{words}");
    }
}

#[test]
fn whole_numbers_may_be_written_as_toml_allows() {
    for (written, value) in [("0x10", 16), ("1_0", 10), ("+7", 7)] {
        let loaded = Settings::parse("s", &format!("[runtime]\nshared_workers = {written}\n"));
        assert_eq!((loaded.settings.shared_workers, loaded.complaints.len()), (value, 0), "{written}");
    }
}

#[test]
fn unknown_keys_and_tables_are_named_with_what_is_known() {
    let words = only_complaint("[memory]\nstrat = 0.8\n");
    assert_eq!(
        words,
        "settings.toml, line 2, column 1: nobody knows memory.strat; known in [memory] are start, critical."
    );
    let words = only_complaint("[lod]\nx = 1\n");
    assert!(
        words.starts_with("settings.toml, line 1, column 2: nobody knows lod; the tables are runtime,"),
        "{words}"
    );
    assert!(only_complaint("[runtime.inner]\nx = 1\n").contains("nobody knows runtime.inner"));
    assert!(only_complaint("load = 3\n").contains("load must be a table"));
}

#[test]
fn thresholds_that_do_not_rise_are_all_left_at_their_defaults() {
    let text = "[load.thresholds]\nelevated = 0.8\nhigh = 0.7\n[memory]\nstart = 0.7\n";
    let words = only_complaint(text);
    assert!(words.starts_with("settings.toml, line 2, column 12: load.thresholds.elevated,"), "{words}");
    let settings = Settings::parse("s", text).settings;
    assert_eq!(settings.monitor.load, Settings::default().monitor.load);
    assert!((settings.monitor.memory.start - 0.7).abs() < 1e-12);
}

#[test]
fn what_is_no_toml_is_named_and_what_can_be_read_counts() {
    let loaded =
        Settings::parse("settings.toml", "[bio]\narbiter = false\nnovelty = \n[memory]\nstart = 0.8\n");
    assert!(
        loaded.complaints[0].to_string().starts_with("settings.toml, line 3, column"),
        "{:?}",
        loaded.complaints
    );
    assert!(!loaded.settings.bio.switches.is_on(policy::bio::Module::Arbiter));
    assert!((loaded.settings.monitor.memory.start - 0.8).abs() < 1e-12);
}

#[test]
fn no_file_makes_more_than_a_page_of_complaints() {
    let text: String = (0..5_000).map(|k| format!("nonsense_{k} = {k}\n")).collect();
    let complaints = complaints(&text);
    assert_eq!(complaints.len(), 21);
    assert!(complaints[20].contains("4980 more"), "{}", complaints[20]);
}

#[test]
fn files_that_can_not_be_read_are_named_and_leave_the_defaults() {
    let here = tempfile::tempdir().unwrap();
    let file = here.path().join("settings.toml");
    for (bytes, why) in [(vec![0xff, 0xfe, 0x00], "not UTF-8"), (vec![b'#'; 300_000], "longer than 256 KiB")]
    {
        std::fs::write(&file, bytes).unwrap();
        let loaded = Settings::load(&file);
        assert_eq!(loaded.settings, Settings::default());
        assert!(loaded.complaints[0].to_string().contains(why), "{:?}", loaded.complaints);
    }
    assert_eq!(Settings::load(here.path()).complaints.len(), 1, "a folder");
}

#[test]
fn columns_are_counted_in_characters() {
    let loaded = Settings::parse("s", "memory = { 'é' = 1, start = 7 }");
    let columns: Vec<usize> = loaded.complaints.iter().map(|complaint| complaint.column).collect();
    assert_eq!(columns, [12, 29]);
}

#[test]
fn every_knob_stands_in_a_table_and_only_once() {
    for (k, knob) in KNOBS.iter().enumerate() {
        assert!(TABLES.iter().any(|table| table.name == knob.table), "{}", knob.table);
        assert!(KNOBS[..k].iter().all(|other| (other.table, other.key) != (knob.table, knob.key)));
    }
    let in_order: Vec<_> = ORDERS.iter().flat_map(|order| order.row).collect();
    for (k, (table, key)) in in_order.iter().enumerate() {
        assert!(find(table, key).is_some() && !in_order[..k].contains(&&(*table, *key)), "{table}.{key}");
    }
}

#[test]
fn unknown_kinds_and_absurd_limits_of_the_store_are_named_and_leave_the_table() {
    let words = only_complaint("[store.hot]\necgg = 5\n");
    let start = "settings.toml, line 2, column 1: nobody knows store.hot.ecgg; known in [store.hot] are ecg, heart_rate,";
    assert!(words.starts_with(start), "{words}");
    for (table, value) in
        [("hot", "0"), ("hot", "65537"), ("hot", "-1"), ("warm", "1e3"), ("warm", "\"all\"")]
    {
        let text = format!("[store.{table}]\necg = {value}\nimu = 7\n");
        let loaded = Settings::parse("settings.toml", &text);
        let words = loaded.complaints[0].to_string();
        let start = format!(
            "settings.toml, line 2, column 7: store.{table}.ecg can't be {value}: it must be a whole number"
        );
        assert!(words.starts_with(&start), "{words}");
        let ecg = model::AttributeKind::Ecg;
        assert_eq!(loaded.settings.store.of(ecg), Settings::default().store.of(ecg));
        assert_ne!(loaded.settings, Settings::default(), "the rest of the file counts");
    }
}

#[test]
fn a_quality_that_is_none_is_named_with_those_that_are() {
    for value in ["\"best\"", "\"High\"", "2", "true", "\"\""] {
        let words = only_complaint(&format!("[views]\nquality = {value}\n"));
        assert_eq!(
            words,
            format!(
                "settings.toml, line 2, column 11: views.quality can't be {value}: it must be one of \
                 \"auto\", \"high\", \"medium\", \"low\", \"minimal\". The default \"auto\" is used."
            )
        );
    }
}

#[test]
fn every_word_for_a_quality_is_the_choice_of_that_name() {
    for choice in Choice::ALL {
        let loaded = Settings::parse("s", &format!("[views]\nquality = \"{}\"\n", choice.name()));
        assert_eq!((loaded.settings.view_choice, loaded.complaints.len()), (choice, 0));
    }
}

#[test]
fn timings_of_attention_that_the_service_can_not_keep_are_refused() {
    for (table, key, value) in [
        ("attention", "sweep_s", "0.5"),
        ("attention", "grace_s", "9"),
        ("attention.stale_s", "critical", "14.9"),
        ("attention.unfocus_s", "normal", "1e9"),
        ("attention.hover_leave_s", "high", "-1"),
        ("attention.orphan_s", "normal", "\"long\""),
    ] {
        let text = format!("[{table}]\n{key} = {value}\n");
        let words = only_complaint(&text);
        assert!(
            words.contains(&format!("line 2, column {}: {table}.{key} can't be {value}", key.len() + 4)),
            "{words}"
        );
        assert_eq!(Settings::parse("s", &text).settings, Settings::default());
    }
    assert!(
        only_complaint("[attention.stale_s]\nbusy = 20\n")
            .contains("known in [attention.stale_s] are normal,")
    );
}

#[test]
fn a_history_folder_that_is_no_absolute_path_is_named_and_the_default_kept() {
    let long = format!("\"{}\"", std::env::temp_dir().join("x".repeat(5_000)).display()).replace('\\', "/");
    for value in
        ["\"past\"", "\"./past\"", "\"~/past\"", "\"/pa\\u0000st\"", "true", "7", "[\"/past\"]", &long]
    {
        let text = format!("[history]\nfolder = {value}\n");
        let words = only_complaint(&text);
        assert!(words.starts_with("settings.toml, line 2, column 10: history.folder can't be "), "{words}");
        assert!(
            words
                .ends_with("it must be an absolute path, or \"\" for the default. The default \"\" is used."),
            "{words}"
        );
        assert_eq!(Settings::parse("s", &text).settings, Settings::default());
    }
}
