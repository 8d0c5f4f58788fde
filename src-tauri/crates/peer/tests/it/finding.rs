//! How a running console is found.

use crate::bench::{bench, echo};
use peer::{Client, Limits, Unreachable};

#[test]
fn the_client_finds_the_running_console_and_talks_to_it() {
    let (bench, folder) = (bench(Limits::default(), echo), tempfile::tempdir().unwrap());
    let _open = bench.door(1).open(folder.path()).unwrap();
    let client = Client::of_console_in(folder.path()).unwrap();
    let answered = client.get("/api/tree").unwrap();
    assert_eq!((client.pid(), answered.status, answered.body), (1, 200, b"Tree".to_vec()));
    assert_eq!(client.rpc(b"{}".to_vec()).unwrap().body, b"Rpc([123, 125])");
}

#[test]
fn a_door_that_leads_nowhere_is_removed_and_the_next_one_tried() {
    let (mut gone, running, folder) =
        (bench(Limits::default(), echo), bench(Limits::default(), echo), tempfile::tempdir().unwrap());
    let _running = running.door(1).open(folder.path()).unwrap();
    let stale = gone.door(2).open(folder.path()).unwrap();
    assert!(gone.stop());
    drop(gone);
    assert_eq!(Client::of_console_in(folder.path()).unwrap().pid(), 1);
    assert!(!stale.path().exists());
}

#[test]
fn without_a_door_no_console_runs() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(Client::of_console_in(folder.path()), Err(Unreachable::NoConsole)));
    assert!(matches!(Client::of_console_in(&folder.path().join("none")), Err(Unreachable::NoConsole)));
}
