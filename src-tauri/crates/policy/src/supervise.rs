//! OTP's supervisor as a pure state machine: events in, actions out.
//!
//! The rules are those of OTP 25's `supervisor.erl`, to the letter: four
//! strategies, three restart types, restart intensity, start left to right, stop
//! in reverse, significant children and `auto_shutdown`. An executor carries the
//! actions out and answers: every [`Action::Start`] with `Started`, `StartFailed`
//! or `Ignored`, every [`Action::Stop`] with `Exited` or, when its deadline has
//! passed, `StopDeadline`. What it does not know for certain it must not report:
//! after [`Action::Abandon`] nothing more is said of that run of the child.
//!
//! While children are being started or stopped all other events wait their turn,
//! as messages wait in the mailbox of an Erlang process. Two things are different
//! from OTP: a child is known by a key that its owner chooses, also below
//! [`Strategy::SimpleOneForOne`], and a dynamic child whose restart is ignored is
//! forgotten (OTP keeps an entry for the process `undefined` and later trips over it).

mod children;
mod machine;
mod rules;
mod transition;

pub use children::{ChildState, Status};
pub use machine::Supervisor;

use crate::restart::Intensity;

/// The name of a child, chosen by whoever adds it; unique within its supervisor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChildKey(pub u64);

/// Who is restarted together with a child that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Strategy {
    /// Nobody.
    OneForOne,
    /// All its siblings.
    OneForAll,
    /// The siblings that were started after it.
    RestForOne,
    /// Nobody. All children are added while the supervisor runs, have no order,
    /// and are stopped all at once.
    SimpleOneForOne,
}

impl Strategy {
    fn is_dynamic(self) -> bool {
        self == Self::SimpleOneForOne
    }
}

/// Which ends of a child lead to a restart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RestartType {
    /// Every end.
    Permanent,
    /// Only a crash.
    Transient,
    /// None; the child is then forgotten, also when it is stopped because of a sibling.
    Temporary,
}

/// Whether the end of significant children ends the supervisor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AutoShutdown {
    /// No child may be significant.
    Never,
    /// The first significant child that ends and is not restarted ends the supervisor.
    AnySignificant,
    /// The last one does.
    AllSignificant,
}

/// How a child is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shutdown {
    /// It is asked to end and has this many nanoseconds for it.
    DeadlineNs(i64),
    /// It is not asked.
    Brutal,
    /// It is asked to end and may take as long as it likes. The right choice for supervisors.
    Infinity,
}

/// The properties of a supervisor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flags {
    /// Who is restarted together.
    pub strategy: Strategy,
    /// How many restarts are too many. One more ends the supervisor.
    pub intensity: Intensity,
    /// What the end of significant children means.
    pub auto_shutdown: AutoShutdown,
}

/// The specification of a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Child {
    /// Its name.
    pub key: ChildKey,
    /// Which ends lead to a restart.
    pub restart: RestartType,
    /// Whether its end can end the supervisor. Never true for a permanent child.
    pub significant: bool,
    /// How it is stopped.
    pub shutdown: Shutdown,
}

/// How a child, or a whole supervisor, ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Exit {
    /// It was done (`normal`).
    Normal,
    /// It was told to, or ended in good order (`shutdown`).
    Shutdown,
    /// Anything else.
    Crashed,
}

/// What happens to a supervisor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Start the children. Comes first, once; what comes earlier waits for it.
    Boot,
    /// The child that was to be started runs.
    Started(ChildKey),
    /// The child that was to be started could not.
    StartFailed(ChildKey),
    /// The child that was to be started has nothing to do (`ignore`); that is no failure.
    Ignored(ChildKey),
    /// A child has ended, by itself or because it was told to.
    Exited(ChildKey, Exit),
    /// A child that was told to stop has not done so in time.
    StopDeadline(ChildKey),
    /// Request: start a new child (`start_child`).
    Add(Child),
    /// Request: stop a child; it is not restarted until asked for (`terminate_child`).
    Terminate(ChildKey),
    /// Request: start a child that is stopped (`restart_child`).
    Restart(ChildKey),
    /// Request: forget a child that is stopped (`delete_child`).
    Delete(ChildKey),
    /// Stop everything in reverse order and end.
    Shutdown,
}

/// What is to be done, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Start a child and report what came of it.
    Start(ChildKey),
    /// Tell a child to end and report that it did, or that its deadline has passed.
    Stop {
        /// The child.
        key: ChildKey,
        /// How long it has.
        shutdown: Shutdown,
    },
    /// The child missed its deadline. Erlang kills it; a thread can only be left behind.
    Abandon(ChildKey),
    /// The child is no longer known; nothing of it need be kept.
    Removed(ChildKey),
    /// A request about this child has been carried out. Requests are answered in
    /// the order in which they came, each once: by this or by `Refused`.
    Done(ChildKey),
    /// A request about this child has not been carried out.
    Refused {
        /// The child.
        key: ChildKey,
        /// The reason.
        why: Refusal,
    },
    /// All children have been started.
    Booted,
    /// A child could not be started; those before it are stopped. The supervisor is at its end.
    BootFailed,
    /// This child failed once too often: the supervisor stops the others and ends with `shutdown`.
    GaveUp(ChildKey),
    /// The supervisor is at its end, all its children stopped or abandoned.
    Ended(Exit),
}

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Refusal {
    /// There is no such child.
    #[error("there is no such child")]
    NotFound,
    /// The child runs.
    #[error("the child is running")]
    Running,
    /// The child is about to be started again.
    #[error("the child is being restarted")]
    Restarting,
    /// A child of this key is there, although it does not run.
    #[error("a child of this name is there already, stopped")]
    AlreadyPresent,
    /// The child could not be started.
    #[error("the child could not be started")]
    StartFailed,
    /// Dynamic children can't be restarted or deleted on request.
    #[error("children of a simple_one_for_one supervisor can't be restarted or deleted on request")]
    Dynamic,
    /// The specification makes no sense.
    #[error(transparent)]
    BadSpec(#[from] SpecError),
    /// The supervisor has ended.
    #[error("the supervisor has ended")]
    Ended,
}

/// A specification that makes no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum SpecError {
    /// A permanent child never ends for good, so its end can't mean anything.
    #[error("child {} is permanent and can't be significant", .0.0)]
    PermanentSignificant(ChildKey),
    /// `auto_shutdown` is `never`.
    #[error("child {} is significant, but its supervisor never shuts itself down", .0.0)]
    SignificantForNothing(ChildKey),
    /// Two children of the same key.
    #[error("child {} is there twice", .0.0)]
    Twice(ChildKey),
    /// A `simple_one_for_one` supervisor starts without children.
    #[error("child {}: children of a simple_one_for_one supervisor are added while it runs", .0.0)]
    NotDynamic(ChildKey),
}

/// Where a supervisor stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Not booted yet.
    New,
    /// Its children are being started for the first time.
    Booting,
    /// It runs; single children may be down or on their way.
    Running,
    /// Its children are being stopped.
    Ending,
    /// It is at its end, booted or not.
    Ended,
}

/// OTP's check of a child specification.
fn check(child: &Child, flags: &Flags) -> Result<(), SpecError> {
    match (child.significant, child.restart, flags.auto_shutdown) {
        (true, _, AutoShutdown::Never) => Err(SpecError::SignificantForNothing(child.key)),
        (true, RestartType::Permanent, _) => Err(SpecError::PermanentSignificant(child.key)),
        _ => Ok(()),
    }
}
