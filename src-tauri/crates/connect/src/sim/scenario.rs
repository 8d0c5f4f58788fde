//! Scenario files on disk: loading one, listing a folder.
//!
//! Nothing larger than 4 MB is read, nothing but regular files is opened (a
//! named pipe would wait for ever), at most 500 files of a folder are listed.

use super::plan::Scenario;
use super::problem::{Fault, ScenarioError, Warnings};
use super::read;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

const FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;
const FILES_MAX: usize = 500;

/// A scenario, and what of its file does not run as written.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    /// What runs.
    pub scenario: Scenario,
    /// What the operator should know about the file.
    pub warnings: Warnings,
}

impl Scenario {
    /// Reads and checks a scenario file.
    ///
    /// # Errors
    /// [`ScenarioError`] if it can't be read, is no YAML, or holds nothing that can run.
    pub fn load(path: &Path) -> Result<Loaded, ScenarioError> {
        let file = shown_name(path);
        let text = read_text(path).map_err(|fault| fault.in_file(&file))?;
        Self::parse(&text, &file)
    }

    /// Checks the text of a scenario file; `file_name` is for its name and for messages.
    ///
    /// # Errors
    /// [`ScenarioError`] if it is no YAML, or holds nothing that can run.
    pub fn parse(text: &str, file_name: &str) -> Result<Loaded, ScenarioError> {
        let bounded = if text.len() as u64 > FILE_BYTES_MAX { Err(too_large()) } else { Ok(text) };
        let (scenario, warnings) = bounded
            .and_then(|text| read::scenario(text, file_name))
            .map_err(|fault| fault.in_file(file_name))?;
        Ok(Loaded { scenario, warnings })
    }
}

/// The scenario files (`*.yaml`, `*.yml`) of a folder, sorted by name, each
/// loaded or with the reason why it can't run. A folder that can't be read is
/// one entry of its own with the reason.
#[must_use]
pub fn list(folder: &Path) -> Vec<(PathBuf, Result<Loaded, ScenarioError>)> {
    match scenario_paths(folder) {
        Ok(paths) => paths.into_iter().map(|path| (path.clone(), Scenario::load(&path))).collect(),
        Err(error) => {
            let fault = unreadable(&error, "Choose a folder that exists and that you may read");
            vec![(folder.to_owned(), Err(fault.in_file(&shown_name(folder))))]
        }
    }
}

fn scenario_paths(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if is_scenario_name(&path) {
            paths.push(path);
        }
    }
    paths.sort();
    paths.truncate(FILES_MAX);
    Ok(paths)
}

fn is_scenario_name(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("yaml") || ending.eq_ignore_ascii_case("yml"))
}

fn shown_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    model::DisplayName::clean(&name, "the file").as_str().to_owned()
}

fn read_text(path: &Path) -> Result<String, Fault> {
    const REMEDY: &str = "Check that the file exists and that you may read it";
    let told = |error: io::Error| unreadable(&error, REMEDY);
    if !path.metadata().map_err(told)?.is_file() {
        return Err(Fault::whole_file("this is not a file", "Choose a scenario file (.yaml)"));
    }
    let mut bytes = Vec::new();
    File::open(path).map_err(told)?.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(told)?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(too_large());
    }
    String::from_utf8(bytes)
        .map_err(|_| Fault::whole_file("this is not a text file", "Save it as UTF-8 text"))
}

fn unreadable(error: &io::Error, remedy: &'static str) -> Fault {
    let why = match error.kind() {
        io::ErrorKind::NotFound => "there is no such file or folder".to_owned(),
        io::ErrorKind::PermissionDenied => "you are not allowed to read it".to_owned(),
        _ => format!("it can't be read: {error}"),
    };
    Fault::whole_file(why, remedy)
}

fn too_large() -> Fault {
    Fault::whole_file(
        format!("the file is larger than {} MB", FILE_BYTES_MAX / 1024 / 1024),
        "A scenario is a few kilobytes: check that this is one, or split it",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALLEST: &str =
        "connectors: {c: {sensors: {s: {attributes: {a: {sensor_type: ecg, sampling_rate: 100}}}}}}";

    fn problem(path: &Path) -> String {
        Scenario::load(path).expect_err("it loaded").to_string()
    }

    #[test]
    fn a_missing_file_a_folder_and_a_file_of_bytes_are_told_in_words() {
        let folder = tempfile::tempdir().unwrap();
        let missing = problem(&folder.path().join("gone.yaml"));
        assert!(missing.starts_with("gone.yaml: there is no such file"), "{missing}");
        assert!(problem(folder.path()).contains("not a file"));
        let bytes = folder.path().join("bytes.yaml");
        std::fs::write(&bytes, [0xff, 0xfe, 0x00]).unwrap();
        assert!(problem(&bytes).contains("Save it as UTF-8"));
    }

    #[test]
    fn a_file_over_4_mb_is_refused_unread() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("huge.yaml");
        File::create(&path).unwrap().set_len(1 << 40).unwrap();
        assert!(problem(&path).contains("larger than 4 MB"));
    }

    #[test]
    fn a_folder_is_listed_by_name_with_its_broken_files() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("b.yaml"), SMALLEST).unwrap();
        std::fs::write(folder.path().join("a.YML"), "a: [").unwrap();
        std::fs::write(folder.path().join("notes.txt"), "no scenario").unwrap();
        let listed = list(folder.path());
        let names: Vec<_> =
            listed.iter().map(|(path, _)| path.file_name().unwrap().to_str().unwrap()).collect();
        assert_eq!(names, ["a.YML", "b.yaml"]);
        assert!(listed[0].1.is_err() && listed[1].1.is_ok());
    }

    #[test]
    fn a_folder_that_is_not_there_is_told_as_an_entry() {
        let listed = list(Path::new("/nowhere/at/all"));
        assert_eq!(listed.len(), 1);
        assert!(listed[0].1.as_ref().unwrap_err().to_string().contains("no such file or folder"));
    }
}
