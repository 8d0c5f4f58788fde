//! How well each view is served: `policy::quality` for every viewer, and what
//! each of them follows ([`charts`]).
//!
//! A view that pulls late, or not at all, has flushes waiting and steps down; its
//! pulls are looked at as they come, and once more by the service `views`, since
//! one that never pulls brings no event. Bounded as the viewers are: where there
//! is no room, the one heard of longest ago gives way and begins anew when it comes back.

mod charts;
#[cfg(test)]
mod tests;

pub use charts::{Answer, Chart};

use crate::core::Core;
use crate::regime::Regime;
use crate::stream::{Stream, StreamTrace};
use crate::supervisor::{Failure, StopSignal};
use crate::views::ViewAccount;
use charts::Charts;
use model::ViewerId;
use parking_lot::Mutex;
use policy::attention::VIEWERS_MAX;
use policy::quality::health::Report;
use policy::quality::{Choice, Quality, ViewQuality};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// How often the service looks at every view.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// The pulls of a view are summed up no more often than this.
const NOTE_EVERY_NS: i64 = 100_000_000;
/// A viewer of whom nothing was heard for so long is gone; a page has a
/// heartbeat of some seconds.
const GONE_AFTER_NS: i64 = 300_000_000_000;

/// A view as the operator sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServedView {
    /// Whose.
    pub viewer: ViewerId,
    /// How it is served.
    pub quality: Quality,
    /// What the operator chose.
    pub choice: Choice,
    /// Charts that it follows.
    pub charts: usize,
    /// Flushes that it had not read when it was last looked at.
    pub waiting: u32,
    /// What became of the samples of its charts.
    pub account: ViewAccount,
}

/// The qualities of all views.
#[derive(Default)]
pub struct Qualities {
    /// What stands for a view of which the operator has chosen nothing.
    default: Choice,
    views: Mutex<BTreeMap<ViewerId, Served>>,
}

#[derive(Default)]
struct Served {
    heard_ns: i64,
    noted_ns: i64,
    waiting: u32,
    view: ViewQuality,
    charts: Charts,
}

impl Qualities {
    /// No views yet; `default` is the choice with which each begins.
    #[must_use]
    pub fn new(default: Choice) -> Self {
        Self { default, views: Mutex::default() }
    }

    /// Takes a report of a face; gives back its quality from now on, and the choice behind it.
    pub fn on_report(&self, viewer: &ViewerId, report: Report, now_ns: i64) -> (Quality, Choice) {
        self.with(viewer, now_ns, |served| {
            served.view.on_report(report, now_ns);
            (served.view.quality(), served.view.choice())
        })
    }

    /// Takes the operator's choice for a view; gives back its quality from now on.
    pub fn choose(&self, viewer: &ViewerId, choice: Choice, now_ns: i64) -> Quality {
        self.with(viewer, now_ns, |served| {
            served.view.choose(choice);
            served.view.quality()
        })
    }

    /// Takes note that `waiting` flushes have not been read by a view; gives back
    /// its quality from now on. To be called at least every 3 s.
    pub fn on_waiting(&self, viewer: &ViewerId, waiting: u32, regime: &Regime, now_ns: i64) -> Quality {
        self.with(viewer, now_ns, |served| served.note(waiting, regime, now_ns))
    }

    /// Takes the pull of a chart that shows `stream`.
    pub fn on_pull(&self, chart: &Chart, stream: &Arc<Stream>, regime: &Regime, now_ns: i64) -> Answer {
        self.with(&chart.viewer, now_ns, |served| {
            if now_ns.saturating_sub(served.noted_ns) >= NOTE_EVERY_NS {
                served.look(regime, now_ns);
            }
            served.charts.pull(chart, stream, served.view.quality(), regime, now_ns)
        })
    }

    /// Counts what was in the frame that a chart got.
    pub fn on_given(&self, chart: &Chart, trace: &StreamTrace) {
        self.if_known(&chart.viewer, |served| served.charts.gave(chart.number, trace));
    }

    /// The page shows these charts no more, or has stopped them: what they don't
    /// read from now on is no backlog.
    pub fn let_go(&self, viewer: &ViewerId, charts: &[u32]) {
        self.if_known(viewer, |served| charts.iter().for_each(|number| served.charts.let_go(*number)));
    }

    /// The page is hidden, and shows nothing.
    pub fn hide(&self, viewer: &ViewerId) {
        self.if_known(viewer, |served| served.charts.let_all_go());
    }

    /// A viewer is still there.
    pub fn heard(&self, viewer: &ViewerId, now_ns: i64) {
        self.if_known(viewer, |served| served.heard_ns = now_ns);
    }

    /// Looks at every view: who reads nothing must be noticed, too.
    pub fn look(&self, regime: &Regime, now_ns: i64) {
        let mut views = self.views.lock();
        views.retain(|_, served| now_ns.saturating_sub(served.heard_ns) <= GONE_AFTER_NS);
        views.values_mut().for_each(|served| served.look(regime, now_ns));
    }

    /// Forgets a view.
    pub fn remove(&self, viewer: &ViewerId) {
        self.views.lock().remove(viewer);
    }

    /// Every view, by viewer.
    #[must_use]
    pub fn views(&self) -> Vec<ServedView> {
        let of = |(viewer, served): (&ViewerId, &Served)| ServedView {
            viewer: viewer.clone(),
            quality: served.view.quality(),
            choice: served.view.choice(),
            charts: served.charts.len(),
            waiting: served.waiting,
            account: served.charts.account(),
        };
        self.views.lock().iter().map(of).collect()
    }

    fn if_known(&self, viewer: &ViewerId, act: impl FnOnce(&mut Served)) {
        if let Some(served) = self.views.lock().get_mut(viewer) {
            act(served);
        }
    }

    fn with<T>(&self, viewer: &ViewerId, now_ns: i64, act: impl FnOnce(&mut Served) -> T) -> T {
        let mut views = self.views.lock();
        if !views.contains_key(viewer) && views.len() >= VIEWERS_MAX {
            let quietest = views.iter().min_by_key(|(_, served)| served.heard_ns).map(|(id, _)| id.clone());
            quietest.map(|id| views.remove(&id));
        }
        let served = views.entry(viewer.clone()).or_insert_with(|| Served::begin(self.default));
        served.heard_ns = now_ns;
        act(served)
    }
}

impl Served {
    fn begin(choice: Choice) -> Self {
        Self { view: ViewQuality::chosen(choice), ..Self::default() }
    }

    fn note(&mut self, waiting: u32, regime: &Regime, now_ns: i64) -> Quality {
        (self.noted_ns, self.waiting) = (now_ns, waiting);
        self.view.on_waiting(waiting, regime.load(), now_ns)
    }

    /// Without charts there is nothing to judge by: the quality stays.
    fn look(&mut self, regime: &Regime, now_ns: i64) {
        let waiting = self.charts.look(self.view.quality(), regime, now_ns);
        match self.charts.len() {
            0 => (self.noted_ns, self.waiting) = (now_ns, 0),
            _ => {
                self.note(waiting, regime, now_ns);
            }
        }
    }
}

/// The service: looks at every view until it is told to stop.
pub(crate) fn run(core: &Core, stop: &StopSignal) -> Result<(), Failure> {
    while !stop.wait(LOOK_EVERY) {
        core.qualities.look(&core.regime, core.clock.now().host_ns);
    }
    Ok(())
}
