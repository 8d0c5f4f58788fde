//! Requests that take long run in the runtime's task pool: supervised, bounded,
//! with a deadline, their failures counted.

use crate::{ApiError, ErrorCode};
use runtime::{Console, NoResult};
use std::time::Duration;

/// How long a verification or an export may take: a recording of a day has some gigabytes.
const DEADLINE: Duration = Duration::from_secs(15 * 60);

/// Runs `work` in the pool and waits for it.
pub(crate) fn run<T: Send + 'static>(
    console: &Console,
    name: &'static str,
    work: impl FnOnce() -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    let ticket = console.tasks().submit(name, DEADLINE, work).map_err(|full| {
        ApiError::new(ErrorCode::Conflict, format!("It was not begun: {full}."), "Try again in a while.")
    })?;
    ticket.wait().unwrap_or_else(|error| {
        let code = match error {
            NoResult::TimedOut => ErrorCode::Timeout,
            NoResult::Failed(_) => ErrorCode::Internal,
        };
        Err(ApiError::new(code, format!("The {name} gave no result: {error}."), "Try again."))
    })
}

/// The answer to who asks too often.
pub(crate) fn too_many() -> ApiError {
    ApiError::new(ErrorCode::Conflict, "There are too many requests at once.", "Wait a second.")
}
