//! What goes into a connector and what comes out.

use crossbeam_channel::Receiver;
use model::{
    AdapterState, Advert, Advice, Block, Bundle, Clock, DeviceId, GapReason, LinkState, SensorId, SensorInfo,
    StreamKey, StreamRef, StreamSpec,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What a connector can be asked. One that a kind does not know is answered
/// with a [`Notice`], never with silence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "do")]
pub enum Command {
    /// Look for devices until told to stop.
    StartScan,
    /// Stop looking.
    StopScan,
    /// Connect a device, and keep it connected until [`Command::Disconnect`].
    Connect {
        /// As an [`Advert`] named it.
        device: DeviceId,
    },
    /// Let a device go.
    Disconnect {
        /// As an [`Advert`] named it.
        device: DeviceId,
    },
    /// Take the adapter through a fresh look: the operator pressed "Try again".
    Refresh,
    /// Do as advised, as far as the devices can. Answered with [`Event::Advised`]
    /// for a sensor that is advised for the first time.
    Advise {
        /// For whom, each at most once.
        advice: Vec<AdviceTo>,
    },
    /// End: let go of everything, announce what stopped, return from `run`.
    Shutdown,
}

/// Advice to the source of one sensor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdviceTo {
    /// Whose source.
    pub sensor: SensorId,
    /// What it is asked to do.
    pub advice: Advice,
}

/// What a connector tells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum Event {
    /// The adapter's state changed.
    Adapter(AdapterState),
    /// A device was seen, or seen again with other facts.
    Seen(Advert),
    /// A sensor is here with these streams. Announced again with more streams
    /// or facts, and after a reconnect: the same id means the same sensor.
    Sensor(SensorInfo),
    /// A further stream of a known sensor.
    Stream(StreamSpec),
    /// The state of a sensor's link changed.
    Link {
        /// Whose link.
        sensor: SensorId,
        /// Its state.
        link: LinkState,
        /// Host time of the change.
        at_host_ns: i64,
    },
    /// Signal strength of a connected sensor.
    Signal {
        /// Whose.
        sensor: SensorId,
        /// In dBm.
        rssi_dbm: i16,
    },
    /// Whether the source of a sensor can do what it is advised. Told once, not
    /// with every advice.
    Advised {
        /// Whose source.
        sensor: SensorId,
        /// Whether it can gather and pause; a plain strap can't.
        obeys: bool,
    },
    /// From now on `stream` stands for the announced stream `key`, until this
    /// run of the connector ends. Comes before the stream's first block.
    Bind {
        /// The short name, counted by the connector from 0.
        stream: StreamRef,
        /// The stream.
        key: StreamKey,
    },
    /// Samples.
    Block {
        /// Of which stream.
        stream: StreamRef,
        /// The samples.
        block: Block,
    },
    /// Samples of many streams, gathered in one wake-up.
    Bundle(Bundle),
    /// The source itself dropped samples that it had numbered. The next block
    /// of the stream starts behind the hole.
    Dropped {
        /// Of which stream.
        stream: StreamRef,
        /// How many.
        samples: u64,
        /// Why.
        reason: GapReason,
    },
    /// A packet that could not be decoded; counted, kept out of the stream.
    Rejected {
        /// Whose packet.
        sensor: SensorId,
        /// What was wrong with it.
        problem: String,
    },
    /// Something the operator should read.
    Notice(Notice),
}

/// How much a notice matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeLevel {
    /// Good to know.
    Info,
    /// Something runs with less than was asked for.
    Warning,
    /// Something does not run.
    Error,
}

/// A message for the operator: what happened, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// How much it matters.
    pub level: NoticeLevel,
    /// What happened, in a sentence.
    pub text: String,
    /// What to do about it; empty where there is nothing to do.
    pub remedy: String,
}

/// Where a connector's events go.
///
/// `send` never blocks. Data that does not fit is dropped *and counted* behind
/// this trait; state events are kept.
pub trait EventSink: Send + Sync {
    /// Hands one event over.
    fn send(&self, event: Event);

    /// Hands over the blocks of one wake-up. A sink that can take them out of
    /// the caller's buffer leaves it its room.
    fn send_bundle(&self, bundle: &mut Bundle) {
        self.send(Event::Bundle(std::mem::take(bundle)));
    }

    /// The connector's own loop goes on. Called there, at least once a second, and
    /// nowhere else: by its silence a connector in a process of its own is known to
    /// hang.
    fn alive(&self) {}
}

/// Why a connector ended.
#[derive(Debug, thiserror::Error)]
pub enum Stopped {
    /// It failed and can be started again.
    #[error("{0}")]
    Failed(String),
    /// It can't do its work as configured; starting it again would not help.
    #[error("{0}")]
    Unusable(String),
}

/// A source of sensors. `run` owns its thread until it is told to shut down,
/// or its commands' sender is gone.
pub trait Connector: Send {
    /// Serves until [`Command::Shutdown`].
    ///
    /// # Errors
    /// [`Stopped`] where it ended of itself; the supervisor decides what then.
    fn run(
        &mut self,
        commands: &Receiver<Command>,
        events: &Arc<dyn EventSink>,
        clock: &Arc<dyn Clock>,
    ) -> Result<(), Stopped>;
}
