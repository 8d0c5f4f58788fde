//! The contract over HTTP: from the server's calls to answers and status codes.

use crate::{Api, ApiError, ErrorCode, Request, health, metrics};
use peer::{Answer, Call, ContentType, Reply};
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};

/// Where a console is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServedAt {
    /// The port on 127.0.0.1.
    pub port: u16,
    /// The file with port and token, by which the command line finds it.
    pub door: PathBuf,
}

impl Api {
    /// Serves the contract over HTTP on loopback: `port` 0 takes any free one.
    /// Port and token are published in the user's runtime folder.
    ///
    /// # Errors
    /// The port is taken, or the file can't be written.
    pub fn serve(self: &Arc<Self>, port: u16) -> Result<ServedAt, ApiError> {
        let remedy = "Set XDG_RUNTIME_DIR or HOME.";
        let missing =
            || ApiError::new(ErrorCode::Storage, "There is no folder for the token's file.", remedy);
        self.serve_in(port, &peer::folder().ok_or_else(missing)?)
    }

    /// The same, with the file in `folder`.
    ///
    /// # Errors
    /// As above.
    pub fn serve_in(self: &Arc<Self>, port: u16, folder: &Path) -> Result<ServedAt, ApiError> {
        // The server must not keep alive what has to end it.
        let edge = Arc::new(Edge(Arc::downgrade(self)));
        let (port, door) = self.console().serve(port, folder, edge).map_err(|error| {
            let remedy = "Choose another port, or none: then a free one is taken.";
            ApiError::new(ErrorCode::Internal, format!("HTTP can't be served: {error}."), remedy)
        })?;
        Ok(ServedAt { port, door })
    }
}

struct Edge(Weak<Api>);

impl Answer for Edge {
    fn answer(&self, call: Call) -> Reply {
        let Some(api) = self.0.upgrade() else {
            return error(&ApiError::new(ErrorCode::Internal, "The console is ending.", ""));
        };
        match call {
            Call::Live => live(api.console().is_failed()),
            Call::Ready => ready(&api.readiness()),
            Call::Metrics => Reply {
                status: 200,
                content_type: ContentType::Metrics,
                body: metrics::text(&api.system(), api.console()).into_bytes(),
            },
            Call::System => json(200, &api.system()),
            Call::Tree => json(200, &api.tree()),
            Call::Rpc(body) => rpc(&api, &body),
        }
    }
}

/// A console whose tree has given up lives no more: only a restart helps it.
fn live(is_failed: bool) -> Reply {
    match is_failed {
        false => Reply::json(200, r#"{"live":true}"#),
        true => Reply::json(503, r#"{"live":false}"#),
    }
}

fn ready(readiness: &health::Readiness) -> Reply {
    json(if readiness.ready { 200 } else { 503 }, readiness)
}

fn rpc(api: &Api, body: &[u8]) -> Reply {
    let request = match serde_json::from_slice::<Request>(body) {
        Ok(request) => request,
        Err(problem) => {
            let words = format!("The request makes no sense: {problem}.");
            return error(&ApiError::new(ErrorCode::BadRequest, words, ""));
        }
    };
    match api.answer(request) {
        Ok(response) => json(200, &response),
        Err(refused) => error(&refused),
    }
}

fn error(error: &ApiError) -> Reply {
    json(status(error.code), error)
}

fn status(code: ErrorCode) -> u16 {
    match code {
        ErrorCode::BadRequest => 400,
        ErrorCode::NotFound => 404,
        ErrorCode::Conflict => 409,
        ErrorCode::BadFile => 422,
        ErrorCode::Storage | ErrorCode::Internal => 500,
        ErrorCode::Busy => 429,
        ErrorCode::Bluetooth => 503,
        ErrorCode::Timeout => 504,
    }
}

fn json(status: u16, body: &impl Serialize) -> Reply {
    // Every type of the contract has a form in JSON.
    Reply::json(status, serde_json::to_vec(body).unwrap_or_default())
}

#[cfg(test)]
mod tests;
