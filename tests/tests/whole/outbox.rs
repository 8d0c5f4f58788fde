//! `sensocto outbox`: messages that the running console has set aside, listed,
//! released and discarded by the command line.

use model::Stamp;
use serde_json::Value;
use std::path::Path;
use store::outbox::{Bounds, NewMessage, Outbox};
use tests::program::sensocto;
use tests::served::{SOON, Served};

/// Leaves junk in the outbox of a history in `folder`, as an earlier run would.
fn leave_junk(folder: &Path, count: u32) {
    let mut outbox = Outbox::open(&folder.join("outbox.db"), Bounds::default()).unwrap();
    let junk = |n: u32| NewMessage {
        topic: "history".to_owned(),
        key: "p ecg".to_owned(),
        dedup: format!("junk {n}"),
        payload: b"junk".to_vec(),
    };
    let messages: Vec<NewMessage> = (0..count).map(junk).collect();
    outbox.put(&messages, &[], Stamp { host_ns: 0, wall_ns: 1_700_000_000_000_000_000 }).unwrap();
}

fn serve(folder: &Path, with_history: bool) -> Served {
    let history = [Path::new("--history"), folder];
    let args = [Path::new("--recordings"), folder];
    Served::start(folder, args.into_iter().chain(history.into_iter().filter(|_| with_history)))
}

/// Exit code, and standard output as JSON.
fn asked(served: &Served, args: &[&str]) -> (Option<i32>, Value) {
    let output = served.sensocto(&[&["--json", "outbox"], args].concat());
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    (output.status.code(), serde_json::from_str(&text).unwrap_or_else(|error| panic!("{text:?}: {error}")))
}

#[test]
fn parked_messages_are_listed_released_and_discarded_by_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    leave_junk(folder.path(), 2);
    let served = serve(folder.path(), true);
    testkit::wait_until(SOON, "two parked messages", || asked(&served, &[]).1["total"] == 2);
    let (code, page) = asked(&served, &["list"]);
    let ids: Vec<String> =
        page["messages"].as_array().unwrap().iter().map(|one| one["id"].to_string()).collect();
    assert_eq!((code, ids.len(), &page["messages"][0]["tries"]), (Some(0), 2, &1.into()), "{page}");
    let printed = String::from_utf8_lossy(&served.sensocto(&["outbox"]).stdout).into_owned();
    assert!(printed.contains("p ecg") && printed.contains("does not read back"), "{printed}");
    let released = served.sensocto(&["outbox", "release", &ids[0]]);
    assert!(released.status.success() && String::from_utf8_lossy(&released.stdout).contains("tried again"));
    testkit::wait_until(SOON, "its end at the old place", || asked(&served, &[]).1["total"] == 2);
    for id in &ids {
        assert_eq!(asked(&served, &["discard", id]).0, Some(0));
    }
    let (code, error) = asked(&served, &["discard", &ids[0]]);
    assert_eq!((code, &error["error"]["code"]), (Some(1), &"not_found".into()), "{error}");
    let printed = served.sensocto(&["outbox", "list"]);
    assert_eq!(String::from_utf8_lossy(&printed.stdout), "Nothing is set aside.\n");
    served.terminate();
}

#[test]
fn without_a_history_the_command_line_says_so_and_a_number_that_is_none_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let served = serve(folder.path(), false);
    let (code, error) = asked(&served, &[]);
    assert_eq!((code, &error["error"]["code"]), (Some(1), &"conflict".into()), "{error}");
    let refused = served.sensocto(&["outbox", "release", "7"]);
    let words = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(refused.status.code() == Some(1) && words.contains("--history DIR"), "{words}");
    for nonsense in ["0", "-1", "x", "99999999999999999999"] {
        let code = served.sensocto(&["outbox", "discard", nonsense]).status.code();
        assert_eq!(code, Some(2), "{nonsense}");
    }
    served.terminate();
    let alone = sensocto(["outbox"]).env("XDG_RUNTIME_DIR", folder.path()).output().unwrap();
    assert_eq!(alone.status.code(), Some(1), "no console is running");
}
