//! What OTP does about each message, once its turn has come.

use super::children::Status;
use super::machine::{Message, Supervisor};
use super::transition::{Goal, Transition};
use super::{
    Action, AutoShutdown, Child, ChildKey, Event, Exit, Refusal, RestartType, State, Strategy, check,
};
use crate::restart::Decision;

impl Supervisor {
    /// Deals with a message. No transition is under way.
    pub(super) fn handle(&mut self, message: Message, now_ns: i64, actions: &mut Vec<Action>) {
        match message {
            Message::Event(event) => self.handle_event(event, actions),
            _ if self.state == State::Ended => {}
            Message::End(key, exit, number) => {
                let Some(state) = self.children.get_mut(key) else { return };
                if state.end_waiting == Some(number) {
                    state.end_waiting = None;
                    self.child_ended(key, exit, now_ns, actions);
                }
            }
            Message::TryAgain(key) => {
                if self.is(key, Status::Restarting) {
                    self.restart(key, now_ns, actions);
                }
            }
        }
    }

    fn handle_event(&mut self, event: Event, actions: &mut Vec<Action>) {
        let (key, answer) = match event {
            Event::Boot => return self.boot(),
            Event::Shutdown => return self.end(Exit::Shutdown),
            Event::Add(child) => (child.key, self.add(child)),
            Event::Terminate(key) => (key, self.terminate(key)),
            Event::Restart(key) => (key, self.start_stopped(key)),
            Event::Delete(key) => (key, self.delete(key, actions)),
            _ => return,
        };
        match answer {
            Ok(Some(transition)) => self.under_way = Some(transition),
            Ok(None) => actions.push(Action::Done(key)),
            Err(why) => actions.push(Action::Refused { key, why }),
        }
    }

    fn boot(&mut self) {
        if self.state == State::New {
            self.state = State::Booting;
            self.under_way = Some(Transition::start(Goal::Boot, self.children.keys()));
        }
    }

    /// Stops everything; dynamic children all at once.
    fn end(&mut self, exit: Exit) {
        if self.state != State::Ended {
            self.state = State::Ending;
            let mut transition = Transition::stop(Goal::End(exit), self.children.keys());
            transition.at_once = self.is_dynamic();
            self.under_way = Some(transition);
        }
    }

    fn add(&mut self, child: Child) -> Result<Option<Transition>, Refusal> {
        self.must_be_there()?;
        check(&child, &self.flags)?;
        match self.children.get(child.key) {
            Some(old) if old.status == Status::Running => Err(Refusal::Running),
            Some(_) => Err(Refusal::AlreadyPresent),
            None => {
                self.children.push(child);
                Ok(Some(Transition::start(Goal::Add(child.key), [child.key])))
            }
        }
    }

    fn terminate(&mut self, key: ChildKey) -> Result<Option<Transition>, Refusal> {
        self.must_be_there()?;
        match self.children.get(key) {
            Some(_) => Ok(Some(Transition::stop(Goal::Terminate(key), vec![key]))),
            // Dynamic children that have ended are forgotten: this one is as good as stopped.
            None if self.is_dynamic() => Ok(None),
            None => Err(Refusal::NotFound),
        }
    }

    fn start_stopped(&mut self, key: ChildKey) -> Result<Option<Transition>, Refusal> {
        self.must_be_stopped(key)?;
        Ok(Some(Transition::start(Goal::StartStopped(key), [key])))
    }

    fn delete(&mut self, key: ChildKey, actions: &mut Vec<Action>) -> Result<Option<Transition>, Refusal> {
        self.must_be_stopped(key)?;
        self.remove(key, actions);
        Ok(None)
    }

    fn must_be_there(&self) -> Result<(), Refusal> {
        if self.state == State::Ended { Err(Refusal::Ended) } else { Ok(()) }
    }

    fn must_be_stopped(&self, key: ChildKey) -> Result<(), Refusal> {
        self.must_be_there()?;
        if self.is_dynamic() {
            return Err(Refusal::Dynamic);
        }
        match self.children.status(key) {
            None => Err(Refusal::NotFound),
            Some(Status::Stopped) => Ok(()),
            Some(Status::Restarting) => Err(Refusal::Restarting),
            Some(_) => Err(Refusal::Running),
        }
    }

    /// A child has ended and nobody had told it to.
    fn child_ended(&mut self, key: ChildKey, exit: Exit, now_ns: i64, actions: &mut Vec<Action>) {
        let Some(Child { restart, significant, .. }) = self.children.get(key).map(|state| state.child) else {
            return;
        };
        match (restart, exit) {
            (RestartType::Permanent, _) | (RestartType::Transient, Exit::Crashed) => {
                self.restart(key, now_ns, actions);
            }
            _ => {
                self.forget(key, actions);
                if significant && self.shuts_itself_down() {
                    self.end(Exit::Shutdown);
                }
            }
        }
    }

    /// Whether the end of a significant child, which has been forgotten already, is the end of all.
    fn shuts_itself_down(&self) -> bool {
        match self.flags.auto_shutdown {
            AutoShutdown::Never => false,
            AutoShutdown::AnySignificant => true,
            AutoShutdown::AllSignificant if self.is_dynamic() => self.children.is_empty(),
            AutoShutdown::AllSignificant => {
                !self.children.iter().any(|state| state.child.significant && state.status != Status::Stopped)
            }
        }
    }

    /// Starts a child again, with those that go with it, or gives up.
    fn restart(&mut self, key: ChildKey, now_ns: i64, actions: &mut Vec<Action>) {
        if self.log.on_failure(now_ns) == Decision::GiveUp {
            actions.push(Action::GaveUp(key));
            self.forget(key, actions);
            return self.end(Exit::Shutdown);
        }
        self.children.set(key, Status::Stopped);
        self.under_way = Some(match self.flags.strategy {
            Strategy::OneForOne | Strategy::SimpleOneForOne => Transition::start(Goal::Restart, [key]),
            Strategy::OneForAll => together(self.children.keys()),
            Strategy::RestForOne => together(self.children.keys_from(key)),
        });
    }

    /// A start that was under way failed.
    pub(super) fn start_failed(
        &mut self,
        key: ChildKey,
        transition: &mut Transition,
        actions: &mut Vec<Action>,
    ) {
        transition.starts.clear();
        self.children.set(key, Status::Stopped);
        match transition.goal {
            Goal::Boot => {
                transition.stops = self.children.keys();
                transition.goal = Goal::FailBoot;
            }
            Goal::Restart => {
                self.children.set(key, Status::Restarting);
                self.mailbox.push_back(Message::TryAgain(key));
            }
            Goal::Add(_) => {
                self.remove(key, actions);
                transition.goal = Goal::Refuse(key);
            }
            _ => transition.goal = Goal::Refuse(key),
        }
    }

    /// A child that does not run any more is kept as stopped, or removed if it
    /// would never be started again.
    pub(super) fn forget(&mut self, key: ChildKey, actions: &mut Vec<Action>) {
        match self.children.get(key) {
            Some(_) if self.is_dynamic() => self.remove(key, actions),
            Some(state) if state.child.restart == RestartType::Temporary => self.remove(key, actions),
            Some(_) => self.children.set(key, Status::Stopped),
            None => {}
        }
    }

    fn remove(&mut self, key: ChildKey, actions: &mut Vec<Action>) {
        self.children.remove(key);
        actions.push(Action::Removed(key));
    }

    pub(super) fn is(&self, key: ChildKey, status: Status) -> bool {
        self.children.status(key) == Some(status)
    }

    fn is_dynamic(&self) -> bool {
        self.flags.strategy.is_dynamic()
    }
}

/// All of these are stopped in reverse and started in order.
fn together(keys: Vec<ChildKey>) -> Transition {
    Transition::restart(Goal::Restart, keys.clone(), keys)
}
