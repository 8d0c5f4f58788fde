//! How often a view is told what is new, and when it gets less.
//!
//! A view flushes every 64, 128, 250 or 500 ms ("platform, priority lens"). It
//! steps down at once when the view does not keep up, and climbs one step at a
//! time when it has kept up twice in a row at checks 8 s apart. What the face
//! reports of its frame rate ([`health`]) is a ceiling on top of that; a choice
//! of the operator stands instead of both, but for the pause.
//!
//! Otherwise than on the platform the way up ends at the top, however many
//! sensors a view shows: how many it can bear is measured, not guessed. And a
//! paused view still hears of watched streams, every [`TRICKLE_MS`]: what
//! somebody watches never stands still.

pub mod health;
pub mod turn;

use self::health::{Health, Report};
use crate::advice::is_watched;
use model::{AttentionLevel, LoadLevel};
use serde::{Deserialize, Serialize};

/// How often a paused view hears of the streams that somebody watches, ms.
pub const TRICKLE_MS: u32 = 2_000;

const UPGRADE_CHECK_NS: i64 = 8_000_000_000;
const RECOVERY_CHECK_NS: i64 = 3_000_000_000;
/// Two steps down by the same mild backlog lie at least this far apart.
const STEP_DOWN_NS: i64 = 1_000_000_000;
/// So many may wait at a check that counts for the way up.
const UPGRADE_BELOW: u32 = 10;
const RECOVERY_BELOW: u32 = 20;
const CALM_CHECKS: u32 = 2;

/// How well a view is served, from worst to best.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quality {
    /// Too far behind: only watched streams, and those seldom.
    Paused,
    /// Every 500 ms.
    Minimal,
    /// Every 250 ms.
    Low,
    /// Every 128 ms.
    Medium,
    /// Every 64 ms.
    #[default]
    High,
}

impl Quality {
    /// Every quality, the worst first.
    pub const ALL: [Self; 5] = [Self::Paused, Self::Minimal, Self::Low, Self::Medium, Self::High];

    /// Its name on screen and in metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Paused => "paused",
            Self::Minimal => "minimal",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    /// After how many ms a view is told of a stream under this attention; none
    /// where it is not told at all.
    #[must_use]
    pub fn flush_ms(self, attention: AttentionLevel) -> Option<u32> {
        match self {
            Self::High => Some(64),
            Self::Medium => Some(128),
            Self::Low => Some(250),
            Self::Minimal => Some(500),
            Self::Paused => is_watched(attention).then_some(TRICKLE_MS),
        }
    }

    fn one_down(self) -> Self {
        match self {
            Self::High => Self::Medium,
            Self::Medium => Self::Low,
            Self::Low | Self::Minimal => Self::Minimal,
            Self::Paused => Self::Paused,
        }
    }

    fn one_up(self) -> Self {
        match self {
            Self::Paused => Self::Minimal,
            Self::Minimal => Self::Low,
            Self::Low => Self::Medium,
            Self::Medium | Self::High => Self::High,
        }
    }
}

/// What the operator chose for a view.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// As good as the view can bear.
    #[default]
    Auto,
    /// Always high.
    High,
    /// Always medium.
    Medium,
    /// Always low.
    Low,
    /// Always minimal.
    Minimal,
}

impl Choice {
    /// Every choice.
    pub const ALL: [Self; 5] = [Self::Auto, Self::High, Self::Medium, Self::Low, Self::Minimal];

    /// Its name in the settings.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self.fixed() {
            None => "auto",
            Some(quality) => quality.name(),
        }
    }

    const fn fixed(self) -> Option<Quality> {
        match self {
            Self::Auto => None,
            Self::High => Some(Quality::High),
            Self::Medium => Some(Quality::Medium),
            Self::Low => Some(Quality::Low),
            Self::Minimal => Some(Quality::Minimal),
        }
    }
}

/// The quality of one view over time.
#[derive(Clone, Debug, Default)]
pub struct ViewQuality {
    choice: Choice,
    auto: Quality,
    is_paused: bool,
    health: Health,
    calm_checks: u32,
    next_check_ns: Option<i64>,
    next_recovery_ns: i64,
    may_step_down_ns: i64,
}

impl ViewQuality {
    /// A view for which `choice` stands until the operator chooses another.
    #[must_use]
    pub fn chosen(choice: Choice) -> Self {
        Self { choice, ..Self::default() }
    }

    /// How the view is served now.
    #[must_use]
    pub fn quality(&self) -> Quality {
        if self.is_paused {
            return Quality::Paused;
        }
        self.choice.fixed().unwrap_or_else(|| self.auto.min(self.health.ceiling()))
    }

    /// What the operator chose.
    #[must_use]
    pub fn choice(&self) -> Choice {
        self.choice
    }

    /// Takes the operator's choice.
    pub fn choose(&mut self, choice: Choice) {
        self.choice = choice;
    }

    /// Takes a report of the face. A worse class lowers the view at once; a
    /// better one only lifts the ceiling, the way up is that of every view.
    pub fn on_report(&mut self, report: Report, now_ns: i64) {
        self.health.on_report(report, now_ns);
        self.auto = self.auto.min(self.health.ceiling());
    }

    /// Takes note that `waiting` flushes have not been read by the view. To be
    /// called at least every 3 s; gives back the quality from now on.
    pub fn on_waiting(&mut self, waiting: u32, load: LoadLevel, now_ns: i64) -> Quality {
        let steps = Steps::under(load);
        let due = self.is_check_due(now_ns);
        if waiting > steps.pause {
            self.pause(now_ns);
        } else if self.is_paused {
            self.recover(waiting, now_ns);
        } else if waiting > steps.medium {
            self.step_down(waiting, steps, now_ns);
        } else if due {
            self.check(waiting);
        }
        self.quality()
    }

    fn pause(&mut self, now_ns: i64) {
        self.calm_checks = 0;
        self.is_paused = true;
        self.next_recovery_ns = now_ns.saturating_add(RECOVERY_CHECK_NS);
    }

    fn recover(&mut self, waiting: u32, now_ns: i64) {
        if now_ns < self.next_recovery_ns {
            return;
        }
        self.next_recovery_ns = now_ns.saturating_add(RECOVERY_CHECK_NS);
        if waiting < RECOVERY_BELOW {
            self.is_paused = false;
            self.auto = Quality::Minimal;
            self.restart_checks(now_ns);
        }
    }

    fn step_down(&mut self, waiting: u32, steps: Steps, now_ns: i64) {
        self.calm_checks = 0;
        if waiting > steps.minimal {
            self.auto = Quality::Minimal;
        } else if waiting > steps.low {
            self.auto = self.auto.min(Quality::Low);
        }
        // A mild backlog costs one step, and one more if it lasts.
        if now_ns >= self.may_step_down_ns {
            self.auto = self.auto.min(self.auto.one_down());
            self.may_step_down_ns = now_ns.saturating_add(STEP_DOWN_NS);
        }
        self.restart_checks(now_ns);
    }

    fn check(&mut self, waiting: u32) {
        self.calm_checks = if waiting < UPGRADE_BELOW { self.calm_checks + 1 } else { 0 };
        if self.calm_checks >= CALM_CHECKS {
            self.calm_checks = 0;
            self.auto = self.auto.one_up().min(self.health.ceiling());
        }
    }

    fn is_check_due(&mut self, now_ns: i64) -> bool {
        let next_ns = *self.next_check_ns.get_or_insert(now_ns.saturating_add(UPGRADE_CHECK_NS));
        let is_due = now_ns >= next_ns;
        if is_due {
            self.next_check_ns = Some(now_ns.saturating_add(UPGRADE_CHECK_NS));
        }
        is_due
    }

    fn restart_checks(&mut self, now_ns: i64) {
        self.calm_checks = 0;
        self.next_check_ns = Some(now_ns.saturating_add(UPGRADE_CHECK_NS));
    }
}

/// More waiting than this, and the view steps down ("platform, viewer process").
#[derive(Clone, Copy, Debug)]
struct Steps {
    medium: u32,
    low: u32,
    minimal: u32,
    pause: u32,
}

impl Steps {
    const fn under(load: LoadLevel) -> Self {
        let divisor = match load {
            LoadLevel::Normal => 1,
            LoadLevel::Elevated => 2,
            LoadLevel::High => 3,
            LoadLevel::Critical => 4,
        };
        Self { medium: 50 / divisor, low: 75 / divisor, minimal: 100 / divisor, pause: 150 / divisor }
    }
}

#[cfg(test)]
mod tests;
