//! `sensocto doctor`: what this machine offers the console, what is missing,
//! and what to do about it.

mod bluetooth;
mod limits;
mod rooms;

use crate::args::DoctorArgs;
use crate::failure::Failure;
use crate::{interrupt, say, table};
use api::CheckStatus;
use serde::Serialize;
use std::process::ExitCode;

/// One thing that was looked at.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    name: &'static str,
    status: CheckStatus,
    words: String,
    remedy: String,
}

impl Finding {
    fn good(name: &'static str, words: impl Into<String>) -> Self {
        Self { name, status: CheckStatus::Good, words: words.into(), remedy: String::new() }
    }

    fn warning(name: &'static str, words: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { name, status: CheckStatus::Warning, words: words.into(), remedy: remedy.into() }
    }

    fn failed(name: &'static str, words: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { name, status: CheckStatus::Failed, words: words.into(), remedy: remedy.into() }
    }
}

/// Looks at everything and tells it.
///
/// # Errors
/// The system refuses to tell about signals.
pub fn run(args: &DoctorArgs, json: bool) -> Result<ExitCode, Failure> {
    let interrupt = interrupt::channel()?;
    let mut findings = limits::all();
    findings.extend([rooms::recordings(&args.recordings), rooms::doors(), rooms::console()]);
    if !args.no_bluetooth {
        findings.push(bluetooth::check(&interrupt));
    }
    let is_usable = findings.iter().all(|finding| finding.status != CheckStatus::Failed);
    if json {
        say::result(serde_json::json!({ "usable": is_usable, "checks": findings }));
    } else {
        tell(&findings, is_usable);
    }
    Ok(if is_usable { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn tell(findings: &[Finding], is_usable: bool) {
    let row = |finding: &Finding| {
        vec![word(finding.status).to_owned(), finding.name.to_owned(), finding.words.clone()]
    };
    let rows: Vec<Vec<String>> = findings.iter().map(row).collect();
    table::lines(&["", "what", "finding"], &rows, &[]).into_iter().for_each(say::result);
    for finding in findings.iter().filter(|finding| !finding.remedy.is_empty()) {
        say::result(format!("{}: {}", finding.name, finding.remedy));
    }
    say::result(if is_usable { "The console can be used." } else { "The console can't be used as it is." });
}

const fn word(status: CheckStatus) -> &'static str {
    match status {
        CheckStatus::Good => "good",
        CheckStatus::Warning => "WARNING",
        CheckStatus::Failed => "FAILED",
    }
}
