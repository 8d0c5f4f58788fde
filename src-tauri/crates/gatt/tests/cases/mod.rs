//! The cases in `cases/*.toml`.

use std::fs;
use std::path::Path;
use toml::{Table, Value};

/// One message, and what it means.
pub struct Case {
    /// What it is, in words; tests fail with it.
    pub name: String,
    /// The decoder's name.
    pub decoder: String,
    /// The message.
    pub bytes: Vec<u8>,
    /// Its fields, or the words with which it is refused.
    pub expected: Result<Table, String>,
}

/// Every case of every file; a case that can't be read is an error that names it.
pub fn all() -> Result<Vec<Case>, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let mut files: Vec<_> = fs::read_dir(&folder)
        .map_err(|error| error.to_string())?
        .flatten()
        .map(|entry| entry.path())
        .collect();
    files.sort();
    let mut cases = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).map_err(|error| error.to_string())?;
        let table: Table = text.parse().map_err(|error| format!("{}: {error}", file.display()))?;
        for case in table.get("case").and_then(Value::as_array).into_iter().flatten() {
            cases.push(read(case).ok_or_else(|| format!("{}: no case: {case:?}", file.display()))?);
        }
    }
    Ok(cases)
}

fn read(case: &Value) -> Option<Case> {
    let text = |key: &str| case.get(key).and_then(Value::as_str).map(str::to_owned);
    let expected = match text("refused") {
        Some(words) => Err(words),
        None => Ok(case.get("expect")?.as_table()?.clone()),
    };
    Some(Case { name: text("name")?, decoder: text("decoder")?, bytes: hex(&text("bytes")?)?, expected })
}

/// The bytes of `03 E8 …`.
pub fn hex(text: &str) -> Option<Vec<u8>> {
    text.split_whitespace()
        .map(|byte| u8::from_str_radix(byte, 16).ok().filter(|_| byte.len() == 2))
        .collect()
}
