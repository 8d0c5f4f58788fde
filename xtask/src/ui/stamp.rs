//! Stamps: what the last run of a slow step was made from.
//!
//! A fingerprint covers the names and contents of files, and where they lie,
//! so that two checkouts that share a target directory don't take each other's
//! stamps for their own. It guards against needless work, not against malice.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::process;

/// A named stamp below the target directory.
pub struct Stamp {
    file: PathBuf,
}

impl Stamp {
    /// The stamp of a step.
    pub fn named(step: &str) -> Self {
        Self { file: process::target_dir().join("xtask").join(step) }
    }

    /// Whether the step's last good run was made from this.
    pub fn holds(&self, fingerprint: &str) -> bool {
        std::fs::read_to_string(&self.file).is_ok_and(|held| held == fingerprint)
    }

    /// Notes what the step was made from.
    pub fn write(&self, fingerprint: &str) -> Result<()> {
        let write = || {
            self.file.parent().map_or(Ok(()), std::fs::create_dir_all)?;
            std::fs::write(&self.file, fingerprint)
        };
        write().with_context(|| format!("could not write {}", self.file.display()))
    }
}

/// A fingerprint over files; an error names the file that can't be read.
pub fn fingerprint(files: &[PathBuf]) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.hash(&mut hasher);
        std::fs::read(file).with_context(|| format!("could not read {}", file.display()))?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_sees_contents_and_names() {
        let folder = tempfile::tempdir().unwrap();
        let [one, two] = ["one.ts", "two.ts"].map(|name| folder.path().join(name));
        std::fs::write(&one, "let a = 1").unwrap();
        std::fs::write(&two, "let a = 1").unwrap();
        let before = fingerprint(std::slice::from_ref(&one)).unwrap();
        assert_ne!(before, fingerprint(std::slice::from_ref(&two)).unwrap());
        std::fs::write(&one, "let a = 2").unwrap();
        assert_ne!(before, fingerprint(std::slice::from_ref(&one)).unwrap());
        std::fs::write(&one, "let a = 1").unwrap();
        assert_eq!(before, fingerprint(&[one]).unwrap());
    }

    #[test]
    fn a_stamp_holds_what_was_written_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let stamp = Stamp { file: folder.path().join("deep/ui-build") };
        assert!(!stamp.holds("12"));
        stamp.write("12").unwrap();
        assert!(stamp.holds("12") && !stamp.holds("13"));
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = fingerprint(&["/nowhere/package.json".into()]).unwrap_err().to_string();
        assert!(error.contains("/nowhere/package.json"), "{error}");
    }
}
