//! The runtime: the only place that spawns. Connectors, sensor workers and the
//! recorder run here on named, supervised threads; every hand-over between them
//! is a bounded queue with a policy and a counter. See `ARCHITECTURE.md` for
//! the way of a sample.

mod advice;
mod alarms;
mod attention;
mod bio;
mod calls;
mod connectors;
mod console;
mod core;
mod edge;
mod ended;
mod entrances;
mod files;
mod flow;
mod history;
mod hub;
mod keeper;
mod known;
mod ledger;
mod load;
mod notices;
mod outbox;
mod pulse;
mod quality;
mod queue;
mod recorder;
mod regime;
mod registries;
mod registry;
mod ring;
mod sensor;
mod services;
mod settings;
mod slots;
mod source;
mod stream;
mod supervisor;
mod sync;
mod tap;
mod tasks;
mod telemetry;
#[cfg(test)]
mod testing;
mod trace;
mod view;
mod views;
mod vitals;
mod walls;
mod wards;
mod warm;
mod watch;
mod worker;

pub use advice::AdviceView;
pub use attention::{AttentionView, Overrun};
pub use bio::{BioConfig, BioView};
pub use calls::CallError;
pub use connectors::{NotTaken, RunningConnector};
pub use console::{Config, Console, ScenarioFailure, ScenarioView, Unanswered};
pub use core::SeenDevice;
pub use ended::{EndedView, Sums};
pub use entrances::{Entrance, EntranceView, Entrances};
pub use history::{HistoryConfig, HistoryView, NotKept};
pub use known::{KNOWN_MAX, KnownEdit, KnownError, KnownView, OWN_NAME, OWNER, ROOM, WRITE_DEADLINE};
pub use load::{CpuReading, GroupCpu, HostCpu, LoadMonitor, LoadView, MonitorConfig, Probe, SystemProbe};
pub use notices::Posted;
pub use outbox::{
    Destination, OutboxDesk, OutboxView, PARKED_PAGE, ParkedPage, Replicator, ReplicatorConfig, Undelivered,
    outbox_remedy,
};
pub use policy::attention::{Action, Battery, Input, Refused, Target};
pub use policy::quality::health::Report as FaceReport;
pub use policy::quality::{Choice, Quality, TRICKLE_MS};
pub use pulse::Rates;
pub use quality::ServedView;
pub use queue::{Policy, QueueView};
pub use recorder::{OpenFile, Recorded, RecorderError, RecorderView, RecordingSums};
pub use regime::{BIO_FACTOR_BOUNDS, Regime};
pub use registries::{
    CODE_VALID_NS, CallEntry, ConnectorEntry, MediaEntry, PeerEntry, Registries, Room, Rooms,
};
pub use registry::{NoPlace, Registry, RegistryView};
pub use settings::{Complaint, Loaded as LoadedSettings, Settings};
pub use stream::Stream;
pub use supervisor::{
    ChildState, ChildView, Failure, Fault, Handle, NodeKind, NodeState, NodeView, OnReport, Place, ProcessIo,
    ProcessStdin, Report, Service, StopOnDrop, StopSignal, Tier, Tree, TreeView,
};
pub use tasks::{NoResult, PoolFull, TaskFailure, TaskPool, TaskView, Ticket};
pub use telemetry::{Counter, Latency, LatencyView, Telemetry};
pub use trace::{Pull, Pulled, Trace};
pub use view::{SensorView, StreamView};
pub use views::{News, View, ViewAccount};
pub use vitals::{Basis, TrailsView, Vitals};
pub use walls::{BreakerView, Wall, WallConfig, WallError};
pub use warm::Held;
pub use worker::SPARES_BYTES;
