//! What only the manifests' text says: inherited lints, profiles that unwind.
//!
//! Supervision catches panics; a profile that aborts takes the whole console
//! down with one sensor.

use anyhow::{Context, Result};
use toml::{Table, Value};

/// The profiles that must say it themselves; the others inherit from these two.
const BASE_PROFILES: [&str; 2] = ["dev", "release"];

/// A sentence if a crate doesn't inherit the workspace's lints.
pub fn lints_breach(name: &str, manifest: &str) -> Result<Option<String>> {
    let manifest = parsed(manifest).with_context(|| format!("the manifest of `{name}`"))?;
    let inherits =
        manifest.get("lints").and_then(|lints| lints.get("workspace")) == Some(&Value::Boolean(true));
    Ok((!inherits).then(|| {
        format!(
            "Lints: `{name}` does not inherit the workspace's lints: \
             add `[lints] workspace = true` to its Cargo.toml."
        )
    }))
}

/// A sentence for each profile of the root manifest that doesn't unwind.
pub fn profile_breaches(manifest: &str) -> Result<Vec<String>> {
    let manifest = parsed(manifest).context("the root manifest")?;
    let silent = BASE_PROFILES.iter().filter(|name| strategy(&manifest, name).is_none());
    let silent = silent.map(|name| {
        format!(
            "Unwinding: the profile `{name}` does not say so: \
             add `panic = \"unwind\"` to [profile.{name}] in the root Cargo.toml."
        )
    });
    Ok(silent.chain(aborting(&manifest, "the root Cargo.toml")).collect())
}

/// A sentence for each profile that cargo's own configuration turns away from unwinding.
pub fn config_breaches(config: &str) -> Result<Vec<String>> {
    let config = parsed(config).context(".cargo/config.toml")?;
    Ok(aborting(&config, ".cargo/config.toml").collect())
}

fn aborting(document: &Table, file: &str) -> impl Iterator<Item = String> {
    let names = document.get("profile").and_then(Value::as_table).into_iter().flat_map(Table::keys);
    let aborting = names.filter(|name| strategy(document, name).is_some_and(|strategy| strategy != "unwind"));
    aborting.map(move |name| {
        format!(
            "Unwinding: the profile `{name}` in {file} does not unwind, and supervision dies without it: \
             set `panic = \"unwind\"`."
        )
    })
}

/// What a profile says about panics.
fn strategy<'d>(document: &'d Table, profile: &str) -> Option<&'d str> {
    document.get("profile")?.get(profile)?.get("panic")?.as_str()
}

fn parsed(text: &str) -> Result<Table> {
    text.parse::<Table>().context("it is not valid TOML")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_that_goes_its_own_way_with_lints_is_named() {
        let own = "[package]\nname = \"gatt\"\n[lints.rust]\nunsafe_code = \"allow\"\n";
        assert!(lints_breach("gatt", own).unwrap().unwrap().starts_with("Lints: `gatt`"));
        assert!(lints_breach("gatt", "[package]\nname = \"gatt\"\n").unwrap().is_some());
        assert_eq!(lints_breach("gatt", "[lints]\nworkspace = true\n").unwrap(), None);
        assert_eq!(lints_breach("gatt", "lints.workspace = true\n").unwrap(), None);
    }

    #[test]
    fn a_profile_that_aborts_or_is_silent_is_named() {
        let good = "[profile.dev]\npanic = \"unwind\"\n[profile.release]\npanic = \"unwind\"\n";
        assert!(profile_breaches(good).unwrap().is_empty());
        let small = format!("{good}[profile.small]\ninherits = \"release\"\npanic = \"abort\"\n");
        assert!(profile_breaches(&small).unwrap()[0].contains("`small`"));
        let silent = profile_breaches("[profile.dev]\npanic = \"unwind\"\n").unwrap();
        assert!(silent[0].contains("`release`"), "{silent:?}");
    }

    #[test]
    fn cargos_own_configuration_may_not_abort_either() {
        assert_eq!(config_breaches("[profile.dev]\npanic = \"abort\"\n").unwrap().len(), 1);
        assert!(config_breaches("[alias]\nxtask = \"run\"\n").unwrap().is_empty());
    }

    #[test]
    fn text_that_is_no_toml_is_an_error_with_the_crates_name() {
        let error = format!("{:#}", lints_breach("gatt", "[lints").unwrap_err());
        assert!(error.contains("the manifest of `gatt`"), "{error}");
    }
}
