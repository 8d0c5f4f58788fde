//! The one check behind every fault, and the room it is made in.
//!
//! A script begins with a strap that was connected, let go of and connected again:
//! what the process and the bus carry then is the baseline. When the script is
//! over, within [`SOON`] numbered heartbeats arrive again; all samples of the whole
//! script are there, once each, in order, numbered on; nothing more is carried than
//! at the baseline; and each loss was told with the reason that the script expects.

use crate::bench::{Bench, SOON, STRAP, alone_as, config, name_of};
use connect::ble::BleConfig;
use std::collections::BTreeMap;
use std::time::Duration;
use testkit::bluez::{DeviceScript, FakeBluez, NotifyStream, heart_rate_value};
use testkit::pace::Deadline;
use testkit::wait_until;

/// How long the loads are looked at: some looks at the adapter lie within.
const WINDOW: Duration = Duration::from_millis(500);
/// What a strap measures.
const ATTRIBUTES: [&str; 3] = ["heart_rate", "rr_interval", "battery"];

/// What a fault is made with.
pub struct Setting {
    pub config: BleConfig,
    pub strap: DeviceScript,
    /// A second bus, started before the baseline is measured.
    pub spare: bool,
    /// Match rules that the bus grants to each client.
    pub match_rules: u64,
}

impl Default for Setting {
    fn default() -> Self {
        let strap = DeviceScript::heart_rate_strap(STRAP, "Polar H10 00000001").known();
        Self { config: config(), strap, spare: false, match_rules: 512 }
    }
}

/// Runs a script on a strap. It gives the reasons that are to be told, in order,
/// each once; several that are as good are parted by `|`.
pub fn fault<F: FnOnce(&mut Room<'_>) -> R, R: AsRef<[&'static str]>>(script: F) {
    Setting::default().run(script);
}

impl Setting {
    /// As [`fault`].
    pub fn run<F: FnOnce(&mut Room<'_>) -> R, R: AsRef<[&'static str]>>(self, script: F) {
        alone_as(name_of::<F>(), |bench| {
            let mut room = Room::open(bench, self);
            let reasons = script(&mut room);
            room.check(reasons.as_ref());
            room.close();
            (room.fake, room.spare)
        });
    }
}

/// What the process and the bus carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    tasks: usize,
    threads: usize,
    files: usize,
    match_rules: usize,
}

impl Load {
    fn least(self, other: Self) -> Self {
        Self {
            tasks: self.tasks.min(other.tasks),
            threads: self.threads.min(other.threads),
            files: self.files.min(other.files),
            match_rules: self.match_rules.min(other.match_rules),
        }
    }
}

/// A live strap, and what has been sent by it.
pub struct Room<'a> {
    pub bench: &'a mut Bench,
    pub fake: FakeBluez,
    pub spare: Option<FakeBluez>,
    /// What the strap has sent and somebody has heard; the numbers are never used twice.
    pub sent: Vec<f64>,
    next: u16,
    baseline: Load,
    told_before: usize,
    /// The numbers of the first samples that are not forgotten.
    first: BTreeMap<&'static str, u64>,
}

impl<'a> Room<'a> {
    fn open(bench: &'a mut Bench, setting: Setting) -> Self {
        let fake = FakeBluez::with_match_rules(setting.match_rules).unwrap();
        let spare = setting.spare.then(|| FakeBluez::start().unwrap());
        bench.attach(&fake);
        bench.run(setting.config);
        fake.add_device(setting.strap);
        let baseline = Load { tasks: 0, threads: 0, files: 0, match_rules: 0 };
        let (sent, first) = (Vec::new(), BTreeMap::new());
        let mut room = Self { bench, fake, spare, sent, next: 0, baseline, told_before: 0, first };
        room.come_up();
        room.bench.disconnect(STRAP);
        room.bench.wait_link(STRAP, "stopped");
        wait_until(SOON, "the end of the link", || !room.fake.is_connected(STRAP));
        room.come_up();
        room.baseline = room.load();
        room.told_before = room.bench.log.reasons(STRAP).len();
        room
    }

    fn come_up(&mut self) {
        self.bench.connect(STRAP);
        self.flows(SOON);
    }

    /// Waits until the link is live and a heartbeat arrives.
    pub fn flows(&mut self, within: Duration) {
        let end = Deadline::after(within);
        wait_until(end.left(), "a link that is live", || {
            self.bench.log.link_now(STRAP) == Some("live") && self.fake.is_notifying(STRAP, "2A37")
        });
        self.beat();
        self.arrived(end.left());
    }

    /// The strap sends one heartbeat, which somebody must be listening to.
    pub fn beat(&mut self) {
        let number = self.number();
        assert!(self.fake.notify(STRAP, "2A37", &heart_rate_value(number, &[number])), "nobody listens");
        self.sent.push(f64::from(number));
    }

    /// A number that no heartbeat had.
    pub fn number(&mut self) -> u16 {
        self.next += 1;
        self.next
    }

    /// Everything that was sent has arrived.
    pub fn arrived(&self, within: Duration) {
        let count = self.sent.len();
        let has_come = || self.bench.log.samples(STRAP, "heart_rate").len() >= count;
        wait_until(within, &format!("{count} heartbeats"), has_come);
    }

    /// The strap beats at an even rate, until [`Self::stop`].
    pub fn stream(&mut self, rate_hz: f64) -> (u16, NotifyStream) {
        let first = self.next + 1;
        let value = move |tick| heart_rate_value(first + tick as u16, &[first + tick as u16]);
        (first, self.fake.stream(STRAP, "2A37", rate_hz, 20_000, value))
    }

    /// Ends a stream; what somebody has heard of it was sent.
    pub fn stop(&mut self, (first, stream): (u16, NotifyStream)) -> u64 {
        let ticks = stream.ticks();
        let heard = stream.stop_and_tell();
        self.next = first + ticks as u16 + 100;
        self.sent.extend(heard.into_iter().flatten().map(|tick| f64::from(first) + tick as f64));
        ticks
    }

    /// What is carried, at the least, while the strap beats for a while.
    fn load(&mut self) -> Load {
        let end = Deadline::after(WINDOW);
        let mut least = self.load_now();
        while !end.has_passed() {
            std::thread::sleep(Duration::from_millis(5));
            least = least.least(self.load_now());
        }
        least
    }

    fn load_now(&mut self) -> Load {
        self.beat();
        self.arrived(SOON);
        Load {
            tasks: self.bench.log.tasks(),
            threads: entries("/proc/self/task"),
            files: entries("/proc/self/fd"),
            match_rules: self.fake.match_rules().unwrap(),
        }
    }

    /// Checks what was told so far, and forgets it, so that it takes no room.
    pub fn check_and_forget(&mut self, reasons: &[&str]) {
        self.check_samples();
        self.check_reasons(reasons);
        for attribute in ATTRIBUTES {
            let count = self.bench.log.samples(STRAP, attribute).len() as u64;
            *self.first.entry(attribute).or_default() += count;
        }
        self.bench.log.forget();
        self.sent.clear();
        self.told_before = 0;
    }

    /// What has to hold after every fault.
    fn check(&mut self, reasons: &[&str]) {
        self.flows(SOON);
        self.check_load();
        self.check_samples();
        self.check_reasons(reasons);
    }

    fn check_load(&mut self) {
        let end = Deadline::after(SOON);
        let mut load = self.load();
        while load.least(self.baseline) != load && !end.has_passed() {
            load = load.least(self.load());
        }
        assert_eq!(load.least(self.baseline), load, "more is carried than before ({:?})", self.baseline);
    }

    fn check_samples(&self) {
        let log = &self.bench.log;
        for attribute in ["heart_rate", "rr_interval"] {
            let samples = log.samples(STRAP, attribute);
            let values: Vec<f64> = samples.iter().map(|sample| sample.raw).collect();
            assert_eq!(values, self.sent, "{attribute}");
        }
        for attribute in ATTRIBUTES {
            let samples = log.samples(STRAP, attribute);
            let first = self.first.get(attribute).copied().unwrap_or_default();
            let numbers = first..first + samples.len() as u64;
            assert!(samples.iter().map(|sample| sample.index).eq(numbers), "{attribute}");
            assert!(samples.is_sorted_by_key(|sample| sample.host_ns), "{attribute}");
        }
        let lives = log.links(STRAP).iter().filter(|link| **link == "live").count();
        let levels = log.values(STRAP, "battery");
        assert!(levels.len() <= lives, "{} levels in {lives} links: a reading came twice", levels.len());
        assert_eq!(log.blocks_out_of_life(STRAP), 0);
    }

    fn check_reasons(&self, expected: &[&str]) {
        let mut told = self.bench.log.reasons(STRAP).split_off(self.told_before);
        told.dedup();
        let fits = |(told, expected): (&String, &&str)| expected.split('|').any(|reason| reason == told);
        let fit = told.len() == expected.len() && told.iter().zip(expected).all(fits);
        assert!(fit, "told: {told:#?}, expected: {expected:#?}");
    }

    /// The connector ends, and leaves nothing behind.
    fn close(&mut self) {
        self.bench.shut_down();
        wait_until(SOON, "the end of all match rules", || self.fake.match_rules() == Some(0));
    }
}

fn entries(folder: &str) -> usize {
    std::fs::read_dir(folder).unwrap().count()
}
