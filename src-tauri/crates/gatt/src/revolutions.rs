//! A rate from a counter of revolutions and the time of its last event.
//!
//! Wheels and cranks report how often they have turned so far and when they last
//! did, in ticks of 1/1024 or 1/2048 s. Both numbers wrap. A packet with the
//! event time of the one before tells of no new turn: the rate is held, and
//! falls to 0 when nothing has turned for 3 s.

/// How long a rate is held without a new turn, in ns of host time.
pub const HOLD_NS: i64 = 3_000_000_000;

const NS_PER_SEC: i64 = 1_000_000_000;

/// Where a counter of revolutions wraps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// After 65 535, as cranks do.
    Bits16,
    /// After 4 294 967 295, as wheels do.
    Bits32,
}

/// What a packet says of a wheel or a crank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turns {
    /// Revolutions so far; wraps.
    pub revolutions: u32,
    /// When the last one ended, in ticks of the service's clock; wraps at 65 536.
    pub event_ticks: u16,
}

/// Makes a rate of the turns of one wheel or crank.
#[derive(Clone, Copy, Debug)]
pub struct Meter {
    width: Width,
    ticks_per_sec: u16,
    /// The newest turns, and the host time at which a packet first told of them.
    last: Option<(Turns, i64)>,
    per_sec: Option<f64>,
}

impl Meter {
    /// A crank, or a wheel of the Cycling Speed and Cadence service: 1/1024 s.
    #[must_use]
    pub const fn per_1024(width: Width) -> Self {
        Self { width, ticks_per_sec: 1024, last: None, per_sec: None }
    }

    /// A wheel of the Cycling Power service: 1/2048 s, 32 bits.
    #[must_use]
    pub const fn power_wheel() -> Self {
        Self { width: Width::Bits32, ticks_per_sec: 2048, last: None, per_sec: None }
    }

    /// Takes the turns of a packet that arrived at `host_ns`; revolutions per second, none
    /// until there are two events to compare.
    pub fn take(&mut self, turns: Turns, host_ns: i64) -> Option<f64> {
        match self.last {
            Some((last, _)) if last == turns => {}
            Some((last, since_ns)) if self.is_one_ride(last, turns, host_ns.saturating_sub(since_ns)) => {
                let ticks = turns.event_ticks.wrapping_sub(last.event_ticks);
                let turned = f64::from(self.turned(last, turns));
                self.per_sec = Some(turned * f64::from(self.ticks_per_sec) / f64::from(ticks));
                self.last = Some((turns, host_ns));
            }
            _ => (self.last, self.per_sec) = (Some((turns, host_ns)), None),
        }
        self.per_sec_at(host_ns)
    }

    /// Revolutions per second at `host_ns`: 0 where nothing has turned for [`HOLD_NS`].
    #[must_use]
    pub fn per_sec_at(&self, host_ns: i64) -> Option<f64> {
        let (_, since_ns) = self.last?;
        let held = host_ns.saturating_sub(since_ns) < HOLD_NS;
        self.per_sec.map(|per_sec| if held { per_sec } else { 0.0 })
    }

    /// Whether the two may be compared: not after the clock may have wrapped unseen, and not
    /// where the counter ran backwards or jumped with the clock standing, as after a restart.
    fn is_one_ride(&self, last: Turns, turns: Turns, elapsed_ns: i64) -> bool {
        let wrap_ns = (i64::from(u16::MAX) + 1) * NS_PER_SEC / i64::from(self.ticks_per_sec);
        let half = match self.width {
            Width::Bits16 => 1 << 15,
            Width::Bits32 => 1 << 31,
        };
        let moved = last.event_ticks != turns.event_ticks;
        moved && elapsed_ns < wrap_ns && self.turned(last, turns) < half
    }

    fn turned(&self, last: Turns, turns: Turns) -> u32 {
        let turned = turns.revolutions.wrapping_sub(last.revolutions);
        match self.width {
            Width::Bits16 => turned & 0xffff,
            Width::Bits32 => turned,
        }
    }
}

#[cfg(test)]
mod tests;
