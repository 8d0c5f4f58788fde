//! The bound of a registry under every interleaving of those who race for its
//! last place.
//!
//! The very file of the bound is compiled here, with `loom`'s atomics behind the
//! name `crate::sync`.

#[path = "../src/registry/bound.rs"]
mod bound;

mod sync {
    pub use loom::sync::atomic::{AtomicU64, Ordering};
}

use bound::Bound;
use loom::sync::Arc;
use loom::thread;

#[test]
fn of_two_who_race_for_the_last_place_one_gets_it_and_the_other_is_counted() {
    loom::model(|| {
        let bound = Arc::new(Bound::new(2));
        assert!(bound.take());
        let other = {
            let bound = Arc::clone(&bound);
            thread::spawn(move || bound.take())
        };
        let (mine, theirs) = (bound.take(), other.join().unwrap());
        assert_ne!(mine, theirs, "one place, one taker");
        assert_eq!((bound.taken(), bound.refused(), bound.max()), (2, 1, 2));
    });
}

#[test]
fn a_place_that_is_given_back_is_there_for_one_more_and_never_for_two() {
    loom::model(|| {
        let bound = Arc::new(Bound::new(1));
        assert!(bound.take());
        let takers: Vec<_> = (0..2)
            .map(|_| {
                let bound = Arc::clone(&bound);
                thread::spawn(move || bound.take())
            })
            .collect();
        bound.give_back(1);
        let got = takers.into_iter().map(|taker| u64::from(taker.join().unwrap())).sum::<u64>();
        assert!(got <= 1, "{got} takers of one place");
        assert_eq!((bound.taken(), bound.refused()), (got, 2 - got));
    });
}
