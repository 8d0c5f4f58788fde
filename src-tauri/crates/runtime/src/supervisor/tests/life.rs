//! Children that fail, end, are stopped and are left behind.

use super::*;
use crossbeam_channel::bounded;

#[test]
fn a_child_that_panics_is_started_again_with_the_panic_kept() {
    let bench = bench();
    bench.tree.start(Tier::Bio, panicking("twice", 1)).unwrap();
    wait_until(SOON, "the restart", || bench.restarts("twice") == 1);
    let view = bench.tree.view();
    let node = view.find("twice").unwrap();
    let fault = node.last_failure.as_ref().unwrap();
    assert_eq!((node.state, fault.words.as_str()), (NodeState::Running, "panicked: planted"));
    assert!(fault.place.as_ref().unwrap().to_string().contains("tests.rs:"), "{:?}", fault.place);
    wait_until(SOON, "the report", || {
        bench.has_told(|report| matches!(report, Report::Restarted { name, .. } if name == "twice"))
    });
}

#[test]
fn a_backtrace_names_the_function_that_panicked() {
    let bench = bench();
    // A storm of another test may use the allowance of backtraces up for a moment.
    wait_until(SOON, "a backtrace", || {
        let child = bench.tree.start(Place::Sensors, panicking("traced", 1)).unwrap().stop_on_drop();
        let fault = || bench.tree.view().find("traced")?.children[0].last_failure.clone();
        wait_until(SOON, "the panic", || fault().is_some());
        let fault = fault().unwrap();
        child.stop();
        wait_until(SOON, "its end", || bench.state("traced").is_none());
        fault.backtrace().is_some_and(|text| text.contains("supervisor::tests::panicking"))
    });
}

#[test]
fn the_thread_that_failed_serves_its_node_again() {
    let bench = bench();
    let (told, ids) = bounded(2);
    let service = Service::thread("same", move |stop| {
        told.send(std::thread::current().id()).unwrap();
        match told.is_full() {
            true => until_told(stop),
            false => Err(Failure::Restartable("planted".into())),
        }
    });
    bench.tree.start(Tier::Bio, service).unwrap();
    wait_until(SOON, "two runs", || ids.len() == 2);
    assert_eq!(ids.recv().unwrap(), ids.recv().unwrap());
}

#[test]
fn a_final_failure_is_not_tried_again() {
    let bench = bench();
    let runs = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&runs);
    let hopeless = Service::thread("hopeless", move |_| {
        counted.fetch_add(1, Ordering::Relaxed);
        Err(Failure::Final("no".into()))
    });
    let handle = bench.tree.start(Place::Connectors, hopeless.transient()).unwrap();
    assert!(handle.wait(SOON));
    assert_eq!(handle.state(), NodeState::GivenUp);
    wait_until(SOON, "the report", || {
        bench.has_told(|report| matches!(report, Report::GivenUp { words, .. } if words == "no"))
    });
    let view = bench.tree.view();
    assert_eq!(view.find("hopeless").unwrap().state, NodeState::GivenUp);
    assert_eq!(runs.load(Ordering::Relaxed), 1);
    handle.stop();
    assert!(bench.state("hopeless").is_none());
}

#[test]
fn a_transient_child_that_is_done_leaves_nothing_behind() {
    let bench = bench();
    let done = Service::thread("done", |_| Ok(())).transient();
    let handle = bench.tree.start(Place::Connectors, done).unwrap();
    assert!(handle.wait(SOON));
    wait_until(SOON, "its guard's end", || bench.state("done").is_none());
    assert!(bench.told.lock().is_empty());
}

#[test]
fn a_permanent_child_that_ends_unasked_is_started_again() {
    let bench = bench();
    let runs = AtomicU32::new(0);
    let service = Service::thread("again", move |stop| match runs.fetch_add(1, Ordering::Relaxed) {
        0 => Ok(()),
        _ => until_told(stop),
    });
    bench.tree.start(Tier::Bio, service).unwrap();
    wait_until(SOON, "the restart", || bench.restarts("again") == 1);
}

#[test]
fn a_child_that_is_let_go_is_told_and_forgotten() {
    let bench = bench();
    let told = Arc::new(AtomicU32::new(0));
    let hook = Arc::clone(&told);
    let service = idle("leaving").on_stop(move || {
        hook.fetch_add(1, Ordering::Relaxed);
    });
    let handle = bench.tree.start(Tier::Edge, service).unwrap();
    drop(handle.clone().stop_on_drop());
    assert!(handle.wait(SOON));
    wait_until(SOON, "nothing of it", || bench.state("leaving").is_none());
    assert_eq!(told.load(Ordering::Relaxed), 1);
}

#[test]
fn everything_is_stopped_in_reverse_order() {
    let bench = bench();
    let (said, order) = bounded(10);
    let places: [(Place, &str); 6] = [
        (Tier::Edge.into(), "http"),
        (Place::Connectors, "connector"),
        (Place::Sensors, "worker"),
        (Tier::Domain.into(), "attention"),
        (Tier::Storage.into(), "recorder"),
        (Tier::Registries.into(), "registry"),
    ];
    // Started in the order of their stop: only the tree puts them right.
    for (place, name) in places {
        let said = said.clone();
        let service = Service::thread(name, move |stop| {
            let _ = stop.channel().recv();
            said.send(name).map_err(|_| Failure::Final(String::new()))
        });
        bench.tree.start(place, service).unwrap();
    }
    assert!(bench.tree.shut_down(SOON).is_empty());
    let order: Vec<_> = order.try_iter().collect();
    assert_eq!(order, places.map(|(_, name)| name));
    assert!(!bench.tree.is_failed());
}

#[test]
fn a_worker_in_an_endless_loop_is_named_and_the_shutdown_returns() {
    let bench = bench();
    let (release, stuck) = bounded::<()>(0);
    let endless = Service::thread("endless", move |_| {
        let _ = stuck.recv();
        Ok(())
    });
    let handle = bench.tree.start(Place::Sensors, endless.deadline(Duration::from_millis(50))).unwrap();
    bench.add_idle(Place::Sensors, "good");
    let start = testkit::pace::now();
    assert_eq!(bench.tree.shut_down(SOON), ["endless"]);
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    assert_eq!(handle.state(), NodeState::Abandoned);
    assert!(!handle.wait(SOON));
    drop(release);
    wait_until(SOON, "its late end", || handle.state() == NodeState::Ended);
}

#[test]
fn a_shutdown_that_takes_too_long_gets_short() {
    let bench = bench();
    let (release, stuck) = bounded::<()>(0);
    for tier in [Tier::Bio, Tier::Edge] {
        let stuck = stuck.clone();
        let endless = Service::thread("endless", move |_| {
            let _ = stuck.recv();
            Ok(())
        });
        bench.tree.start(tier, endless.deadline(Duration::from_secs(3600))).unwrap();
    }
    assert_eq!(bench.tree.shut_down(Duration::from_millis(20)), ["endless", "endless"]);
    drop(release);
}

#[test]
fn an_ended_tree_takes_nothing_more() {
    let bench = bench();
    assert!(bench.tree.shut_down(SOON).is_empty());
    assert!(bench.tree.start(Tier::Bio, idle("late")).is_err());
}

#[test]
fn an_ended_tree_lets_go_of_what_its_children_held() {
    let bench = bench();
    let held = Arc::new(());
    let inside = Arc::clone(&held);
    let service = Service::thread("holding", move |stop| {
        let _ = &inside;
        until_told(stop)
    });
    bench.tree.start(Tier::Bio, service).unwrap();
    assert!(bench.tree.shut_down(SOON).is_empty());
    wait_until(SOON, "the closure's end", || Arc::strong_count(&held) == 1);
}
