//! Device time to host time: a line under the arrivals, kept up to date packet by packet.
//!
//! The cost of a packet and the memory are bounded, whatever comes.

use super::edge::{Belief, Line, line_under};
use super::hull::{Hull, Point};
use super::spread::Spread;

#[cfg(test)]
mod tests;

const SECOND: f64 = 1e9;
/// Device time the line is drawn under, ns. Long enough for many packets that had
/// to wait for nothing, short enough to follow a crystal that warms up.
const WINDOW: f64 = 90.0 * SECOND;
/// Host time after which a fit judges what is impossible, ns.
const MATURE: f64 = 3.0 * SECOND;
/// A packet so far under a mature line did not come early: a clock has jumped, ns.
const EARLY: f64 = 0.1 * SECOND;
/// As `EARLY`, while the fit is young: its first packets may have come out of a
/// queue that was waiting, ns.
const EARLY_YOUNG: f64 = 5.0 * SECOND;
/// A greater delay tells of a queue and not of the link's usual jitter, ns.
const USUAL: f64 = 0.5 * SECOND;
/// For how long, in host time, packets have to stay equally late before that is a
/// jump and no queue that empties, ns.
const LATE_FOR: f64 = 10.0 * SECOND;
/// The same where packets bear neither time nor number, so that a missing one is
/// likely: so many of the delays that 95 of 100 packets stay below, ns.
const LATE_JITTERS: f64 = 8.0;
/// And at least and at most, ns.
const LATE_FOR_BRIEF: (f64, f64) = (0.4 * SECOND, 2.0 * SECOND);
/// So many times `late_ns` late is more than one packet that is missing.
const MANY: f64 = 3.0;
/// And how many packets.
const LATE_PACKETS: u32 = 2;
/// A queue fills again: later by so much than before, ns, and by `late_ns`.
const FILLING: f64 = 0.15 * SECOND;
/// A queue empties: later by so much less than before, as a share of `late_ns`.
const EMPTYING: f64 = 0.25;
/// How far a device's clock may go back and be a packet out of order, ns.
const REORDERED: f64 = 2.0 * SECOND;
/// So many packets out of order in a row are a clock that was set back.
const REORDERED_PACKETS: u32 = 3;
/// What a known rate may change by until the next fit (temperature), ns per ns.
const WANDER: f64 = 20e-6;
/// How far the line probably lies above the true edge, in median delays a packet:
/// with `n` delays that are even between 0 and twice the median `m`, a line through
/// the two lowest of them lies about `4 m / n` too high at its end.
const EDGE_GAP: f64 = 3.0;

/// What is known of a device's clock before its first packet.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    /// Nominal length of one tick, ns.
    pub tick_ns: f64,
    /// How far off the tick may be, relative (50e-6: a crystal; 0.03: a sampling rate).
    pub tolerance: f64,
    /// Later than this, and all that follow too, is a jump and no longer a delay, ns.
    pub late_ns: f64,
    /// Later than the device ever holds a packet back: a jump at once, ns.
    pub held_ns: f64,
    /// Packets bear neither time nor number: a jump is believed sooner.
    pub brief: bool,
}

impl Clock {
    /// A device with a clock of its own, ticking every `tick_ns`.
    #[must_use]
    pub fn crystal(tick_ns: f64) -> Self {
        Self { tick_ns, tolerance: 50e-6, late_ns: 0.5 * SECOND, held_ns: 30.0 * SECOND, brief: false }
    }
}

/// What a packet was to the fit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Seen {
    /// The first packet.
    First,
    /// On or above the line, by a delay that links have.
    Followed,
    /// So late that a clock may have jumped; the next packets tell.
    Doubtful,
    /// Taken before one that already came, or twice. Not used.
    OutOfOrder,
    /// Time does not continue: a new fit begins with this packet.
    Restarted(Jump),
}

/// Why a fit began anew. `by_ns` is what the packets moved by against the old line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Jump {
    /// Earlier than possible: the device's clock went on, or the host's went back.
    Early {
        /// Nanoseconds under the old line.
        by_ns: f64,
    },
    /// Late, and so all that followed: the device's clock went back, packets are
    /// missing from a count, or the host's clock went on.
    Late {
        /// Nanoseconds above the old line, of the least late packet.
        by_ns: f64,
    },
    /// The device's own time went back: it was reset.
    Back,
}

/// What the fit says of clock and link.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Host time less device time at the newest packet, ns, with the constant
    /// least delay of the link in it, which cannot be observed.
    pub offset_ns: f64,
    /// How much faster the device ticks than nominal, parts per million.
    pub drift_ppm: f64,
    /// 95 of 100 packets come at most so long after the least delay, ns. Packets
    /// that come more than half a second late are left out.
    pub jitter_ns: f64,
    /// How far off `offset_ns` may be, one standard deviation, ns.
    pub uncertainty_ns: f64,
    /// Packets under which the line is drawn.
    pub packets: u32,
}

/// A fit of one device's time to the host's.
#[derive(Clone, Debug)]
pub struct Fit {
    clock: Clock,
    belief: Belief,
    hull: Hull,
    corners: Vec<Point>,
    spread: Spread,
    state: Option<State>,
    doubt: Option<Doubt>,
    reordered: u32,
}

#[derive(Clone, Copy, Debug)]
struct State {
    host: i64,
    ticks: i64,
    last_ticks: i64,
    last_host: i64,
    line: Line,
    /// What the line is probably above the edge, ns.
    gap: f64,
}

#[derive(Clone, Copy, Debug)]
struct Doubt {
    since: i64,
    packets: u32,
    /// How late the packet was with which the count began, ns.
    level: f64,
    least: f64,
}

impl Fit {
    /// A fit without packets.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            belief: Belief { slope: 0.0, sigma: clock.tolerance },
            hull: Hull::new(WINDOW),
            corners: Vec::new(),
            spread: Spread::default(),
            state: None,
            doubt: None,
            reordered: 0,
        }
    }

    /// Length of a tick in host time as far as known, ns.
    #[must_use]
    pub fn tick_ns(&self) -> f64 {
        let slope = self.state.map_or(self.belief.slope, |state| state.line.slope);
        self.clock.tick_ns * (1.0 + slope)
    }

    /// Every packet later than `late_ns` is a jump from here on.
    pub fn set_late(&mut self, late_ns: f64) {
        self.clock.late_ns = late_ns;
    }

    /// Takes a packet: its arrival in host time, ns, and the device's unwrapped
    /// ticks of the same sample in every packet (the last one).
    pub fn observe(&mut self, host_ns: i64, ticks: i64) -> Seen {
        let Some(state) = self.state else {
            self.begin(host_ns, ticks);
            return Seen::First;
        };
        if ticks <= state.last_ticks {
            return self.behind(host_ns, ticks, &state);
        }
        self.reordered = 0;
        let point = self.point(host_ns, ticks, &state);
        let above = point.y - state.line.at(point.x);
        match self.jump(host_ns, ticks, above, &state) {
            Some(jump) => {
                self.restart(host_ns, ticks);
                Seen::Restarted(jump)
            }
            None => {
                self.follow(host_ns, ticks, point, state);
                if self.doubts(host_ns) { Seen::Doubtful } else { Seen::Followed }
            }
        }
    }

    /// Host time of a moment of the device, ns; None before the first packet.
    #[must_use]
    pub fn at(&self, ticks: i64) -> Option<i64> {
        self.at_fraction(ticks, 0.0)
    }

    /// As [`Fit::at`], `ticks_before` (any fraction) before `ticks`.
    #[must_use]
    pub fn at_fraction(&self, ticks: i64, ticks_before: f64) -> Option<i64> {
        let state = self.state?;
        let x = self.x(ticks, &state) - ticks_before * self.clock.tick_ns;
        let ns = x + state.line.at(x) - state.gap;
        Some(state.host.saturating_add(ns.round() as i64))
    }

    /// The ticks the device shows at a host time, as far as known; for counters that wrap.
    #[must_use]
    pub fn ticks_at(&self, host_ns: i64) -> Option<i64> {
        let state = self.state?;
        let host = difference(host_ns, state.host) - state.line.height;
        let ticks = host / (1.0 + state.line.slope) / self.clock.tick_ns;
        Some(state.ticks.saturating_add(ticks.round() as i64))
    }

    /// What is known of clock and link; None before the first packet.
    #[must_use]
    pub fn estimate(&self) -> Option<Estimate> {
        let state = self.state?;
        let x = self.x(state.last_ticks, &state);
        let device_ns = state.ticks as f64 * self.clock.tick_ns;
        Some(Estimate {
            offset_ns: state.host as f64 - device_ns + state.line.at(x) - state.gap,
            drift_ppm: (1.0 / (1.0 + state.line.slope) - 1.0) * 1e6,
            jitter_ns: self.spread.quantile(0.95),
            uncertainty_ns: self.uncertainty(&state),
            packets: self.hull.count() as u32,
        })
    }

    /// Forgets the fit but not the rate: for a gap that the caller knows of.
    /// The next packet begins a new one.
    pub fn forget(&mut self) {
        self.keep_rate();
        self.hull.clear();
        self.spread.clear();
        self.state = None;
        self.doubt = None;
        self.reordered = 0;
    }

    fn x(&self, ticks: i64, state: &State) -> f64 {
        difference(ticks, state.ticks) * self.clock.tick_ns
    }

    fn point(&self, host_ns: i64, ticks: i64, state: &State) -> Point {
        let x = self.x(ticks, state);
        Point { x, y: difference(host_ns, state.host) - x }
    }

    fn begin(&mut self, host: i64, ticks: i64) {
        let line = Line { height: 0.0, slope: self.belief.slope };
        self.state = Some(State { host, ticks, last_ticks: ticks, last_host: host, line, gap: 0.0 });
        self.hull.push(Point { x: 0.0, y: 0.0 });
    }

    fn restart(&mut self, host_ns: i64, ticks: i64) {
        self.forget();
        self.begin(host_ns, ticks);
    }

    /// What was measured of the rate is the belief of the next fit.
    fn keep_rate(&mut self) {
        if let Some(state) = self.state {
            let sigma = self.slope_uncertainty().max(WANDER).min(self.belief.sigma);
            self.belief = Belief { slope: state.line.slope, sigma };
        }
    }

    fn behind(&mut self, host_ns: i64, ticks: i64, state: &State) -> Seen {
        let back = difference(state.last_ticks, ticks) * self.clock.tick_ns;
        self.reordered += u32::from(back > 0.0);
        if back <= REORDERED && self.reordered < REORDERED_PACKETS {
            return Seen::OutOfOrder;
        }
        self.restart(host_ns, ticks);
        Seen::Restarted(Jump::Back)
    }

    /// Whether a packet `above` ns over the line says that a clock has jumped.
    fn jump(&mut self, host_ns: i64, ticks: i64, above: f64, state: &State) -> Option<Jump> {
        let silence = difference(ticks, state.last_ticks) * self.clock.tick_ns;
        let mature = difference(state.last_host, state.host) >= MATURE;
        let early = if mature { EARLY } else { EARLY_YOUNG } + 3.0 * self.slope_uncertainty() * silence;
        if above < -early {
            return Some(Jump::Early { by_ns: -above });
        }
        if above > self.clock.held_ns {
            return Some(Jump::Late { by_ns: above });
        }
        if !mature || above <= self.clock.late_ns {
            self.doubt = None;
            return None;
        }
        let fresh = Doubt { since: host_ns, packets: 0, level: above, least: above };
        let doubt = self.doubt.get_or_insert(fresh);
        let filling = above > doubt.level + self.clock.late_ns.max(FILLING);
        if filling || above < doubt.level - EMPTYING * self.clock.late_ns {
            *doubt = fresh;
        }
        doubt.packets += 1;
        doubt.least = doubt.least.min(above);
        let (packets, since, least) = (doubt.packets, doubt.since, doubt.least);
        let sure = difference(host_ns, since) >= self.late_for(least) && packets >= LATE_PACKETS;
        sure.then_some(Jump::Late { by_ns: least })
    }

    /// How long packets have to stay `late` before it is a jump, ns.
    fn late_for(&self, late: f64) -> f64 {
        if !self.clock.brief {
            return LATE_FOR;
        }
        let (least, most) = LATE_FOR_BRIEF;
        if late > MANY * self.clock.late_ns {
            return most; // Far more than one packet: rather a queue.
        }
        (LATE_JITTERS * self.spread.quantile(0.95)).clamp(least, most)
    }

    fn doubts(&self, host_ns: i64) -> bool {
        self.doubt.is_some_and(|doubt| {
            doubt.least > EARLY
                || difference(host_ns, doubt.since) >= self.late_for(doubt.least).min(SECOND) / 4.0
        })
    }

    fn follow(&mut self, host_ns: i64, ticks: i64, point: Point, mut state: State) {
        if point.x - self.x(state.last_ticks, &state) > WINDOW {
            self.keep_rate();
        }
        let scale = self.spread.quantile(0.5);
        let mature = difference(state.last_host, state.host) >= MATURE;
        if !mature || point.y - state.line.at(point.x) <= USUAL {
            self.hull.push(point); // One out of a queue says nothing of the lower edge.
        }
        if let Some(line) = line_under(&self.hull, scale, self.belief, &mut self.corners) {
            state.line = line;
        }
        let delay = point.y - state.line.at(point.x);
        if delay <= USUAL {
            self.spread.push(delay);
        }
        state.gap = EDGE_GAP * scale / (self.hull.count() + 2.0);
        (state.last_ticks, state.last_host) = (ticks, host_ns);
        self.state = Some(state);
    }

    /// How far off the slope may be, ns per ns.
    fn slope_uncertainty(&self) -> f64 {
        let edge = 2.0 * self.spread.quantile(0.5) / (self.hull.count() + 1.0);
        let measured = if self.hull.span() > 0.0 { 4.0 * edge / self.hull.span() } else { f64::INFINITY };
        measured.min(self.belief.sigma)
    }

    fn uncertainty(&self, state: &State) -> f64 {
        state.gap + self.slope_uncertainty() * self.hull.span() / 2.0
    }
}

/// `a − b` without overflow.
fn difference(a: i64, b: i64) -> f64 {
    (i128::from(a) - i128::from(b)) as f64
}
