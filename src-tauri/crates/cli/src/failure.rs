//! Failures of a command, told once: to people, or to scripts.

use crate::say;
use api::{ApiError, ErrorCode};
use std::process::ExitCode;

/// Why a command could not do its work.
#[derive(Debug)]
pub struct Failure(ApiError);

impl Failure {
    /// A failure in words, with what to do.
    pub fn new(code: ErrorCode, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self(ApiError::new(code, message, remedy))
    }

    /// Tells it, and gives the exit code 1.
    pub fn tell(self, json: bool) -> ExitCode {
        if json {
            say::result(serde_json::json!({ "error": self.0 }));
        } else {
            say::aside(self.0);
        }
        ExitCode::from(1)
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self(error)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::new(
            ErrorCode::Internal,
            format!("The system refused: {error}."),
            "Close other programs and try again.",
        )
    }
}
