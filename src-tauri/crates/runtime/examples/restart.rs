//! How long a crashed worker is away, and what the others feel of it: 99 dedicated
//! workers under the real tree take a packet every 2 ms each, while one after the
//! other of some more panics.
//!
//! `cargo run --release -p runtime --example restart [crashes, default 1000]`
//! prints one line of JSON. A restart is measured from before the panic to the
//! moment the body is entered again.
//!
//! What the others take is compared between times with crashes and quiet times in
//! front of and behind them, again and again, so that whatever else the machine
//! does hits both alike. The control is the same comparison between the quiet times
//! in front and those behind: what it is off 1 is noise. Nothing but the crashes
//! differs: every worker is started beforehand, because its guard allows 3 restarts
//! in 5 s, and to start and stop threads meanwhile would be measured too.

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
/// The guard allows 3 restarts in 5 s.
const CRASHES_PER_WORKER: usize = 3;
/// From one crash to the next, as in the OTP measurement.
const CRASH_EVERY: Duration = Duration::from_millis(2);
/// Times with crashes, each between two quiet ones of the same length.
const ROUNDS: usize = 10;

fn main() -> std::io::Result<()> {
    let crashes: usize = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(1000);
    let tree = Tree::new(Arc::new(SystemClock), Box::new(|_: &Report| {}))?;
    let taken = Arc::new(AtomicU64::new(0));
    let inboxes = others(&tree, &taken)?;
    std::thread::Builder::new().name("source".to_owned()).spawn(move || feed(&inboxes))?;
    let start = |k| Crashing::start(&tree, k);
    let workers: Vec<Crashing> =
        (0..crashes.div_ceil(CRASHES_PER_WORKER)).map(start).collect::<std::io::Result<_>>()?;
    let mut turns = workers.iter().flat_map(|worker| std::iter::repeat_n(worker, CRASHES_PER_WORKER));

    let (mut times_us, mut rounds) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let before = Taken::during(&taken, || rest(crashes / ROUNDS));
        let meanwhile = Taken::during(&taken, || {
            times_us.extend(turns.by_ref().take(crashes / ROUNDS).filter_map(Crashing::crash));
        });
        rounds.push([before, meanwhile, Taken::during(&taken, || rest(crashes / ROUNDS))]);
    }

    times_us.sort_by(f64::total_cmp);
    let at = |share: f64| times_us[((times_us.len() - 1) as f64 * share) as usize];
    let sum = |k: usize| rounds.iter().fold(Taken::default(), |sum, round| sum.and(round[k]));
    let (before, meanwhile, behind) = (sum(0), sum(1), sum(2));
    writeln!(
        std::io::stdout(),
        r#"{{"p50_us": {:.2}, "p95_us": {:.2}, "restarts": {}, "others_throughput_ratio": {:.4}, "control_ratio": {:.4}, "others_hz": {:.0}, "tree_p50_us": {:.2}}}"#,
        at(0.5),
        at(0.95),
        times_us.len(),
        meanwhile.hz() / before.and(behind).hz(),
        behind.hz() / before.hz(),
        meanwhile.hz(),
        tree.restarts().view("restart").map_or(0.0, |view| view.p50_ns as f64 / 1e3),
    )?;
    tree.shut_down(Duration::from_secs(5));
    Ok(())
}

/// As long as so many crashes take.
fn rest(crashes: usize) {
    (0..crashes).for_each(|_| std::thread::sleep(CRASH_EVERY));
}

/// What the others took in some time.
#[derive(Clone, Copy, Default)]
struct Taken {
    packets: u64,
    ns: i64,
}

impl Taken {
    fn during(taken: &AtomicU64, work: impl FnOnce()) -> Self {
        let (before, start_ns) = (taken.load(Relaxed), SystemClock.now().host_ns);
        work();
        Self { packets: taken.load(Relaxed) - before, ns: SystemClock.now().host_ns - start_ns }
    }

    fn and(self, more: Self) -> Self {
        Self { packets: self.packets + more.packets, ns: self.ns + more.ns }
    }

    fn hz(self) -> f64 {
        self.packets as f64 * 1e9 / self.ns as f64
    }
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

/// A worker that panics when it is told to.
struct Crashing {
    go: Sender<()>,
    /// Nanoseconds since the panic, at each entry of the body; none at the first.
    entries: Receiver<Option<i64>>,
}

impl Crashing {
    fn start(tree: &Tree, number: usize) -> std::io::Result<Self> {
        let crashed_ns = AtomicI64::new(0);
        let (entered, entries) = bounded::<Option<i64>>(1);
        let (go, order) = bounded::<()>(1);
        let body = move |stop: &StopSignal| -> Result<(), Failure> {
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
        };
        tree.start(Place::Sensors, Service::thread(&format!("crashing {number}"), body))?;
        let _ = entries.recv();
        Ok(Self { go, entries })
    }

    /// Crashes once; gives how long it was away, microseconds.
    fn crash(&self) -> Option<f64> {
        std::thread::sleep(CRASH_EVERY);
        let _ = self.go.send(());
        self.entries.recv().ok()?.map(|ns| ns as f64 / 1e3)
    }
}
