//! The server from outside: raw sockets and the real client against a real port.
#![expect(clippy::unwrap_used, reason = "a panic is a test's report, in its helpers as well")]

mod abuse;
mod bench;
mod checks;
mod finding;
