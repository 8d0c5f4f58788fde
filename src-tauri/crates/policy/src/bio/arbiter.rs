//! The resource arbiter: sensors compete for what there is.
//!
//! A sensor's priority is 0.5 × attention (1, 0.6, 0.3, 0.1) + 0.3 × novelty + 0.1,
//! its claim that to the power of 1.3 ("platform, resource arbiter").
//!
//! The platform turns the share of the sum into a multiplier, so that the more
//! sensors there are the slower all of them get (five equal ones: × 4.45). Here
//! the claim is compared with the *geometric mean* of all claims: multiplier =
//! (mean ÷ claim)^k. Equal sensors get 1 however many they are, and the product
//! of all multipliers is 1: what one gains, the others pay. k is 1, or smaller
//! where a multiplier would leave its bounds, which keeps the product at 1 where
//! cutting off would not.

use model::AttentionLevel;

/// The least and the largest multiplier.
pub const BOUNDS: (f64, f64) = (0.5, 5.0);
/// How often the arbiter decides, ns.
pub const EVERY_NS: i64 = 5_000_000_000;
const EXPONENT: f64 = 1.3;

/// What one sensor competes with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Claim {
    /// How closely it is watched.
    pub attention: AttentionLevel,
    /// How novel its values are, 0 to 1.
    pub novelty: f64,
}

impl Claim {
    /// 0.15 to 0.9.
    #[must_use]
    pub fn priority(self) -> f64 {
        let attention = match self.attention {
            AttentionLevel::High => 1.0,
            AttentionLevel::Medium => 0.6,
            AttentionLevel::Low => 0.3,
            AttentionLevel::None => 0.1,
        };
        let novelty = if self.novelty.is_nan() { 0.0 } else { self.novelty.clamp(0.0, 1.0) };
        0.5 * attention + 0.3 * novelty + 0.1
    }
}

/// A multiplier on the windows of every claimant, in their order.
#[must_use]
pub fn multipliers(claims: &[Claim]) -> Vec<f64> {
    if claims.is_empty() {
        return Vec::new();
    }
    let strengths: Vec<f64> = claims.iter().map(|claim| EXPONENT * claim.priority().ln()).collect();
    let mean = strengths.iter().sum::<f64>() / strengths.len() as f64;
    let least = strengths.iter().fold(mean, |a, b| a.min(*b));
    let largest = strengths.iter().fold(mean, |a, b| a.max(*b));
    let k = fitting(mean - least, BOUNDS.1.ln()).min(fitting(largest - mean, -BOUNDS.0.ln()));
    strengths.iter().map(|strength| (k * (mean - strength)).exp()).collect()
}

/// The largest exponent up to 1 with which `reach` stays within `room` (both logarithms).
fn fitting(reach: f64, room: f64) -> f64 {
    if reach > room { room / reach } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn claim(level: usize, novelty: f64) -> Claim {
        Claim { attention: AttentionLevel::ALL[level], novelty }
    }

    #[test]
    fn equal_sensors_get_one_however_many_they_are() {
        for n in [1, 2, 3, 5, 10, 10_000] {
            let all = multipliers(&vec![claim(2, 0.4); n]);
            assert!(all.iter().all(|multiplier| (multiplier - 1.0).abs() < 1e-9), "{n} sensors");
        }
    }

    #[test]
    fn who_is_watched_gains_and_the_others_pay() {
        let [watched, idle, also_idle] = multipliers(&[claim(3, 0.0), claim(0, 0.0), claim(0, 0.0)])[..]
        else {
            panic!("three")
        };
        assert!(watched < 1.0 && idle > 1.0 && (idle - also_idle).abs() < 1e-12);
        assert!((watched - BOUNDS.0).abs() < 1e-9, "as far as its bound");
    }

    #[test]
    fn nobody_competes_with_nobody() {
        assert!(multipliers(&[]).is_empty());
    }

    #[test]
    fn priorities_are_the_platforms() {
        for (level, novelty, priority) in
            [(0, 0.0, 0.15), (1, 0.0, 0.25), (2, 0.0, 0.4), (3, 0.0, 0.6), (3, 1.0, 0.9), (0, f64::NAN, 0.15)]
        {
            assert!((claim(level, novelty).priority() - priority).abs() < 1e-12);
        }
    }

    proptest! {
        #[test]
        fn the_product_is_one_and_every_multiplier_within_its_bounds(
            claims in prop::collection::vec((0_usize..4, -0.5_f64..1.5), 1..300),
        ) {
            let claims: Vec<Claim> = claims.into_iter().map(|(level, novelty)| claim(level, novelty)).collect();
            let all = multipliers(&claims);
            let product: f64 = all.iter().map(|multiplier| multiplier.ln()).sum();
            prop_assert!(product.abs() < 1e-9);
            for (claim, multiplier) in claims.iter().zip(&all) {
                prop_assert!((BOUNDS.0 - 1e-9..=BOUNDS.1 + 1e-9).contains(multiplier));
                for (other, others) in claims.iter().zip(&all) {
                    prop_assert!(
                        claim.priority() <= other.priority() || *multiplier <= others + 1e-12,
                        "who claims more never waits longer"
                    );
                }
            }
        }
    }
}
