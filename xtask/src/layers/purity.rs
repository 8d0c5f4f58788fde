//! `model`, `signal`, `policy` and `gatt` have no thread, clock, channel or file.
//!
//! Whatever they link against, however deep, must stand on a short list: what
//! is not on it is not known to be pure. Macros run in the compiler and don't
//! count; neither do tests.

use std::collections::BTreeSet;

use super::graph::{Graph, Package};
use super::plan::{PURE, PURE_LIBRARIES};

/// One sentence for each pure crate and each library that it must not reach.
pub fn breaches(graph: &Graph) -> Vec<String> {
    let pure = graph.members().filter(|member| PURE.contains(&member.name.as_str()));
    pure.flat_map(|member| strangers(graph, member)).map(|path| breach(&path)).collect()
}

/// The ways from a crate to everything that is not on the list; a way ends at the first stranger.
fn strangers<'g>(graph: &'g Graph, member: &'g Package) -> Vec<Vec<&'g str>> {
    let mut ways = vec![vec![member]];
    let (mut seen, mut found) = (BTreeSet::new(), Vec::new());
    while let Some(way) = ways.pop() {
        let Some(last) = way.last() else { continue };
        for next in graph.reached(last).filter(|next| !next.is_macro && seen.insert(next.name.as_str())) {
            let longer = [way.as_slice(), &[next]].concat();
            match is_known(&next.name) {
                true => ways.push(longer),
                false => found.push(longer.iter().map(|package| package.name.as_str()).collect()),
            }
        }
    }
    found
}

fn is_known(name: &str) -> bool {
    PURE.contains(&name) || PURE_LIBRARIES.contains(&name)
}

fn breach(way: &[&str]) -> String {
    let (first, last) = (way.first().unwrap_or(&""), way.last().unwrap_or(&""));
    format!(
        "Purity: `{first}` reaches `{last}` ({}), but it has no thread, clock, channel or file. Take time as a \
         parameter, return the effect as a value and let `runtime` carry it out; if `{last}` itself is pure, \
         add it to PURE_LIBRARIES in xtask/src/layers/plan.rs.",
        way.join(" → ")
    )
}

#[cfg(test)]
mod tests {
    use super::super::graph::planted::house;
    use super::*;

    #[test]
    fn reports_tokio_in_policy_and_a_channel_in_gatt() {
        let graph = house(&["policy: model tokio", "gatt: crossbeam-channel", "model: serde"], &[]);
        let breaches = breaches(&graph);
        assert_eq!(breaches.len(), 2);
        assert!(breaches[0].starts_with("Purity: `gatt` reaches `crossbeam-channel`"), "{breaches:?}");
        assert!(breaches[1].contains("(policy → tokio)"), "{breaches:?}");
    }

    #[test]
    fn sees_through_what_is_in_between() {
        let graph = house(&["signal: model", "model: serde"], &["serde: rusqlite"]);
        let breaches = breaches(&graph);
        assert!(
            breaches.iter().any(|breach| breach.contains("(signal → model → serde → rusqlite)")),
            "{breaches:?}"
        );
    }

    #[test]
    fn lets_tests_and_other_crates_be() {
        let graph =
            house(&["policy: model serde thiserror dev:proptest", "model: serde", "runtime: tokio"], &[]);
        assert_eq!(breaches(&graph), Vec::<String>::new());
    }
}
