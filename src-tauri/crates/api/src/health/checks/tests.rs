use super::*;
use crate::disk::{Answer, Known};
use crate::{CheckStatus, TreeKind};
use runtime::RecorderView;

fn node(name: &str, state: &str, children: Vec<TreeNode>) -> TreeNode {
    TreeNode {
        name: name.to_owned(),
        kind: TreeKind::Thread,
        strategy: None,
        max_restarts: None,
        within_secs: None,
        restart: "permanent".to_owned(),
        state: state.to_owned(),
        restarts: 0,
        uptime_secs: None,
        last_failure: String::new(),
        backtrace: None,
        abandoned: 0,
        children,
    }
}

/// A tree with a recorder and two sources in these states.
fn tree_with(recorder: &str, sources: [&str; 2]) -> TreeNode {
    let [a, b] = sources;
    let sources = vec![node("simulator", a, vec![]), node("bluetooth", b, vec![])];
    node(
        "console",
        "running",
        vec![node("recorder", recorder, vec![]), node("connectors", "running", sources)],
    )
}

/// A registry with room for 1000.
fn registry(name: &'static str, held: u64) -> RegistryView {
    RegistryView { name, held, bound: 1000, refused_full: 0, refused_taken: 0 }
}

fn disk(free_bytes: Option<u64>, is_writable: bool, silent_secs: Option<i64>) -> Known {
    let silent_ns = silent_secs.map(|secs| secs * 1_000_000_000);
    Known { answer: Some(Answer { free_bytes, is_writable }), silent_ns }
}

fn facts(tree: &TreeNode) -> Facts<'_> {
    Facts {
        recorder: RecorderView { file: None, stored: 0, dropped: 0, bytes: 0, problem: None },
        disk: disk(Some(50_000_000_000), true, None),
        adapter: None,
        load: LoadLevel::Normal,
        memory_protected: false,
        registries: vec![registry("sensors", 5)],
        tree,
        is_failed: false,
        silent: vec![],
    }
}

fn status(facts: &Facts<'_>, name: &str) -> CheckStatus {
    all(facts).into_iter().find(|(check, _)| *check == name).unwrap().1.status
}

#[test]
fn a_console_in_order_has_nothing_to_say() {
    let tree = tree_with("running", ["running", "running"]);
    for (name, finding) in all(&facts(&tree)) {
        assert_eq!((finding.status, finding.remedy.as_str()), (CheckStatus::Good, ""), "{name}");
    }
}

#[test]
fn a_registry_that_fills_up_is_told_by_name_before_it_refuses_anybody() {
    let tree = tree_with("running", ["running", "running"]);
    for (held, expected) in
        [(899, CheckStatus::Good), (900, CheckStatus::Warning), (1000, CheckStatus::Warning)]
    {
        let facts =
            Facts { registries: vec![registry("rooms", 0), registry("sensors", held)], ..facts(&tree) };
        assert_eq!(status(&facts, "registries"), expected, "{held}");
    }
}

#[test]
fn a_registry_with_room_for_few_is_measured_as_exactly_and_an_empty_console_warns_of_none() {
    let tree = tree_with("running", ["running", "running"]);
    let with = |registries| status(&Facts { registries, ..facts(&tree) }, "registries");
    for (held, expected) in [(1, CheckStatus::Good), (57, CheckStatus::Good), (58, CheckStatus::Warning)] {
        assert_eq!(
            with(vec![RegistryView { bound: 64, ..registry("connectors", held) }]),
            expected,
            "{held}"
        );
    }
    assert_eq!(with(runtime::Registries::default().views()), CheckStatus::Good);
}

#[test]
fn a_disk_that_fills_up_warns_before_it_fails() {
    let tree = tree_with("running", ["running", "running"]);
    let with = |free| status(&Facts { disk: disk(free, true, None), ..facts(&tree) }, "disk");
    assert_eq!(with(Some(SPACE_WARNING_BYTES)), CheckStatus::Good);
    assert_eq!(with(Some(SPACE_WARNING_BYTES - 1)), CheckStatus::Warning);
    assert_eq!(with(Some(SPACE_MIN_BYTES)), CheckStatus::Warning);
    assert_eq!(with(Some(SPACE_MIN_BYTES - 1)), CheckStatus::Failed);
    assert_eq!(with(None), CheckStatus::Warning);
    assert_eq!(status(&Facts { disk: disk(None, false, None), ..facts(&tree) }, "disk"), CheckStatus::Failed);
}

#[test]
fn a_disk_that_does_not_answer_has_failed_and_says_since_when_and_what_was_last_known() {
    let tree = tree_with("running", ["running", "running"]);
    let silent = super::disk(&Facts { disk: disk(Some(50_000_000_000), true, Some(12)), ..facts(&tree) });
    assert_eq!(silent.status, CheckStatus::Failed);
    assert!(silent.words.contains("not answered for 12 s") && silent.words.contains("50.0 GB are free"));
    let unknown = Known { answer: None, silent_ns: None };
    assert_eq!(status(&Facts { disk: unknown, ..facts(&tree) }, "disk"), CheckStatus::Warning);
}

#[test]
fn a_recorder_that_can_not_write_or_does_not_run_has_failed() {
    let (running, gone) =
        (tree_with("running", ["running", "running"]), tree_with("given_up", ["running", "running"]));
    let mut failing = facts(&running);
    failing.recorder.problem = Some(("The disk is full.".into(), "Make room.".into()));
    assert_eq!(recorder(&failing), Finding::failed("The disk is full.", "Make room."));
    assert_eq!(status(&facts(&gone), "recorder"), CheckStatus::Failed);
}

#[test]
fn one_lost_source_is_a_warning_and_no_source_left_a_failure() {
    let (one, both) =
        (tree_with("running", ["given_up", "running"]), tree_with("running", ["given_up", "given_up"]));
    assert_eq!(status(&facts(&one), "connectors"), CheckStatus::Warning);
    assert_eq!(status(&facts(&both), "connectors"), CheckStatus::Failed);
    assert_eq!(status(&facts(&one), "tree"), CheckStatus::Warning);
}

#[test]
fn bluetooth_that_is_wanted_and_not_there_is_a_warning() {
    let tree = tree_with("running", ["running", "running"]);
    let adapter = AdapterState::Unavailable { problem: "No adapter.".into(), remedy: "Plug one in.".into() };
    let facts = Facts { adapter: Some(adapter), ..facts(&tree) };
    assert_eq!(connectors(&facts), Finding::warning("Bluetooth can't be used: No adapter.", "Plug one in."));
}

#[test]
fn critical_load_fails_and_short_memory_warns() {
    let tree = tree_with("running", ["running", "running"]);
    let with = |load, memory_protected| status(&Facts { load, memory_protected, ..facts(&tree) }, "load");
    assert_eq!(with(LoadLevel::Critical, false), CheckStatus::Failed);
    assert_eq!(with(LoadLevel::High, false), CheckStatus::Warning);
    assert_eq!(with(LoadLevel::Normal, true), CheckStatus::Warning);
    assert_eq!(with(LoadLevel::Elevated, false), CheckStatus::Good);
}

#[test]
fn a_root_that_has_given_up_is_the_end() {
    let tree = tree_with("running", ["running", "running"]);
    assert_eq!(status(&Facts { is_failed: true, ..facts(&tree) }, "tree"), CheckStatus::Failed);
}

#[test]
fn many_names_are_cut_short() {
    assert_eq!(told(&["a", "b", "c", "d", "e"]), "“a”, “b”, “c” and 2 more");
}

#[test]
fn sensors_that_deliver_nothing_are_a_warning_with_their_names() {
    let tree = tree_with("running", ["running", "running"]);
    let silent = ["Anna", "Ben", "Chiara", "Dan"].map(str::to_owned).to_vec();
    let facts = Facts { silent, ..facts(&tree) };
    assert_eq!(status(&facts, "data"), CheckStatus::Warning);
    let (_, finding) = all(&facts).into_iter().find(|(check, _)| *check == "data").unwrap();
    assert_eq!(finding.words, "No data from “Anna”, “Ben”, “Chiara” and 1 more.");
}
