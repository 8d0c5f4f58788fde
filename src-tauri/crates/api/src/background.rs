//! Requests that take long run in the runtime's task pool: supervised, bounded,
//! with a deadline, their failures counted.

use crate::{ApiError, ErrorCode};
use runtime::{Console, NoResult, WallError};
use std::time::Duration;

/// How long a verification or an export may take: a recording of a day has some gigabytes.
const DEADLINE: Duration = Duration::from_secs(15 * 60);

/// What to do about a disk that hangs.
pub(crate) const ANOTHER_FOLDER: &str = "Check that the disk is connected, or choose another folder.";

/// Asks the disk with the recordings something, with a deadline.
pub(crate) fn on_disk<T: Send + 'static>(
    console: &Console,
    call: &'static str,
    work: impl FnOnce() -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    console.files().call(call, work, |_| false).map_err(not_from_disk)
}

fn not_from_disk(error: WallError<ApiError>) -> ApiError {
    let code = match error {
        WallError::Failed(error) => return error,
        WallError::Panicked(_) => ErrorCode::Internal,
        WallError::Full => ErrorCode::Busy,
        WallError::TimedOut | WallError::Open { .. } => ErrorCode::Timeout,
    };
    ApiError::new(code, format!("Of the disk with the recordings: {error}."), ANOTHER_FOLDER)
}

/// Runs `work` in the pool and waits for it.
pub(crate) fn run<T: Send + 'static>(
    console: &Console,
    name: &'static str,
    work: impl FnOnce() -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    let ticket = console.tasks().submit(name, DEADLINE, work).map_err(|full| {
        ApiError::new(ErrorCode::Busy, format!("It was not begun: {full}."), "Try again in a while.")
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
    ApiError::new(ErrorCode::Busy, "There are too many requests at once.", "Wait a second.")
}
