//! The UI's types, which the api crate's tests write (`ui/src/api`, committed).
//!
//! CI has them written to a folder of their own and compares, so that a stale
//! file is noticed as well as a changed one, and the checkout stays as it is.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::{files, process, say};

/// Names the folder that the types are written to.
pub const FOLDER_VARIABLE: &str = "TS_RS_EXPORT_DIR";

/// Writes the types anew: what changed, and without what is stale.
pub fn regenerate() -> Result<()> {
    let fresh = fresh_folder()?;
    let mut export = process::cargo(["test", "--quiet", "--package", "api", "export_bindings"]);
    process::run(export.env(FOLDER_VARIABLE, &fresh))?;
    let (written, removed) = replace(&committed(), &fresh)?;
    say::line(&format!("ui/src/api: {written} files written, {removed} removed, the rest is as it was."));
    Ok(())
}

/// Fails with the names of the files in which the committed types differ from fresh ones.
pub fn compare(fresh: &Path) -> Result<()> {
    let differences = differences(&contents(&committed())?, &contents(fresh)?);
    if !differences.is_empty() {
        bail!(
            "the committed types in ui/src/api are not what the api crate says: \
             run `cargo xtask bindings` and commit.\n  {}",
            differences.join("\n  ")
        );
    }
    Ok(())
}

/// An empty folder for fresh types.
pub fn fresh_folder() -> Result<PathBuf> {
    let folder = process::target_dir().join("xtask").join("types");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).with_context(|| format!("could not empty {}", folder.display()))?;
    }
    std::fs::create_dir_all(&folder).with_context(|| format!("could not make {}", folder.display()))?;
    Ok(folder)
}

fn committed() -> PathBuf {
    process::root().join("ui/src/api")
}

/// The files below a folder by their names within it.
type Contents = BTreeMap<PathBuf, Vec<u8>>;

fn contents(folder: &Path) -> Result<Contents> {
    let read = |path: PathBuf| {
        let text = std::fs::read(&path).with_context(|| format!("could not read {}", path.display()))?;
        Ok((path.strip_prefix(folder).unwrap_or(&path).to_path_buf(), text))
    };
    files::below(folder)?.into_iter().map(read).collect()
}

fn differences(committed: &Contents, fresh: &Contents) -> Vec<String> {
    let stale = committed.keys().filter(|name| !fresh.contains_key(*name)).map(|name| (name, "is stale"));
    let others = fresh.iter().filter_map(|(name, text)| match committed.get(name) {
        None => Some((name, "is missing")),
        Some(held) if held != text => Some((name, "differs")),
        Some(_) => None,
    });
    stale.chain(others).map(|(name, how)| format!("{} {how}", name.display())).collect()
}

/// Makes `committed` like `fresh`, touching only what differs; gives files written and removed.
fn replace(committed: &Path, fresh: &Path) -> Result<(usize, usize)> {
    let (old, new) = (contents(committed)?, contents(fresh)?);
    let changed: Vec<_> = new.iter().filter(|(name, text)| old.get(*name) != Some(*text)).collect();
    for (name, text) in &changed {
        let path = committed.join(name);
        path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
        std::fs::write(&path, text).with_context(|| format!("could not write {}", path.display()))?;
    }
    let stale: Vec<_> = old.keys().filter(|name| !new.contains_key(*name)).collect();
    for name in &stale {
        std::fs::remove_file(committed.join(name))?;
    }
    Ok((changed.len(), stale.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    }

    #[test]
    fn stale_missing_and_changed_types_are_each_named() {
        let committed = folder(&[("Same.ts", "a"), ("Old.ts", "b"), ("Row.ts", "c")]);
        let fresh = folder(&[("Same.ts", "a"), ("New.ts", "d"), ("Row.ts", "e")]);
        let [committed, fresh] = [committed.path(), fresh.path()].map(|folder| contents(folder).unwrap());
        assert_eq!(
            differences(&committed, &fresh),
            ["Old.ts is stale", "New.ts is missing", "Row.ts differs"]
        );
        assert!(differences(&fresh, &fresh).is_empty());
    }

    #[test]
    fn regenerating_leaves_no_difference() {
        let committed = folder(&[("Same.ts", "a"), ("Old.ts", "b")]);
        let fresh = folder(&[("Same.ts", "a"), ("New.ts", "d")]);
        assert_eq!(replace(committed.path(), fresh.path()).unwrap(), (1, 1));
        let [committed, fresh] = [committed.path(), fresh.path()].map(|folder| contents(folder).unwrap());
        assert_eq!(committed, fresh);
    }
}
