//! A lasting overload: first what the workers can take is measured, then the
//! sources offer ten times as much, with a recording running, one view that
//! reads at its flush interval and one that never does. Prints one line of JSON
//! for `cargo xtask bench`: how far memory grew beside what the bounded queues
//! may hold, whether every sample is accounted for, and how soon after the
//! overload everything flows again.
//!
//! `cargo run --release -p runtime --example overload -- --seconds 60`
//!
//! A source that has no time to hand over what is due passes it over and says so,
//! as those of the product do; what it hands over beyond what the workers take
//! gives way in their inboxes.

#![expect(clippy::expect_used, reason = "the ids are constants of this program")]

mod source;

use connect::Connector;
use model::{AttentionLevel, ConnectorKind, GapReason, NANOS_PER_SEC, ViewerId};
use runtime::{
    Config, Console, Quality, QueueView, Recorded, RunningConnector, SPARES_BYTES, Stream, TRICKLE_MS, View,
};
use source::{AS_TAKEN, NOMINAL_HZ, Plan, REST, SENSORS_PER_SOURCE, SOURCES, Source};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

const SENSORS: usize = SOURCES * SENSORS_PER_SOURCE;
const FACTOR: u64 = 10;
/// How long the capacity is measured, and how long all is watched after the overload.
const MEASURED_NS: i64 = 2 * NANOS_PER_SEC;
const AFTERWARDS_NS: i64 = 3 * NANOS_PER_SEC;
const DEADLINE_NS: i64 = 30 * NANOS_PER_SEC;

/// A stream's ledger of drops: 4,096 entries in a tree.
const LEDGER: u64 = 4096 * 48;

/// A view with its flushes.
struct Watching {
    viewer: ViewerId,
    view: View,
    quality: Quality,
    next_ns: i64,
    unread: u32,
}

impl Watching {
    fn new(name: &str, streams: &[Arc<Stream>]) -> Self {
        let (viewer, mut view) = (ViewerId::parse(name).expect("a valid id"), View::default());
        assert!(streams.iter().all(|stream| view.watch_all(Arc::clone(stream))));
        Self { viewer, view, quality: Quality::High, next_ns: 0, unread: 0 }
    }

    /// Flushes if it is time; a view that does not read lets its flushes wait.
    fn flush(&mut self, console: &Console, now_ns: i64, reads: bool) {
        if now_ns < self.next_ns {
            return;
        }
        self.next_ns = now_ns + i64::from(flush_ms(self.quality)) * 1_000_000;
        self.unread = if reads { 0 } else { self.unread.saturating_add(1) };
        self.quality = console.note_waiting(&self.viewer, self.unread);
        if reads {
            self.view.look(now_ns, console.regime(), &mut |_| {});
        }
    }

    /// Samples of the account, those that wait included.
    fn accounted(&self) -> u64 {
        let account = self.view.account();
        account.read + account.passed_over + account.overwritten + self.view.waiting()
    }
}

fn flush_ms(quality: Quality) -> u32 {
    quality.flush_ms(AttentionLevel::High).unwrap_or(TRICKLE_MS)
}

/// The console under test, and what is seen of it.
struct Bench {
    console: Console,
    plan: Arc<Plan>,
    sources: Vec<RunningConnector>,
    streams: Vec<Arc<Stream>>,
    reading: Watching,
    stalled: Watching,
    rss_peak: u64,
}

impl Bench {
    fn start() -> std::io::Result<Self> {
        let console = Console::start(Config { seed: 1, ..Config::default() })?;
        let plan = Arc::new(Plan::default());
        let start = |number: usize| {
            let plan = Arc::clone(&plan);
            let make = move || -> Box<dyn Connector> { Box::new(Source::new(number, Arc::clone(&plan))) };
            console.start_connector(&format!("source {number}"), ConnectorKind::Simulator, make)
        };
        let sources = (0..SOURCES).map(start).collect::<std::io::Result<_>>()?;
        while console.streams().len() < SENSORS {
            std::thread::sleep(Duration::from_millis(1));
        }
        let streams = console.streams();
        for stream in &streams {
            stream.set_attention(AttentionLevel::High);
        }
        let (reading, stalled) = (Watching::new("reads", &streams), Watching::new("stalls", &streams));
        Ok(Self { console, plan, sources, streams, reading, stalled, rss_peak: 0 })
    }

    fn now_ns(&self) -> i64 {
        self.console.now().host_ns
    }

    fn settled(&self) -> u64 {
        self.streams.iter().map(|stream| stream.delivered() + stream.dropped()).sum()
    }

    fn delivered(&self) -> u64 {
        self.streams.iter().map(|stream| stream.delivered()).sum()
    }

    /// One turn: the views flush, the sources hear what was taken, memory is looked at.
    fn turn(&mut self) {
        let now_ns = self.now_ns();
        self.plan.settled.store(self.settled(), Ordering::Relaxed);
        self.reading.flush(&self.console, now_ns, true);
        self.stalled.flush(&self.console, now_ns, false);
        self.rss_peak = self.rss_peak.max(rss_bytes());
        std::thread::sleep(Duration::from_millis(1));
    }

    /// Turns until then.
    fn go_on(&mut self, ns: i64) {
        let end_ns = self.now_ns() + ns;
        while self.now_ns() < end_ns {
            self.turn();
        }
    }

    /// Turns until no sample is under way.
    fn settle(&mut self) {
        let end_ns = self.now_ns() + DEADLINE_NS;
        while self.settled() < self.plan.offered() || self.queued() > 0 {
            if self.now_ns() > end_ns {
                return;
            }
            self.turn();
        }
    }

    /// Samples a second that the workers take when nothing is dropped.
    fn capacity_hz(&mut self) -> f64 {
        self.plan.rate_hz.store(AS_TAKEN, Ordering::Release);
        self.go_on(MEASURED_NS / 4);
        let (before, begin_ns) = (self.delivered(), self.now_ns());
        self.go_on(MEASURED_NS);
        let hz = (self.delivered() - before) as f64 / ((self.now_ns() - begin_ns) as f64 / 1e9);
        self.plan.rate_hz.store(REST, Ordering::Release);
        self.settle();
        hz
    }

    fn queued(&self) -> usize {
        self.console.queues().iter().map(|queue| queue.depth).sum()
    }

    /// Samples dropped anywhere: on their way to the rings, or on to the recording.
    fn dropped(&self) -> u64 {
        let queues: u64 = self.console.queues().iter().map(|queue| queue.dropped_samples).sum();
        queues + self.streams.iter().map(|stream| stream.dropped()).sum::<u64>()
    }

    /// Watches what comes after the overload. Gives the seconds until the last drop
    /// was over, until every queue had been empty, and until every stream had taken
    /// what was offered afterwards.
    fn normal_again_seconds(&mut self) -> Option<[f64; 3]> {
        let end_ns = self.now_ns();
        let marks: Vec<u64> = (0..SENSORS).map(|k| self.offered_to(k)).collect();
        let mut full: BTreeSet<String> = self.console.queues().into_iter().map(|queue| queue.name).collect();
        let (mut dropped, mut last_drop_ns, mut flows_ns, mut empty_ns) =
            (self.dropped(), end_ns, None, None);
        while self.now_ns() < end_ns + AFTERWARDS_NS {
            self.turn();
            let (now_ns, now_dropped) = (self.now_ns(), self.dropped());
            if now_dropped > dropped {
                (dropped, last_drop_ns) = (now_dropped, now_ns);
            }
            let queues = self.console.queues();
            queues.iter().filter(|queue| is_empty(queue)).for_each(|queue| drop(full.take(&queue.name)));
            if full.is_empty() {
                empty_ns.get_or_insert(now_ns);
            }
            let flows = |(stream, mark): (&Arc<Stream>, &u64)| stream.delivered() + stream.dropped() > *mark;
            if self.streams.iter().zip(&marks).all(flows) {
                flows_ns.get_or_insert(now_ns);
            }
        }
        Some([last_drop_ns, empty_ns?, flows_ns?].map(|at_ns| (at_ns - end_ns) as f64 / 1e9))
    }

    /// Samples that its source offered to the stream at place `k` of the list.
    fn offered_to(&self, k: usize) -> u64 {
        self.plan.offered[self.source_of(k)].load(Ordering::Relaxed) / SENSORS_PER_SOURCE as u64
    }

    /// Which source has the stream at place `k` of the list.
    fn source_of(&self, k: usize) -> usize {
        let id = self.streams[k].spec().key.sensor.as_str();
        id.rsplit(':').next().and_then(|n| n.parse::<usize>().ok()).map_or(0, |n| n / SENSORS_PER_SOURCE)
    }

    /// What the bounded parts may hold at most, bytes: the cap of their growth. Every
    /// queue says for itself how much memory it takes at most; those that carry words
    /// and no samples have nothing to do here, and count for nothing.
    fn cap_bytes(&self) -> u64 {
        let of_queue = |queue: &QueueView| match queue.name.as_str() {
            "recorder" | "recording: waiting for the disk" => queue.bytes_max,
            name if name.starts_with("sensors") => queue.bytes_max + SPARES_BYTES as u64,
            _ => 0,
        };
        let queues: u64 = self.console.queues().iter().map(of_queue).sum();
        let ring = (NOMINAL_HZ * 125.0) as u64 * (8 + 4);
        queues + SENSORS as u64 * (ring + LEDGER)
    }

    /// Samples that nobody can account for: in the streams, the recording, the views.
    fn uncounted(&self, recorded: &Recorded) -> u64 {
        let per_stream = |(k, stream): (usize, &Arc<Stream>)| {
            self.offered_to(k).abs_diff(stream.delivered() + stream.dropped())
        };
        let streams: u64 = self.streams.iter().enumerate().map(per_stream).sum();
        let recording = self.plan.offered().abs_diff(recorded.stored + recorded.dropped);
        let views = [&self.reading, &self.stalled].map(|view| self.delivered().abs_diff(view.accounted()));
        streams + recording + views.iter().sum::<u64>()
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let seconds = argument("--seconds", 60);
    let folder = tempfile::tempdir()?;
    let mut bench = Bench::start()?;
    bench.console.start_recording(&folder.path().join("overload.sensocto"), "overload")?;
    let rss_before = rss_bytes();
    let capacity_hz = bench.capacity_hz();
    let (offered, delivered) = (bench.plan.offered(), bench.delivered());

    bench.plan.rate_hz.store(capacity_hz as u64 * FACTOR / SOURCES as u64, Ordering::Release);
    bench.go_on(seconds as i64 * NANOS_PER_SEC);
    let (offered, delivered) = (bench.plan.offered() - offered, bench.delivered() - delivered);
    let growth = bench.rss_peak.saturating_sub(rss_before);

    bench.plan.rate_hz.store(NOMINAL_HZ as u64 * SENSORS_PER_SOURCE as u64, Ordering::Release);
    let again = bench.normal_again_seconds().ok_or("it was not normal again in time")?;
    bench.plan.rate_hz.store(REST, Ordering::Release);
    bench.settle();
    assert!(bench.sources.iter().all(|source| source.shut_down(Duration::from_secs(10))));
    let recorded = bench.console.stop_recording()?;
    let offered_hz = offered as f64 / seconds as f64;
    writeln!(
        std::io::stdout(),
        "{{\"rss_growth_over_cap\":{:.4},\"dropped_uncounted\":{},\"normal_again_seconds\":{:.3},\"until_no_drop_empty_flowing\":{again:.3?},\
         \"rss_growth_bytes\":{growth},\"cap_bytes\":{},\"capacity_hz\":{capacity_hz:.0},\
         \"offered_hz\":{offered_hz:.0},\"offered_over_capacity\":{:.2},\"offered\":{offered},\
         \"delivered\":{delivered},\"recorded\":{},\"recorded_gaps\":{},\"read\":{},\"overwritten\":{},\
         \"drops\":{}}}",
        growth as f64 / bench.cap_bytes() as f64,
        bench.uncounted(&recorded),
        again.into_iter().fold(0.0, f64::max),
        bench.cap_bytes(),
        offered_hz / capacity_hz,
        recorded.stored,
        recorded.dropped,
        bench.reading.view.account().read,
        bench.reading.view.account().overwritten,
        drops(&bench.streams),
    )?;
    Ok(())
}

/// Whether nothing waits in a queue. What waits for the next commit is never
/// nothing while samples come: there, less than a hundredth of its room counts.
fn is_empty(queue: &QueueView) -> bool {
    queue.depth == 0 || queue.capacity == 0 && queue.bytes < queue.bytes_max / 100
}

/// All drops by reason, as a JSON object.
fn drops(streams: &[Arc<Stream>]) -> String {
    let mut by_reason: BTreeMap<&str, u64> = BTreeMap::new();
    let all = streams.iter().flat_map(|stream| stream.drops());
    all.for_each(|(reason, n): (GapReason, u64)| *by_reason.entry(reason.code()).or_default() += n);
    let fields: Vec<String> = by_reason.iter().map(|(reason, n)| format!("\"{reason}\":{n}")).collect();
    format!("{{{}}}", fields.join(","))
}

/// Memory of this process, where the system tells; else 0.
fn rss_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) * 1024
}

fn argument(name: &str, default: u64) -> u64 {
    let mut words = std::env::args().skip_while(|word| word != name);
    words.nth(1).and_then(|n| n.parse().ok()).unwrap_or(default)
}
