//! What depends on what, read from `cargo metadata`.
//!
//! Two views of the same thing: what each member *names* in its manifest, and
//! what each package *reaches* once everything is resolved, on any platform.
//! Judges nothing.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, Result};
use serde_json::Value;

/// Every package by its id.
#[derive(Debug, Default)]
pub struct Graph {
    packages: BTreeMap<String, Package>,
}

/// One package, of the house or from outside.
#[derive(Debug, Default)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Whether it is a member of this workspace.
    pub is_member: bool,
    /// Whether it runs inside the compiler only.
    pub is_macro: bool,
    /// Its manifest.
    pub manifest: PathBuf,
    /// The dependencies that its manifest names.
    pub named: Vec<Named>,
    /// The ids of what it links against.
    pub reaches: Vec<String>,
}

/// A dependency as a manifest names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The package's real name, whatever it is renamed to.
    pub name: String,
    /// Whether it is a crate of this house.
    pub is_house: bool,
    /// Whether only tests use it.
    pub is_dev: bool,
}

impl Graph {
    /// Reads the output of `cargo metadata --format-version 1`.
    pub fn parse(metadata: &str) -> Result<Self> {
        let metadata: Value = serde_json::from_str(metadata).context("cargo metadata is not JSON")?;
        let members: Vec<&str> = list(&metadata["workspace_members"]).filter_map(Value::as_str).collect();
        let reaches: BTreeMap<&str, Vec<String>> =
            list(&metadata["resolve"]["nodes"]).map(|node| (text(&node["id"]), linked(node))).collect();
        let packages = list(&metadata["packages"]).map(|package| {
            let id = text(&package["id"]);
            let reaches = reaches.get(id).cloned().unwrap_or_default();
            (id.to_owned(), Package { reaches, is_member: members.contains(&id), ..described(package) })
        });
        Ok(Self { packages: packages.collect() })
    }

    /// The crates of the house.
    pub fn members(&self) -> impl Iterator<Item = &Package> {
        self.packages.values().filter(|package| package.is_member)
    }

    /// What a package links against.
    pub fn reached(&self, package: &Package) -> impl Iterator<Item = &Package> {
        package.reaches.iter().filter_map(|id| self.packages.get(id))
    }
}

fn described(package: &Value) -> Package {
    let mut kinds = list(&package["targets"]).flat_map(|target| list(&target["kind"]));
    Package {
        name: text(&package["name"]).to_owned(),
        is_macro: kinds.any(|kind| kind == "proc-macro"),
        manifest: text(&package["manifest_path"]).into(),
        named: list(&package["dependencies"]).map(named).collect(),
        ..Package::default()
    }
}

fn named(dependency: &Value) -> Named {
    Named {
        name: text(&dependency["name"]).to_owned(),
        is_house: dependency["path"].is_string(),
        is_dev: dependency["kind"] == "dev",
    }
}

/// What a node of the resolved graph links against: its normal dependencies.
fn linked(node: &Value) -> Vec<String> {
    let is_normal = |dependency: &&Value| list(&dependency["dep_kinds"]).any(|kind| kind["kind"].is_null());
    list(&node["deps"]).filter(is_normal).map(|dependency| text(&dependency["pkg"]).to_owned()).collect()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Small graphs for the rules' tests: an id is a name.
#[cfg(test)]
pub mod planted {
    use super::{Graph, Named, Package};

    /// A graph of house crates, each written as `policy: model tokio dev:testkit`.
    /// What is not a line of its own comes from outside; `outside` says what that reaches.
    pub fn house(lines: &[&str], outside: &[&str]) -> Graph {
        let house: Vec<&str> = lines.iter().filter_map(|line| line.split(':').next()).collect();
        let mut graph = Graph::default();
        for (line, is_member) in lines.iter().map(|l| (l, true)).chain(outside.iter().map(|l| (l, false))) {
            let (name, rest) = line.split_once(':').unwrap();
            let named: Vec<Named> = rest.split_whitespace().map(|word| dependency(word, &house)).collect();
            let reaches =
                named.iter().filter(|named| !named.is_dev).map(|named| named.name.clone()).collect();
            let package = Package { name: name.into(), is_member, named, reaches, ..Package::default() };
            graph.packages.insert(name.into(), package);
        }
        graph.add_leaves();
        graph
    }

    fn dependency(word: &str, house: &[&str]) -> Named {
        let name = word.strip_prefix("dev:").unwrap_or(word);
        Named { name: name.into(), is_house: house.contains(&name), is_dev: name != word }
    }

    impl Graph {
        fn add_leaves(&mut self) {
            let named: Vec<Named> =
                self.packages.values().flat_map(|package| package.named.clone()).collect();
            for Named { name, .. } in named {
                self.packages.entry(name.clone()).or_insert(Package { name, ..Package::default() });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const METADATA: &str = r#"{
      "workspace_members": ["path+policy"],
      "packages": [
        {"id": "path+policy", "name": "policy", "manifest_path": "/house/policy/Cargo.toml",
         "targets": [{"kind": ["lib"]}],
         "dependencies": [
           {"name": "serde", "kind": null},
           {"name": "model", "kind": null, "path": "/house/model"},
           {"name": "proptest", "kind": "dev"}]},
        {"id": "registry+serde", "name": "serde", "manifest_path": "/cache/serde/Cargo.toml",
         "targets": [{"kind": ["lib"]}], "dependencies": []},
        {"id": "registry+serde_derive", "name": "serde_derive", "manifest_path": "/cache/derive/Cargo.toml",
         "targets": [{"kind": ["proc-macro"]}], "dependencies": []}],
      "resolve": {"nodes": [
        {"id": "path+policy", "deps": [
          {"pkg": "registry+serde", "dep_kinds": [{"kind": null}]},
          {"pkg": "registry+serde_derive", "dep_kinds": [{"kind": "dev"}]}]}]}
    }"#;

    #[test]
    fn reads_members_names_and_what_they_link_against() {
        let graph = Graph::parse(METADATA).unwrap();
        let policy = graph.members().next().unwrap();
        assert_eq!(graph.members().count(), 1);
        assert_eq!(policy.manifest, PathBuf::from("/house/policy/Cargo.toml"));
        let seen: Vec<_> = policy.named.iter().map(|n| (n.name.as_str(), n.is_house, n.is_dev)).collect();
        assert_eq!(seen, [("serde", false, false), ("model", true, false), ("proptest", false, true)]);
        let reached: Vec<_> = graph.reached(policy).map(|package| package.name.as_str()).collect();
        assert_eq!(reached, ["serde"]);
        assert!(graph.packages["registry+serde_derive"].is_macro);
    }

    #[test]
    fn nonsense_is_an_error() {
        assert!(Graph::parse("error: no manifest").is_err());
    }
}
