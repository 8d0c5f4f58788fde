//! What is to be seen of the history.

use super::HistoryService;
use super::place::Seen;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use store::StoreError;
use store::history::HistoryCounts;

/// The history as the operator sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryView {
    /// The file in use.
    pub path: PathBuf,
    /// What it holds.
    pub counts: HistoryCounts,
    /// It may grow to so many bytes of data …
    pub bytes_max: u64,
    /// … and hold what is at most so old, nanoseconds.
    pub age_max_ns: i64,
    /// Samples of this run that are safe in the outbox or behind it.
    pub kept: u64,
    /// Samples of this run that gave way in front of it or were refused by the outbox.
    pub dropped: u64,
    /// Files that could not be used and were left as they are.
    pub passed_over: Vec<String>,
    /// What is wrong: what, and what to do.
    pub problem: Option<(String, String)>,
}

impl HistoryService {
    /// The history as the operator sees it.
    #[must_use]
    pub fn view(&self) -> HistoryView {
        let Seen { path, counts, passed_over } = self.place.look();
        let problem = counts.as_ref().err().map(|error| (error.words(), error.remedy().to_owned()));
        let refused = self.counts.refused.load(Ordering::Relaxed);
        HistoryView {
            path,
            counts: counts.unwrap_or_default(),
            bytes_max: self.config.keep.bytes_max,
            age_max_ns: self.config.keep.age_max_ns,
            kept: self.counts.kept.load(Ordering::Relaxed),
            dropped: self.queue.view().dropped_samples + refused,
            passed_over: passed_over.iter().map(StoreError::words).collect(),
            problem,
        }
    }
}
