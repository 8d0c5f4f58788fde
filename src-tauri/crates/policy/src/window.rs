//! How long a source gathers samples before it delivers them.
//!
//! Window = base × attention × load × bio, cut to whole milliseconds, then kept
//! within the bounds of the attention level. Source of the constants: the
//! platform, attention table.

use model::{AttentionLevel, LoadLevel};

/// The least and the largest product of the bio factors.
pub const BIO_BOUNDS: (f64, f64) = (0.3, 3.0);

/// What one attention level does to a window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// Factor on the base window.
    pub factor: f64,
    /// The shortest window, ms.
    pub min_ms: u32,
    /// The longest window, ms.
    pub max_ms: u32,
}

/// The row of the attention table for `attention`.
#[must_use]
pub const fn scale(attention: AttentionLevel) -> Scale {
    match attention {
        AttentionLevel::High => Scale { factor: 0.2, min_ms: 30, max_ms: 500 },
        AttentionLevel::Medium => Scale { factor: 0.4, min_ms: 80, max_ms: 500 },
        AttentionLevel::Low => Scale { factor: 4.0, min_ms: 2_000, max_ms: 10_000 },
        AttentionLevel::None => Scale { factor: 10.0, min_ms: 5_000, max_ms: 30_000 },
    }
}

/// By how much a load level stretches every window.
#[must_use]
pub const fn load_factor(load: LoadLevel) -> f64 {
    match load {
        LoadLevel::Normal => 1.0,
        LoadLevel::Elevated => 1.5,
        LoadLevel::High => 3.0,
        LoadLevel::Critical => 5.0,
    }
}

/// The product of the bio factors as it is applied: within [`BIO_BOUNDS`], and
/// 1 where a factor is not a number.
#[must_use]
pub fn bio_product(factors: &[f64]) -> f64 {
    let product: f64 = factors.iter().product();
    if product.is_nan() { 1.0 } else { product.clamp(BIO_BOUNDS.0, BIO_BOUNDS.1) }
}

/// The batch window of a source, ms. `bio` is clamped as by [`bio_product`].
#[must_use]
pub fn batch_window_ms(base_ms: u32, attention: AttentionLevel, load: LoadLevel, bio: f64) -> u32 {
    let scale = scale(attention);
    let ms = f64::from(base_ms) * scale.factor * load_factor(load) * bio_product(&[bio]);
    whole_ms(ms).clamp(scale.min_ms, scale.max_ms)
}

/// Whole milliseconds of a product of decimal factors. A product that is an
/// integer on paper (1000 × 0.4 × 1.5) may come out a hair below it in binary;
/// that hair must not cost a millisecond.
pub(crate) fn whole_ms(ms: f64) -> u32 {
    let nearest = ms.round();
    let whole = if (ms - nearest).abs() < 1e-6 { nearest } else { ms.trunc() };
    whole as u32 // saturates
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{AttentionLevel as A, LoadLevel as L};

    #[test]
    fn is_base_times_attention_times_load_times_bio_cut_to_milliseconds() {
        let cases = [
            (1000, A::High, L::Normal, 1.0, 200),
            (1000, A::High, L::Elevated, 1.0, 300),
            (1000, A::Medium, L::Normal, 1.0, 400),
            (333, A::High, L::Elevated, 1.0, 99), // 99.9
            (1000, A::Low, L::Elevated, 1.0, 6_000),
            (1000, A::None, L::Normal, 0.5, 5_000),
            (1000, A::None, L::Elevated, 1.2, 18_000),
        ];
        for (base, attention, load, bio, expected) in cases {
            assert_eq!(batch_window_ms(base, attention, load, bio), expected, "{attention:?} {load:?}");
        }
    }

    #[test]
    fn stays_within_the_bounds_of_its_level_whatever_the_factors() {
        for attention in A::ALL {
            let Scale { min_ms, max_ms, .. } = scale(attention);
            for load in L::ALL {
                for bio in [f64::NAN, f64::NEG_INFINITY, 0.0, 0.3, 1.0, 3.0, f64::INFINITY] {
                    for base in [0, 1, 100, 1000, u32::MAX] {
                        let window = batch_window_ms(base, attention, load, bio);
                        assert!((min_ms..=max_ms).contains(&window), "{window} ms at {attention:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn never_shrinks_when_the_load_rises() {
        for attention in A::ALL {
            for pair in L::ALL.windows(2) {
                let [less, more] = [pair[0], pair[1]].map(|load| batch_window_ms(700, attention, load, 1.0));
                assert!(less <= more, "{attention:?} {pair:?}");
            }
        }
    }

    #[test]
    fn four_equal_bio_factors_have_a_bounded_product() {
        assert!((bio_product(&[0.5; 4]) - 0.3).abs() < 1e-12);
        assert!((bio_product(&[2.0; 4]) - 3.0).abs() < 1e-12);
        assert!((bio_product(&[]) - 1.0).abs() < 1e-12);
    }
}
