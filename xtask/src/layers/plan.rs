//! The house plan as a table: who stands on which floor, who owns which library.
//!
//! Change it together with `src-tauri/ARCHITECTURE.md`, and only with a reason:
//! it is what the other rules are held against.

/// The host: the root package.
pub const HOST: &str = "sensocto-console";

/// The floors from the top down. A crate may use crates of lower floors only.
pub const FLOORS: [&[&str]; 7] = [
    &[HOST, "cli"],
    &["api"],
    &["runtime"],
    &["connect", "peer", "call", "export"],
    &["store"],
    &["policy", "signal", "gatt"],
    &["model"],
];

/// The crates without thread, clock, channel or file.
pub const PURE: [&str; 4] = ["model", "signal", "policy", "gatt"];

/// What a pure crate may reach in the end, besides other pure crates: a driver is a
/// text that somebody wrote, so `toml` and what it is made of is among them.
pub const PURE_LIBRARIES: [&str; 14] = [
    "serde",
    "serde_core",
    "thiserror",
    "toml",
    "toml_parser",
    "toml_writer",
    "toml_datetime",
    "serde_spanned",
    "winnow",
    "memchr",
    "indexmap",
    "hashbrown",
    "foldhash",
    "equivalent",
];

/// What the scope, a process of its own, may use.
pub const SCOPE_USES: [&str; 2] = ["signal", "model"];

/// Libraries with one owner. A name covers its family: `tauri` also stands for `tauri-build`.
pub const OWNED: [(&str, &str); 15] = [
    ("tauri", HOST),
    ("wry", HOST),
    ("tao", HOST),
    ("webkit2gtk", HOST),
    ("egui", "scope"),
    ("eframe", "scope"),
    ("btleplug", "connect"),
    ("bluez-async", "connect"),
    ("rusqlite", "store"),
    ("libsqlite3-sys", "store"),
    ("axum", "peer"),
    ("reqwest", "peer"),
    ("str0m", "call"),
    ("cpal", "call"),
    ("plotters", "export"),
];

/// Where a crate stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// On a floor, counted from the top.
    Floor(usize),
    /// The scope: beside the house, on `signal` and `model` alone.
    Scope,
    /// `testkit`: outside; anyone may take it as a dev-dependency.
    Testkit,
    /// `tests`: outside; may use anything.
    Tests,
    /// `xtask`: outside; uses nothing of the house.
    Xtask,
}

/// The place of a workspace member, if the plan has one.
pub fn place(name: &str) -> Option<Place> {
    match name {
        "scope" => Some(Place::Scope),
        "testkit" => Some(Place::Testkit),
        "tests" => Some(Place::Tests),
        "xtask" => Some(Place::Xtask),
        _ => FLOORS.iter().position(|floor| floor.contains(&name)).map(Place::Floor),
    }
}

/// The only crate that may name a library, if it has an owner.
pub fn owner(library: &str) -> Option<&'static str> {
    OWNED.iter().find(|(family, _)| belongs(library, family)).map(|(_, owner)| *owner)
}

fn belongs(library: &str, family: &str) -> bool {
    library.strip_prefix(family).is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_is_a_name_and_its_hyphenated_kin() {
        assert_eq!(owner("tauri-plugin-dialog"), Some(HOST));
        assert_eq!(owner("egui_plot"), Some("scope"));
        assert_eq!(owner("rusqlite"), Some("store"));
        assert_eq!(owner("taurin"), None);
    }

    #[test]
    fn every_pure_crate_has_a_floor_below_the_store() {
        let store = FLOORS.iter().position(|floor| floor.contains(&"store")).unwrap();
        assert!(PURE.iter().all(|name| matches!(place(name), Some(Place::Floor(floor)) if floor > store)));
    }
}
