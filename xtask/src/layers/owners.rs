//! A heavy library has one owner: nobody else may name it.
//!
//! `testkit` and `tests` are outside the house and may: they look at what the
//! program did through tools that it did not write.

use super::graph::Graph;
use super::plan::{Place, owner, place};

/// One sentence for each library that the wrong crate names.
pub fn breaches(graph: &Graph) -> Vec<String> {
    let housed = |name: &str| !matches!(place(name), Some(Place::Tests | Place::Testkit));
    let mut breaches = Vec::new();
    for member in graph.members().filter(|member| housed(&member.name)) {
        for named in member.named.iter().filter(|named| !named.is_house) {
            if let Some(owner) = owner(&named.name).filter(|owner| *owner != member.name) {
                breaches.push(breach(&member.name, &named.name, owner));
            }
        }
    }
    breaches
}

fn breach(member: &str, library: &str, owner: &str) -> String {
    format!(
        "Owners: `{member}` names `{library}`, but only `{owner}` may: \
         let `{owner}` do that work and offer it in words of `model`."
    )
}

#[cfg(test)]
mod tests {
    use super::super::graph::planted::house;
    use super::*;

    #[test]
    fn reports_tauri_in_the_runtime() {
        let breaches = breaches(&house(&["runtime: tauri"], &[]));
        assert_eq!(breaches.len(), 1);
        assert!(breaches[0].starts_with("Owners: `runtime` names `tauri`, but only `sensocto-console` may"));
    }

    #[test]
    fn reports_it_in_tests_and_build_scripts_too() {
        assert_eq!(breaches(&house(&["api: dev:tauri-build", "runtime: dev:rusqlite"], &[])).len(), 2);
    }

    #[test]
    fn lets_the_owners_and_the_outside_be() {
        let lines = ["sensocto-console: tauri", "store: rusqlite", "tests: dev:rusqlite", "testkit: axum"];
        assert_eq!(breaches(&house(&lines, &[])), Vec::<String>::new());
    }
}
