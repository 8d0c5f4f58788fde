//! The kept corpus is one text for each target, an input a line in hex, so that it is read and
//! reviewed as text. Fuzzers want a folder: `corpus unpack TEXT FOLDER`, `corpus pack FOLDER TEXT`.

use std::io::Result;
use std::path::Path;
use std::{env, fs};

fn main() -> Result<()> {
    let words: Vec<String> = env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["unpack", text, folder] => unpack(Path::new(text), Path::new(folder)),
        ["pack", folder, text] => pack(Path::new(folder), Path::new(text)),
        _ => Err(std::io::Error::other("corpus unpack TEXT FOLDER, or corpus pack FOLDER TEXT")),
    }
}

fn unpack(text: &Path, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    for (number, line) in fs::read_to_string(text).unwrap_or_default().lines().enumerate() {
        let bytes = line.split(' ').filter_map(|byte| u8::from_str_radix(byte, 16).ok()).collect::<Vec<_>>();
        fs::write(folder.join(format!("kept-{number}")), bytes)?;
    }
    Ok(())
}

fn pack(folder: &Path, text: &Path) -> Result<()> {
    let mut lines = Vec::new();
    for entry in fs::read_dir(folder)? {
        let bytes = fs::read(entry?.path())?;
        lines.push(bytes.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(" ") + "\n");
    }
    lines.sort();
    fs::write(text, lines.concat())
}
