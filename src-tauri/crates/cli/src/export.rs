//! `sensocto export FILE`.

use crate::args::ExportArgs;
use crate::failure::Failure;
use crate::{progress, say};
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
        say::result(serde_json::json!(done));
    } else {
        done.problems.iter().for_each(say::aside);
        say::result(format!("{} files with {} samples in {}", done.files, done.samples, done.folder));
    }
    Ok(ExitCode::SUCCESS)
}
