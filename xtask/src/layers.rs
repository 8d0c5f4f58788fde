//! `cargo xtask layers`: the layer rules of the house, as a test over `cargo metadata`.
//!
//! Arrows point down only; a heavy library has one owner; four crates are pure;
//! every crate inherits the lints; every profile unwinds. The rules are pure
//! functions over a parsed graph, each with a test that plants the breach; the
//! house plan itself is the table in `layers/plan.rs`.

mod arrows;
mod graph;
mod manifests;
mod owners;
mod plan;
mod purity;

use std::path::Path;

use anyhow::{Context, Result, bail};
use graph::Graph;

use crate::{process, say};

/// Holds every rule against the workspace; fails with a sentence for each breach.
pub fn check() -> Result<()> {
    let mut metadata = process::cargo(["metadata", "--format-version", "1", "--all-features"]);
    let graph = Graph::parse(&process::output(&mut metadata)?)?;
    let mut breaches = breaches(&graph);
    breaches.extend(manifest_breaches(&graph)?);
    if !breaches.is_empty() {
        bail!("{} against the house plan:\n\n{}", count(breaches.len()), breaches.join("\n\n"));
    }
    say::line(&format!("{} crates keep the layer rules.", graph.members().count()));
    Ok(())
}

/// The rules that need the graph alone.
fn breaches(graph: &Graph) -> Vec<String> {
    [arrows::breaches(graph), owners::breaches(graph), purity::breaches(graph)].concat()
}

/// The rules that need the manifests' text.
fn manifest_breaches(graph: &Graph) -> Result<Vec<String>> {
    let mut breaches = Vec::new();
    for member in graph.members() {
        breaches.extend(manifests::lints_breach(&member.name, &read(&member.manifest)?)?);
    }
    let root = process::root();
    breaches.extend(manifests::profile_breaches(&read(&root.join("Cargo.toml"))?)?);
    breaches.extend(manifests::config_breaches(&read(&root.join(".cargo/config.toml"))?)?);
    Ok(breaches)
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("could not read {}", path.display()))
}

fn count(breaches: usize) -> String {
    if breaches == 1 { "one breach".to_owned() } else { format!("{breaches} breaches") }
}
