//! A running server, and a caller that says exactly what it wants to.

use peer::{Answer, Call, Door, Limits, Reply, Server};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

pub struct Bench {
    pub server: Arc<Server>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<std::io::Result<()>>>,
}

pub fn bench(limits: Limits, answer: impl Answer) -> Bench {
    let server = Arc::new(Server::bind(0, limits, Arc::new(answer)).unwrap());
    let stop = Arc::new(AtomicBool::new(false));
    let (serving, stopped) = (Arc::clone(&server), Arc::clone(&stop));
    let run = move || serving.run(|| stopped.load(Ordering::Relaxed));
    let thread = std::thread::Builder::new().name("server".into()).spawn(run).unwrap();
    Bench { server, stop, thread: Some(thread) }
}

/// Answers every call with its name.
pub fn echo(call: Call) -> Reply {
    Reply::json(200, format!("{call:?}"))
}

impl Bench {
    /// Ends the server; true if it came to a good end.
    pub fn stop(&mut self) -> bool {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.take().is_some_and(|thread| thread.join().unwrap().is_ok())
    }

    pub fn door(&self, pid: u32) -> Door {
        let (port, token) = (self.server.port(), self.server.token().clone());
        Door { pid, port, token, version: "test".into() }
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.server.port())).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream
    }

    /// Sends `head` and `body`; `{port}` and `{token}` are filled in. Gives
    /// status and everything that came back.
    pub fn raw(&self, head: &str, body: &[u8]) -> (u16, String) {
        let mut stream = self.connect();
        stream.write_all(self.filled(head).as_bytes()).unwrap();
        // The server may answer before it has read everything, and hang up.
        let _ = stream.write_all(body);
        status_of(&read_all(&mut stream))
    }

    pub fn filled(&self, head: &str) -> String {
        let lines = head.replace("{port}", &self.server.port().to_string());
        lines.replace("{token}", self.server.token().reveal()).replace('\n', "\r\n")
    }

    /// A well-formed GET with the token.
    pub fn get(&self, path: &str) -> (u16, String) {
        self.raw(&format!("GET {path} HTTP/1.1\n{KNOWN}\n"), b"")
    }
}

/// The head of a well-formed request, behind its first line.
pub const KNOWN: &str = "Host: 127.0.0.1:{port}\nAuthorization: Bearer {token}\nConnection: close\n";

pub fn read_all(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    // A connection that is reset has said what it had to say before.
    let _ = stream.read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

pub fn status_of(text: &str) -> (u16, String) {
    let status = text.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    (status, text.to_owned())
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}
