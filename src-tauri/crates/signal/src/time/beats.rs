//! Heart beats on the time axis, from the intervals (RR) that a strap sends.
//!
//! A packet bears the intervals that ended since the last packet, and no time. Its
//! last beat was before it was sent, at most about a packet's distance before. So
//! beats are chained: each is one interval after the one before, which is exact to
//! the strap's 1/1024 s. Where the chain hangs is known from one side only: no beat
//! is after its packet. The chain hangs as late as that allows.

#[cfg(test)]
mod tests;

/// A chain may run ahead of a packet by so much before it is moved: jitter of the
/// time of packets, ns.
const AHEAD: i64 = 20_000_000;
/// A chain that stays behind every one of `PACKETS` packets by more has lost a beat, ns.
const BEHIND: i64 = 300_000_000;
/// Packets among which one comes right after its last beat.
const PACKETS: u32 = 8;
/// A chain so far behind one packet is broken, ns: straps send about every second.
const BROKEN: i64 = 3_000_000_000;

/// Where the beats of a packet were put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placed {
    /// The first beats: the last of them ends at its packet.
    Anchored,
    /// One interval after the other from the last packet's beats on.
    Chained,
    /// The chain ran ahead of the packet, which cannot be, by so many ns: it was hung
    /// too late. The interval across the two packets is not a distance of placed beats.
    Moved {
        /// Nanoseconds that the chain was moved back.
        by_ns: i64,
    },
    /// Beats are missing in front of these: the chain stayed behind by so many ns.
    Broken {
        /// Nanoseconds from the chain's end to where the packet puts it.
        by_ns: i64,
    },
    /// The packet has no interval.
    Nothing,
    /// An interval of 0 is none: no beat was placed and the chain ends.
    Unusable,
}

/// The beats of one strap.
#[derive(Clone, Debug)]
pub struct Beats {
    transport_ns: i64,
    chain: Option<Chain>,
    newest: i64,
}

#[derive(Clone, Copy, Debug)]
struct Chain {
    anchor: i64,
    /// Intervals since the anchor, 1/1024 s.
    ticks: i64,
    /// The least that packets came after the chain's end, ns, and of how many.
    least: i64,
    packets: u32,
}

impl Beats {
    /// `transport_ns`: from a beat's end to its packet's corrected time at least.
    #[must_use]
    pub fn new(transport_ns: i64) -> Self {
        Self { transport_ns, chain: None, newest: i64::MIN }
    }

    /// Places the beats of a packet of corrected time `at_ns`, whose intervals are
    /// `rr` (1/1024 s, oldest first); writes the host time of each beat's end to
    /// `out`, ascending.
    pub fn packet(&mut self, at_ns: i64, rr: &[u16], out: &mut Vec<i64>) -> Placed {
        out.clear();
        if rr.is_empty() {
            return Placed::Nothing;
        }
        if rr.contains(&0) {
            self.chain = None;
            return Placed::Unusable;
        }
        let latest = at_ns.saturating_sub(self.transport_ns);
        let (start, placed) = self.hang(latest, rr.iter().map(|ticks| i64::from(*ticks)).sum());
        let mut chain = start;
        for ticks in rr {
            chain.ticks = chain.ticks.saturating_add(i64::from(*ticks));
            self.newest = chain.end().max(self.newest.saturating_add(1));
            out.push(self.newest);
        }
        self.chain = Some(chain);
        placed
    }

    /// The stream was interrupted: the next packet anchors anew.
    pub fn interrupt(&mut self) {
        self.chain = None;
    }

    /// The chain in front of a packet with `ticks` of intervals that end by `latest`.
    fn hang(&self, latest: i64, ticks: i64) -> (Chain, Placed) {
        let anchor = latest.saturating_sub(nanos(ticks));
        let anew = Chain { anchor, ticks: 0, least: 0, packets: 0 };
        let Some(mut chain) = self.chain else { return (anew, Placed::Anchored) };
        let behind = latest.saturating_sub(chain.end()).saturating_sub(nanos(ticks));
        if behind < -AHEAD {
            return (anew, Placed::Moved { by_ns: behind.saturating_neg() });
        }
        chain.least = if chain.packets == 0 { behind } else { chain.least.min(behind) };
        chain.packets += 1;
        let lost = chain.packets >= PACKETS && chain.least > BEHIND;
        if behind > BROKEN || lost {
            return (anew, Placed::Broken { by_ns: behind });
        }
        if chain.packets >= PACKETS {
            chain.packets = 0;
        }
        (chain, Placed::Chained)
    }
}

impl Chain {
    fn end(&self) -> i64 {
        self.anchor.saturating_add(nanos(self.ticks))
    }
}

/// 1/1024 s in ns; the half nanosecond is cut.
fn nanos(ticks: i64) -> i64 {
    (i128::from(ticks) * 1_953_125 / 2).clamp(i64::MIN.into(), i64::MAX.into()) as i64
}
