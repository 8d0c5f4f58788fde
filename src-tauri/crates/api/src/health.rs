//! Whether the console is ready for work: a check for each thing that has to be
//! well, in words, with what to do and since when.
//!
//! Checks are made when somebody asks; "since" is when somebody first saw it so.

mod checks;

use crate::disk::Known;
use crate::{CheckRow, CheckStatus, TreeNode};
use model::{AdapterState, LoadLevel};
use runtime::{RecorderView, RegistryView};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Whether the console is ready, and its checks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Readiness {
    /// No check has failed. Warnings don't count.
    pub ready: bool,
    /// The checks.
    pub checks: Vec<CheckRow>,
}

impl Readiness {
    /// The verdict of the checks.
    #[must_use]
    pub fn of(checks: Vec<CheckRow>) -> Self {
        Self { ready: checks.iter().all(|check| check.status != CheckStatus::Failed), checks }
    }
}

/// What the checks look at.
pub struct Facts<'a> {
    /// What the recorder is doing.
    pub recorder: RecorderView,
    /// The disk of the recording folder.
    pub disk: Known,
    /// The Bluetooth adapter; none where Bluetooth is left alone.
    pub adapter: Option<AdapterState>,
    /// The load in force.
    pub load: LoadLevel,
    /// Whether memory is being protected.
    pub memory_protected: bool,
    /// The registries.
    pub registries: Vec<RegistryView>,
    /// The supervision tree.
    pub tree: &'a TreeNode,
    /// Its root has given up.
    pub is_failed: bool,
    /// The sensors from which nothing comes although it should.
    pub silent: Vec<String>,
}

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    status: CheckStatus,
    words: String,
    remedy: String,
}

impl Finding {
    fn good(words: impl Into<String>) -> Self {
        Self { status: CheckStatus::Good, words: words.into(), remedy: String::new() }
    }

    fn warning(words: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { status: CheckStatus::Warning, words: words.into(), remedy: remedy.into() }
    }

    fn failed(words: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { status: CheckStatus::Failed, words: words.into(), remedy: remedy.into() }
    }
}

/// Remembers since when each check has stood as it stands.
pub struct Health {
    started_ns: i64,
    standing: Mutex<BTreeMap<&'static str, (CheckStatus, i64)>>,
}

impl Health {
    /// Nothing seen yet.
    #[must_use]
    pub fn new(started_ns: i64) -> Self {
        Self { started_ns, standing: Mutex::default() }
    }

    /// Every check, at `now_ns`.
    pub fn checks(&self, facts: &Facts<'_>, now_ns: i64) -> Vec<CheckRow> {
        let row = |(name, finding): (&'static str, Finding)| CheckRow {
            name: name.to_owned(),
            since_secs: self.since_secs(name, finding.status, now_ns),
            status: finding.status,
            words: finding.words,
            remedy: finding.remedy,
        };
        checks::all(facts).into_iter().map(row).collect()
    }

    /// What is well at the first look has been so since the start.
    fn since_secs(&self, name: &'static str, status: CheckStatus, now_ns: i64) -> f64 {
        let mut standing = self.standing.lock().unwrap_or_else(PoisonError::into_inner);
        let first_ns = if status == CheckStatus::Good { self.started_ns } else { now_ns };
        let entry = standing.entry(name).or_insert((status, first_ns));
        if entry.0 != status {
            *entry = (status, now_ns);
        }
        now_ns.saturating_sub(entry.1).max(0) as f64 / 1e9
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND_NS: i64 = 1_000_000_000;

    #[test]
    fn a_check_remembers_since_when_it_has_stood_so() {
        let health = Health::new(0);
        let since = |status, at_secs: i64| health.since_secs("disk", status, at_secs * SECOND_NS);
        assert_eq!(since(CheckStatus::Good, 10), 10.0);
        assert_eq!(since(CheckStatus::Failed, 20), 0.0);
        assert_eq!(since(CheckStatus::Failed, 25), 5.0);
        assert_eq!(since(CheckStatus::Good, 30), 0.0);
        assert_eq!(Health::new(0).since_secs("load", CheckStatus::Failed, 7 * SECOND_NS), 0.0);
    }

    #[test]
    fn a_warning_does_not_make_the_console_unready_and_a_failure_does() {
        let row = |status| CheckRow {
            name: "disk".into(),
            status,
            words: String::new(),
            remedy: String::new(),
            since_secs: 0.0,
        };
        assert!(Readiness::of(vec![row(CheckStatus::Good), row(CheckStatus::Warning)]).ready);
        assert!(!Readiness::of(vec![row(CheckStatus::Good), row(CheckStatus::Failed)]).ready);
    }
}
