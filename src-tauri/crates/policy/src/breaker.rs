//! A circuit breaker: whether a dependency that fails may be called now.
//!
//! ```text
//! Closed ─5 failures→ Open ─30 s→ HalfOpen ─3 good tries in a row→ Closed
//!                       ↑              │
//!                       └──a bad try───┘
//! ```
//! Failures decay: their count halves every 60 s from the first of them, so
//! that a failure a day never opens it. Figures: platform, circuit breaker;
//! probation after the opening is ours. While on probation one call at a time
//! is let through; one that never answers gives its place up after a while. The
//! outcome of a call from before a change of state says nothing about now, and
//! is ignored.

/// The rule of a breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BreakerRule {
    /// Failures, after decay, at which it opens; at least 1.
    pub failures_max: u32,
    /// How long it stays open, nanoseconds.
    pub open_ns: i64,
    /// In which time the count of failures halves, nanoseconds; 0 = never.
    pub halving_ns: i64,
    /// Good calls in a row that end probation; at least 1.
    pub probation: u32,
}

impl Default for BreakerRule {
    fn default() -> Self {
        Self { failures_max: 5, open_ns: 30_000_000_000, halving_ns: 60_000_000_000, probation: 3 }
    }
}

/// The way of a breaker: `Closed => Open => HalfOpen => (Closed | Open)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreakerState {
    /// Calls pass.
    Closed,
    /// Calls are refused until this host time.
    Open {
        /// When the first call is let through again.
        until_ns: i64,
    },
    /// On probation: one call at a time passes.
    HalfOpen {
        /// Good calls so far.
        good: u32,
        /// When the call that is under way was let through, if there is one.
        trial_ns: Option<i64>,
    },
}

impl BreakerState {
    /// The state's name on screen.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open { .. } => "open",
            Self::HalfOpen { .. } => "half_open",
        }
    }
}

/// The right to make one call; give it back with the call's outcome.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "a call that was let through must report its outcome"]
pub struct Pass {
    epoch: u64,
}

/// The breaker lets no call through before `retry_after_ns` from now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Nanoseconds until it is worth asking again.
    pub retry_after_ns: i64,
}

/// A circuit breaker.
#[derive(Clone, Debug)]
pub struct Breaker {
    rule: BreakerRule,
    state: BreakerState,
    failures: u32,
    decayed_ns: i64,
    epoch: u64,
    openings: u64,
}

impl Breaker {
    /// A closed breaker without failures.
    #[must_use]
    pub const fn new(rule: BreakerRule) -> Self {
        Self { rule, state: BreakerState::Closed, failures: 0, decayed_ns: 0, epoch: 0, openings: 0 }
    }

    /// Its state as of the last call; time alone shows in [`Breaker::ask`].
    #[must_use]
    pub const fn state(&self) -> BreakerState {
        self.state
    }

    /// Failures that count at `now_ns`.
    #[must_use]
    pub fn failures(&self, now_ns: i64) -> u32 {
        self.failures.checked_shr(self.halvings(now_ns)).unwrap_or(0)
    }

    /// How often it has opened.
    #[must_use]
    pub const fn openings(&self) -> u64 {
        self.openings
    }

    /// Asks to make a call.
    ///
    /// # Errors
    /// [`Refused`]: not now.
    pub fn ask(&mut self, now_ns: i64) -> Result<Pass, Refused> {
        self.decay(now_ns);
        match self.state {
            BreakerState::Closed => {}
            BreakerState::Open { until_ns } if now_ns < until_ns => {
                return Err(Refused { retry_after_ns: until_ns.saturating_sub(now_ns) });
            }
            BreakerState::HalfOpen { trial_ns: Some(since_ns), .. }
                if now_ns.saturating_sub(since_ns) < self.rule.open_ns =>
            {
                let left_ns = self.rule.open_ns - now_ns.saturating_sub(since_ns);
                return Err(Refused { retry_after_ns: left_ns.min(self.rule.open_ns) });
            }
            BreakerState::Open { .. } => self.begin_trial(0, now_ns),
            BreakerState::HalfOpen { good, .. } => self.begin_trial(good, now_ns),
        }
        Ok(Pass { epoch: self.epoch })
    }

    /// A call that was let through went well.
    pub fn on_success(&mut self, pass: Pass) {
        let BreakerState::HalfOpen { good, .. } = self.state else { return };
        if pass.epoch != self.epoch {
            return;
        }
        let good = good + 1;
        if good >= self.rule.probation.max(1) {
            self.enter(BreakerState::Closed);
            self.failures = 0;
        } else {
            self.enter(BreakerState::HalfOpen { good, trial_ns: None });
        }
    }

    /// A call that was let through failed at `now_ns`.
    pub fn on_failure(&mut self, pass: Pass, now_ns: i64) {
        if pass.epoch != self.epoch {
            return;
        }
        self.decay(now_ns);
        if self.failures == 0 {
            self.decayed_ns = now_ns;
        }
        self.failures = self.failures.saturating_add(1);
        let on_probation = matches!(self.state, BreakerState::HalfOpen { .. });
        if on_probation || self.failures >= self.rule.failures_max.max(1) {
            self.openings += 1;
            self.enter(BreakerState::Open { until_ns: now_ns.saturating_add(self.rule.open_ns) });
        }
    }

    /// A call that was let through was not made after all: it says nothing.
    pub fn on_not_called(&mut self, pass: Pass) {
        if let BreakerState::HalfOpen { good, .. } = self.state
            && pass.epoch == self.epoch
        {
            self.enter(BreakerState::HalfOpen { good, trial_ns: None });
        }
    }

    fn begin_trial(&mut self, good: u32, now_ns: i64) {
        self.enter(BreakerState::HalfOpen { good, trial_ns: Some(now_ns) });
    }

    /// Every change makes the passes given out before it worthless.
    fn enter(&mut self, state: BreakerState) {
        self.state = state;
        self.epoch += 1;
    }

    fn halvings(&self, now_ns: i64) -> u32 {
        if self.rule.halving_ns <= 0 {
            return 0;
        }
        let elapsed_ns = now_ns.saturating_sub(self.decayed_ns).max(0);
        u32::try_from(elapsed_ns / self.rule.halving_ns).unwrap_or(u32::MAX)
    }

    fn decay(&mut self, now_ns: i64) {
        let halvings = self.halvings(now_ns);
        self.failures = self.failures.checked_shr(halvings).unwrap_or(0);
        self.decayed_ns =
            self.decayed_ns.saturating_add(i64::from(halvings).saturating_mul(self.rule.halving_ns));
    }
}

#[cfg(test)]
mod tests;
