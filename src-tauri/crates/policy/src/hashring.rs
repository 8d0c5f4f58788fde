//! Consistent hashing: which of `n` workers serves a key.
//!
//! The same key has the same worker for ever, on every machine. When a worker
//! is added, only the keys that move to it move: one of `n + 1` on average;
//! no key moves between two workers that were there before. This is jump
//! consistent hashing (Lamping and Veach, 2014) over FNV-1a: it needs no table,
//! so there is nothing to keep, and nothing to lose in a crash.

/// FNV-1a, 64 bits, of a key. Stable, not strong: who chooses the keys can
/// choose them to meet on one worker, which then is slow for them alone.
#[must_use]
pub fn key_hash(key: &str) -> u64 {
    key.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Which of `workers` workers, from 0, serves the key with this hash. No
/// worker at all is treated as one.
#[must_use]
pub fn jump(key_hash: u64, workers: u32) -> u32 {
    let (mut key, mut at, mut next) = (key_hash, 0_i64, 0_i64);
    while next < i64::from(workers.max(1)) {
        at = next;
        key = key.wrapping_mul(2_862_933_555_777_941_757).wrapping_add(1);
        let divisor = ((key >> 33) + 1) as f64;
        next = ((at + 1) as f64 * ((1_i64 << 31) as f64 / divisor)) as i64;
    }
    // Below `workers`, which is a u32.
    u32::try_from(at).unwrap_or(0)
}

/// Which of `workers` workers, from 0, serves `key`.
#[must_use]
pub fn worker_for(key: &str, workers: usize) -> usize {
    jump(key_hash(key), u32::try_from(workers).unwrap_or(u32::MAX)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hashes_are_those_of_the_published_test_vectors() {
        assert_eq!(key_hash(""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(key_hash("a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(key_hash("foobar"), 0x8594_4171_f739_67e8);
    }

    /// Answers of the implementation in the paper, as other libraries test them.
    #[test]
    fn workers_are_those_that_other_implementations_choose() {
        let known = [(1, 1, 0), (42, 57, 43), (0xDEAD_10CC, 1, 0), (0xDEAD_10CC, 666, 361), (256, 1024, 520)];
        for (key, workers, worker) in known {
            assert_eq!(jump(key, workers), worker, "{key} of {workers}");
        }
    }

    #[test]
    fn no_worker_is_one_worker() {
        assert_eq!((jump(7, 0), worker_for("x", 0)), (0, 0));
    }

    #[test]
    fn ten_thousand_sensors_are_spread_within_a_tenth_of_even() {
        let mut served = [0_u32; 8];
        (0..10_000).for_each(|k| served[worker_for(&format!("sim:sensor-{k:05}"), 8)] += 1);
        assert!(served.iter().all(|n| (1125..=1375).contains(n)), "{served:?}");
    }

    #[test]
    fn an_added_worker_takes_its_share_and_nothing_else_moves() {
        let moved = (0..10_000).filter(|k| {
            let key = format!("sim:{k}");
            let (before, after) = (worker_for(&key, 7), worker_for(&key, 8));
            assert!(after == before || after == 7, "{key} moved from {before} to {after}");
            after != before
        });
        let moved = moved.count();
        assert!((1125..=1375).contains(&moved), "{moved} of 10,000 moved; an eighth is even");
    }

    proptest! {
        #[test]
        fn a_key_stays_or_moves_to_the_new_worker(key: u64, workers in 1_u32..2000) {
            let (before, after) = (jump(key, workers), jump(key, workers + 1));
            prop_assert!(before < workers);
            prop_assert!(after == before || after == workers);
        }
    }
}
