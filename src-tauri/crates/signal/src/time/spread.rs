//! How far the newest packets lay above the line.

/// How many of the newest packets tell the spread.
const KEPT: usize = 128;

/// The delays of the newest packets, of bounded number.
#[derive(Clone, Debug, Default)]
pub struct Spread {
    kept: Vec<f64>,
    next: usize,
}

impl Spread {
    /// Takes a delay, ns.
    pub fn push(&mut self, delay: f64) {
        if self.kept.len() < KEPT {
            self.kept.push(delay);
        } else if let Some(oldest) = self.kept.get_mut(self.next) {
            *oldest = delay;
        }
        self.next = (self.next + 1) % KEPT;
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.kept.clear();
        self.next = 0;
    }

    /// The delay that `share` (0..=1) of the packets stay below, ns; 0 without packets.
    #[must_use]
    pub fn quantile(&self, share: f64) -> f64 {
        let mut sorted = self.kept.clone();
        let Some(top) = sorted.len().checked_sub(1) else { return 0.0 };
        let rank = (share * top as f64).round() as usize;
        *sorted.select_nth_unstable_by(rank.min(top), f64::total_cmp).1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_the_quantiles_of_the_newest_packets_only() {
        let mut spread = Spread::default();
        assert_eq!(spread.quantile(0.5), 0.0);
        (0..300).for_each(|k| spread.push(f64::from(k)));
        assert_eq!(spread.quantile(0.0), 172.0);
        assert_eq!(spread.quantile(0.5), 236.0);
        assert_eq!(spread.quantile(1.0), 299.0);
    }
}
