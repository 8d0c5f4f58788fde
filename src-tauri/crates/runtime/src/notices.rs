//! Messages for the operator: bounded, the same text counted instead of repeated.

use connect::{Notice, NoticeLevel};
use parking_lot::Mutex;
use std::collections::VecDeque;

/// So many notices are kept; the oldest gives way.
const KEPT_MAX: usize = 20;

/// A notice on the board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted {
    /// Names it, for dismissing it.
    pub id: u64,
    /// What it says.
    pub notice: Notice,
    /// How often it has been said.
    pub times: u32,
}

/// The notices that the operator has not dismissed.
#[derive(Debug, Default)]
pub struct NoticeBoard(Mutex<Board>);

#[derive(Debug, Default)]
struct Board {
    last_id: u64,
    posted: VecDeque<Posted>,
}

impl NoticeBoard {
    /// Says something; the same again only counts. Gives its id, for dismissing it.
    pub fn post(&self, notice: Notice) -> u64 {
        tracing::info!(level = ?notice.level, text = notice.text, "notice");
        let mut board = self.0.lock();
        let times = match board.posted.iter().position(|posted| posted.notice == notice) {
            Some(at) => board.posted.remove(at).map_or(0, |old| old.times),
            None => 0,
        };
        board.last_id += 1;
        let id = board.last_id;
        board.posted.push_front(Posted { id, notice, times: times + 1 });
        board.posted.truncate(KEPT_MAX);
        id
    }

    /// Says something short; gives the notice's id.
    pub fn say(&self, level: NoticeLevel, text: impl Into<String>, remedy: impl Into<String>) -> u64 {
        self.post(Notice { level, text: text.into(), remedy: remedy.into() })
    }

    /// Takes a notice off; false if it is not there.
    pub fn dismiss(&self, id: u64) -> bool {
        let mut board = self.0.lock();
        let before = board.posted.len();
        board.posted.retain(|posted| posted.id != id);
        board.posted.len() < before
    }

    /// Every notice, newest first.
    #[must_use]
    pub fn all(&self) -> Vec<Posted> {
        self.0.lock().posted.iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_text_is_counted_not_repeated_and_comes_to_the_top() {
        let board = NoticeBoard::default();
        for text in ["a", "b", "a"] {
            board.say(NoticeLevel::Info, text, "");
        }
        let shown: Vec<(String, u32)> = board.all().into_iter().map(|p| (p.notice.text, p.times)).collect();
        assert_eq!(shown, [("a".to_owned(), 2), ("b".to_owned(), 1)]);
    }

    #[test]
    fn keeps_no_more_than_twenty() {
        let board = NoticeBoard::default();
        (0..100).for_each(|k| _ = board.say(NoticeLevel::Info, format!("{k}"), ""));
        assert_eq!(board.all().len(), KEPT_MAX);
    }

    #[test]
    fn a_dismissed_notice_is_gone() {
        let board = NoticeBoard::default();
        board.say(NoticeLevel::Error, "x", "");
        let id = board.all()[0].id;
        assert!(board.dismiss(id));
        assert!(!board.dismiss(id));
    }
}
