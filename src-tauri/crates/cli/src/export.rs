//! `sensocto export FILE`.
#![expect(clippy::disallowed_macros, reason = "this is the command line: it talks to standard output")]

use crate::args::ExportArgs;
use crate::failure::Failure;
use crate::progress;
use std::process::ExitCode;

/// Exports a recording.
///
/// # Errors
/// The recording can't be read, or the folder can't be written.
pub fn run(args: &ExportArgs, json: bool) -> Result<ExitCode, Failure> {
    let bar = progress::samples("Writing", json);
    let done = api::export_csv(&args.file, args.out.as_deref(), args.overwrite, &mut |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    let done = done?;
    if json {
        println!("{}", serde_json::json!(done));
    } else {
        done.problems.iter().for_each(|problem| eprintln!("sensocto: {problem}"));
        println!("{} files with {} samples in {}", done.files, done.samples, done.folder);
    }
    Ok(ExitCode::SUCCESS)
}
