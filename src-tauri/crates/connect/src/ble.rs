//! Bluetooth LE through btleplug.
//!
//! One thread carries everything: `run` drives a tokio runtime of its calling
//! thread, and only a small thread beside it brings the commands in. A runtime
//! lives as long as a *session* with the system's Bluetooth service. Where the
//! session dies (the bus goes away, the library panics) the runtime is dropped
//! with all that was left on it, and a new one begins; what must outlive that
//! (sensors, the numbers of their samples, what is wanted) is in the roster.
//!
//! One thread is on purpose: bluez-async panics where its match rules are removed
//! on one thread while another one reads signals.

mod calls;
mod lane;
mod link;
mod member;
mod probe;
mod radio;
mod roster;
mod scan;
mod session;
mod strap;
mod trouble;

use crate::{Command, Connector, EventSink, Stopped};
use crossbeam_channel::Receiver;
use model::{Clock, NANOS_PER_SEC};
use policy::backoff::Backoff;
use roster::Roster;
use session::{Ending, Session};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc;

/// Commands on their way to the session. Full: the sender's channel fills up
/// behind it; no command is dropped.
const ORDERS_MAX: usize = 64;

/// So long a session's runtime may take to end; what hangs in the library after
/// that may hang for ever, and is left behind.
const LEAVE_WITHIN: Duration = Duration::from_millis(200);

/// Deadlines and paces. The defaults are for real devices; tests shorten them.
#[derive(Clone, Debug)]
pub struct BleConfig {
    /// Longest wait for a link to come up.
    pub connect_deadline: Duration,
    /// Longest wait for a device's services.
    pub discover_deadline: Duration,
    /// Longest wait for each subscription.
    pub subscribe_deadline: Duration,
    /// Longest wait for each value that is read.
    pub read_deadline: Duration,
    /// Longest wait for an answer of the system's Bluetooth service.
    pub call_deadline: Duration,
    /// Longest wait for a device to be let go of.
    pub release_deadline: Duration,
    /// Longest wait for all of them at the end.
    pub shutdown_deadline: Duration,
    /// How often the adapter and the links are looked at.
    pub poll_every: Duration,
    /// How often the battery is read where it does not notify.
    pub battery_every: Duration,
    /// The waits between tries to connect a device.
    pub backoff: Backoff,
}

impl Default for BleConfig {
    fn default() -> Self {
        Self {
            connect_deadline: Duration::from_secs(15),
            discover_deadline: Duration::from_secs(15),
            subscribe_deadline: Duration::from_secs(5),
            read_deadline: Duration::from_secs(3),
            call_deadline: Duration::from_secs(3),
            release_deadline: Duration::from_secs(2),
            shutdown_deadline: Duration::from_secs(2),
            poll_every: Duration::from_secs(1),
            battery_every: Duration::from_mins(1),
            backoff: Backoff { first_ns: NANOS_PER_SEC / 2, cap_ns: 15 * NANOS_PER_SEC, jitter: 0.25 },
        }
    }
}

/// The Bluetooth LE connector. Its sensors carry the connector id `ble`, and
/// `ble:` with the device's address as their own.
///
/// It keeps its sensors over `run`s: started again after a failure, it connects
/// the devices that were wanted, and their samples are numbered on.
pub struct BleConnector {
    config: BleConfig,
    roster: Roster,
}

/// What everything in the connector needs to know.
struct Surroundings {
    events: Arc<dyn EventSink>,
    clock: Arc<dyn Clock>,
    config: BleConfig,
}

impl Surroundings {
    fn now_ns(&self) -> i64 {
        self.clock.now().host_ns
    }
}

impl BleConnector {
    /// A connector that knows no device yet.
    #[must_use]
    pub fn new(config: BleConfig) -> Self {
        let roster = Roster::new(config.backoff);
        Self { config, roster }
    }

    /// One session after the other, until a shutdown.
    fn serve(&mut self, orders: &mut mpsc::Receiver<Command>, around: &Surroundings) -> Result<(), Stopped> {
        // Where an earlier run was torn down by a panic, its links still look alive.
        self.roster.detach("The Bluetooth connector was started again.", around);
        let mut first_look_ns = around.now_ns();
        loop {
            let runtime = runtime()?;
            let session = async { Session::new(&mut self.roster, around, first_look_ns).serve(orders).await };
            let ending = runtime.block_on(session);
            runtime.shutdown_timeout(LEAVE_WITHIN);
            match ending {
                Ending::Shutdown => return Ok(()),
                Ending::Broken(problem) => {
                    tracing::warn!(problem, "the Bluetooth session is begun anew");
                    self.roster.detach(&problem, around);
                    first_look_ns = around.now_ns().saturating_add(nanos(around.config.poll_every));
                }
            }
        }
    }
}

impl Connector for BleConnector {
    fn run(
        &mut self,
        commands: &Receiver<Command>,
        events: &Arc<dyn EventSink>,
        clock: &Arc<dyn Clock>,
    ) -> Result<(), Stopped> {
        let around =
            Surroundings { events: events.clone(), clock: clock.clone(), config: self.config.clone() };
        let (order, mut orders) = mpsc::channel(ORDERS_MAX);
        let (ended, end) = crossbeam_channel::bounded::<()>(0);
        std::thread::scope(|scope| {
            let ended = ended; // Dropped with this closure, also by a panic: then `bring` returns.
            std::thread::Builder::new()
                .name("ble-commands".to_owned())
                .spawn_scoped(scope, move || bring(commands, &order, &end))
                .map_err(|error| Stopped::Failed(format!("No thread for Bluetooth's commands: {error}")))?;
            let served = self.serve(&mut orders, &around);
            orders.close();
            drop(ended);
            served
        })
    }
}

/// Brings commands to the session until it has ended or nobody commands any more.
fn bring(commands: &Receiver<Command>, order: &mpsc::Sender<Command>, end: &Receiver<()>) {
    loop {
        crossbeam_channel::select! {
            recv(commands) -> command => {
                let Ok(command) = command else { return };
                if order.blocking_send(command).is_err() {
                    return;
                }
            }
            recv(end) -> _ => return,
        }
    }
}

/// One thread, the calling one. The other one may only ever wait for the bus to
/// be opened, which the library does without a deadline.
///
/// The bus is read when nothing else is left to do, instead of every 61 steps:
/// see [`calls::discard`].
fn runtime() -> Result<Runtime, Stopped> {
    Builder::new_current_thread()
        .enable_all()
        .event_interval(100_000)
        .thread_name("ble-open")
        .max_blocking_threads(1)
        .build()
        .map_err(|error| Stopped::Failed(format!("No runtime for Bluetooth: {error}")))
}

fn nanos(duration: Duration) -> i64 {
    i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX)
}
