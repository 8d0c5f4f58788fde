//! What a sample costs on the hot path: the bytes of a 16-bit ECG packet are
//! decoded, and go as bundles through the connector's sink, the worker's bounded
//! queue, order and hot ring, the attention gate, to one view that reads every
//! sample. Prints one line of JSON for `cargo xtask bench`.
//!
//! `cargo run --release -p runtime --example hot_path -- --sensors 1000 --batch 32 --seconds 5`

#![expect(clippy::expect_used, reason = "the ids are constants of this program")]

use connect::{Command, Connector, Event, EventSink, Stopped};
use crossbeam_channel::Receiver;
use model::{
    AttentionLevel, AttributeId, AttributeKind, Bundle, Channel, Clock, ConnectorId, ConnectorKind,
    DisplayName, EvenBlock, LinkState, SensorId, SensorInfo, StreamKey, StreamRef, StreamSpec,
};
use runtime::{Config, Console, Regime, View};
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// As on the other side of the comparison.
const RATE_HZ: i64 = 500;
/// What a connector gathers for one hand-over: what 64 ms of signal bring (the shortest
/// time after which a view flushes), and so many packets at least.
const GATHERED_SAMPLES: usize = 32;
const GATHERED_PACKETS_MIN: usize = 1024;
/// Samples that may be under way before the source waits: less than the inboxes hold.
const UNDER_WAY_MAX: u64 = 800_000;
/// A view flushes every 64 ms at best.
const FLUSH_MS: u64 = 64;
/// How long the source, or the view, rests where there is nothing to do for it.
const REST: Duration = Duration::from_micros(100);
/// Well below what a ring holds, so that the view reads every sample, the streams that it comes
/// to last included.
const UNDER_WAY_PER_SENSOR: u64 = 400;
/// The bench takes all of the machine; that must not shrink the rings it runs through. One worker,
/// since the source and the view have work enough for another core.
const SETTINGS: &str = "[load.thresholds]\nelevated = 0.96\nhigh = 0.98\ncritical = 1.0\n\
                        [runtime]\nshared_workers = 1\n";

/// A source that delivers as fast as the view reads.
struct Packets {
    sensors: Vec<SensorInfo>,
    batch: usize,
    /// Packets of each sensor that are gathered for one hand-over.
    gather: usize,
    read: Arc<AtomicU64>,
    offered: Arc<AtomicU64>,
    go: Arc<AtomicBool>,
}

impl Connector for Packets {
    fn run(
        &mut self,
        commands: &Receiver<Command>,
        events: &Arc<dyn EventSink>,
        clock: &Arc<dyn Clock>,
    ) -> Result<(), Stopped> {
        // A machine at its limit refuses simulated sensors: they are announced until all are in.
        while !self.go.load(Ordering::Acquire) {
            self.announce(events.as_ref(), clock.now().host_ns);
            std::thread::sleep(Duration::from_millis(200));
        }
        let packet = packet(self.batch);
        let (mut bundle, mut round, mut packets) = (Bundle::default(), 0, 0);
        while self.go.load(Ordering::Relaxed) {
            for sensor in 0..self.sensors.len() as u32 {
                decode(&packet, StreamRef(sensor), round * self.batch as u64, &mut bundle);
                packets += 1;
                if packets == self.gather {
                    self.hand_over(&mut bundle, packets, events.as_ref());
                    packets = 0;
                }
            }
            round += 1;
        }
        self.hand_over(&mut bundle, packets, events.as_ref());
        // Nothing to slow down here: advice is read and left aside.
        while !matches!(commands.recv(), Ok(Command::Shutdown) | Err(_)) {}
        Ok(())
    }
}

impl Packets {
    fn announce(&self, events: &dyn EventSink, now_ns: i64) {
        for (name, info) in self.sensors.iter().enumerate() {
            let (key, sensor) = (info.streams[0].key.clone(), info.id.clone());
            events.send(Event::Sensor(info.clone()));
            events.send(Event::Link { sensor, link: LinkState::Live, at_host_ns: now_ns });
            events.send(Event::Bind { stream: StreamRef(name as u32), key });
        }
    }

    fn hand_over(&self, bundle: &mut Bundle, packets: usize, events: &dyn EventSink) {
        let samples = (packets * self.batch) as u64;
        let offered = self.offered.fetch_add(samples, Ordering::Relaxed) + samples;
        events.send_bundle(bundle);
        while self.go.load(Ordering::Relaxed)
            && offered.saturating_sub(self.read.load(Ordering::Relaxed)) > under_way_max(self.sensors.len())
        {
            std::thread::sleep(REST);
        }
    }
}

/// Packets of one hand-over.
fn gathered(sensors: usize, batch: usize) -> usize {
    (sensors * GATHERED_SAMPLES / batch.max(1)).max(GATHERED_PACKETS_MIN)
}

/// No more than the rings hold, so that the view reads every sample.
fn under_way_max(sensors: usize) -> u64 {
    (sensors as u64 * UNDER_WAY_PER_SENSOR).min(UNDER_WAY_MAX)
}

/// As a strap sends it: 16-bit samples, the low byte first.
fn packet(samples: usize) -> Vec<u8> {
    (0..samples).flat_map(|k| (((k * 37) % 2000) as i16 - 1000).to_le_bytes()).collect()
}

fn decode(packet: &[u8], stream: StreamRef, first_index: u64, bundle: &mut Bundle) {
    let step_ns = model::NANOS_PER_SEC / RATE_HZ;
    let at =
        EvenBlock { first_index, wall_minus_host_ns: 0, first_ns: first_index as i64 * step_ns, step_ns };
    let samples = packet.chunks_exact(2).map(|pair| i32::from(i16::from_le_bytes([pair[0], pair[1]])));
    bundle.push_ints(stream, at, samples);
}

fn main() -> std::io::Result<()> {
    let sensors = argument("--sensors", 1000) as usize;
    let batch = argument("--batch", 1) as usize;
    let seconds = argument("--seconds", 5);
    let gather = argument("--gather", gathered(sensors, batch) as u64) as usize;
    let folder = tempfile::tempdir()?;
    let settings = folder.path().join("settings.toml");
    std::fs::write(&settings, SETTINGS)?;
    let console =
        Console::start(Config { bluetooth: false, seed: 1, settings: Some(settings), ..Config::default() })?;
    let (read, offered) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let infos: Vec<SensorInfo> = (0..sensors).map(ecg_sensor).collect();
    let go = Arc::new(AtomicBool::new(false));
    let shared = (Arc::clone(&read), Arc::clone(&offered), Arc::clone(&go));
    let make = move || -> Box<dyn Connector> {
        let (read, offered, go) = shared.clone();
        Box::new(Packets { sensors: infos.clone(), batch, gather, read, offered, go })
    };
    let mut view = View::default();
    let source = console.start_connector("packets", ConnectorKind::Simulator, make)?;
    wait_for(|| console.streams().len() == sensors);
    for stream in console.streams() {
        stream.set_attention(AttentionLevel::High);
        assert!(view.watch_all(stream));
    }
    go.store(true, Ordering::Release);
    let (begin_ns, cpu_begin, read_begin) = (console.now().host_ns, cpu_seconds(), view.account().read);
    let (mut sum, end_ns) = (0_u32, begin_ns + seconds as i64 * model::NANOS_PER_SEC);
    while console.now().host_ns < end_ns {
        wait_for_news(&offered, &read, under_way_max(sensors) / 2);
        look(&mut view, &console, &read, &mut sum);
    }
    let (cpu, wall) = (cpu_seconds() - cpu_begin, (console.now().host_ns - begin_ns) as f64 / 1e9);
    let samples = view.account().read - read_begin;
    // From here on nobody reads for a while: the source stops, and waits for nothing any more.
    go.store(false, Ordering::Release);
    assert!(source.shut_down(Duration::from_secs(10)));
    wait_for(|| {
        look(&mut view, &console, &read, &mut sum);
        console.streams().iter().all(|s| s.offered() == s.delivered() + s.dropped()) && view.waiting() == 0
    });
    let counted: u64 =
        console.streams().iter().map(|s| s.dropped()).sum::<u64>() + view.account().overwritten;
    let uncounted = offered.load(Ordering::Relaxed) - counted - view.account().read;
    writeln!(
        std::io::stdout(),
        "{{\"sensors\":{sensors},\"batch\":{batch},\"packets_a_hand_over\":{gather},\"samples\":{samples},\"cpu_seconds\":{cpu:.3},\
         \"wall_seconds\":{wall:.3},\"dropped_counted\":{counted},\"dropped_uncounted\":{uncounted},\
         \"checksum\":{sum}}}"
    )
}

/// Until so much is to be read at once, or the time of a view's flush has passed.
fn wait_for_news(offered: &AtomicU64, read: &AtomicU64, enough: u64) {
    for _ in 0..FLUSH_MS * 10 {
        if offered.load(Ordering::Relaxed).saturating_sub(read.load(Ordering::Relaxed)) >= enough {
            return;
        }
        std::thread::sleep(REST);
    }
}

/// Reads every new sample, then rests a little, so that there is more to read at once.
fn look(view: &mut View, console: &Console, read: &AtomicU64, sum: &mut u32) {
    // What else the machine does must not decide for how long news wait.
    view.look(console.now().host_ns, &Regime::default(), &mut |news| {
        *sum = news.bits().iter().fold(*sum, |sum, bits| sum.wrapping_add(*bits));
    });
    read.store(view.account().read + view.account().overwritten, Ordering::Relaxed);
    std::thread::sleep(REST);
}

/// Gives up after a minute, so that the figures show what is missing.
fn wait_for(mut done: impl FnMut() -> bool) {
    for _ in 0..3000 {
        if done() {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Of this whole process, all threads.
fn cpu_seconds() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

fn argument(name: &str, default: u64) -> u64 {
    let mut words = std::env::args().skip_while(|word| word != name);
    words.nth(1).and_then(|n| n.parse().ok()).unwrap_or(default)
}

fn ecg_sensor(number: usize) -> SensorInfo {
    let sensor = SensorId::parse(&format!("bench:{number}")).expect("a valid id");
    let attribute = AttributeId::parse("ecg").expect("a valid id");
    SensorInfo {
        id: sensor.clone(),
        name: DisplayName::clean(sensor.as_str(), "?"),
        connector: ConnectorId::parse("bench").expect("a valid id"),
        connector_kind: ConnectorKind::Simulator,
        streams: vec![StreamSpec {
            key: StreamKey { sensor, attribute },
            kind: AttributeKind::Ecg,
            channels: vec![Channel::new("ecg", "mV", 0.001)],
            nominal_rate_hz: Some(RATE_HZ as f64),
            device_ticks_per_sec: None,
        }],
        facts: Vec::new(),
    }
}
