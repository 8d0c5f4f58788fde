//! The file-length rule: a source file is read in one sitting.
//!
//! No `.rs`, `.ts` or `.svelte` file has more than 400 lines, unless its first
//! 15 lines give the reason in the words "over 400 lines because".

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::{files, process};

/// Lines a file may have without a reason.
const MOST_LINES: usize = 400;
/// Lines at the head of a file in which the reason may stand.
const HEAD_LINES: usize = 15;
/// What the reason begins with.
const REASON: &str = "over 400 lines because";
/// The kinds of file that the rule covers.
const SOURCES: [&str; 3] = ["rs", "ts", "svelte"];

/// Fails with one sentence for each file that is too long.
pub fn check() -> Result<()> {
    let root = process::root();
    let mut breaches = Vec::new();
    for path in files::below(&root)?.iter().filter(|path| is_source(path)) {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("could not read {}", path.display()))?;
        let name = path.strip_prefix(&root).unwrap_or(path);
        breaches.extend(breach(&name.display().to_string(), &text));
    }
    if !breaches.is_empty() {
        bail!("\n{}", breaches.join("\n"));
    }
    Ok(())
}

fn is_source(path: &Path) -> bool {
    path.extension().is_some_and(|extension| SOURCES.iter().any(|source| extension == *source))
}

fn breach(name: &str, text: &str) -> Option<String> {
    let lines = text.lines().count();
    let has_reason = text.lines().take(HEAD_LINES).any(|line| line.contains(REASON));
    (lines > MOST_LINES && !has_reason).then(|| {
        format!(
            "{name} has {lines} lines; {MOST_LINES} is the most. \
             Split it, or say at its head why it is \"{REASON} …\"."
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file_of(lines: usize, head: &str) -> String {
        format!("{head}\n{}", "x\n".repeat(lines - 1))
    }

    #[test]
    fn names_a_file_of_401_lines_and_lets_400_be() {
        assert_eq!(breach("a.rs", &file_of(400, "//! A.")), None);
        assert!(breach("a.rs", &file_of(401, "//! A.")).unwrap().starts_with("a.rs has 401 lines"));
    }

    #[test]
    fn a_reason_counts_only_at_the_head() {
        let reason = "//! This file is over 400 lines because it is one table.";
        assert_eq!(breach("a.rs", &file_of(500, reason)), None);
        let late = format!("{}{reason}\n", file_of(500, "//! A."));
        assert!(breach("a.rs", &late).is_some());
    }

    #[test]
    fn covers_rust_typescript_and_svelte() {
        assert!(["a.rs", "b.ts", "c.svelte"].iter().all(|name| is_source(Path::new(name))));
        assert!(!is_source(Path::new("package-lock.json")));
    }
}
