//! A sensor asked through its worker, in order with its samples.

use crate::system::{SensorAccount, account};
use crate::{ApiError, ErrorCode, SensorRow, rows};
use model::SensorId;
use runtime::{CallError, Console, Unanswered};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a sensor's worker answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct AskedSensor {
    /// When it answered: wall clock, milliseconds since 1970 UTC.
    pub at_ms: f64,
    /// From the question to the answer, milliseconds.
    pub took_ms: f64,
    /// The sensor with its last values, behind everything that was offered before.
    pub sensor: SensorRow,
    /// Its account: of a sensor at rest, offered = delivered + dropped.
    pub account: SensorAccount,
}

/// Asks the sensor of that id.
pub fn ask(console: &Console, id: &str) -> Result<AskedSensor, ApiError> {
    let id =
        SensorId::parse(id).map_err(|why| ApiError::new(ErrorCode::BadRequest, format!("{why}."), ""))?;
    let asked_ns = console.now().host_ns;
    let view = console.ask_sensor(&id).map_err(|why| unanswered(&id, why))?;
    let now = console.now();
    Ok(AskedSensor {
        at_ms: now.wall_ns as f64 / 1e6,
        took_ms: now.host_ns.saturating_sub(asked_ns).max(0) as f64 / 1e6,
        sensor: rows::sensor(&view, now.host_ns),
        account: account(&view),
    })
}

fn unanswered(id: &SensorId, why: Unanswered) -> ApiError {
    let (code, remedy) = match why {
        Unanswered::Unknown => (ErrorCode::NotFound, "Look at the list of sensors for its id."),
        Unanswered::Call(CallError::TimedOut { .. }) => {
            (ErrorCode::Timeout, "Its worker is held up: look at the supervision tree and the queues.")
        }
        Unanswered::Call(CallError::Gone) => {
            (ErrorCode::Conflict, "Its worker is being started again, or was given up: look at the tree.")
        }
        Unanswered::Call(CallError::Busy) => (ErrorCode::Busy, "Ask again in a moment."),
    };
    ApiError::new(code, format!("{id} gave no answer: {why}."), remedy)
}
