//! A strap and its link, with the truth known. Deterministic: a seed, no clock.
//!
//! The device's crystal is off and changes by a step (temperature). A packet is
//! ready when its last sample is; it goes with the next connection event, or a
//! later one if it has to be sent again or the link is disturbed; up to four go
//! with one event. Some never reach the program.

/// One case.
#[derive(Clone, Copy, Debug)]
pub struct Scenario {
    pub name: &'static str,
    pub seed: u64,
    /// Connection interval, ms.
    pub interval_ms: f64,
    /// What the maker promises, samples a second, and how far off it is, relative.
    pub nominal_hz: f64,
    pub rate_error: f64,
    pub samples: u32,
    pub seconds: f64,
    /// Crystal against the host's clock, ppm, and its step in the middle of the run.
    pub drift_ppm: f64,
    pub step_ppm: f64,
    /// Share of packets lost, and of transmissions repeated.
    pub loss: f64,
    pub again: f64,
    /// Mean seconds from one disturbance of the link to the next; they last 0.1 to 1.2 s.
    pub disturbed_every: f64,
}

/// A packet as it arrived.
#[derive(Clone, Copy, Debug)]
pub struct Packet {
    pub number: u64,
    pub host_ns: i64,
    /// The device's clock at the last sample, ns.
    pub device_ns: u64,
    /// When the last sample was really taken, plus the constant least delay, ns.
    pub truth_ns: f64,
    /// True distance of samples, ns.
    pub step_ns: f64,
}

/// The part of the delay that is the same for every packet, ns.
const LEAST_DELAY_NS: f64 = 2_300_000.0;
/// Where the host's and the device's clocks stand at the beginning, ns.
const HOST_EPOCH: f64 = 5e12;
const DEVICE_EPOCH: u64 = 600_000_000_000_000_000;
/// Mean of what the host adds to a delay, ns.
const HOST_DELAY_NS: f64 = 200_000.0;
const PACKETS_PER_EVENT: u32 = 4;

/// Random numbers (splitmix64).
pub struct Random(pub u64);

impl Random {
    pub fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub fn exponential(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.unit()).ln()
    }
}

/// All packets of a run, in the order of their arrival.
pub fn run(scenario: &Scenario) -> Vec<Packet> {
    let mut random = Random(scenario.seed);
    let mut link = Link::new(scenario, &mut random);
    let rate = scenario.nominal_hz * (1.0 + scenario.rate_error);
    let step_device_ns = 1e9 / rate;
    let packet_device_ns = step_device_ns * f64::from(scenario.samples);
    let mut packets = Vec::new();
    let mut number = 0;
    loop {
        let device = packet_device_ns * (number + 1) as f64;
        let (taken, host_per_device) = true_time(scenario, device);
        if taken > scenario.seconds * 1e9 {
            return packets;
        }
        let sent = link.send(taken, &mut random);
        let arrived = sent + LEAST_DELAY_NS + random.exponential(HOST_DELAY_NS);
        if random.unit() >= scenario.loss {
            packets.push(Packet {
                number,
                host_ns: (HOST_EPOCH + arrived) as i64,
                device_ns: DEVICE_EPOCH + device as u64,
                truth_ns: HOST_EPOCH + taken + LEAST_DELAY_NS,
                step_ns: step_device_ns * host_per_device,
            });
        }
        number += 1;
    }
}

/// Host time at a device time (both ns from the start), and host ns per device ns.
fn true_time(scenario: &Scenario, device: f64) -> (f64, f64) {
    let before = 1.0 / (1.0 + scenario.drift_ppm * 1e-6);
    let after = 1.0 / (1.0 + (scenario.drift_ppm + scenario.step_ppm) * 1e-6);
    let change = scenario.seconds * 0.5e9 / before;
    if device < change {
        (device * before, before)
    } else {
        (change * before + (device - change) * after, after)
    }
}

/// Connection events, in host time.
struct Link {
    interval: f64,
    phase: f64,
    again: f64,
    disturbed_every: f64,
    event: f64,
    in_event: u32,
    disturbed: (f64, f64),
}

impl Link {
    fn new(scenario: &Scenario, random: &mut Random) -> Self {
        // The radio's clock is not the host's: 7 ppm apart.
        let interval = scenario.interval_ms * 1e6 * (1.0 + 7e-6);
        let first = random.exponential(scenario.disturbed_every * 1e9);
        Self {
            interval,
            phase: random.unit() * interval,
            again: scenario.again,
            disturbed_every: scenario.disturbed_every,
            event: 0.0,
            in_event: 0,
            disturbed: (first, first + 0.5e9),
        }
    }

    /// When a packet ready at `ready` has gone over, ns.
    fn send(&mut self, ready: f64, random: &mut Random) -> f64 {
        let next = ((ready - self.phase) / self.interval).ceil() * self.interval + self.phase;
        if next > self.event {
            (self.event, self.in_event) = (next, 0);
        } else if self.in_event == PACKETS_PER_EVENT {
            self.next_event();
        }
        while self.is_disturbed(random) || random.unit() < self.again {
            self.next_event();
        }
        self.in_event += 1;
        self.event
    }

    fn next_event(&mut self) {
        (self.event, self.in_event) = (self.event + self.interval, 0);
    }

    fn is_disturbed(&mut self, random: &mut Random) -> bool {
        while self.event > self.disturbed.1 {
            let from = self.disturbed.1 + random.exponential(self.disturbed_every * 1e9);
            self.disturbed = (from, from + 0.1e9 + 1.1e9 * random.unit());
        }
        self.event >= self.disturbed.0
    }
}
