//! A test of its own process, with a bus and a BlueZ of its own.
//!
//! libdbus takes the address of the system bus from the environment of its
//! process. So each test starts the test binary again, for itself alone, with
//! the address set to a path where there is no bus yet. The fake is started in
//! that second process, and the path is made a link to its socket: until then
//! there is no bus at all, and a bus that died can be followed by another one.

use crate::clock::JumpClock;
use crate::log::Log;
use connect::ble::{BleConfig, BleConnector};
use connect::{Command, Connector, EventSink, Stopped};
use crossbeam_channel::{Sender, bounded};
use model::{Clock, DeviceId};
use policy::backoff::Backoff;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use testkit::bluez::FakeBluez;
use testkit::wait_until;

/// Set in the second process: where its bus is to be.
const BUS_PATH: &str = "SENSOCTO_TEST_BUS_PATH";
/// Long enough for a busy machine; nothing that works takes so long.
pub const SOON: Duration = Duration::from_secs(10);
/// The strap of most tests.
pub const STRAP: &str = "C0:FF:EE:00:00:01";

/// Runs `test` in a process of its own. What it gives back (its fakes) lives
/// until the connector has ended.
pub fn alone<T, F: FnOnce(&mut Bench) -> T>(test: F) {
    alone_as(name_of::<F>(), test);
}

/// The same, for a test that the harness knows by this name.
pub fn alone_as<T>(name: &str, test: impl FnOnce(&mut Bench) -> T) {
    match std::env::var_os(BUS_PATH) {
        Some(path) => {
            let mut bench = Bench::new(PathBuf::from(path));
            let fakes = test(&mut bench);
            bench.end();
            drop(fakes);
            std::fs::write(bench.path.with_file_name("passed"), "").unwrap();
        }
        None => start_alone(name),
    }
}

/// The name of the test that a closure stands in, as the harness knows it.
pub fn name_of<F>() -> &'static str {
    let path = std::any::type_name::<F>().trim_end_matches("::{{closure}}");
    path.split_once("::").unwrap().1
}

fn start_alone(name: &str) {
    let room = tempfile::tempdir().unwrap();
    let path = room.path().join("bus");
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args([name, "--exact", "--nocapture", "--test-threads=1"])
        .env(BUS_PATH, &path)
        .env("RUST_BACKTRACE", "0")
        .env("DBUS_SYSTEM_BUS_ADDRESS", format!("unix:path={}", path.display()))
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}\n{told}", String::from_utf8_lossy(&output.stdout));
    assert!(room.path().join("passed").exists(), "no test is called {name}\n{told}");
    let panics = told.lines().filter(|line| line.contains("panicked at") && line.contains("bluez"));
    assert_eq!(panics.count(), 0, "the library panicked on the way:\n{told}");
}

/// A connector at work, and what is around it.
pub struct Bench {
    path: PathBuf,
    pub log: Arc<Log>,
    pub clock: Arc<JumpClock>,
    running: Option<Running>,
}

struct Running {
    commands: Sender<Command>,
    thread: JoinHandle<(BleConnector, Ended)>,
}

/// How a run ended: of itself, or by a panic.
type Ended = std::thread::Result<Result<(), Stopped>>;

impl Bench {
    fn new(path: PathBuf) -> Self {
        Self { path, log: Arc::default(), clock: Arc::default(), running: None }
    }

    /// Makes the fake's bus the system's bus.
    pub fn attach(&self, fake: &FakeBluez) {
        let socket = fake.address().split(',').next().unwrap().strip_prefix("unix:path=").unwrap();
        let next = self.path.with_extension("next");
        std::os::unix::fs::symlink(Path::new(socket), &next).unwrap();
        std::fs::rename(next, &self.path).unwrap();
    }

    /// Where the system's bus is expected.
    pub fn bus_path(&self) -> &Path {
        &self.path
    }

    /// A BlueZ with an adapter, and the connector at work on it.
    pub fn with_bluez(&mut self) -> FakeBluez {
        let fake = FakeBluez::start().unwrap();
        self.attach(&fake);
        self.run(config());
        fake
    }

    /// Starts the connector.
    pub fn run(&mut self, config: BleConfig) {
        self.go_on(BleConnector::new(config));
    }

    /// Starts a connector that may have run before.
    pub fn go_on(&mut self, mut connector: BleConnector) {
        let (commands, orders) = bounded(64);
        let (sink, clock): (Arc<dyn EventSink>, Arc<dyn Clock>) = (self.log.clone(), self.clock.clone());
        let run = move || {
            let ended = catch_unwind(AssertUnwindSafe(|| connector.run(&orders, &sink, &clock)));
            (connector, ended)
        };
        let thread = std::thread::Builder::new().name("ble".to_owned()).spawn(run).unwrap();
        self.running = Some(Running { commands, thread });
    }

    pub fn send(&self, command: Command) {
        self.running.as_ref().unwrap().commands.send(command).unwrap();
    }

    pub fn connect(&self, address: &str) {
        self.send(Command::Connect { device: DeviceId(address.to_owned()) });
    }

    pub fn disconnect(&self, address: &str) {
        self.send(Command::Disconnect { device: DeviceId(address.to_owned()) });
    }

    /// Ends the connector, which it has to do well, and gives it back.
    pub fn shut_down(&mut self) -> BleConnector {
        self.send(Command::Shutdown);
        let (connector, ended) = self.join();
        assert!(matches!(ended, Ok(Ok(()))), "{ended:?}");
        connector
    }

    /// Gives a connector back that has panicked.
    pub fn torn_down(&mut self) -> BleConnector {
        let (connector, ended) = self.join();
        assert!(ended.is_err(), "{ended:?}");
        connector
    }

    /// The connector ends well at the end of every test.
    fn end(&mut self) {
        if self.running.is_some() {
            self.shut_down();
        }
    }

    fn join(&mut self) -> (BleConnector, Ended) {
        let running = self.running.take().unwrap();
        wait_until(SOON, "the connector's end", || running.thread.is_finished());
        running.thread.join().unwrap()
    }

    /// Waits until the log fulfils a condition.
    #[track_caller]
    pub fn wait(&self, what: &str, mut condition: impl FnMut(&Log) -> bool) {
        wait_until(SOON, what, || condition(&self.log));
    }

    /// Waits until a sensor's link is in a state.
    #[track_caller]
    pub fn wait_link(&self, address: &str, state: &str) {
        self.wait(&format!("{address} {state}"), |log| log.link_now(address) == Some(state));
    }

    /// Waits until a stream has so many samples.
    #[track_caller]
    pub fn wait_samples(&self, attribute: &str, count: usize) {
        self.wait(&format!("{count} samples of {attribute}"), |log| {
            log.samples(STRAP, attribute).len() >= count
        });
    }
}

/// Short deadlines, short waits.
pub fn config() -> BleConfig {
    const MS: i64 = 1_000_000;
    BleConfig {
        connect_deadline: Duration::from_millis(1500),
        discover_deadline: Duration::from_secs(2),
        call_deadline: Duration::from_secs(1),
        poll_every: Duration::from_millis(200),
        battery_every: Duration::from_millis(400),
        backoff: Backoff { first_ns: 100 * MS, cap_ns: 400 * MS, jitter: 0.25 },
        ..BleConfig::default()
    }
}
