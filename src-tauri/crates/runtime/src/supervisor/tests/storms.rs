//! Children that panic on every run, and all at once.

use super::*;
use std::sync::Barrier;

#[test]
fn a_sensor_that_always_panics_is_given_up_alone() {
    let bench = bench();
    let good: Vec<_> = (0..5).map(|k| bench.add_idle(Place::Sensors, &format!("good {k}"))).collect();
    let bad = bench.tree.start(Place::Sensors, panicking("bad", u32::MAX)).unwrap();
    wait_until(SOON, "the giving up", || bad.state() == NodeState::GivenUp);
    wait_until(SOON, "the report", || {
        bench.has_told(|report| matches!(report, Report::GivenUp { name, .. } if name == "bad"))
    });
    assert!(good.iter().all(|handle| handle.state() == NodeState::Running));
    let view = bench.tree.view();
    assert_eq!(view.find("bad").unwrap().children[0].restarts, 3);
    assert!((0..5).all(|k| bench.restarts(&format!("good {k}")) == 0));
    assert_eq!(bench.restarts("sensors"), 0);
}

#[test]
fn a_guarded_service_of_a_tier_is_given_up_alone() {
    let bench = bench();
    let good = bench.add_idle(Tier::Bio, "good");
    let bad = bench.tree.start(Tier::Bio, panicking("bad", u32::MAX).guarded()).unwrap();
    assert!(bad.wait(SOON));
    assert_eq!((good.state(), bench.restarts("bio")), (NodeState::Running, 0));
}

#[test]
fn a_thousand_sensors_that_panic_at_once_are_all_started_again() {
    const SENSORS: usize = 1000;
    let bench = bench();
    let good = bench.add_idle(Place::Sensors, "good");
    let together = Arc::new(Barrier::new(SENSORS));
    for k in 0..SENSORS {
        let (together, runs) = (Arc::clone(&together), AtomicU32::new(0));
        let service = Service::thread(&format!("sensor {k}"), move |stop| {
            if runs.fetch_add(1, Ordering::Relaxed) == 0 {
                together.wait();
                panic!("planted");
            }
            until_told(stop)
        });
        bench.tree.start(Place::Sensors, service).unwrap();
    }
    let workers = || {
        let mut workers = bench.tree.view().workers();
        workers.retain(|worker| worker.name.starts_with("sensor "));
        workers
    };
    wait_until(SOON, "a thousand restarts", || workers().iter().all(|worker| worker.restarts == 1));
    assert_eq!(workers().len(), SENSORS);
    assert_eq!((good.state(), bench.restarts("good")), (NodeState::Running, 0));
    assert!(bench.tree.shut_down(SOON).is_empty());
}

#[test]
fn a_thousand_sensors_that_always_panic_are_given_up_and_the_rest_goes_on() {
    const SENSORS: usize = 1000;
    let bench = bench();
    let (good, attention) =
        (bench.add_idle(Place::Sensors, "good"), bench.add_idle(Tier::Domain, "attention"));
    let bad: Vec<_> = (0..SENSORS)
        .map(|k| bench.tree.start(Place::Sensors, panicking(&format!("bad {k}"), u32::MAX)).unwrap())
        .collect();
    wait_until(SOON, "a thousand given up", || bad.iter().all(|b| b.state() == NodeState::GivenUp));
    assert_eq!((good.state(), attention.state()), (NodeState::Running, NodeState::Running));
    assert_eq!((bench.restarts("sensors"), bench.restarts("domain")), (0, 0));
    assert!(!bench.tree.is_failed());
}
