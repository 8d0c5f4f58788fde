//! The console that is running on this machine, asked over HTTP.

use crate::failure::Failure;
use api::{ApiError, ErrorCode, Request, Response};
use peer::{Client, Unreachable};
use serde::de::DeserializeOwned;

/// Gets what is under `path`.
///
/// # Errors
/// No console is running, or its answer is not understood.
pub fn get<T: DeserializeOwned>(path: &str) -> Result<T, Failure> {
    let client = Client::of_running_console().map_err(unreachable)?;
    let answered = client.get(path).map_err(unreachable)?;
    match (answered.status, serde_json::from_slice(&answered.body)) {
        (200, Ok(answer)) => Ok(answer),
        (status, _) => Err(strange(status)),
    }
}

/// Sends a request of the contract.
///
/// # Errors
/// No console is running, or what it refuses, in its own words.
pub fn ask(request: &Request) -> Result<Response, Failure> {
    let client = Client::of_running_console().map_err(unreachable)?;
    // Every request has a form in JSON.
    let answered = client.rpc(serde_json::to_vec(request).unwrap_or_default()).map_err(unreachable)?;
    if answered.status == 200 {
        return serde_json::from_slice(&answered.body).map_err(|_| strange(answered.status));
    }
    let refused: Result<ApiError, _> = serde_json::from_slice(&answered.body);
    Err(refused.map_or_else(|_| strange(answered.status), Failure::from))
}

fn unreachable(error: Unreachable) -> Failure {
    let remedy = match error {
        Unreachable::NoConsole => {
            "Start one with `sensocto serve --scenario FILE`, or the window with `sensocto-console --serve`."
        }
        Unreachable::Broken(_) => "Wait a moment and try again; if it does not help, restart the console.",
    };
    Failure::new(ErrorCode::NotFound, error.to_string(), remedy)
}

/// An answer that this program does not understand.
pub fn strange(status: u16) -> Failure {
    let message = format!("The console's answer is not understood (status {status}).");
    Failure::new(ErrorCode::Internal, message, "Use the `sensocto` of the console's own version.")
}
