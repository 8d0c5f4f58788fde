//! The other side: asks a running console of this machine.

use crate::door::{Door, folder};
use reqwest::blocking;
use std::path::Path;
use std::time::Duration;

/// How long the connection may take; it stays on the machine.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// How long an answer may take.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(130);

/// Why no console answers.
#[derive(Debug, thiserror::Error)]
pub enum Unreachable {
    /// None is running, or none that serves.
    #[error("No console is running that could be asked.")]
    NoConsole,
    /// It runs and does not answer as it should.
    #[error("The console does not answer: {0}.")]
    Broken(String),
}

/// What was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// HTTP status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

/// Asks one console.
pub struct Client {
    http: blocking::Client,
    door: Door,
}

impl Client {
    /// A client for the youngest console that this user is running.
    ///
    /// # Errors
    /// [`Unreachable`].
    pub fn of_running_console() -> Result<Self, Unreachable> {
        folder().map_or(Err(Unreachable::NoConsole), |folder| Self::of_console_in(&folder))
    }

    /// The same, for the doors in `folder`. Doors that lead nowhere are removed.
    ///
    /// # Errors
    /// [`Unreachable`].
    pub fn of_console_in(folder: &Path) -> Result<Self, Unreachable> {
        for (path, door) in Door::all(folder) {
            let client = Self::behind(door)?;
            match client.get("/health/live") {
                Ok(_) => return Ok(client),
                Err(Unreachable::NoConsole) => drop(std::fs::remove_file(path)),
                Err(broken) => return Err(broken),
            }
        }
        Err(Unreachable::NoConsole)
    }

    /// A client for the console behind `door`.
    ///
    /// # Errors
    /// The system has no thread left for it.
    pub fn behind(door: Door) -> Result<Self, Unreachable> {
        // No proxy: the token is for this machine alone.
        let http = blocking::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(ANSWER_TIMEOUT)
            .build()
            .map_err(broken)?;
        Ok(Self { http, door })
    }

    /// The console's process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.door.pid
    }

    /// Asks for `path`.
    ///
    /// # Errors
    /// [`Unreachable`].
    pub fn get(&self, path: &str) -> Result<Answered, Unreachable> {
        self.send(self.http.get(self.url(path)))
    }

    /// Sends a request of the console's contract.
    ///
    /// # Errors
    /// [`Unreachable`].
    pub fn rpc(&self, json: Vec<u8>) -> Result<Answered, Unreachable> {
        self.send(self.http.post(self.url("/api/rpc")).header("content-type", "application/json").body(json))
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.door.port)
    }

    fn send(&self, request: blocking::RequestBuilder) -> Result<Answered, Unreachable> {
        let response = request.bearer_auth(self.door.token.reveal()).send().map_err(broken)?;
        let status = response.status().as_u16();
        Ok(Answered { status, body: response.bytes().map_err(broken)?.to_vec() })
    }
}

fn broken(error: reqwest::Error) -> Unreachable {
    if error.is_connect() {
        return Unreachable::NoConsole;
    }
    Unreachable::Broken(innermost(&error))
}

/// The last link of an error's chain says what happened; those before it, where.
fn innermost(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), innermost)
}
