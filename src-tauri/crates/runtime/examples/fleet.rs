//! A fleet: very many simulated sensors at 1 Hz, some of them watched at
//! 100 Hz, through the whole runtime. Prints one line of JSON: the memory of the
//! process, what a sensor costs without its samples, what a retained sample
//! costs in each tier, and the account of every sample.
//!
//! `cargo run --release -p runtime --example fleet -- --sensors 100000 --watched 1000 --seconds 60`

use connect::Connector;
use connect::sim::{Scenario, SensorPlan, Simulator, SimulatorConfig};
use model::{AttentionLevel, AttributeKind, ConnectorKind, SensorId};
use runtime::{Config, Console, View};
use std::io::Write;
use std::time::Duration;

/// From one look of the view to the next.
const LOOK_EVERY: Duration = Duration::from_millis(64);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (sensors, watched) = (argument("--sensors", 100_000), argument("--watched", 1_000));
    let seconds = argument("--seconds", 60);
    let fleet = fleet(sensors, watched)?;
    let console = Console::start(Config { bluetooth: false, seed: 1, ..Config::default() })?;
    let empty = resident_bytes();
    let make = move || -> Box<dyn Connector> {
        Box::new(Simulator::new(fleet.clone(), 1, SimulatorConfig::default()))
    };
    let source = console.start_connector("fleet", ConnectorKind::Simulator, make)?;
    while console.streams().len() < sensors as usize {
        std::thread::sleep(Duration::from_millis(50));
    }
    let mut view = View::default();
    for stream in console.streams() {
        let is_watched = stream.spec().kind == AttributeKind::Ecg;
        stream.set_attention(if is_watched { AttentionLevel::High } else { AttentionLevel::Low });
        if is_watched {
            assert!(view.watch(stream));
        }
    }
    let (end_ns, cpu) = (console.now().host_ns + seconds as i64 * model::NANOS_PER_SEC, cpu_seconds());
    while console.now().host_ns < end_ns {
        view.look(console.now().host_ns, console.regime(), &mut |_| {});
        std::thread::sleep(LOOK_EVERY);
    }
    let (cpu, held, full) = (cpu_seconds() - cpu, console.held(), resident_bytes());
    let stopped = source.shut_down(Duration::from_secs(10));
    std::thread::sleep(Duration::from_secs(1));
    let sum = |of: &dyn Fn(&runtime::Stream) -> u64| console.streams().iter().map(|s| of(s)).sum::<u64>();
    let (offered, delivered, dropped) = account(&console);
    let samples_bytes = held.hot_bytes + held.warm_bytes;
    let fixed = full.saturating_sub(empty).saturating_sub(samples_bytes);
    writeln!(
        std::io::stdout(),
        "{{\"sensors\":{sensors},\"watched\":{watched},\"seconds\":{seconds},\"cpu_seconds\":{cpu:.2},\
         \"rss_bytes\":{full},\"fixed_bytes_per_sensor\":{},\"hot_bytes_per_sample\":{:.2},\
         \"warm_bytes_per_sample\":{:.2},\"hot_samples\":{},\"warm_samples\":{},\"offered\":{offered},\
         \"delivered\":{delivered},\"dropped_counted\":{dropped},\"dropped_uncounted\":{},\
         \"gaps\":{},\"view_overwritten\":{},\"source_stopped\":{stopped}}}",
        fixed / sensors.max(1),
        held.hot_bytes as f64 / held.hot_samples.max(1) as f64,
        held.warm_bytes as f64 / held.warm_samples.max(1) as f64,
        held.hot_samples,
        held.warm_samples,
        offered - delivered - dropped,
        sum(&runtime::Stream::gaps),
        view.account().overwritten,
    )?;
    console.shut_down();
    Ok(())
}

fn account(console: &Console) -> (u64, u64, u64) {
    console.streams().iter().fold((0, 0, 0), |(offered, delivered, dropped), stream| {
        (offered + stream.offered(), delivered + stream.delivered(), dropped + stream.dropped())
    })
}

/// The watched ones deliver an ECG at 100 Hz, the others their heart rate once a second.
/// A scenario file holds 1,000 sensors at most, so this one is made of two.
fn fleet(sensors: u64, watched: u64) -> Result<Scenario, Box<dyn std::error::Error>> {
    let two = "connectors: {fleet: {sensors: {\
               w: {attributes: {ecg: {sensor_type: ecg, sampling_rate: 100, batch_size: 10}}}, \
               s: {attributes: {heart_rate: {sensor_type: heartrate, sampling_rate: 1}}}}}}";
    let mut scenario = Scenario::parse(two, "fleet.yaml")?.scenario;
    let [kind_w, kind_s] = &scenario.sensors[..] else { return Err("not two sensors".into()) };
    let one = |k| -> Result<SensorPlan, model::InvalidId> {
        let id = SensorId::parse(&format!("sim:fleet/{k}"))?;
        Ok(SensorPlan { id, ..if k < watched { kind_w } else { kind_s }.clone() })
    };
    scenario.sensors = (0..sensors).map(one).collect::<Result<_, _>>()?;
    Ok(scenario)
}

/// Of this process, as the system sees it; 0 where it does not say.
fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or(0) * 1024
}

fn cpu_seconds() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

fn argument(name: &str, default: u64) -> u64 {
    let mut words = std::env::args().skip_while(|word| word != name);
    words.nth(1).and_then(|n| n.parse().ok()).unwrap_or(default)
}
