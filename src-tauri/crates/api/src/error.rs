//! The one error type that crosses to a face.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What kind of error it is; faces match on this, never on the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ErrorCode {
    /// The request itself makes no sense.
    BadRequest,
    /// What was named does not exist.
    NotFound,
    /// It can't be done in this state: "a recording is already running".
    Conflict,
    /// A file or folder can't be read or written.
    Storage,
    /// A file is not what it should be.
    BadFile,
    /// Bluetooth can't do it.
    Bluetooth,
    /// The other side did not answer in time.
    Timeout,
    /// Too much is under way already; later it may work.
    Busy,
    /// A defect of the console.
    Internal,
}

/// An error for people: what happened, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ApiError {
    /// What kind.
    pub code: ErrorCode,
    /// What happened, in a sentence.
    pub message: String,
    /// What to do next; empty where there is nothing to do.
    pub remedy: String,
}

impl ApiError {
    /// An error with a remedy.
    #[must_use]
    pub fn new(code: ErrorCode, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { code, message: message.into(), remedy: remedy.into() }
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)?;
        if !self.remedy.is_empty() {
            write!(f, " {}", self.remedy)?;
        }
        Ok(())
    }
}

impl std::error::Error for ApiError {}
