//! Messages that the outbox has set aside: looked at, released, discarded. Each
//! call waits for the outbox's disk, behind a wall with a deadline.

use crate::{ApiError, ErrorCode};
use model::one_line;
use runtime::{Console, OutboxDesk, WallError};
use serde::{Deserialize, Serialize};
use store::StoreError;
use store::outbox::ParkedMessage;
use ts_rs::TS;

/// Characters of a key, and of a reason, that are told.
pub(crate) const KEY_CHARS_MAX: usize = 120;
pub(crate) const REASON_CHARS_MAX: usize = 300;

/// A page of the messages that were set aside, the oldest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ParkedPage {
    /// The messages; [`runtime::PARKED_PAGE`] of them at most.
    pub messages: Vec<ParkedRow>,
    /// How many there are in all.
    #[ts(type = "number")]
    pub total: u64,
    /// What to ask for to see the next page; none on the last one.
    #[ts(type = "number | null")]
    pub next: Option<i64>,
}

/// A message that was set aside.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ParkedRow {
    /// Its number.
    #[ts(type = "number")]
    pub id: i64,
    /// Where it was to go.
    pub topic: String,
    /// What it belongs to; of the history: sensor and attribute.
    pub key: String,
    /// When it was put into the outbox: wall clock, milliseconds since 1970 UTC.
    pub put_ms: f64,
    /// Tries made.
    pub tries: u32,
    /// Why the last one failed.
    pub reason: String,
    /// Its size, bytes.
    #[ts(type = "number")]
    pub bytes: u64,
}

/// The page behind the number `after`; the first one without.
pub fn page(console: &Console, after: Option<i64>) -> Result<ParkedPage, ApiError> {
    let page = desk(console)?.page(after.unwrap_or(0)).map_err(|error| not_done(error, LIST_AGAIN))?;
    let messages = page.messages.into_iter().map(row).collect();
    Ok(ParkedPage { messages, total: page.total, next: page.next })
}

/// Lets a parked message try again.
pub fn release(console: &Console, id: i64) -> Result<(), ApiError> {
    found(id, desk(console)?.release(id).map_err(|error| not_done(error, LOOK_FIRST))?)
}

/// Throws a parked message away.
pub fn discard(console: &Console, id: i64) -> Result<(), ApiError> {
    found(id, desk(console)?.discard(id).map_err(|error| not_done(error, LOOK_FIRST))?)
}

const LIST_AGAIN: &str = "Check that the disk with the history is connected, and ask again.";
/// What timed out may be done all the same.
const LOOK_FIRST: &str =
    "It may still be done: list what is set aside before you try again, and check the disk with the history.";

fn desk(console: &Console) -> Result<&OutboxDesk, ApiError> {
    console.outbox_desk().ok_or_else(|| {
        let remedy =
            "Switch the history on ([history] of the settings, or `serve --history DIR`) and start again.";
        ApiError::new(ErrorCode::Conflict, "There is no outbox: this console keeps no history.", remedy)
    })
}

/// A message that is not there has been dealt with: by somebody else, or earlier.
fn found(id: i64, is_there: bool) -> Result<(), ApiError> {
    if is_there {
        return Ok(());
    }
    let message = format!("No message {id} is set aside: it was released, delivered or discarded before.");
    Err(ApiError::new(ErrorCode::NotFound, message, "List what is set aside to see the numbers there are."))
}

fn not_done(error: WallError<StoreError>, remedy: &str) -> ApiError {
    let (code, remedy) = match &error {
        WallError::Failed(error) => {
            let code = match error {
                StoreError::Damaged { .. } => ErrorCode::BadFile,
                _ => ErrorCode::Storage,
            };
            return ApiError::new(code, error.words(), runtime::outbox_remedy(error));
        }
        WallError::TimedOut => (ErrorCode::Timeout, remedy),
        WallError::Open { .. } => (ErrorCode::Timeout, LIST_AGAIN),
        WallError::Full => (ErrorCode::Busy, "Ask again in a moment."),
        WallError::Panicked(_) => (ErrorCode::Internal, remedy),
    };
    ApiError::new(code, format!("Of the outbox: {error}."), remedy)
}

fn row(message: ParkedMessage) -> ParkedRow {
    ParkedRow {
        id: message.id,
        topic: one_line(&message.topic, KEY_CHARS_MAX),
        key: one_line(&message.key, KEY_CHARS_MAX),
        put_ms: message.wall_ns as f64 / 1e6,
        tries: message.tries,
        reason: one_line(&message.failure, REASON_CHARS_MAX),
        bytes: message.bytes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_still_be_done_is_said_of_a_time_out_and_of_nothing_else() {
        let told = |error| not_done(error, LOOK_FIRST);
        let late = told(WallError::TimedOut);
        assert_eq!((late.code, late.remedy.contains("may still be done")), (ErrorCode::Timeout, true));
        for error in [WallError::Open { retry_after_ns: 1 }, WallError::Full] {
            let refused = told(error);
            assert!(!refused.remedy.contains("still be done") && !refused.remedy.is_empty(), "{refused:?}");
        }
    }
}
