//! The state machine: a mailbox, and at most one transition under way.

use std::collections::VecDeque;

use super::children::{ChildState, Children, Status};
use super::transition::{Goal, Transition};
use super::{Action, Child, ChildKey, Event, Exit, Flags, Refusal, SpecError, State, Strategy, check};
use crate::restart::RestartLog;

/// A supervisor. See the module for how it is driven.
#[derive(Clone, Debug)]
pub struct Supervisor {
    pub(super) flags: Flags,
    pub(super) children: Children,
    pub(super) log: RestartLog,
    pub(super) state: State,
    pub(super) under_way: Option<Transition>,
    pub(super) mailbox: VecDeque<Message>,
    next_end: u64,
}

/// What waits in the mailbox.
#[derive(Clone, Copy, Debug)]
pub(super) enum Message {
    /// An event from outside.
    Event(Event),
    /// A child's end, with its number. It counts only while the child still carries
    /// that number: who stops a child that is dead already takes its end away.
    End(ChildKey, Exit, u64),
    /// A restart failed and is tried again (`try_again_restart`).
    TryAgain(ChildKey),
}

impl Supervisor {
    /// A supervisor that has not been booted.
    ///
    /// # Errors
    /// A child's specification makes no sense.
    pub fn new(flags: Flags, specs: Vec<Child>) -> Result<Self, SpecError> {
        let mut children = Children::default();
        for child in specs {
            check(&child, &flags)?;
            if flags.strategy == Strategy::SimpleOneForOne {
                return Err(SpecError::NotDynamic(child.key));
            }
            if children.get(child.key).is_some() {
                return Err(SpecError::Twice(child.key));
            }
            children.push(child);
        }
        Ok(Self {
            flags,
            children,
            log: RestartLog::new(flags.intensity),
            state: State::New,
            under_way: None,
            mailbox: VecDeque::new(),
            next_end: 0,
        })
    }

    /// Where it stands.
    #[must_use]
    pub fn state(&self) -> State {
        self.state
    }

    /// Its properties.
    #[must_use]
    pub fn flags(&self) -> &Flags {
        &self.flags
    }

    /// The children it knows, in the order of their start.
    pub fn children(&self) -> impl DoubleEndedIterator<Item = &ChildState> {
        self.children.iter()
    }

    /// A child it knows.
    #[must_use]
    pub fn child(&self, key: ChildKey) -> Option<&ChildState> {
        self.children.get(key)
    }

    /// Takes an event in and says what is to be done. `now_ns` is host time; it
    /// dates the restarts that the event leads to.
    pub fn on(&mut self, event: Event, now_ns: i64) -> Vec<Action> {
        let mut actions = Vec::new();
        if !self.answers(event, &mut actions) {
            self.receive(event);
        }
        self.run(now_ns, &mut actions);
        actions
    }

    /// Puts an event into the mailbox.
    fn receive(&mut self, event: Event) {
        let message = match event {
            Event::Exited(key, exit) => {
                let number = self.next_end;
                let Some(state) = self.children.get_mut(key).filter(|state| can_end(state)) else { return };
                state.end_waiting = Some(number);
                self.next_end += 1;
                Message::End(key, exit, number)
            }
            Event::Started(_) | Event::StartFailed(_) | Event::Ignored(_) | Event::StopDeadline(_) => return,
            request => Message::Event(request),
        };
        self.mailbox.push_back(message);
    }

    /// Goes on until an answer is due or nothing is left to do.
    fn run(&mut self, now_ns: i64, actions: &mut Vec<Action>) {
        loop {
            if let Some(mut transition) = self.under_way.take() {
                self.advance(&mut transition, actions);
                if transition.due > 0 {
                    self.under_way = Some(transition);
                    return;
                }
                self.arrive(transition.goal, actions);
            } else if let Some(message) = self.next_message() {
                self.handle(message, now_ns, actions);
            } else {
                return;
            }
        }
    }

    /// The next message. Before the boot only the boot itself or the end can come.
    fn next_message(&mut self) -> Option<Message> {
        if self.state != State::New {
            return self.mailbox.pop_front();
        }
        let first = |message: &Message| matches!(message, Message::Event(Event::Boot | Event::Shutdown));
        self.mailbox.iter().position(first).and_then(|place| self.mailbox.remove(place))
    }

    /// Begins what can begin: stops from the last, then starts from the first.
    fn advance(&mut self, transition: &mut Transition, actions: &mut Vec<Action>) {
        while let Some(key) = transition.next_stop() {
            match self.children.get_mut(key) {
                Some(state) if is_alive(state) => {
                    state.status = Status::Stopping;
                    actions.push(Action::Stop { key, shutdown: state.child.shutdown });
                    transition.due += 1;
                }
                _ => self.forget(key, actions),
            }
        }
        while let Some(key) = transition.next_start() {
            let Some(state) = self.children.get_mut(key) else { continue };
            state.status = Status::Starting;
            state.restarts += u64::from(transition.goal == Goal::Restart);
            actions.push(Action::Start(key));
            transition.due += 1;
        }
    }

    /// Everything that a transition was to stop is stopped, everything started.
    fn arrive(&mut self, goal: Goal, actions: &mut Vec<Action>) {
        match goal {
            Goal::Boot => {
                self.state = State::Running;
                actions.push(Action::Booted);
            }
            Goal::Restart => {}
            Goal::Add(key) | Goal::StartStopped(key) | Goal::Terminate(key) => {
                actions.push(Action::Done(key));
            }
            Goal::Refuse(key) => actions.push(Action::Refused { key, why: Refusal::StartFailed }),
            Goal::FailBoot => {
                self.state = State::Ended;
                actions.push(Action::BootFailed);
            }
            Goal::End(exit) => {
                self.state = State::Ended;
                actions.push(Action::Ended(exit));
            }
        }
    }

    /// Whether an event answers a start or a stop that is under way; it is then dealt with.
    fn answers(&mut self, event: Event, actions: &mut Vec<Action>) -> bool {
        let Some(mut transition) = self.under_way.take() else { return false };
        let answered = match event {
            Event::Started(key) if self.is(key, Status::Starting) => {
                self.children.set(key, Status::Running);
                true
            }
            Event::StartFailed(key) if self.is(key, Status::Starting) => {
                self.start_failed(key, &mut transition, actions);
                true
            }
            Event::Ignored(key) if self.is(key, Status::Starting) => {
                self.forget(key, actions);
                true
            }
            Event::Exited(key, _) if self.is(key, Status::Stopping) => {
                self.forget(key, actions);
                true
            }
            Event::StopDeadline(key) if self.is(key, Status::Stopping) => {
                actions.push(Action::Abandon(key));
                self.forget(key, actions);
                true
            }
            _ => false,
        };
        transition.due -= usize::from(answered);
        self.under_way = Some(transition);
        answered
    }
}

/// Whether a stop has something to stop.
fn is_alive(state: &ChildState) -> bool {
    state.status == Status::Running && state.end_waiting.is_none()
}

/// Whether the report of an end makes sense.
fn can_end(state: &ChildState) -> bool {
    matches!(state.status, Status::Starting | Status::Running) && state.end_waiting.is_none()
}
