//! HTTP: a server on loopback, and the client that finds it.
//!
//! The server knows nothing of what it serves: it checks who asks (Host, Origin,
//! token), how much and how often, and hands the rest to an [`Answer`]. It is off
//! unless the operator asks for it. Its port and token stand in a file that only
//! the operator can read (see [`Door`]).

mod answer;
mod client;
mod door;
mod gate;
mod limits;
mod overdue;
mod routes;
mod server;
mod token;

pub use answer::{Answer, Call, ContentType, Reply};
pub use client::{Answered, Client, Unreachable};
pub use door::{Door, OpenDoor, folder};
pub use limits::Limits;
pub use server::{Server, ServerView};
pub use token::Token;
