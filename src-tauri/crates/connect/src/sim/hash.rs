//! Pseudo-random numbers as a pure function of (seed, index).
//!
//! `SplitMix64`'s finaliser over a counter: any number of the series can be had
//! without the ones before it, on every machine the same. Not for secrets.

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;
const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;

/// The number at `index` of the series of `seed`.
pub fn at(seed: u64, index: u64) -> u64 {
    mix(mix(seed).wrapping_add(index.wrapping_mul(GOLDEN)))
}

/// The number at `index`, evenly spread over 0 ≤ x < 1.
pub fn unit(seed: u64, index: u64) -> f64 {
    (at(seed, index) >> 11) as f64 / (1u64 << 53) as f64
}

/// The number at `index`, evenly spread over −1 ≤ x < 1.
pub fn signed(seed: u64, index: u64) -> f64 {
    unit(seed, index).mul_add(2.0, -1.0)
}

/// The number at `index`, evenly spread over `low` ≤ x < `high`.
pub fn between(seed: u64, index: u64, low: f64, high: f64) -> f64 {
    unit(seed, index).mul_add(high - low, low)
}

/// A seed of its own for everything that has a name.
pub fn seed_for(seed: u64, name: &str) -> u64 {
    let fnv = name.bytes().fold(FNV_OFFSET, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(FNV_PRIME));
    at(seed, fnv)
}

fn mix(mut z: u64) -> u64 {
    z = z.wrapping_add(GOLDEN);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_spread_evenly_and_differs_between_seeds_and_names() {
        let mean = (0..10_000).map(|i| unit(7, i)).sum::<f64>() / 10_000.0;
        assert!((mean - 0.5).abs() < 0.01, "{mean}");
        assert_ne!(at(1, 0), at(2, 0));
        assert_ne!(seed_for(1, "ecg"), seed_for(1, "gce"));
    }

    #[test]
    fn the_same_index_gives_the_same_number_for_ever() {
        // A recording names its seed: these numbers are part of the promise.
        // The first one is SplitMix64's published first output for seed 0.
        assert_eq!(mix(0), 0xe220_a839_7b1d_cdaf);
        assert_eq!(unit(42, 1000), unit(42, 1000));
    }
}
