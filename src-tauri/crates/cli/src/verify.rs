//! `sensocto verify FILE`.

use crate::failure::Failure;
use crate::{progress, say, table};
use api::{StreamVerdict, Verdict};
use jiff::Timestamp;
use std::path::Path;
use std::process::ExitCode;

/// The exit code for a recording that can't be believed.
const NOT_GOOD: u8 = 3;

/// Verifies a recording and tells what was found.
///
/// # Errors
/// It can't be opened as a recording.
pub fn run(file: &Path, json: bool) -> Result<ExitCode, Failure> {
    let bar = progress::samples("Reading", json);
    let verdict = api::verify(file, &mut |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    let verdict = verdict?;
    if json {
        say::result(serde_json::json!(verdict));
    } else {
        tell(&verdict);
    }
    Ok(if verdict.good { ExitCode::SUCCESS } else { ExitCode::from(NOT_GOOD) })
}

fn tell(verdict: &Verdict) {
    let header =
        ["stream", "offered", "stored", "dropped", "gaps", "rate Hz", "nominal", "first (UTC)", "last (UTC)"];
    let rows: Vec<Vec<String>> = verdict.streams.iter().map(row).collect();
    for line in table::lines(&header, &rows, &[1, 2, 3, 4, 5, 6]) {
        say::result(line);
    }
    for problem in &verdict.problems {
        say::result(format!("problem: {problem}"));
    }
    let closed = if verdict.closed { "" } else { " (not closed: it was cut off, or is still running)" };
    let outcome = if verdict.good { "good" } else { "NOT GOOD" };
    say::result(format!("{}: {outcome}{closed}", verdict.path));
}

fn row(stream: &StreamVerdict) -> Vec<String> {
    let rate = |rate: Option<f64>| rate.map_or("–".to_owned(), |rate| format!("{rate:.3}"));
    vec![
        format!("{}/{}", stream.sensor, stream.attribute),
        stream.offered.to_string(),
        stream.stored.to_string(),
        stream.dropped.to_string(),
        stream.gaps.to_string(),
        rate(stream.rate_hz),
        rate(stream.nominal_rate_hz),
        time(stream.first_ms),
        time(stream.last_ms),
    ]
}

fn time(millis: Option<f64>) -> String {
    let at = millis.and_then(|millis| Timestamp::from_millisecond(millis as i64).ok());
    at.map_or("–".to_owned(), |at| at.strftime("%F %T%.3f").to_string())
}
