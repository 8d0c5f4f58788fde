//! Who may try again, when, and when it is enough.
//!
//! Three things end the tries: a failure that another try can't mend, the
//! number of tries, and the total time since the first one. What may have
//! happened already is tried again only where doing it twice does no harm.

use crate::backoff::Backoff;

/// How a call failed, as far as trying again is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It was not done: refused for now, not reached, full.
    NotDone,
    /// It may or may not have been done: no answer before its deadline.
    Unknown,
    /// It can't be done, however often it is tried.
    Permanent,
}

/// Whether doing it twice does harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// Twice is as good as once (idempotent).
    Harmless,
    /// It must not be done twice.
    Harmful,
}

/// Why it is not tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enough {
    /// Another try can't mend it.
    Permanent,
    /// It may have been done, and must not be done twice.
    MayBeDone,
    /// It was tried as often as allowed.
    Tries,
    /// The next try would begin after the total deadline.
    Deadline,
}

/// What comes after a failed try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Another try, at this host time.
    TryAt(i64),
    /// None.
    GiveUp(Enough),
}

/// The tries that have been made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tries {
    /// How many, the last one included.
    pub made: u32,
    /// Host time of the first one.
    pub first_ns: i64,
}

/// The rule by which tries are repeated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RetryRule {
    /// How waits grow between tries.
    pub backoff: Backoff,
    /// Tries at most, the first one included; at least 1 is made.
    pub tries_max: u32,
    /// From the first try to the beginning of the last one at most, nanoseconds.
    pub total_ns: i64,
}

impl RetryRule {
    /// What comes after a try that failed at `now_ns`. `chance` is drawn evenly
    /// from 0 to 1.
    #[must_use]
    pub fn after(&self, fault: Fault, repeat: Repeat, tries: Tries, now_ns: i64, chance: f64) -> Next {
        match (fault, repeat) {
            (Fault::Permanent, _) => return Next::GiveUp(Enough::Permanent),
            (Fault::Unknown, Repeat::Harmful) => return Next::GiveUp(Enough::MayBeDone),
            _ => {}
        }
        if tries.made >= self.tries_max {
            return Next::GiveUp(Enough::Tries);
        }
        let at_ns = now_ns.saturating_add(self.backoff.wait_ns(tries.made.saturating_sub(1), chance));
        if at_ns.saturating_sub(tries.first_ns) > self.total_ns {
            return Next::GiveUp(Enough::Deadline);
        }
        Next::TryAt(at_ns)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SEC: i64 = 1_000_000_000;
    const RULE: RetryRule = RetryRule {
        backoff: Backoff { first_ns: SEC, cap_ns: 8 * SEC, jitter: 0.5 },
        tries_max: 5,
        total_ns: 60 * SEC,
    };

    fn after(fault: Fault, repeat: Repeat, made: u32, now_ns: i64) -> Next {
        RULE.after(fault, repeat, Tries { made, first_ns: 0 }, now_ns, 0.0)
    }

    #[test]
    fn waits_double_until_the_tries_are_used_up() {
        let next = |made| after(Fault::NotDone, Repeat::Harmful, made, 0);
        assert_eq!([1, 2, 3, 4].map(next), [1, 2, 4, 8].map(|s| Next::TryAt(s * SEC)));
        assert_eq!(next(5), Next::GiveUp(Enough::Tries));
    }

    #[test]
    fn what_may_have_been_done_is_repeated_only_where_that_is_harmless() {
        assert_eq!(after(Fault::Unknown, Repeat::Harmful, 1, 0), Next::GiveUp(Enough::MayBeDone));
        assert_eq!(after(Fault::Unknown, Repeat::Harmless, 1, 0), Next::TryAt(SEC));
    }

    #[test]
    fn what_can_not_be_done_is_not_tried_again() {
        for repeat in [Repeat::Harmful, Repeat::Harmless] {
            assert_eq!(after(Fault::Permanent, repeat, 1, 0), Next::GiveUp(Enough::Permanent));
        }
    }

    #[test]
    fn no_try_begins_after_the_total_deadline() {
        assert_eq!(after(Fault::NotDone, Repeat::Harmless, 1, 59 * SEC), Next::TryAt(60 * SEC));
        assert_eq!(after(Fault::NotDone, Repeat::Harmless, 1, 60 * SEC), Next::GiveUp(Enough::Deadline));
    }

    proptest! {
        /// Whatever fails whenever: the tries end, within their number and time.
        #[test]
        fn the_tries_end(chances in prop::collection::vec(0.0..=1.0_f64, 0..40), took in 0..20 * SEC) {
            let (mut now_ns, mut made) = (0_i64, 1);
            for chance in chances {
                now_ns += took;
                match RULE.after(Fault::NotDone, Repeat::Harmless, Tries { made, first_ns: 0 }, now_ns, chance) {
                    Next::TryAt(at_ns) => {
                        prop_assert!(at_ns >= now_ns && at_ns <= RULE.total_ns);
                        now_ns = at_ns;
                        made += 1;
                    }
                    Next::GiveUp(_) => break,
                }
            }
            prop_assert!(made <= RULE.tries_max);
        }
    }
}
