//! The tree with real threads, tasks and processes.

mod escalation;
mod kinds;
mod life;
mod storms;

use super::*;
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use testkit::wait_until;

const SOON: Duration = Duration::from_secs(20);

/// A tree, and what it has told.
struct Bench {
    tree: Tree,
    told: Arc<Mutex<Vec<Report>>>,
}

fn bench() -> Bench {
    let told = Arc::new(Mutex::new(Vec::new()));
    let board = Arc::clone(&told);
    let on_report = move |report: &Report| board.lock().push(report.clone());
    Bench { tree: Tree::new(Arc::new(connect::SystemClock), Box::new(on_report)).unwrap(), told }
}

impl Bench {
    fn has_told(&self, wanted: impl Fn(&Report) -> bool) -> bool {
        self.told.lock().iter().any(wanted)
    }

    fn restarts(&self, name: &str) -> u32 {
        self.tree.view().find(name).map_or(0, |node| node.restarts)
    }

    fn state(&self, name: &str) -> Option<NodeState> {
        self.tree.view().find(name).map(|node| node.state)
    }

    /// Adds a thread that works until it is told to stop.
    fn add_idle(&self, place: impl Into<Place>, name: &str) -> Handle {
        self.tree.start(place, idle(name)).unwrap()
    }
}

fn idle(name: &str) -> Service {
    Service::thread(name, until_told)
}

fn until_told(stop: &StopSignal) -> Result<(), Failure> {
    let _ = stop.channel().recv();
    Ok(())
}

/// A thread that panics on each of its first `times` runs.
fn panicking(name: &str, times: u32) -> Service {
    let runs = AtomicU32::new(0);
    Service::thread(name, move |stop| {
        assert!(runs.fetch_add(1, Ordering::Relaxed) >= times, "planted");
        until_told(stop)
    })
}
