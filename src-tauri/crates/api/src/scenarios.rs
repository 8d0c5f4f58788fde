//! Scenario files for the picker.

use crate::{ApiError, ErrorCode, ScenarioEntry, ScenarioStatus};
use connect::sim::{self, Scenario};
use runtime::{ScenarioFailure, ScenarioView};
use std::path::Path;

/// Every scenario file of the folder, broken ones with their problem.
pub fn list(folder: &Path) -> Vec<ScenarioEntry> {
    sim::list(folder).into_iter().map(|(path, loaded)| entry(&path, loaded.map(|l| l.scenario))).collect()
}

fn entry(path: &Path, scenario: Result<Scenario, sim::ScenarioError>) -> ScenarioEntry {
    let id = path.display().to_string();
    match scenario {
        Ok(scenario) => {
            let counts = scenario.counts();
            ScenarioEntry {
                id,
                name: scenario.name.to_string(),
                description: scenario.description,
                sensors: count(counts.sensors),
                streams: count(counts.streams),
                samples_per_sec: counts.samples_per_sec,
                problem: None,
            }
        }
        Err(error) => ScenarioEntry {
            id,
            name: name_in_words(path),
            description: String::new(),
            sensors: 0,
            streams: 0,
            samples_per_sec: 0.0,
            problem: Some(error.to_string()),
        },
    }
}

/// The running scenario for the snapshot.
pub fn status(view: &ScenarioView) -> ScenarioStatus {
    ScenarioStatus {
        id: view.path.display().to_string(),
        name: name_in_words(&view.path),
        sensors: count(view.sensors),
    }
}

/// Why a scenario can't be run, for the operator.
pub fn failure(failure: ScenarioFailure) -> ApiError {
    match failure {
        ScenarioFailure::File(error) => ApiError::new(ErrorCode::BadFile, error.to_string(), ""),
        ScenarioFailure::Start(error) => ApiError::new(
            ErrorCode::Internal,
            format!("The simulator could not be started: {error}."),
            "Close other programs and try again.",
        ),
        ScenarioFailure::AtLimit => ApiError::new(
            ErrorCode::Conflict,
            "The machine is at its limit; no new simulated sensors are taken.",
            "Wait until it has room again, or close other programs.",
        ),
    }
}

fn name_in_words(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().replace(['_', '-'], " ");
    let mut letters = stem.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
