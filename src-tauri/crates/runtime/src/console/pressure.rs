//! What can be told to and asked of attention and back-pressure.

use super::Console;
use crate::advice::AdviceView;
use crate::attention::{AttentionView, Overrun};
use crate::quality::ServedView;
use crate::regime::Regime;
use crate::trace::{Pull, Pulled};
use model::{Advice, AttentionLevel, ViewerId};
use policy::attention::Input;
use policy::quality::health::Report;
use policy::quality::{Choice, Quality};

impl Console {
    /// The one shared decision behind all back-pressure.
    #[must_use]
    pub fn regime(&self) -> &Regime {
        &self.core.regime
    }

    /// Takes what a viewer tells of what it shows.
    ///
    /// # Errors
    /// [`Overrun`] where the viewer tells too much, or all of them do.
    pub fn attend(&self, viewer: ViewerId, input: Input) -> Result<(), Overrun> {
        let qualities = &self.core.qualities;
        match &input {
            Input::Gone => qualities.remove(&viewer),
            Input::PageHidden => qualities.hide(&viewer),
            _ => qualities.heard(&viewer, self.now().host_ns),
        }
        if !self.core.entrances.attention.admits(&viewer) {
            return Err(Overrun);
        }
        self.core.attention.tell(viewer, input)
    }

    /// Counts ids of targets that could not be any.
    pub fn count_malformed_targets(&self, ids: u64) {
        self.core.attention.count_malformed(ids);
    }

    /// Takes a face's report of its frame rate; gives back how it is served.
    pub fn report_health(&self, viewer: &ViewerId, report: Report) -> (Quality, Choice) {
        self.core.qualities.on_report(viewer, report, self.now().host_ns)
    }

    /// Takes the operator's choice for a view; gives back how it is served.
    pub fn choose_quality(&self, viewer: &ViewerId, choice: Choice) -> Quality {
        self.core.qualities.choose(viewer, choice, self.now().host_ns)
    }

    /// Takes note that `waiting` flushes have not been read by a view; gives back
    /// how it is served. For whoever pushes to views, at least every 3 s.
    pub fn note_waiting(&self, viewer: &ViewerId, waiting: u32) -> Quality {
        self.core.qualities.on_waiting(viewer, waiting, &self.core.regime, self.now().host_ns)
    }

    /// Gives a chart of a page the trace that it asks for, or tells it to wait.
    #[must_use]
    pub fn pull(&self, pull: Pull) -> Pulled {
        self.core.pull(pull)
    }

    /// Takes note that a page shows these charts no more, or has stopped them.
    pub fn let_go(&self, viewer: &ViewerId, charts: &[u32]) {
        self.core.qualities.let_go(viewer, charts);
    }

    /// Attention, summed up.
    #[must_use]
    pub fn attention(&self) -> AttentionView {
        self.core.attention_view()
    }

    /// What the advice desk has done so far.
    #[must_use]
    pub fn advice(&self) -> AdviceView {
        self.core.advice_view()
    }

    /// What a source of that attention is advised at present.
    #[must_use]
    pub fn advice_for(&self, attention: AttentionLevel) -> Advice {
        self.core.advice_for(attention, self.core.regime.global_bio_factor())
    }

    /// How each view is served.
    #[must_use]
    pub fn served_views(&self) -> Vec<ServedView> {
        self.core.qualities.views()
    }
}
