//! How long a crashed worker is away, and what the others feel of it: 100
//! dedicated workers under the real tree, one of which panics again and again
//! while the 99 others take a packet every 2 ms each.
//!
//! `cargo run --release -p runtime --example restart [crashes, default 500]`
//! prints one line of JSON. A restart is measured from before the panic to the
//! moment the body is entered again; the ratio compares the packets that the
//! others took during the crashes with those of the same time before.

use connect::SystemClock;
use crossbeam_channel::{Receiver, Sender, bounded};
use model::Clock;
use runtime::{Failure, Place, Report, Service, StopSignal, Tree};
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

const OTHERS: usize = 99;
const PACKET_EVERY: Duration = Duration::from_millis(2);
/// The guard allows 3 restarts in 5 s; a worker that is given up is added anew.
const RUNS_PER_CHILD: u64 = 3;
/// From one crash to the next, as in the OTP measurement.
const CRASH_EVERY: Duration = Duration::from_millis(2);

fn main() -> std::io::Result<()> {
    let crashes = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(500);
    let tree = Tree::new(Arc::new(SystemClock), Box::new(|_: &Report| {}))?;
    let taken = Arc::new(AtomicU64::new(0));
    let inboxes = others(&tree, &taken)?;
    std::thread::Builder::new().name("source".to_owned()).spawn(move || feed(&inboxes))?;

    let seconds = CRASH_EVERY.as_secs_f64() * crashes as f64;
    let quiet_hz = rate(&taken, || std::thread::sleep(Duration::from_secs_f64(seconds)));
    let mut times_us = Vec::new();
    let mut outcome = Ok(());
    let busy_hz = rate(&taken, || outcome = crash(&tree, crashes, &mut times_us));
    outcome?;

    times_us.sort_by(f64::total_cmp);
    let at = |share: f64| times_us[((times_us.len() - 1) as f64 * share) as usize];
    writeln!(
        std::io::stdout(),
        r#"{{"p50_us": {:.2}, "p95_us": {:.2}, "restarts": {}, "others_throughput_ratio": {:.4}}}"#,
        at(0.5),
        at(0.95),
        times_us.len(),
        busy_hz / quiet_hz
    )?;
    tree.shut_down(Duration::from_secs(5));
    Ok(())
}

/// Packets a second while `work` goes on.
fn rate(taken: &AtomicU64, work: impl FnOnce()) -> f64 {
    let (before, start_ns) = (taken.load(Relaxed), SystemClock.now().host_ns);
    work();
    let seconds = (SystemClock.now().host_ns - start_ns) as f64 / 1e9;
    (taken.load(Relaxed) - before) as f64 / seconds
}

fn others(tree: &Tree, taken: &Arc<AtomicU64>) -> std::io::Result<Vec<Sender<()>>> {
    let mut inboxes = Vec::new();
    for k in 0..OTHERS {
        let (sender, inbox) = bounded(64);
        let taken = Arc::clone(taken);
        let body = move |stop: &StopSignal| {
            take(&inbox, stop, &taken);
            Ok(())
        };
        tree.start(Place::Sensors, Service::thread(&format!("sensor {k}"), body))?;
        inboxes.push(sender);
    }
    Ok(inboxes)
}

fn take(inbox: &Receiver<()>, stop: &StopSignal, taken: &AtomicU64) {
    loop {
        crossbeam_channel::select! {
            recv(inbox) -> packet => match packet {
                Ok(()) => { taken.fetch_add(1, Relaxed); }
                Err(_) => return,
            },
            recv(stop.channel()) -> _ => return,
        }
    }
}

fn feed(inboxes: &[Sender<()>]) {
    loop {
        for inbox in inboxes {
            // Full: the packet is not taken and not counted, which is what is measured.
            let _ = inbox.try_send(());
        }
        std::thread::sleep(PACKET_EVERY);
    }
}

fn crash(tree: &Tree, crashes: u64, times_us: &mut Vec<f64>) -> std::io::Result<()> {
    let crashed_ns = Arc::new(AtomicI64::new(0));
    let (entered, entries) = bounded::<Option<i64>>(1);
    let (go, order) = bounded::<()>(1);
    let body = {
        let crashed_ns = Arc::clone(&crashed_ns);
        move |stop: &StopSignal| -> Result<(), Failure> {
            let now_ns = SystemClock.now().host_ns;
            let before_ns = crashed_ns.swap(0, Relaxed);
            let _ = entered.send((before_ns != 0).then(|| now_ns - before_ns));
            crossbeam_channel::select! {
                recv(order) -> _ => {
                    crashed_ns.store(SystemClock.now().host_ns, Relaxed);
                    panic!("planted")
                }
                recv(stop.channel()) -> _ => Ok(()),
            }
        }
    };
    let body = Arc::new(body);
    while (times_us.len() as u64) < crashes {
        let body = Arc::clone(&body);
        let child = tree.start(Place::Sensors, Service::thread("crashing", move |stop| body(stop)))?;
        let _ = entries.recv();
        for _ in 0..RUNS_PER_CHILD {
            std::thread::sleep(CRASH_EVERY);
            let _ = go.send(());
            if let Ok(Some(ns)) = entries.recv() {
                times_us.push(ns as f64 / 1e3);
            }
        }
        child.stop();
        if !child.wait(Duration::from_secs(5)) {
            return Err(std::io::Error::other("the crashing worker does not stop"));
        }
    }
    times_us.truncate(crashes as usize);
    Ok(())
}
