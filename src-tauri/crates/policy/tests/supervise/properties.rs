//! The machine and the model agree on random trees and scripts.

use crate::scripts::script;
use crate::{drive, stage, trace};
use proptest::prelude::{ProptestConfig, prop_assert_eq, proptest};

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn leads_to_the_same_starts_stops_restarts_and_escalations_as_the_model(script in script()) {
        let (mut machine, dynamic) = drive::run(&script);
        let mut model = stage::run(&script);
        trace::settle(&mut machine, &dynamic);
        trace::settle(&mut model, &dynamic);
        prop_assert_eq!(machine, model);
    }
}
