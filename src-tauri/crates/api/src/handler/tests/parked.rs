//! Messages that the outbox has set aside, from junk in its file to the operator's word.

use super::*;
use crate::ParkedPage;
use runtime::HistoryConfig;
use store::outbox::{After, Bounds, NewMessage, Outbox};

const SOON: Duration = Duration::from_secs(20);
const WHEN: Stamp = Stamp { host_ns: 0, wall_ns: 1_700_000_000_000_000_000 };

/// An outbox's message that no history takes.
fn junk(n: u32, key: &str) -> NewMessage {
    let topic = "history".to_owned();
    NewMessage { topic, key: key.to_owned(), dedup: format!("junk {n}"), payload: b"junk".to_vec() }
}

impl Bench {
    fn outbox_file(&self) -> PathBuf {
        self.folder.path().join("outbox.db")
    }

    /// Puts messages into the outbox's file, as an earlier run left them there, and keeps a history with it.
    fn keep_history_with(&self, messages: &[NewMessage]) {
        let mut outbox = Outbox::open(&self.outbox_file(), Bounds::default()).unwrap();
        outbox.put(messages, &[], WHEN).unwrap();
        drop(outbox);
        self.keep_history();
    }

    fn keep_history(&self) {
        self.api.console().keep_history(HistoryConfig::in_folder(self.folder.path().to_owned())).unwrap();
    }

    fn parked(&self, after: Option<i64>) -> ParkedPage {
        match self.api.answer(Request::Parked { after }) {
            Ok(Response::Parked(page)) => page,
            other => panic!("{other:?}"),
        }
    }

    fn wait_for_parked(&self, count: u64) {
        testkit::wait_until(SOON, "parked messages", || self.api.system().outbox.unwrap().parked == count);
    }

    fn wait_for_problem(&self, start: &str) {
        let problem = || self.api.system().outbox.unwrap().problem;
        testkit::wait_until(SOON, start, || problem().starts_with(start));
    }

    fn wait_for_no_problem(&self) {
        testkit::wait_until(SOON, "no problem", || self.api.system().outbox.unwrap().problem.is_empty());
    }

    fn refused(&self, request: Request) -> ApiError {
        self.api.answer(request).unwrap_err()
    }
}

#[test]
fn junk_in_the_outbox_is_set_aside_and_listed_released_and_discarded_on_request() {
    let bench = bench();
    bench.keep_history_with(&[junk(1, "p ecg"), junk(2, "p ecg")]);
    bench.wait_for_parked(2);
    let page = bench.parked(None);
    assert_eq!((page.messages.len(), page.total, page.next), (2, 2, None));
    let [first, second] = page.messages.try_into().unwrap();
    assert_eq!((first.topic.as_str(), first.key.as_str(), first.tries), ("history", "p ecg", 1));
    assert_eq!((first.put_ms, first.bytes), (1.7e12, 4));
    assert!(first.reason.starts_with("it does not read back"), "{first:?}");
    bench.wait_for_problem("2 messages were set aside; the first: p ecg (it does not");
    // It is tried again, and found to be junk again.
    assert_eq!(bench.api.answer(Request::ReleaseParked { id: first.id }).unwrap(), Response::Done);
    testkit::wait_until(SOON, "another try", || bench.api.system().outbox.unwrap().failed == 3);
    bench.wait_for_parked(2);
    assert_eq!(bench.api.answer(Request::DiscardParked { id: first.id }).unwrap(), Response::Done);
    bench.wait_for_problem("1 message was set aside");
    assert_eq!(bench.api.answer(Request::DiscardParked { id: second.id }).unwrap(), Response::Done);
    assert_eq!(bench.parked(None).total, 0);
    bench.wait_for_no_problem();
}

#[test]
fn a_message_that_is_gone_and_an_outbox_that_is_not_kept_are_told_apart() {
    let bench = bench();
    let requests =
        [Request::Parked { after: None }, Request::ReleaseParked { id: 1 }, Request::DiscardParked { id: 1 }];
    for request in requests {
        let error = bench.refused(request);
        assert_eq!(error.code, ErrorCode::Conflict, "{error:?}");
        assert!(
            error.message.contains("keeps no history") && error.remedy.contains("[history]"),
            "{error:?}"
        );
    }
    bench.keep_history_with(&[junk(1, "p ecg")]);
    bench.wait_for_parked(1);
    let id = bench.parked(None).messages[0].id;
    bench.api.answer(Request::DiscardParked { id }).unwrap();
    for request in [Request::ReleaseParked { id }, Request::DiscardParked { id: -1 }] {
        let error = bench.refused(request);
        assert_eq!(error.code, ErrorCode::NotFound, "{error:?}");
        assert!(!error.remedy.is_empty(), "{error:?}");
    }
}

#[test]
fn more_parked_messages_than_one_page_holds_are_reached_page_by_page() {
    let bench = bench();
    let messages: Vec<_> = (0..25).map(|n| junk(n, "p ecg")).collect();
    bench.keep_history_with(&messages);
    bench.wait_for_parked(25);
    let first = bench.parked(None);
    assert_eq!((first.messages.len(), first.total), (runtime::PARKED_PAGE, 25));
    assert!(first.next.is_some());
    let rest = bench.parked(first.next);
    assert_eq!((rest.messages.len(), rest.total, rest.next), (5, 25, None));
    assert!(rest.messages[0].id > first.messages[19].id);
}

#[test]
fn a_hostile_key_is_told_as_one_bounded_line() {
    let bench = bench();
    bench.keep_history_with(&[junk(1, &format!("\u{202e}p\n{}", "x".repeat(5000)))]);
    bench.wait_for_parked(1);
    let key = &bench.parked(None).messages[0].key;
    assert!(key.starts_with("p xxx") && key.chars().count() <= 120, "{key}");
    assert!(bench.api.system().outbox.unwrap().problem.chars().count() < 600);
}

#[test]
fn a_parked_message_that_can_not_be_read_is_listed_as_that_among_the_others() {
    const MARK: &str = "the reason lies here";
    let bench = bench();
    let mut outbox = Outbox::open(&bench.outbox_file(), Bounds::default()).unwrap();
    outbox.put(&[junk(1, "p ecg"), junk(2, "p hr")], &[], WHEN).unwrap();
    let claimed = outbox.claim("history", 2, 0, |_| true).unwrap();
    outbox.fail(&claimed[0], After::Park, MARK).unwrap();
    outbox.fail(&claimed[1], After::Park, "no").unwrap();
    drop(outbox);
    let mut bytes = std::fs::read(bench.outbox_file()).unwrap();
    let at = bytes.windows(MARK.len()).position(|window| window == MARK.as_bytes()).unwrap();
    // No text has this byte.
    bytes[at] = 0xFF;
    std::fs::write(bench.outbox_file(), bytes).unwrap();
    bench.keep_history();
    bench.wait_for_problem("2 messages were set aside; the first: p ecg (it does not read back");
    let [damaged, well] = bench.parked(None).messages.try_into().unwrap();
    assert_eq!((damaged.id, damaged.key.as_str(), damaged.bytes), (claimed[0].id, "p ecg", 4));
    assert!(damaged.reason.starts_with("it does not read back from the disk: "), "{damaged:?}");
    assert_eq!((well.id, well.key.as_str(), well.reason.as_str()), (claimed[1].id, "p hr", "no"));
    for id in [damaged.id, well.id] {
        bench.api.answer(Request::DiscardParked { id }).unwrap();
    }
    assert_eq!(bench.parked(None).total, 0);
    bench.wait_for_no_problem();
}

#[test]
fn a_message_of_another_topic_is_listed_with_what_it_is_and_what_to_do() {
    let bench = bench();
    let stranger = NewMessage { topic: "cloud".to_owned(), ..junk(1, "p ecg") };
    bench.keep_history_with(&[stranger]);
    bench.wait_for_parked(1);
    let one = bench.parked(None).messages.remove(0);
    assert_eq!((one.topic.as_str(), one.key.as_str()), ("cloud", "p ecg"));
    assert!(one.reason.contains("delivers nothing of its topic") && one.reason.ends_with("or discard it"));
}
