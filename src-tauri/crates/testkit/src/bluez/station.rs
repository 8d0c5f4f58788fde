//! The fake's place on the bus: the world behind one lock, the connection that
//! carries its messages, a thread that answers calls and one for what comes later.
//!
//! Messages are sent while the lock is held, so clients see changes in the order
//! in which they happened. zbus moves the bytes on a thread of its own, which
//! never takes the lock; a full socket therefore delays, and never deadlocks.

use super::dispatch;
use super::world::{Later, World};
use crate::pace::Deadline;
use anyhow::Context;
use futures_lite::{StreamExt, future::block_on};
use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use zbus::message::{Message, Type};
use zbus::{Connection, MessageStream, connection};

const NAME: &str = "org.bluez";
const CALLS_QUEUED: NonZeroUsize = NonZeroUsize::new(4096).unwrap();
const BUS_ANSWERS_WITHIN: Duration = Duration::from_secs(10);
/// What the bus tells when a client leaves it: its name has no owner any more.
const LEAVERS: &str = "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',arg2=''";

#[derive(Debug, Default)]
struct State {
    world: World,
    link: Option<Connection>,
    planned: Vec<(Deadline, Later)>,
    over: bool,
}

/// Shared by the test's thread, the streams and the fake's own threads.
#[derive(Debug, Default)]
pub(super) struct Station {
    state: Mutex<State>,
    agenda_changed: Condvar,
}

impl Station {
    /// Changes the world, and sends what clients are to see of it.
    pub(super) fn with<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        let mut state = self.lock();
        let result = change(&mut state.world);
        if state.settle() {
            self.agenda_changed.notify_all();
        }
        result
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A test that panicked while it held the lock still wants its tear-down.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Joins the bus as `org.bluez` and answers calls from then on.
    pub(super) fn enter(self: &Arc<Self>, address: &str) -> anyhow::Result<JoinHandle<()>> {
        let calls = block_on(join_bus(address)).context("the fake BlueZ can't join its bus")?;
        self.lock().link = Some(Connection::from(&calls));
        let station = Arc::clone(self);
        Ok(thread::Builder::new().name("fake-bluez".into()).spawn(move || station.serve(calls))?)
    }

    /// Leaves the bus, and forgets all that was on it, so that nothing counts as
    /// sent that nobody can have got. The thread that [`Self::enter`] started ends.
    pub(super) fn leave(&self) {
        let mut state = self.lock();
        state.world.forget_everything();
        state.planned.clear();
        if let Some(link) = state.link.take() {
            // Both fail where the bus is gone already, and that is the aim. The name
            // first, with an answer: after that no call can come this way.
            let _ = block_on(link.release_name(NAME));
            let _ = block_on(link.close());
        }
    }

    /// How many match rules the bus keeps, for everybody but the fake.
    pub(super) fn match_rules(&self) -> Option<usize> {
        let link = self.lock().link.clone()?;
        let own = link.unique_name()?.to_string();
        let (bus, stats) = (Some("org.freedesktop.DBus"), Some("org.freedesktop.DBus.Debug.Stats"));
        let asked = link.call_method(bus, "/org/freedesktop/DBus", stats, "GetAllMatchRules", &());
        let answer = block_on(asked).ok()?;
        let rules: HashMap<String, Vec<String>> = answer.body().deserialize().ok()?;
        Some(rules.iter().filter(|(client, _)| **client != own).map(|(_, rules)| rules.len()).sum())
    }

    fn serve(&self, mut calls: MessageStream) {
        while let Some(Ok(message)) = block_on(calls.next()) {
            match message.message_type() {
                Type::MethodCall => self.with(|world| dispatch::answer(world, &message)),
                Type::Signal => self.someone_left(&message),
                Type::MethodReturn | Type::Error => {}
            }
        }
    }

    fn someone_left(&self, signal: &Message) {
        if let Ok((name, _old, _new)) = signal.body().deserialize::<(String, String, String)>() {
            self.with(|world| world.client_left(&name));
        }
    }

    /// Starts the thread that does what was planned when its time has come.
    pub(super) fn keep_agenda(self: &Arc<Self>) -> anyhow::Result<JoinHandle<()>> {
        let station = Arc::clone(self);
        let run = move || while station.next_planned() {};
        Ok(thread::Builder::new().name("fake-bluez-late".into()).spawn(run)?)
    }

    /// Does the next planned thing, or waits for it; false when all is over.
    fn next_planned(&self) -> bool {
        let mut state = self.lock();
        if state.over {
            return false;
        }
        if !state.do_what_is_due() {
            match state.next_due() {
                Some(due) => drop(self.agenda_changed.wait_timeout(state, due.left())),
                None => drop(self.agenda_changed.wait(state)),
            }
        }
        true
    }

    /// Brings all that is planned nearer, and does what falls due, in order.
    pub(super) fn elapse(&self, time: Duration) {
        let mut state = self.lock();
        for (due, _) in &mut state.planned {
            *due = due.sooner_by(time);
        }
        while state.do_what_is_due() {}
        self.agenda_changed.notify_all();
    }

    /// Ends the thread of [`Self::keep_agenda`].
    pub(super) fn close_agenda(&self) {
        self.lock().over = true;
        self.agenda_changed.notify_all();
    }
}

impl State {
    /// Does the thing that is due first; false where nothing is due yet.
    fn do_what_is_due(&mut self) -> bool {
        let dues = self.planned.iter().map(|(due, _)| *due).enumerate();
        let first = dues.min_by_key(|(_, due)| *due);
        let Some((index, _)) = first.filter(|(_, due)| due.has_passed()) else { return false };
        let (_, what) = self.planned.swap_remove(index);
        self.world.carry_out(&what);
        self.settle();
        true
    }

    fn next_due(&self) -> Option<Deadline> {
        self.planned.iter().map(|(due, _)| *due).min()
    }

    /// Sends what clients are to see, and takes over what the world has planned;
    /// says whether there was anything planned.
    fn settle(&mut self) -> bool {
        let messages = std::mem::take(&mut self.world.outbox);
        if let Some(link) = &self.link {
            // It fails where the bus has died, and then nobody is there to hear.
            let _ = block_on(link.send_all(&messages));
        }
        let new = std::mem::take(&mut self.world.agenda);
        let any = !new.is_empty();
        self.planned.extend(new.into_iter().map(|(after, what)| (Deadline::after(after), what)));
        any
    }
}

async fn join_bus(address: &str) -> zbus::Result<MessageStream> {
    let link = connection::Builder::address(address)
        .max_queued(CALLS_QUEUED)
        .method_timeout(BUS_ANSWERS_WITHIN)
        .build()
        .await?;
    // Before the name, so that no call can come ahead of it.
    let calls = MessageStream::from(&link);
    let bus = Some("org.freedesktop.DBus");
    link.call_method(bus, "/org/freedesktop/DBus", bus, "AddMatch", &LEAVERS).await?;
    link.request_name(NAME).await?;
    Ok(calls)
}
