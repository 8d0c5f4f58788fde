//! The outbox from inside, with invented times.

use super::*;
use model::Stamp;

const NOW: Stamp = Stamp { host_ns: 1, wall_ns: 1_700_000_000_000_000_000 };

fn outbox(bounds: Bounds) -> (tempfile::TempDir, Outbox) {
    let folder = tempfile::tempdir().unwrap();
    let outbox = Outbox::open(&folder.path().join("outbox"), bounds).unwrap();
    (folder, outbox)
}

fn message(key: &str, n: u32) -> NewMessage {
    let dedup = format!("{key}/{n}");
    NewMessage { topic: "t".into(), key: key.into(), dedup, payload: n.to_le_bytes().to_vec() }
}

fn put(outbox: &mut Outbox, key: &str, n: u32) -> Put {
    outbox.put(&[message(key, n)], &[], NOW).unwrap()[0]
}

fn claim(outbox: &mut Outbox, limit: usize, now_ns: i64) -> Vec<Message> {
    outbox.claim("t", limit, now_ns, |_| true).unwrap()
}

fn names(messages: &[Message]) -> Vec<&str> {
    messages.iter().map(|message| message.dedup.as_str()).collect()
}

fn assert_exact(outbox: &Outbox) {
    let c = outbox.counts().unwrap();
    assert_eq!(c.put, c.delivered + c.dropped + c.discarded + c.waiting + c.parked, "{c:?}");
}

#[test]
fn a_key_is_claimed_in_order_and_by_one_at_a_time() {
    let (_folder, mut outbox) = outbox(Bounds::default());
    for n in 0..4 {
        put(&mut outbox, "a", n);
        put(&mut outbox, "b", n);
    }
    let first = claim(&mut outbox, 3, 0);
    assert_eq!(names(&first), ["a/0", "a/1", "a/2"]);
    let second = claim(&mut outbox, 10, 0);
    assert_eq!(names(&second), ["b/0", "b/1", "b/2", "b/3"], "a is being delivered");
    outbox.ack(&first).unwrap();
    assert_eq!(names(&claim(&mut outbox, 10, 0)), ["a/3"]);
    assert_exact(&outbox);
}

#[test]
fn a_failed_message_holds_those_behind_it_until_its_time_and_no_other_key() {
    let (_folder, mut outbox) = outbox(Bounds::default());
    (0..2).for_each(|n| assert!(matches!(put(&mut outbox, "a", n), Put::Kept(_))));
    let lot = claim(&mut outbox, 10, 0);
    outbox.fail(&lot[0], After::RetryAt(50), "no").unwrap();
    outbox.fail(&lot[1], After::NotTried, "").unwrap();
    put(&mut outbox, "b", 0);
    assert_eq!(names(&claim(&mut outbox, 10, 49)), ["b/0"]);
    let again = claim(&mut outbox, 10, 50);
    assert_eq!(names(&again), ["a/0", "a/1"]);
    assert_eq!([&again[0], &again[1]].map(|m| (m.tries, m.first_try_ns)), [(2, 0), (1, 0)]);
}

#[test]
fn a_try_that_failed_by_the_destinations_fault_does_not_count() {
    let (_folder, mut outbox) = outbox(Bounds::default());
    put(&mut outbox, "a", 0);
    for round in 0..5 {
        let lot = claim(&mut outbox, 10, round);
        assert_eq!((lot[0].tries, lot[0].first_try_ns), (1, 0));
        outbox.fail(&lot[0], After::PutOff(round + 1), "it is away").unwrap();
        assert_eq!(claim(&mut outbox, 10, round), []);
    }
}

#[test]
fn a_parked_message_lets_those_behind_it_pass_and_waits_for_the_operator() {
    let (_folder, mut outbox) = outbox(Bounds::default());
    (0..3).for_each(|n| assert!(matches!(put(&mut outbox, "a", n), Put::Kept(_))));
    let poison = claim(&mut outbox, 1, 0);
    outbox.fail(&poison[0], After::Park, "does not read back").unwrap();
    assert_eq!(names(&claim(&mut outbox, 10, 0)), ["a/1", "a/2"]);
    let parked = outbox.parked(0, 10).unwrap();
    assert_eq!((parked.len(), parked[0].tries, parked[0].failure.as_str()), (1, 1, "does not read back"));
    assert_exact(&outbox);
    assert!(outbox.discard(poison[0].id).unwrap());
    assert!(!outbox.discard(poison[0].id).unwrap());
    let counts = outbox.counts().unwrap();
    assert_eq!((counts.discarded, counts.parked, counts.waiting), (1, 0, 2));
    assert_exact(&outbox);
}

#[test]
fn parked_messages_are_told_page_by_page_the_oldest_first() {
    let (_folder, mut outbox) = outbox(Bounds::default());
    (0..5).for_each(|n| assert!(matches!(put(&mut outbox, "a", n), Put::Kept(_))));
    let ids: Vec<i64> = claim(&mut outbox, 5, 0)
        .iter()
        .map(|message| {
            outbox.fail(message, After::Park, "no").unwrap();
            message.id
        })
        .collect();
    let page = |after| outbox.parked(after, 2).unwrap().iter().map(|one| one.id).collect::<Vec<_>>();
    assert_eq!([page(0), page(ids[1]), page(ids[3])], [&ids[..2], &ids[2..4], &ids[4..]]);
    assert!(page(ids[4]).is_empty());
}

#[test]
fn a_released_message_starts_anew_in_its_old_place() {
    let (_folder, mut outbox) = outbox(Bounds::default());
    (0..2).for_each(|n| assert!(matches!(put(&mut outbox, "a", n), Put::Kept(_))));
    let poison = claim(&mut outbox, 1, 0);
    outbox.fail(&poison[0], After::Park, "no").unwrap();
    assert!(outbox.release(poison[0].id).unwrap());
    let lot = claim(&mut outbox, 10, 9);
    assert_eq!((names(&lot), lot[0].tries, lot[0].first_try_ns), (vec!["a/0", "a/1"], 1, 9));
    assert!(!outbox.discard(lot[0].id).unwrap(), "only what is parked is thrown away");
}

#[test]
fn what_waits_for_another_destination_is_set_aside_some_at_a_time_and_nothing_else() {
    let (_folder, mut outbox) = outbox(Bounds::default());
    put(&mut outbox, "a", 0);
    for (n, topic) in ["s", "u", "u"].into_iter().enumerate() {
        let stranger = NewMessage { topic: topic.into(), ..message("x", n as u32) };
        outbox.put(&[stranger], &[], NOW).unwrap();
    }
    let park = |outbox: &mut Outbox| outbox.park_all_but("t", 2, "nobody takes it").unwrap();
    assert_eq!([park(&mut outbox), park(&mut outbox), park(&mut outbox)], [2, 1, 0]);
    let told: Vec<(String, String)> =
        outbox.parked(0, 10).unwrap().into_iter().map(|one| (one.topic, one.failure)).collect();
    assert_eq!(told, ["s", "u", "u"].map(|topic| (topic.to_owned(), "nobody takes it".to_owned())));
    assert_eq!(names(&claim(&mut outbox, 10, 0)), ["a/0"]);
    assert_exact(&outbox);
}

/// An outbox with the messages a/0, b/1 and c/2, numbers 1 to 3; a column of b/1 is
/// a byte that is in no text.
fn damaged(column: &str, parked: bool) -> (tempfile::TempDir, Outbox) {
    let (folder, mut outbox) = outbox(Bounds::default());
    ["a", "b", "c"].iter().zip(0..).for_each(|(key, n)| _ = put(&mut outbox, key, n));
    let sql = format!("UPDATE messages SET {column} = CAST(x'FF' AS TEXT) WHERE key = 'b'");
    outbox.db.transact(|tx| tx.execute(&sql, [])).unwrap();
    outbox.db.transact(|tx| tx.execute("UPDATE messages SET parked = ?1", [parked])).unwrap();
    let path = outbox.path().to_owned();
    drop(outbox);
    (folder, Outbox::open(&path, Bounds::default()).unwrap())
}

#[test]
fn a_parked_message_that_does_not_read_back_is_told_as_that_and_hides_no_other() {
    for column in ["topic", "key", "failure"] {
        let (_folder, outbox) = damaged(column, true);
        let parked = outbox.parked(0, 10).unwrap();
        assert_eq!(parked.iter().map(|one| one.id).collect::<Vec<_>>(), [1, 2, 3], "{column}");
        assert!(parked[1].failure.starts_with("it does not read back from the disk: "), "{:?}", parked[1]);
        assert_eq!((parked[1].bytes, parked[1].wall_ns), (4, NOW.wall_ns), "what does read back is told");
        assert_eq!(
            [&parked[0], &parked[2]].map(|one| (one.key.as_str(), one.failure.as_str())),
            [("a", ""), ("c", "")]
        );
    }
}

#[test]
fn a_parked_message_that_does_not_read_back_is_discarded_but_not_let_in_front_of_the_others() {
    let (_folder, mut outbox) = damaged("key", true);
    let refusal = outbox.release(2).unwrap_err();
    assert!(
        refusal.words().contains("message 2 does not read back, so it can only be discarded"),
        "{refusal}"
    );
    assert_eq!((outbox.release(1), outbox.discard(2)), (Ok(true), Ok(true)));
    assert_eq!(names(&claim(&mut outbox, 10, 0)), ["a/0"]);
    // Where only its reason is damaged it can be delivered.
    let (_folder, mut outbox) = damaged("failure", true);
    assert_eq!(outbox.release(2), Ok(true));
    assert_eq!(names(&claim(&mut outbox, 10, 0)), ["b/1"]);
}

#[test]
fn a_waiting_message_that_does_not_read_back_is_set_aside_and_the_others_arrive() {
    for column in ["key", "dedup"] {
        let (_folder, mut outbox) = damaged(column, false);
        assert_eq!(names(&claim(&mut outbox, 10, 0)), ["a/0", "c/2"], "{column}");
        let parked = outbox.parked(0, 10).unwrap();
        assert_eq!(parked.iter().map(|one| one.id).collect::<Vec<_>>(), [2]);
        assert_eq!(outbox.counts().unwrap().parked, 1);
    }
}

#[test]
fn what_waits_already_is_not_taken_twice() {
    let (_folder, mut outbox) = outbox(Bounds::default());
    assert!(matches!(put(&mut outbox, "a", 1), Put::Kept(_)));
    assert_eq!(put(&mut outbox, "a", 1), Put::Duplicate);
    let counts = outbox.counts().unwrap();
    assert_eq!((counts.put, counts.duplicate, counts.waiting), (1, 1, 1));
}

#[test]
fn a_full_outbox_refuses_and_counts_where_that_is_its_policy() {
    let bounds = Bounds { messages_max: 3, bytes_max: 1 << 20, when_full: WhenFull::Refuse };
    let (_folder, mut outbox) = outbox(bounds);
    let outcome: Vec<Put> = (0..5).map(|n| put(&mut outbox, "a", n)).collect();
    assert_eq!(outcome[3..], [Put::Refused, Put::Refused]);
    let counts = outbox.counts().unwrap();
    assert_eq!((counts.waiting, counts.refused), (3, 2));
    assert_exact(&outbox);
}

#[test]
fn a_full_outbox_lets_the_oldest_go_but_never_one_that_is_being_delivered() {
    let bounds = Bounds { messages_max: 100, bytes_max: 12, when_full: WhenFull::DropOldest };
    let (_folder, mut outbox) = outbox(bounds);
    put(&mut outbox, "a", 0);
    let held = claim(&mut outbox, 1, 0);
    (1..6).for_each(|n| assert!(matches!(put(&mut outbox, "b", n), Put::Kept(_))));
    assert_eq!(outbox.counts().unwrap().dropped, 3);
    assert_eq!(names(&claim(&mut outbox, 10, 0)), ["b/4", "b/5"]);
    outbox.ack(&held).unwrap();
    assert_exact(&outbox);
    let huge = NewMessage { payload: vec![0; 13], ..message("c", 0) };
    assert_eq!(outbox.put(&[huge], &[], NOW).unwrap(), [Put::Refused]);
}

#[test]
fn keys_take_turns() {
    let (_folder, mut outbox) = outbox(Bounds::default());
    for n in 0..3 {
        ["a", "b", "c"].iter().for_each(|key| assert!(matches!(put(&mut outbox, key, n), Put::Kept(_))));
    }
    let mut order = Vec::new();
    for _ in 0..9 {
        let one = claim(&mut outbox, 1, 0);
        order.push(one[0].key.clone());
        outbox.ack(&one).unwrap();
    }
    assert_eq!(order.concat(), "abcabcabc");
}

#[test]
fn a_new_process_finds_everything_but_the_claims() {
    let (folder, mut outbox) = outbox(Bounds::default());
    (0..3).for_each(|n| assert!(matches!(put(&mut outbox, "a", n), Put::Kept(_))));
    let lot = claim(&mut outbox, 2, 0);
    outbox.ack(&lot[..1]).unwrap();
    outbox.put(&[], &[("samples", 7)], NOW).unwrap();
    let path = outbox.path().to_owned();
    assert!(Outbox::open(&path, Bounds::default()).is_err(), "one process at a time");
    drop(outbox);
    let mut outbox = Outbox::open(&path, Bounds::default()).unwrap();
    let lot = claim(&mut outbox, 10, 0);
    assert_eq!((names(&lot), lot[0].tries, lot[1].tries), (vec!["a/1", "a/2"], 2, 1));
    assert_eq!(outbox.noted("samples").unwrap(), 7);
    assert_exact(&outbox);
    drop(folder);
}

#[test]
fn something_else_in_its_place_is_refused_with_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("outbox");
    std::fs::write(&path, "not a database, but long enough to be looked at twice".repeat(20)).unwrap();
    let error = Outbox::open(&path, Bounds::default()).unwrap_err();
    assert!(error.words().contains("is not an outbox"), "{error}");
}
