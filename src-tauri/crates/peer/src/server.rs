//! The server: listens on loopback alone, bounded in everything.

use crate::answer::Answer;
use crate::gate::{Buckets, Refused};
use crate::limits::Limits;
use crate::overdue::Overdue;
use crate::routes::{HEALTH_CALLS_MAX, Served, router};
use crate::token::Token;
use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// How often the server looks whether it is to stop.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// How long open connections and calls may take to end at a stop.
const FAREWELL: Duration = Duration::from_secs(1);
/// The rest that follows a connection that the system could not give.
const ACCEPT_REST: Duration = Duration::from_millis(100);
/// Bytes of a request's head at most, about.
const HEAD_BYTES_MAX: usize = 16 * 1024;

/// A server that is bound to its port.
pub struct Server {
    listener: TcpListener,
    served: Arc<Served>,
}

/// What a server has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ServerView {
    /// Connections since the start.
    pub connections: u64,
    /// Calls answered.
    pub served: u64,
    /// Calls that panicked or took too long.
    pub failed: u64,
    /// Requests that were addressed to somebody else or came from a strange page.
    pub foreign: u64,
    /// Requests without the token.
    pub unauthorised: u64,
    /// Requests beyond the rate limit.
    pub too_many: u64,
    /// Calls that found every place taken.
    pub busy: u64,
    /// Calls whose caller was told that they take too long …
    pub overdue: u64,
    /// … and those of them whose work still goes on, in its place.
    pub overdue_now: u64,
}

impl Server {
    /// Listens on 127.0.0.1; on any free port where `port` is 0.
    ///
    /// # Errors
    /// The port is taken, or the system has no chance for a token.
    pub fn bind(port: u16, limits: Limits, answer: Arc<dyn Answer>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        listener.set_nonblocking(true)?;
        let served = Served {
            answer,
            token: Token::random()?,
            port: listener.local_addr()?.port(),
            buckets: Buckets::new(&limits),
            calls: Arc::new(Semaphore::new(limits.calls_max)),
            health_calls: Arc::new(Semaphore::new(HEALTH_CALLS_MAX)),
            counters: Arc::default(),
            limits,
        };
        Ok(Self { listener, served: Arc::new(served) })
    }

    /// The port that it listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.served.port
    }

    /// The token that its callers have to know.
    #[must_use]
    pub fn token(&self) -> &Token {
        &self.served.token
    }

    /// What it keeps its callers to.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.served.limits
    }

    /// What it has done.
    #[must_use]
    pub fn view(&self) -> ServerView {
        self.served.counters.view()
    }

    /// Serves on the calling thread until `is_stopped` says so. May be called
    /// again after it has failed: the port stays bound.
    ///
    /// # Errors
    /// The system has no thread or socket left.
    pub fn run(&self, is_stopped: impl Fn() -> bool) -> io::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .max_blocking_threads(self.served.limits.calls_max + HEALTH_CALLS_MAX)
            .thread_name("http call")
            .build()?;
        let outcome = runtime.block_on(self.serve(is_stopped));
        // A call that still works is left to itself: its thread ends with it.
        runtime.shutdown_timeout(FAREWELL);
        outcome
    }

    async fn serve(&self, is_stopped: impl Fn() -> bool) -> io::Result<()> {
        let listener = tokio::net::TcpListener::from_std(self.listener.try_clone()?)?;
        let room = Arc::new(Semaphore::new(self.served.limits.connections_max));
        let (routes, mut connections) = (router(Arc::clone(&self.served)), JoinSet::new());
        loop {
            while connections.try_join_next().is_some() {}
            let next = async {
                let place = Arc::clone(&room).acquire_owned().await;
                (listener.accept().await, place)
            };
            tokio::select! {
                (accepted, place) = next => match accepted {
                    Ok((stream, _)) => {
                        self.served.counters.connections.fetch_add(1, Ordering::Relaxed);
                        let talk = talk(stream, routes.clone(), self.served.limits);
                        connections.spawn(async move { talk.await; drop(place) });
                    }
                    Err(error) => {
                        tracing::warn!(%error, "a connection could not be taken");
                        sleep(ACCEPT_REST).await;
                    }
                },
                () = sleep(LOOK_EVERY) => {}
            }
            if is_stopped() {
                // Nobody new; those that are here may finish.
                let _ = timeout(FAREWELL, async { while connections.join_next().await.is_some() {} }).await;
                return Ok(());
            }
        }
    }
}

/// One connection, from its first request to its end.
async fn talk(stream: TcpStream, routes: Router, limits: Limits) {
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_timeout)
        .max_buf_size(HEAD_BYTES_MAX)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(routes));
    match timeout(limits.connection_timeout, connection).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::debug!(%error, "a connection broke"),
        Err(_) => tracing::debug!("a connection was ended: it lasted too long"),
    }
}

/// What has been done, counted.
#[derive(Debug, Default)]
pub struct Counters {
    connections: AtomicU64,
    served: AtomicU64,
    failed: AtomicU64,
    foreign: AtomicU64,
    unauthorised: AtomicU64,
    too_many: AtomicU64,
    busy: AtomicU64,
    pub overdue: Arc<Overdue>,
}

impl Counters {
    pub fn served(&self) {
        self.served.fetch_add(1, Ordering::Relaxed);
    }

    pub fn failed(&self) {
        self.failed.fetch_add(1, Ordering::Relaxed);
    }

    pub fn busy(&self) {
        self.busy.fetch_add(1, Ordering::Relaxed);
    }

    pub fn refused(&self, refused: Refused) {
        let counter = match refused {
            Refused::Foreign => &self.foreign,
            Refused::Unauthorised => &self.unauthorised,
            Refused::TooMany => &self.too_many,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    fn view(&self) -> ServerView {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let (overdue, overdue_now) = self.overdue.view();
        ServerView {
            connections: of(&self.connections),
            served: of(&self.served),
            failed: of(&self.failed),
            foreign: of(&self.foreign),
            unauthorised: of(&self.unauthorised),
            too_many: of(&self.too_many),
            busy: of(&self.busy),
            overdue,
            overdue_now,
        }
    }
}
