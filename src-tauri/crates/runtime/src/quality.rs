//! How well each view is served: `policy::quality` for every viewer.
//!
//! Bounded as the viewers are: where there is no room, the one heard of longest
//! ago gives way; it begins anew when it comes back.

use crate::regime::Regime;
use model::ViewerId;
use parking_lot::Mutex;
use policy::attention::VIEWERS_MAX;
use policy::quality::health::Report;
use policy::quality::{Choice, Quality, ViewQuality};
use std::collections::BTreeMap;

/// A view as the operator sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServedView {
    /// Whose.
    pub viewer: ViewerId,
    /// How it is served.
    pub quality: Quality,
    /// What the operator chose.
    pub choice: Choice,
    /// Flushes that it had not read when it was last looked at.
    pub waiting: u32,
}

/// The qualities of all views.
#[derive(Debug, Default)]
pub struct Qualities(Mutex<BTreeMap<ViewerId, Served>>);

#[derive(Debug, Default)]
struct Served {
    seen_ns: i64,
    waiting: u32,
    view: ViewQuality,
}

impl Qualities {
    /// Takes a report of a face; gives back its quality from now on.
    pub fn on_report(&self, viewer: &ViewerId, report: Report, now_ns: i64) -> Quality {
        self.with(viewer, now_ns, |served| served.view.on_report(report, now_ns))
    }

    /// Takes the operator's choice for a view; gives back its quality from now on.
    pub fn choose(&self, viewer: &ViewerId, choice: Choice, now_ns: i64) -> Quality {
        self.with(viewer, now_ns, |served| served.view.choose(choice))
    }

    /// Takes note that `waiting` flushes have not been read by a view; gives back
    /// its quality from now on. To be called at least every 3 s.
    pub fn on_waiting(&self, viewer: &ViewerId, waiting: u32, regime: &Regime, now_ns: i64) -> Quality {
        self.with(viewer, now_ns, |served| {
            served.waiting = waiting;
            served.view.on_waiting(waiting, regime.load(), now_ns);
        })
    }

    /// Forgets a view.
    pub fn remove(&self, viewer: &ViewerId) {
        self.0.lock().remove(viewer);
    }

    /// Every view, by viewer.
    #[must_use]
    pub fn views(&self) -> Vec<ServedView> {
        let of = |(viewer, served): (&ViewerId, &Served)| ServedView {
            viewer: viewer.clone(),
            quality: served.view.quality(),
            choice: served.view.choice(),
            waiting: served.waiting,
        };
        self.0.lock().iter().map(of).collect()
    }

    fn with(&self, viewer: &ViewerId, now_ns: i64, act: impl FnOnce(&mut Served)) -> Quality {
        let mut views = self.0.lock();
        if !views.contains_key(viewer) && views.len() >= VIEWERS_MAX {
            let quietest = views.iter().min_by_key(|(_, served)| served.seen_ns).map(|(id, _)| id.clone());
            quietest.map(|id| views.remove(&id));
        }
        let served = views.entry(viewer.clone()).or_default();
        served.seen_ns = now_ns;
        act(served);
        served.view.quality()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::LoadLevel;

    fn viewer(k: usize) -> ViewerId {
        ViewerId::parse(&format!("v{k}")).unwrap()
    }

    #[test]
    fn a_flood_of_viewers_pushes_out_the_quietest_and_no_more() {
        let qualities = Qualities::default();
        for k in 0..1000 {
            qualities.choose(&viewer(k), Choice::Low, k as i64);
        }
        let views = qualities.views();
        assert_eq!(views.len(), VIEWERS_MAX);
        assert!(views.iter().any(|view| view.viewer == viewer(999)));
        assert!(!views.iter().any(|view| view.viewer == viewer(0)));
    }

    #[test]
    fn a_view_that_never_reads_is_paused_and_harms_no_other() {
        let (qualities, regime) = (Qualities::default(), Regime::default());
        regime.set_load(LoadLevel::Normal);
        for waiting in 0..200 {
            qualities.on_waiting(&viewer(1), waiting, &regime, i64::from(waiting));
            qualities.on_waiting(&viewer(2), 0, &regime, i64::from(waiting));
        }
        let quality = qualities.views().into_iter().map(|view| view.quality).collect::<Vec<_>>();
        assert_eq!(quality, [Quality::Paused, Quality::High]);
    }
}
