//! The HTTP edge: the server of `peer` as a service of the last tier, and the
//! door by which the command line finds it. There is none until it is asked for.

use crate::core::Core;
use crate::supervisor::{Failure, Service, StopOnDrop, StopSignal, Tier};
use parking_lot::Mutex;
use peer::{Answer, Door, Limits, OpenDoor, Server, ServerView};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// The server, while it is open.
#[derive(Default)]
pub struct Edge(Mutex<Option<Serving>>);

struct Serving {
    // Nobody is led to a server that is about to end: the door goes first.
    door: OpenDoor,
    server: Arc<Server>,
    _service: StopOnDrop,
}

impl Serving {
    fn address(&self) -> (u16, PathBuf) {
        (self.server.port(), self.door.path().to_owned())
    }
}

impl Edge {
    /// Opens the server on 127.0.0.1 (any free port where `port` is 0) and
    /// publishes its door in `folder`. Gives the port and the door's file; they
    /// are the old ones where the server is open already.
    ///
    /// # Errors
    /// The port is taken, the door's file can't be written, or there is no thread left.
    pub fn open(
        &self,
        core: &Core,
        port: u16,
        folder: &Path,
        answer: Arc<dyn Answer>,
    ) -> io::Result<(u16, PathBuf)> {
        let mut open = self.0.lock();
        if let Some(serving) = &*open {
            return Ok(serving.address());
        }
        let server = Arc::new(Server::bind(port, Limits::default(), answer)?);
        let serving = Arc::clone(&server);
        let service = Service::thread("http", move |stop| run(&serving, stop)).guarded();
        let service = core.tree.start(Tier::Edge, service)?.stop_on_drop();
        let door = Door {
            pid: std::process::id(),
            port: server.port(),
            token: server.token().clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        };
        let serving = Serving { door: door.open(folder)?, server, _service: service };
        Ok(open.insert(serving).address())
    }

    /// Takes the door away and tells the server to end.
    pub fn close(&self) {
        self.0.lock().take();
    }

    /// What the server has done, and its limits.
    pub fn view(&self) -> Option<(ServerView, Limits)> {
        self.0.lock().as_ref().map(|serving| (serving.server.view(), serving.server.limits()))
    }
}

fn run(server: &Server, stop: &StopSignal) -> Result<(), Failure> {
    server.run(|| stop.wait(Duration::ZERO)).map_err(|error| Failure::Restartable(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use peer::{Call, Client, Reply, Unreachable};

    #[test]
    fn the_server_is_found_while_it_is_open_and_ends_with_the_tree() {
        let core = Core::new(Arc::new(connect::SystemClock)).unwrap();
        let (edge, folder) = (Edge::default(), tempfile::tempdir().unwrap());
        let answer = Arc::new(|call: Call| Reply::json(200, format!("{call:?}")));
        let port = edge.open(&core, 0, folder.path(), answer.clone()).unwrap();
        assert_eq!(edge.open(&core, 0, folder.path(), answer).unwrap(), port, "it is open already");
        let client = Client::of_console_in(folder.path()).unwrap();
        assert_eq!(client.get("/metrics").unwrap().body, b"Metrics");
        assert!(core.tree.view().find("http").is_some());
        assert_eq!(edge.view().unwrap().0.served, 2);
        edge.close();
        assert!(matches!(Client::of_console_in(folder.path()), Err(Unreachable::NoConsole)));
        assert!(core.tree.shut_down(Duration::from_secs(10)).is_empty());
    }
}
