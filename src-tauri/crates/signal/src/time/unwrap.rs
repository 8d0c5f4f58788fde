//! Counters that wrap, made into counts that do not.

/// Makes an ever growing count of a counter of `bits` bits (u8, u16, u32 and
/// anything up to 64).
#[derive(Clone, Debug)]
pub struct Unwrap {
    bits: u32,
    last: Option<(u64, i64)>,
}

impl Unwrap {
    /// A counter of `bits` bits; taken into 1..=64.
    #[must_use]
    pub fn new(bits: u32) -> Self {
        Self { bits: bits.clamp(1, 64), last: None }
    }

    /// The count that `raw` stands for: of all it may mean, the one nearest to
    /// the last one. Up to half the range of the counter forward or back is told
    /// apart. Bits above the counter's are ignored.
    pub fn next(&mut self, raw: u64) -> i64 {
        let last = self.last.map_or(0, |(_, count)| count);
        self.next_near(raw, last)
    }

    /// The count that `raw` stands for: of all it may mean, the one nearest to
    /// `expected`. For small counters and long gaps, where only the host's clock
    /// knows how many rounds have passed.
    pub fn next_near(&mut self, raw: u64, expected: i64) -> i64 {
        let raw = raw & self.mask();
        let count = match self.last {
            None => raw as i64,
            Some((last_raw, last)) => {
                let here = last.wrapping_add(raw.wrapping_sub(last_raw) as i64);
                here.wrapping_add(self.rounds_between(here, expected))
            }
        };
        self.last = Some((raw, count));
        count
    }

    /// Forgets the last count: the next one is taken as it stands.
    pub fn forget(&mut self) {
        self.last = None;
    }

    fn mask(&self) -> u64 {
        u64::MAX >> (64 - self.bits)
    }

    /// Whole rounds of the counter, in counts, that bring `here` nearest to `expected`.
    fn rounds_between(&self, here: i64, expected: i64) -> i64 {
        let round = 1_i128 << self.bits;
        let apart = i128::from(expected) - i128::from(here);
        ((apart + round / 2).div_euclid(round) * round) as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(bits: u32, raw: &[u64]) -> Vec<i64> {
        let mut unwrap = Unwrap::new(bits);
        raw.iter().map(|raw| unwrap.next(*raw)).collect()
    }

    #[test]
    fn counts_on_where_a_counter_wraps() {
        assert_eq!(counts(8, &[254, 255, 0, 1]), [254, 255, 256, 257]);
        assert_eq!(counts(16, &[65_535, 2]), [65_535, 65_538]);
        assert_eq!(counts(32, &[u64::from(u32::MAX), 0]), [u32::MAX.into(), i64::from(u32::MAX) + 1]);
    }

    #[test]
    fn a_packet_out_of_order_counts_back_and_not_a_round_on() {
        assert_eq!(counts(8, &[0, 2, 1, 3]), [0, 2, 1, 3]);
        assert_eq!(counts(8, &[255, 1, 0, 2]), [255, 257, 256, 258]);
    }

    #[test]
    fn a_gap_of_more_than_a_round_is_bridged_by_what_the_clock_expects() {
        let mut unwrap = Unwrap::new(8);
        unwrap.next(10);
        assert_eq!(unwrap.next_near(20, 1000), 20 + 4 * 256);
        assert_eq!(unwrap.next(21), 21 + 4 * 256);
    }

    #[test]
    fn a_counter_of_full_width_neither_overflows_nor_is_cut() {
        assert_eq!(counts(64, &[5, 4]), [5, 4]);
        assert_eq!(counts(64, &[i64::MAX as u64, i64::MAX as u64 + 1]), [i64::MAX, i64::MIN]);
        assert_eq!(counts(0, &[7]), [1]);
    }

    #[test]
    fn after_forgetting_the_next_count_is_taken_as_it_stands() {
        let mut unwrap = Unwrap::new(16);
        unwrap.next(60_000);
        unwrap.forget();
        assert_eq!(unwrap.next(3), 3);
    }
}
