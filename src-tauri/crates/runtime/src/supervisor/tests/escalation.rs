//! Failures that a supervisor can't heal go up the tree.

use super::*;
use crossbeam_channel::bounded;

/// One child in each tier.
const TIERS: [(Tier, &str); 6] = [
    (Tier::Infrastructure, "pool"),
    (Tier::Registries, "registry"),
    (Tier::Storage, "outbox"),
    (Tier::Bio, "novelty"),
    (Tier::Domain, "attention"),
    (Tier::Edge, "http"),
];

fn with_one_child_in_each_tier() -> Bench {
    let bench = bench();
    for (tier, name) in TIERS {
        bench.add_idle(tier, name);
    }
    bench.add_idle(Place::Connectors, "connector");
    bench
}

#[test]
fn when_storage_dies_it_restarts_with_everything_behind_it_and_nothing_before_it() {
    let bench = with_one_child_in_each_tier();
    // Storage may restart 5 times in 10 s; the sixth failure is the tier's.
    bench.tree.start(Tier::Storage, panicking("recorder", 6)).unwrap();
    wait_until(SOON, "the restart of the edge", || bench.restarts("http") == 1);
    wait_until(SOON, "the recorder", || bench.state("recorder") == Some(NodeState::Running));
    let restarts = |names: [&str; 6]| names.map(|name| bench.restarts(name));
    let tiers = ["infrastructure", "registries", "storage", "bio", "domain", "edge"];
    assert_eq!(restarts(tiers), [0, 0, 1, 1, 1, 1]);
    assert_eq!(restarts(TIERS.map(|(_, name)| name)), [0, 0, 1, 1, 1, 1]);
    let view = bench.tree.view();
    let connector = &view.find("connector").unwrap().children[0];
    assert_eq!((connector.restarts, connector.state), (1, NodeState::Running));
    assert!(bench.has_told(|report| matches!(report, Report::Escalated { name, .. } if name == "storage")));
    assert!(!bench.tree.is_failed());
}

#[test]
fn a_child_added_while_its_tier_is_being_restarted_starts_with_it() {
    let bench = bench();
    // The edge waits for this one to stop before storage can start again.
    let (release, slow) = bounded::<()>(0);
    let service = Service::thread("slow", move |stop| {
        until_told(stop)?;
        let _ = slow.recv();
        Ok(())
    });
    bench.tree.start(Tier::Edge, service.deadline(SOON)).unwrap();
    bench.tree.start(Tier::Storage, panicking("recorder", 6)).unwrap();
    wait_until(SOON, "the edge's stop", || bench.state("slow") == Some(NodeState::Stopping));
    let handles = [Tier::Storage, Tier::Edge].map(|tier| bench.add_idle(tier, "late"));
    assert!(handles.iter().all(|handle| handle.state() == NodeState::Waiting));
    let leaving = bench.add_idle(Tier::Storage, "leaving");
    leaving.stop();
    drop(release);
    wait_until(SOON, "the late ones", || handles.iter().all(|h| h.state() == NodeState::Running));
    assert_eq!((leaving.state(), bench.state("leaving")), (NodeState::Ended, None));
}

#[test]
fn a_crash_storm_that_nothing_heals_ends_with_the_operator_told() {
    let bench = with_one_child_in_each_tier();
    bench.tree.start(Tier::Storage, panicking("recorder", u32::MAX)).unwrap();
    wait_until(SOON, "the last word", || bench.has_told(|report| matches!(report, Report::Failed { .. })));
    assert!(bench.tree.is_failed());
    let view = bench.tree.view();
    assert_eq!((view.is_failed, view.root.state), (true, NodeState::GivenUp));
    assert!(view.workers().iter().all(|worker| worker.state != ChildState::Running));
    assert!(bench.tree.start(Tier::Edge, idle("more")).is_err());
    let last = bench.told.lock().last().unwrap().notice();
    assert!(last.text.contains("panicked: planted") && !last.remedy.is_empty(), "{last:?}");
    assert!(bench.tree.shut_down(SOON).is_empty());
}

/// A worker that never stops, and what releases it.
fn endless(bench: &Bench, name: &str) -> (Handle, crossbeam_channel::Sender<()>) {
    let (release, stuck) = bounded::<()>(0);
    let service = Service::thread(name, move |_| {
        let _ = stuck.recv();
        Ok(())
    });
    let service = service.deadline(Duration::from_millis(1));
    (bench.tree.start(Place::Sensors, service).unwrap(), release)
}

#[test]
fn one_worker_too_many_left_behind_restarts_its_tier() {
    let bench = with_one_child_in_each_tier();
    let mut releases = Vec::new();
    for k in 0..3 {
        let (handle, release) = endless(&bench, &format!("stuck {k}"));
        handle.stop();
        wait_until(SOON, "its giving up", || handle.state() == NodeState::Abandoned);
        releases.push(release);
    }
    assert_eq!((bench.restarts("domain"), bench.tree.view().root.lingering), (0, 3));
    let (handle, release) = endless(&bench, "stuck 3");
    handle.stop();
    wait_until(SOON, "the tier's restart", || bench.restarts("domain") == 1);
    wait_until(SOON, "its children", || bench.restarts("attention") == 1 && bench.restarts("http") == 1);
    assert_eq!(bench.restarts("bio"), 0);
    assert!(bench.has_told(|report| matches!(report, Report::Escalated { name, .. } if name == "domain")));
    drop((releases, release));
    wait_until(SOON, "their late ends", || bench.tree.view().root.lingering == 0);
    assert!(bench.state("stuck 0").is_none());
    assert_eq!(bench.restarts("domain"), 1);
}
