//! The bio modules as the operator sees them.

use super::{Bio, State};
use crate::console::Console;
use policy::bio::Module;
use policy::bio::forecast::Outlook;

/// A module, its effect and its switch.
#[derive(Clone, Debug, PartialEq)]
pub struct BioView {
    /// Which.
    pub module: Module,
    /// Its switch.
    pub is_on: bool,
    /// By how much it stretches (above 1) or shortens windows now: the mean over
    /// all sensors where each has its own. 1 where it is off.
    pub factor: f64,
    /// What it does at the moment, in the operator's words.
    pub words: String,
}

impl Bio {
    /// Every module as of now.
    #[must_use]
    pub fn view(&self, now_ns: i64) -> Vec<BioView> {
        let state = self.0.lock();
        let view = |module: Module| {
            let is_on = state.switches.is_on(module);
            let (factor, words) = match module {
                Module::Novelty => state.novelty_now(now_ns),
                Module::Predictive => (state.outlook.factor(), state.outlook_words()),
                Module::Homeostatic => (1.0, state.offsets_words()),
                Module::Arbiter => state.shares_now(),
                Module::Circadian => {
                    (state.circadian.factor(state.time), state.circadian.phase().words().to_owned())
                }
            };
            BioView { module, is_on, factor: if is_on { module.bounded(factor) } else { 1.0 }, words }
        };
        Module::ALL.into_iter().map(view).collect()
    }
}

impl State {
    fn novelty_now(&self, now_ns: i64) -> (f64, String) {
        let sensors = self.shares.keys();
        let factor = mean(sensors.map(|sensor| self.novelty.factor(sensor, now_ns)));
        let (found, tracked) = (self.novelty.found(), self.novelty.tracked());
        let left_out = match self.novelty.untracked() {
            0 => String::new(),
            values => format!("; {values} values of further attributes were left out"),
        };
        (
            factor,
            format!("{found} novel values so far, in {tracked} attributes of {}{left_out}", self.taste.len()),
        )
    }

    fn outlook_words(&self) -> String {
        match self.outlook {
            Outlook::Steady => format!("nothing unusual ahead, by {} points", self.forecast.points()),
            Outlook::PeakAhead(secs) => format!("more attention is expected in {} min", secs.div_ceil(60)),
            Outlook::AfterPeak => "an hour of more attention is over".to_owned(),
        }
    }

    fn offsets_words(&self) -> String {
        let [elevated, high, critical] = self.homeostasis.offsets();
        format!("thresholds moved by {elevated:+.3}, {high:+.3}, {critical:+.3}")
    }

    fn shares_now(&self) -> (f64, String) {
        let least = self.shares.values().copied().fold(f64::INFINITY, f64::min);
        let largest = self.shares.values().copied().fold(0.0, f64::max);
        let words = match self.shares.len() {
            0 => "no sensors compete".to_owned(),
            n => format!("{n} sensors compete, factors {least:.2} to {largest:.2}"),
        };
        (mean(self.shares.values().copied()), words)
    }
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, n) = values.fold((0.0, 0_u32), |(sum, n), value| (sum + value, n + 1));
    if n == 0 { 1.0 } else { sum / f64::from(n) }
}

impl Console {
    /// The bio modules.
    #[must_use]
    pub fn bio(&self) -> Vec<BioView> {
        self.core.bio.view(self.now().host_ns)
    }

    /// Switches the bio module called `name`; false if there is none.
    pub fn switch_bio(&self, name: &str, on: bool) -> bool {
        let Some(module) = Module::named(name) else { return false };
        self.core.bio.switch(module, on, &self.core.regime, self.now().host_ns);
        true
    }
}
