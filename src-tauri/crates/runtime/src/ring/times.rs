//! The host times of a ring's samples, as runs of evenly spaced ones: a first
//! time and a step stand for as many samples as go on like that.
//!
//! A run that has one sample takes any next one in, so that no run but the
//! newest is shorter than two: samples without any order cost 12 bytes each,
//! as if their times were listed, and regular ones next to nothing.
//!
//! One writer, readers that never stop it, under the seqlock of the values (see
//! [`super::buffer`]): a run gives way only together with its last sample.

use crate::sync::{AtomicI64, AtomicU64, Ordering};

/// What a table begins with, runs.
pub const RUNS_FIRST: usize = 2;

/// The runs of a ring, numbered on and on; the newest ones are in the table.
#[derive(Debug)]
pub struct Times {
    published: AtomicU64,
    runs: Box<[Run]>,
}

#[derive(Debug)]
struct Run {
    /// The number of its first sample.
    number: AtomicU64,
    first_ns: AtomicI64,
    step_ns: AtomicI64,
}

/// The writer's memory of the newest run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LastRun {
    /// Runs so far, this one included.
    pub runs: u64,
    number: u64,
    samples: u64,
    first_ns: i64,
    step_ns: i64,
}

/// Evenly spaced samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Even {
    /// The number of the first one.
    pub number: u64,
    /// How many, at least 1.
    pub samples: u64,
    /// Host time of the first one.
    pub first_ns: i64,
    /// From each to the next.
    pub step_ns: i64,
}

impl Even {
    /// One sample.
    #[must_use]
    pub const fn single(number: u64, at_ns: i64) -> Self {
        Self { number, samples: 1, first_ns: at_ns, step_ns: 0 }
    }

    /// The host time of each.
    #[inline]
    pub fn times_ns(&self) -> impl Iterator<Item = i64> + use<> {
        let Self { samples, first_ns, step_ns, .. } = *self;
        let mut next_ns = first_ns;
        // One addition each: multiplying 64 bits is what most processors do slowly.
        (0..samples).map(move |_| {
            let at_ns = next_ns;
            next_ns = next_ns.wrapping_add(step_ns);
            at_ns
        })
    }

    /// Without the first `n` samples, where more than that are there.
    #[must_use]
    pub fn without_first(self, n: u64) -> Self {
        let first_ns = self.first_ns.wrapping_add(self.step_ns.wrapping_mul(n.cast_signed()));
        Self { number: self.number + n, samples: self.samples - n, first_ns, ..self }
    }
}

impl LastRun {
    /// Takes in as many of the samples as go on like this run; gives how many.
    #[inline]
    pub fn take_in(&mut self, even: &Even) -> u64 {
        if self.samples == 0 || self.number + self.samples != even.number {
            return 0;
        }
        if self.samples == 1 {
            self.step_ns = even.first_ns.wrapping_sub(self.first_ns);
        } else if even.first_ns != self.time_of(self.samples) {
            return 0;
        }
        let taken = if even.step_ns == self.step_ns { even.samples } else { 1 };
        self.samples += taken;
        taken
    }

    fn time_of(&self, at: u64) -> i64 {
        self.first_ns.wrapping_add(self.step_ns.wrapping_mul(at.cast_signed()))
    }

    /// Begins a run with these samples.
    pub fn begin(&mut self, even: &Even) {
        let Even { number, samples, first_ns, step_ns } = *even;
        *self = Self { runs: self.runs + 1, number, samples, first_ns, step_ns };
    }

    /// Goes on with the samples, in this run or in a new one.
    pub fn go_on(&mut self, even: &Even) {
        let taken = self.take_in(even);
        if taken < even.samples {
            self.begin(&even.without_first(taken));
        }
    }
}

impl Times {
    /// An empty table with places for `runs`, at least 1.
    #[must_use]
    pub fn new(runs: usize) -> Self {
        let run =
            || Run { number: AtomicU64::new(0), first_ns: AtomicI64::new(0), step_ns: AtomicI64::new(0) };
        Self { published: AtomicU64::new(0), runs: (0..runs.max(1)).map(|_| run()).collect() }
    }

    /// What it takes in memory besides itself, bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        size_of_val(&*self.runs)
    }

    // ---- the writer, of whom there is one ----

    /// Whether runs up to number `runs` have a place, as long as no sample in
    /// front of number `oldest` has to be found any more.
    #[must_use]
    pub fn has_room(&self, last: &LastRun, runs: u64, oldest: u64) -> bool {
        // The first run that keeps its place must reach back to the oldest sample.
        let Some(kept) = runs.checked_sub(self.runs.len() as u64).filter(|kept| *kept > 0) else {
            return true;
        };
        kept < last.runs && self.run(kept).number.load(Ordering::Relaxed) <= oldest
    }

    /// Puts samples in behind those of `last`.
    #[inline]
    pub fn put(&self, last: &mut LastRun, even: &Even) {
        let was_single = last.samples == 1;
        let taken = last.take_in(even);
        if was_single && taken > 0 {
            self.run(last.runs - 1).step_ns.store(last.step_ns, Ordering::Relaxed);
        }
        if taken < even.samples {
            last.begin(&even.without_first(taken));
            let run = self.run(last.runs - 1);
            run.number.store(last.number, Ordering::Relaxed);
            run.first_ns.store(last.first_ns, Ordering::Relaxed);
            run.step_ns.store(last.step_ns, Ordering::Relaxed);
        }
    }

    /// Ends: runs up to number `runs` can be read.
    #[inline]
    pub fn publish(&self, runs: u64) {
        // Mostly no run is new, and nobody's copy of this cache line has to be taken away.
        if self.published.load(Ordering::Relaxed) != runs {
            self.published.store(runs, Ordering::Release);
        }
    }

    fn run(&self, number: u64) -> &Run {
        &self.runs[(number % self.runs.len() as u64) as usize]
    }

    // ---- readers ----

    /// Tells the runs of the samples `first..end`, all of which were published
    /// before, the newest first. Gives from which sample on there were any.
    ///
    /// From the newest run back to the one that holds the first sample. A run that is
    /// overwritten meanwhile is one whose samples are claimed, too; it can only tell
    /// wrong times of those, and the caller discards them: what it tells of
    /// samples that newer runs hold is not listened to.
    #[inline]
    pub fn each_run(&self, first: u64, end: u64, mut tell: impl FnMut(&Even)) -> u64 {
        let runs = self.published.load(Ordering::Acquire);
        let oldest = runs.saturating_sub(self.runs.len() as u64);
        let mut right_from = end;
        for run in (oldest..runs).rev().map(|run| self.run(run)) {
            let from = run.number.load(Ordering::Relaxed).clamp(first, end.max(first));
            if from < right_from {
                tell(&run.part(from, right_from - from));
                right_from = from;
            }
            if right_from <= first {
                break;
            }
        }
        right_from
    }

    /// Appends the times of the samples `first..end`; what it gives is as of [`Times::each_run`].
    pub fn copy(&self, first: u64, end: u64, times_ns: &mut Vec<i64>) -> u64 {
        let begin = times_ns.len();
        times_ns.resize(begin + end.saturating_sub(first) as usize, 0);
        let places = &mut times_ns[begin..];
        self.each_run(first, end, |even| {
            let at = (even.number - first) as usize;
            places[at..at + even.samples as usize]
                .iter_mut()
                .zip(even.times_ns())
                .for_each(|(place, at_ns)| *place = at_ns);
        })
    }
}

impl Run {
    /// Its samples from number `from` on.
    #[inline]
    fn part(&self, from: u64, samples: u64) -> Even {
        let (first_ns, step_ns) =
            (self.first_ns.load(Ordering::Relaxed), self.step_ns.load(Ordering::Relaxed));
        let before = from.wrapping_sub(self.number.load(Ordering::Relaxed)).cast_signed();
        Even { number: from, samples, first_ns: first_ns.wrapping_add(step_ns.wrapping_mul(before)), step_ns }
    }
}
