//! Walking the checkout: the files that people write.
//!
//! What tools make (`target`, `node_modules`, `dist`, `gen`, anything hidden)
//! is left out. The order is sorted, so that a hash over it is stable.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Folders that tools fill.
const MADE_BY_TOOLS: [&str; 4] = ["target", "node_modules", "dist", "gen"];

/// Every file below `folder`, sorted; an error when a folder can't be read.
pub fn below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    collect(folder, &mut found)?;
    found.sort();
    Ok(found)
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    let entries =
        std::fs::read_dir(folder).with_context(|| format!("could not read {}", folder.display()))?;
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') || MADE_BY_TOOLS.contains(&name.as_str()) {
            continue;
        }
        match entry.file_type()?.is_dir() {
            true => collect(&entry.path(), found)?,
            false => found.push(entry.path()),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_out_what_tools_make_and_sorts_the_rest() {
        let folder = tempfile::tempdir().unwrap();
        for path in ["b.rs", "src/a.rs", "node_modules/x/index.js", "dist/app.js", ".git/config"] {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        let found = below(folder.path()).unwrap();
        let names: Vec<_> = found.iter().map(|path| path.strip_prefix(folder.path()).unwrap()).collect();
        assert_eq!(names, [Path::new("b.rs"), Path::new("src/a.rs")]);
    }
}
