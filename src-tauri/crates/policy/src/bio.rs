//! The bio tier: five modules that learn from the runtime and bend its windows.
//!
//! On the platform most of this tier is fed by nobody; here the inputs are
//! parameters and the runtime gives them. Four modules give a factor on batch
//! windows (below 1: fresher, above 1: calmer), each within its bounds; the fifth,
//! the homeostatic tuner, moves the thresholds of the load levels. Each has a
//! switch, and a module that is off changes nothing.

pub mod arbiter;
pub mod circadian;
pub mod forecast;
pub mod homeostasis;
pub mod novelty;

use crate::window::BIO_BOUNDS;

/// A module of the bio tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Module {
    /// A value that surprises gets attention.
    Novelty,
    /// What usually happens at this hour is prepared for.
    Predictive,
    /// Thresholds follow how often levels are in force.
    Homeostatic,
    /// Sensors compete for what there is.
    Arbiter,
    /// Day and night.
    Circadian,
}

impl Module {
    /// Every module.
    pub const ALL: [Self; 5] =
        [Self::Novelty, Self::Predictive, Self::Homeostatic, Self::Arbiter, Self::Circadian];

    /// The module's name on screen, in the settings and in metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Novelty => "novelty",
            Self::Predictive => "predictive",
            Self::Homeostatic => "homeostatic",
            Self::Arbiter => "arbiter",
            Self::Circadian => "circadian",
        }
    }

    /// The module of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|module| module.name() == name)
    }

    /// The least and the largest factor that the module may give.
    #[must_use]
    pub const fn bounds(self) -> (f64, f64) {
        match self {
            Self::Novelty => (novelty::FACTOR, 1.0),
            Self::Predictive => (forecast::BOOST_MOST, forecast::AFTER_PEAK),
            // It moves thresholds, not windows.
            Self::Homeostatic => (1.0, 1.0),
            Self::Arbiter => arbiter::BOUNDS,
            Self::Circadian => circadian::BOUNDS,
        }
    }

    /// `factor` as it may be applied: within the bounds; 1 where it is not a number.
    #[must_use]
    pub fn bounded(self, factor: f64) -> f64 {
        let (least, largest) = self.bounds();
        if factor.is_nan() { 1.0 } else { factor.clamp(least, largest) }
    }
}

/// Which modules are on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Switches([bool; 5]);

impl Default for Switches {
    /// All of them.
    fn default() -> Self {
        Self([true; 5])
    }
}

impl Switches {
    /// Whether a module is on.
    #[must_use]
    pub const fn is_on(self, module: Module) -> bool {
        self.0[module as usize]
    }

    /// Switches a module.
    pub const fn set(&mut self, module: Module, on: bool) {
        self.0[module as usize] = on;
    }
}

/// The product of factors as it is applied: each within its module's bounds, those
/// of modules that are off left out, and the product within [`BIO_BOUNDS`].
#[must_use]
pub fn product(factors: &[(Module, f64)], switches: Switches) -> f64 {
    let on = factors.iter().filter(|(module, _)| switches.is_on(*module));
    let product: f64 = on.map(|(module, factor)| module.bounded(*factor)).product();
    product.clamp(BIO_BOUNDS.0, BIO_BOUNDS.1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_module_that_is_off_changes_nothing() {
        let mut switches = Switches::default();
        let factors = [(Module::Novelty, 0.5), (Module::Circadian, 1.2)];
        assert!((product(&factors, switches) - 0.6).abs() < 1e-12);
        switches.set(Module::Novelty, false);
        assert!((product(&factors, switches) - 1.2).abs() < 1e-12);
        switches.set(Module::Circadian, false);
        assert!((product(&factors, switches) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn every_module_is_found_by_its_name() {
        for module in Module::ALL {
            assert_eq!(Module::named(module.name()), Some(module));
        }
        assert_eq!(Module::named("correlation"), None);
    }

    proptest! {
        #[test]
        fn no_factor_and_no_product_leaves_its_bounds(
            factors in prop::collection::vec((0_usize..5, prop::num::f64::ANY), 0..10),
        ) {
            let factors: Vec<_> = factors.into_iter().map(|(k, factor)| (Module::ALL[k], factor)).collect();
            for (module, factor) in &factors {
                let (least, largest) = module.bounds();
                prop_assert!((least..=largest).contains(&module.bounded(*factor)));
            }
            let product = product(&factors, Switches::default());
            prop_assert!((0.3..=3.0).contains(&product));
        }
    }
}
