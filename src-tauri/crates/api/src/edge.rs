//! The contract over HTTP: from the server's calls to answers and status codes.

use crate::{Api, ApiError, ErrorCode, Request, health, metrics};
use peer::{Answer, Call, ContentType, Reply};
use serde::Serialize;
use std::path::Path;
use std::sync::{Arc, Weak};

impl Api {
    /// Serves the contract over HTTP on loopback: `port` 0 takes any free one.
    /// The door, by which the command line finds this console, is published in
    /// `folder`. Gives the port.
    ///
    /// # Errors
    /// The port is taken, or the door's file can't be written.
    pub fn serve(self: &Arc<Self>, port: u16, folder: &Path) -> Result<u16, ApiError> {
        // The server must not keep alive what has to end it.
        let edge = Arc::new(Edge(Arc::downgrade(self)));
        self.console().serve(port, folder, edge).map_err(|error| {
            let remedy = "Choose another port, or none: then a free one is taken.";
            ApiError::new(ErrorCode::Internal, format!("HTTP can't be served: {error}."), remedy)
        })
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
