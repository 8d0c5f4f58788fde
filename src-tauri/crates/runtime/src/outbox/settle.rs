//! What becomes of the messages of a delivery that failed.

use super::{Replicator, Round, Undelivered};
use crate::walls::WallError;
use policy::retry::{Enough, Fault, Next, Repeat, Tries};
use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use store::StoreError;
use store::outbox::{After, Message};

/// A delivery that gave no answer of its own. A panic with one message in hand
/// is taken for that message's doing.
pub(super) fn as_refusal(error: &WallError<Undelivered>, messages: usize) -> Undelivered {
    let panicked = matches!(error, WallError::Panicked(_));
    let message = (panicked && messages == 1).then_some(0);
    Undelivered { message, fault: Fault::Unknown, why: error.to_string() }
}

impl Replicator {
    /// A message whose tries were never answered, not even with a failure, took
    /// the console down with it, again and again.
    pub(super) fn park_what_was_tried_too_often(
        &self,
        lot: Vec<Message>,
    ) -> Result<Vec<Message>, StoreError> {
        let tries_max = self.config.retry.tries_max.max(1);
        let (poison, good): (Vec<_>, Vec<_>) = lot.into_iter().partition(|message| message.tries > tries_max);
        for message in &poison {
            self.fail(message, After::Park, "its tries never came to an end")?;
        }
        Ok(good)
    }

    /// Gives messages back that were not tried.
    pub(super) fn give_back(&self, lot: &[Message]) -> Result<(), StoreError> {
        lot.iter().try_for_each(|message| self.fail(message, After::NotTried, ""))
    }

    pub(super) fn settle_failure(&self, lot: &[Message], refusal: &Undelivered) -> Result<Round, StoreError> {
        self.failed.fetch_add(1, Ordering::Relaxed);
        tracing::warn!(why = refusal.why, messages = lot.len(), "a delivery failed");
        match refusal.message.filter(|at| *at < lot.len()) {
            Some(to_blame) => {
                for (at, message) in lot.iter().enumerate() {
                    let after =
                        if at == to_blame { self.after(message, refusal.fault) } else { After::NotTried };
                    self.fail(message, after, if at == to_blame { &refusal.why } else { "" })?;
                }
                Ok(Round::Failed)
            }
            None => self.put_off(lot, &refusal.why),
        }
    }

    /// The destination is to blame: the first message of every key waits for it.
    fn put_off(&self, lot: &[Message], why: &str) -> Result<Round, StoreError> {
        let now_ns = self.clock.now().host_ns;
        let failures = self.walls.iter().map(|wall| wall.view().failures).max().unwrap_or(0);
        let wait_ns = self.config.patience.wait_ns(failures.saturating_sub(1), self.chance());
        let mut keys = BTreeSet::new();
        for message in lot {
            let is_first = keys.insert(&message.key);
            let after =
                if is_first { After::PutOff(now_ns.saturating_add(wait_ns)) } else { After::NotTried };
            self.fail(message, after, if is_first { why } else { "" })?;
        }
        Ok(Round::Failed)
    }

    fn after(&self, message: &Message, fault: Fault) -> After {
        let now_ns = self.clock.now().host_ns;
        let tries = Tries { made: message.tries, first_ns: message.first_try_ns };
        // Whatever is delivered may be delivered twice: see `Destination`.
        match self.config.retry.after(fault, Repeat::Harmless, tries, now_ns, self.chance()) {
            Next::TryAt(at_ns) => After::RetryAt(at_ns),
            Next::GiveUp(Enough::Permanent | Enough::MayBeDone | Enough::Tries | Enough::Deadline) => {
                After::Park
            }
        }
    }

    fn fail(&self, message: &Message, after: After, why: &str) -> Result<(), StoreError> {
        let outcome = self.outbox.lock().fail(message, after, why);
        self.note(outcome)
    }

    /// Evenly from 0 to 1 (SplitMix64): it only keeps workers from trying together.
    fn chance(&self) -> f64 {
        let state = self.chance.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}
