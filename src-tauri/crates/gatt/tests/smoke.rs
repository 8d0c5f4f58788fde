//! Replays what fuzzing has kept, with any compiler: see `fuzz/run`.

mod entry;
mod targets;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(name)
}

/// The names of what is in a folder, without their endings.
fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths = entries.flatten().map(|entry| entry.path());
    paths.filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned())).collect()
}

#[test]
fn the_kept_corpus_of_every_target_passes() {
    for target in names(&folder("corpus")) {
        let text = fs::read_to_string(folder("corpus").join(format!("{target}.txt"))).unwrap();
        assert!(!text.is_empty(), "{target}");
        for line in text.lines() {
            let bytes: Vec<_> =
                line.split_whitespace().map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect();
            targets::push(&target, &bytes);
        }
    }
}

#[test]
fn every_decoder_has_a_target_and_every_target_a_corpus() {
    let decoders: BTreeSet<_> = entry::decoders().map(targets::target).collect();
    assert_eq!(names(&folder("fuzz_targets")), decoders);
    assert_eq!(names(&folder("corpus")), decoders);
}
