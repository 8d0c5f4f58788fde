//! Arrows point down only, and every crate has its place.
//!
//! Holds for every kind of dependency, tests' own included: a test that needs
//! a higher floor belongs to the higher floor.

use super::graph::{Graph, Named};
use super::plan::{HOST, Place, SCOPE_USES, place};

/// One sentence for each arrow that points up, sideways or out of the house.
pub fn breaches(graph: &Graph) -> Vec<String> {
    let mut breaches = Vec::new();
    for member in graph.members() {
        let Some(from) = place(&member.name) else {
            breaches.push(placeless(&member.name));
            continue;
        };
        for named in member.named.iter().filter(|named| named.is_house) {
            let Some(to) = place(&named.name) else { continue };
            if let Some(why) = objection(&member.name, from, named, to) {
                breaches.push(format!("Arrows: `{}` depends on `{}`, but {why}", member.name, named.name));
            }
        }
    }
    breaches
}

fn placeless(name: &str) -> String {
    format!(
        "Places: `{name}` has no place in the house plan. Give it a floor in xtask/src/layers/plan.rs \
         and in src-tauri/ARCHITECTURE.md, or make it a module of a crate that has one."
    )
}

/// Why an arrow may not be, and what to do instead.
fn objection(from_name: &str, from: Place, to: &Named, to_place: Place) -> Option<String> {
    let to_name = to.name.as_str();
    match (from, to_place) {
        (_, Place::Xtask | Place::Tests) => {
            Some(format!("nobody may depend on `{to_name}`: move what is shared into `testkit`."))
        }
        (Place::Xtask, _) => Some(LINKED_BY_XTASK.to_owned()),
        (Place::Tests | Place::Testkit, _) => None,
        (_, Place::Testkit) if to.is_dev => None,
        (_, Place::Testkit) => Some("`testkit` is for tests: make it a dev-dependency.".to_owned()),
        (Place::Scope, _) if SCOPE_USES.contains(&to_name) => None,
        (Place::Scope, _) => Some(format!("the scope uses only {}.", quoted(&SCOPE_USES))),
        (_, Place::Scope) if from_name == HOST => None,
        (_, Place::Scope) => Some("only the host starts the scope.".to_owned()),
        (Place::Floor(above), Place::Floor(below)) if below > above => None,
        (Place::Floor(_), Place::Floor(_)) => Some(UPWARDS.to_owned()),
    }
}

const LINKED_BY_XTASK: &str =
    "`xtask` builds before everything else: let it start the program instead of linking it.";

const UPWARDS: &str = "arrows point down only: move the shared part to a floor below both, \
                       or hand the lower crate a value, or a trait of its own to call.";

fn quoted(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" and ")
}

#[cfg(test)]
mod tests {
    use super::super::graph::planted::house;
    use super::*;

    fn sole_breach(lines: &[&str]) -> String {
        let breaches = breaches(&house(lines, &[]));
        assert_eq!(breaches.len(), 1, "{breaches:?}");
        breaches.into_iter().next().unwrap()
    }

    #[test]
    fn the_house_as_planned_has_no_breach() {
        let lines = [
            "sensocto-console: api tauri scope",
            "cli: api model",
            "api: runtime export model",
            "runtime: connect store policy signal dev:testkit",
            "connect: gatt policy model dev:testkit",
            "export: store model",
            "store: model",
            "policy: model",
            "signal: model",
            "gatt: model dev:testkit",
            "model: serde",
            "scope: signal model egui",
            "testkit: connect model",
            "tests: api store dev:testkit",
            "xtask: anyhow",
        ];
        assert_eq!(breaches(&house(&lines, &[])), Vec::<String>::new());
    }

    #[test]
    fn reports_an_arrow_up() {
        let breach = sole_breach(&["store: runtime", "runtime: store"]);
        assert!(breach.starts_with("Arrows: `store` depends on `runtime`"), "{breach}");
        assert!(breach.contains("move the shared part"), "{breach}");
    }

    #[test]
    fn reports_an_arrow_sideways_even_in_tests() {
        assert!(sole_breach(&["connect: dev:export", "export:"]).contains("`connect` depends on `export`"));
        assert!(sole_breach(&["policy: signal", "signal:"]).contains("point down only"));
        assert!(sole_breach(&["sensocto-console: cli", "cli:"]).contains("`cli`"));
    }

    #[test]
    fn reports_testkit_in_the_program_itself() {
        assert!(sole_breach(&["connect: testkit", "testkit:"]).contains("dev-dependency"));
    }

    #[test]
    fn reports_whoever_leans_on_the_outside() {
        assert!(sole_breach(&["cli: dev:tests", "tests:"]).contains("nobody may depend on `tests`"));
        assert!(sole_breach(&["testkit: xtask", "xtask:"]).contains("nobody may depend on `xtask`"));
        assert!(sole_breach(&["xtask: model", "model:"]).contains("builds before everything else"));
    }

    #[test]
    fn reports_a_scope_that_reaches_for_more_and_a_caller_that_is_not_the_host() {
        assert!(sole_breach(&["scope: store", "store:"]).contains("`signal` and `model`"));
        assert!(sole_breach(&["cli: scope", "scope:"]).contains("only the host"));
    }

    #[test]
    fn reports_a_crate_without_a_place() {
        assert!(sole_breach(&["util: model", "model:"]).contains("`util` has no place"));
    }
}
