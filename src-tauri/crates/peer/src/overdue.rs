//! Calls whose caller was told that they take too long, while their work goes on.
//! The work can't be killed; it keeps its place, and is counted here as long as it lasts.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// How many such calls there were, and how many still go on.
#[derive(Debug, Default)]
pub struct Overdue {
    ever: AtomicU64,
    now: AtomicU64,
}

impl Overdue {
    /// Since the start, and at the moment.
    pub fn view(&self) -> (u64, u64) {
        (self.ever.load(Ordering::Relaxed), self.now.load(Ordering::Relaxed))
    }
}

/// One call's work; dropped when it ends, also by a panic.
pub struct Work {
    overdue: Arc<Overdue>,
    /// The first of the two who comes, the deadline or the end, sets it.
    met: Arc<AtomicBool>,
}

impl Work {
    /// Work that has just begun, and who speaks for its deadline.
    pub fn begin(overdue: &Arc<Overdue>) -> (Self, Deadline) {
        let met = Arc::new(AtomicBool::new(false));
        (
            Self { overdue: Arc::clone(overdue), met: Arc::clone(&met) },
            Deadline { overdue: Arc::clone(overdue), met },
        )
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        if self.met.swap(true, Ordering::AcqRel) {
            self.overdue.now.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

/// Speaks for the deadline of one call.
pub struct Deadline {
    overdue: Arc<Overdue>,
    met: Arc<AtomicBool>,
}

impl Deadline {
    /// The deadline has passed without an answer.
    pub fn pass(self) {
        self.overdue.ever.fetch_add(1, Ordering::Relaxed);
        // Counted before it is told, so that the end never takes away what is not there yet.
        self.overdue.now.fetch_add(1, Ordering::Relaxed);
        if self.met.swap(true, Ordering::AcqRel) {
            self.overdue.now.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_overdue_from_its_deadline_to_its_end() {
        let overdue = Arc::default();
        let (work, deadline) = Work::begin(&overdue);
        deadline.pass();
        assert_eq!(overdue.view(), (1, 1));
        drop(work);
        assert_eq!(overdue.view(), (1, 0));
    }

    #[test]
    fn work_that_ends_at_the_very_moment_of_its_deadline_does_not_stay() {
        let overdue = Arc::default();
        let (work, deadline) = Work::begin(&overdue);
        drop(work);
        deadline.pass();
        assert_eq!(overdue.view(), (1, 0));
        drop(Work::begin(&overdue));
        assert_eq!(overdue.view(), (1, 0), "work that ended in time");
    }
}
