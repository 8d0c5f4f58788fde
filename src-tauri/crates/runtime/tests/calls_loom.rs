//! The meeting of a caller that leaves with an answer that comes, under every
//! interleaving: no answer is both late and taken, and none is neither.
//!
//! The very file of the meeting is compiled here, with `loom`'s atomics behind
//! the name `crate::sync`.

#[path = "../src/calls/meeting.rs"]
mod meeting;

mod sync {
    pub use loom::sync::atomic::{AtomicU32, Ordering};
}

use loom::sync::Arc;
use meeting::Meeting;

#[test]
fn an_answer_is_either_taken_or_late() {
    loom::model(|| {
        let meeting = Arc::new(Meeting::new());
        let worker = {
            let meeting = Arc::clone(&meeting);
            loom::thread::spawn(move || meeting.answer())
        };
        let caller_left = meeting.leave();
        let in_time = worker.join().unwrap();
        assert_eq!(in_time, !caller_left, "one of both was first");
    });
}

#[test]
fn a_worker_that_sees_the_caller_gone_gives_an_answer_that_is_late() {
    loom::model(|| {
        let meeting = Arc::new(Meeting::new());
        let caller = {
            let meeting = Arc::clone(&meeting);
            loom::thread::spawn(move || meeting.leave())
        };
        if meeting.is_left() {
            assert!(!meeting.answer());
        }
        assert!(caller.join().unwrap(), "nobody had answered");
    });
}
