//! What the tree tells the operator, in words; a storm in one line.

use connect::{Notice, NoticeLevel};
use parking_lot::Mutex;
use policy::restart::{Decision, Intensity, RestartLog};

/// Reports of each kind that are told one by one: 10 in 5 s.
const ONE_BY_ONE: Intensity = Intensity { restarts_max: 10, window_ns: 5_000_000_000 };

/// Something that went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Report {
    /// A child failed; it was restarted, or will be with its supervisor.
    Restarted {
        /// The child.
        name: String,
        /// Why it failed.
        words: String,
    },
    /// A child failed too often, or for good. The rest goes on.
    GivenUp {
        /// The child.
        name: String,
        /// Why it failed last.
        words: String,
    },
    /// A supervisor's children failed too often; it is restarted with all of them.
    Escalated {
        /// The supervisor.
        name: String,
        /// What happened there last.
        words: String,
    },
    /// A child missed its deadline and was left behind.
    Abandoned {
        /// The child.
        name: String,
    },
    /// The root has given up: nothing runs any more.
    Failed {
        /// What failed last, and why.
        words: String,
    },
}

impl Report {
    /// The report for the notice board.
    #[must_use]
    pub fn notice(&self) -> Notice {
        let (level, text, remedy) = match self {
            Self::Restarted { name, words } => {
                (NoticeLevel::Warning, format!("“{name}” failed and was restarted: {words}"), "")
            }
            Self::GivenUp { name, words } => {
                (NoticeLevel::Error, format!("“{name}” failed and was given up: {words}"), "")
            }
            Self::Escalated { name, words } => {
                let text = format!("The part “{name}” of the console is restarted as a whole: {words}");
                (NoticeLevel::Error, text, "")
            }
            Self::Abandoned { name } => {
                let text = format!("“{name}” did not stop in time and was left behind.");
                (NoticeLevel::Error, text, "If this goes on, restart the console.")
            }
            Self::Failed { words } => {
                let text =
                    format!("The console has stopped working: its parts failed again and again. {words}");
                (NoticeLevel::Error, text, FAILED_REMEDY)
            }
        };
        Notice { level, text, remedy: remedy.to_owned() }
    }

    fn kind(&self) -> usize {
        match self {
            Self::Restarted { .. } => 0,
            Self::GivenUp { .. } => 1,
            Self::Abandoned { .. } => 2,
            Self::Escalated { .. } | Self::Failed { .. } => 3,
        }
    }
}

const FAILED_REMEDY: &str =
    "Nothing is measured and nothing is recorded any more; what was recorded is safe. Restart the console.";

/// What is said in place of each of a storm's reports, by kind.
const STORMS: [&str; 3] = [
    "Many parts of the console fail at once and are restarted.",
    "Many parts of the console fail at once and are given up.",
    "Many parts of the console do not stop in time.",
];

/// Lets the first reports of each kind pass and sums up the others.
pub struct Telling([Mutex<RestartLog>; 3]);

impl Default for Telling {
    fn default() -> Self {
        Self(std::array::from_fn(|_| Mutex::new(RestartLog::new(ONE_BY_ONE))))
    }
}

impl Telling {
    /// The notice to be posted for `report` at `now_ns`.
    pub fn notice(&self, report: &Report, now_ns: i64) -> Notice {
        let kind = report.kind();
        let is_storm = self.0.get(kind).is_some_and(|log| log.lock().on_failure(now_ns) == Decision::GiveUp);
        let mut notice = report.notice();
        if let Some(text) = STORMS.get(kind).filter(|_| is_storm) {
            notice.text = (*text).to_owned();
            notice.remedy = "The supervision tree shows which.".to_owned();
        }
        notice
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given_up(k: usize) -> Report {
        Report::GivenUp { name: format!("sensor {k}"), words: String::new() }
    }

    #[test]
    fn a_storm_is_told_in_one_line_and_the_last_word_never_is() {
        let telling = Telling::default();
        let told: Vec<_> = (0..1000).map(|k| telling.notice(&given_up(k), 0)).collect();
        assert_eq!(told.iter().filter(|notice| notice.text == STORMS[1]).count(), 990);
        let last_word = Report::Failed { words: "why".into() };
        assert!(telling.notice(&last_word, 0).text.ends_with("why"));
    }

    #[test]
    fn after_a_storm_failures_are_told_one_by_one_again() {
        let telling = Telling::default();
        (0..1000).for_each(|k| drop(telling.notice(&given_up(k), 0)));
        let later = telling.notice(&given_up(7), ONE_BY_ONE.window_ns + 1);
        assert!(later.text.contains("sensor 7"));
    }
}
