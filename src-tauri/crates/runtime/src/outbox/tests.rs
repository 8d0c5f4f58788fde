//! The replicator in front of a real history that is made to hang, fail and
//! come back. Time is invented but for the deadline of a call; rounds are driven
//! by the test.

use super::*;
use crate::testing::{block, spec};
use crossbeam_channel::{Receiver, Sender, bounded};
use policy::breaker::BreakerState;
use store::history::{Entry, History, Reader, Session};
use store::outbox::Bounds;
use testkit::{FakeClock, wait_until};

const SEC: i64 = 1_000_000_000;
const SOON: Duration = Duration::from_secs(10);

/// How the store behaves.
#[derive(Clone)]
enum Mood {
    Well,
    /// Answers when the channel disconnects.
    Slow(Receiver<()>),
    Failing,
    /// Panics on this payload.
    Fragile(Vec<u8>),
    /// Blames the first message, which may come again.
    Blaming,
}

/// A real history behind a mood, with the order of what arrived.
struct Moody {
    history: Mutex<History>,
    mood: Mutex<Mood>,
    arrived: Mutex<Vec<String>>,
}

impl Destination for Moody {
    fn topic(&self) -> &'static str {
        "history"
    }

    fn deliver(&self, messages: &[Message]) -> Result<(), Undelivered> {
        let mood = self.mood.lock().clone();
        let refuse = |message, fault| Err(Undelivered { message, fault, why: "no".to_owned() });
        match mood {
            Mood::Well => {}
            Mood::Slow(answer) => drop(answer.recv()),
            Mood::Failing => return refuse(None, Fault::NotDone),
            Mood::Blaming => return refuse(Some(0), Fault::NotDone),
            Mood::Fragile(poison) => assert!(messages.iter().all(|m| m.payload != poison), "planted"),
        }
        let mut entries = Vec::new();
        for (at, message) in messages.iter().enumerate() {
            match Entry::from_bytes(&message.payload) {
                Ok(entry) => entries.push(entry),
                Err(_) => return refuse(Some(at), Fault::Permanent),
            }
        }
        self.history.lock().append(&entries).unwrap();
        self.arrived.lock().extend(messages.iter().map(|message| message.dedup.clone()));
        Ok(())
    }
}

struct Bench {
    _folder: tempfile::TempDir,
    tree: Tree,
    clock: Arc<FakeClock>,
    store: Arc<Moody>,
    replicator: Arc<Replicator>,
    session: Session,
}

fn bench(workers: u32) -> Bench {
    bench_with_deadline(workers, SOON)
}

fn bench_with_deadline(workers: u32, deadline: Duration) -> Bench {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(FakeClock::default());
    let session = Session::new(clock.now(), 1);
    let tree = Tree::new(Arc::new(connect::SystemClock), Box::new(|_| {})).unwrap();
    let history = Mutex::new(History::open(&folder.path().join("history.db")).unwrap());
    let store = Arc::new(Moody { history, mood: Mutex::new(Mood::Well), arrived: Mutex::default() });
    let outbox = Outbox::open(&folder.path().join("outbox.db"), Bounds::default()).unwrap();
    let config = ReplicatorConfig { workers, lot: 4, deadline, ..ReplicatorConfig::default() };
    let destination = Arc::clone(&store) as Arc<dyn Destination>;
    let replicator =
        Replicator::new(Arc::clone(&clock) as Arc<dyn Clock>, config, outbox, destination, &tree).unwrap();
    Bench { _folder: folder, tree, clock, store, replicator: Arc::new(replicator), session }
}

impl Bench {
    fn put(&self, attribute: &str, numbers: std::ops::Range<u64>) {
        let messages: Vec<NewMessage> = numbers.map(|n| self.message(attribute, n)).collect();
        self.replicator.put(&messages, &[]).unwrap();
    }

    fn message(&self, attribute: &str, n: u64) -> NewMessage {
        let entry = Entry::new(self.session.clone(), spec(attribute, None), &block(n * 10, 10));
        NewMessage {
            topic: "history".to_owned(),
            key: attribute.to_owned(),
            dedup: format!("{attribute}/{n}"),
            payload: entry.to_bytes(),
        }
    }

    fn set(&self, mood: Mood) {
        *self.store.mood.lock() = mood;
    }

    /// Rounds of the first worker until there is nothing to do, with time going on.
    fn drain(&self) {
        for _ in 0..1000 {
            match self.replicator.round(0) {
                Round::Idle if self.replicator.view().counts.waiting == 0 => return,
                Round::Idle => self.clock.advance_ns(SEC),
                Round::Wait(ns) => self.clock.advance_ns(ns),
                Round::Delivered(_) | Round::Failed => {}
            }
        }
        panic!("never done: {:?}", self.replicator.view());
    }

    fn of_key(&self, key: &str) -> Vec<String> {
        self.store.arrived.lock().iter().filter(|name| name.starts_with(key)).cloned().collect()
    }

    /// The first messages that were set aside.
    fn parked(&self) -> Vec<ParkedMessage> {
        self.replicator.view().parked.unwrap()
    }

    fn stored(&self) -> u64 {
        self.store.history.lock().counts().unwrap().stored
    }
}

fn names(key: &str, numbers: std::ops::Range<u64>) -> Vec<String> {
    numbers.map(|n| format!("{key}/{n}")).collect()
}

#[test]
fn a_store_that_is_slow_then_fails_then_recovers_gets_everything_once_and_in_order() {
    let bench = bench_with_deadline(1, Duration::from_millis(50));
    bench.put("ecg", 0..6);
    bench.put("hr", 0..3);
    // It answers after 10 s, long after the deadline.
    let (answer, slow): (Sender<()>, _) = bounded(0);
    bench.set(Mood::Slow(slow));
    assert_eq!(bench.replicator.round(0), Round::Failed);
    bench.clock.advance_ns(SEC);
    assert!(matches!(bench.replicator.round(0), Round::Wait(_)), "the first call is still under way");
    bench.clock.advance_ns(9 * SEC);
    drop(answer);
    wait_until(SOON, "the late answer", || bench.stored() == 40);
    wait_until(SOON, "the place", || bench.replicator.breakers()[0].under_way.0 == 0);
    // Then it fails, until the breaker opens.
    bench.set(Mood::Failing);
    for _ in 0..200 {
        if matches!(bench.replicator.breakers()[0].state, BreakerState::Open { .. }) {
            break;
        }
        bench.replicator.round(0);
        bench.clock.advance_ns(SEC);
    }
    let view = bench.replicator.view();
    assert!(matches!(view.breakers[0].state, BreakerState::Open { .. }), "{view:?}");
    assert_eq!((view.counts.delivered, view.counts.waiting, view.counts.parked), (0, 9, 0));
    // The outbox keeps what comes meanwhile; nobody bothers the store.
    let calls = view.breakers[0].calls;
    bench.put("ecg", 6..12);
    assert!(matches!(bench.replicator.round(0), Round::Wait(_)));
    assert_eq!(bench.replicator.breakers()[0].calls, calls);
    // It recovers.
    bench.set(Mood::Well);
    bench.drain();
    let view = bench.replicator.view();
    assert_eq!((view.counts.put, view.counts.delivered, view.counts.parked), (15, 15, 0));
    assert_eq!(view.breakers[0].state, BreakerState::Closed);
    let counts = bench.store.history.lock().counts().unwrap();
    assert_eq!((counts.stored, counts.blocks, counts.repeated), (150, 15, 4), "the late lot came again");
    assert_eq!(bench.of_key("ecg")[4..], names("ecg", 0..12), "in order, after the late lot");
    let reader = Reader::open(bench.store.history.lock().path()).unwrap();
    let stream = reader.streams(&spec("ecg", None).key).unwrap().remove(0);
    let blocks = reader.range(&stream, i64::MIN, i64::MAX, u64::MAX).unwrap();
    let firsts: Vec<u64> = blocks.iter().map(|past| past.block.first_index()).collect();
    assert_eq!(firsts, (0..12).map(|n| n * 10).collect::<Vec<_>>());
}

#[test]
fn an_outage_of_a_day_parks_nothing() {
    let bench = bench(1);
    bench.put("ecg", 0..3);
    bench.set(Mood::Failing);
    let start_ns = bench.clock.now().host_ns;
    while bench.clock.now().host_ns < start_ns + 24 * 3600 * SEC {
        let round = bench.replicator.round(0);
        bench.clock.advance_ns(if let Round::Wait(ns) = round { ns } else { 10 * SEC });
    }
    assert_eq!(bench.replicator.view().counts.parked, 0);
    bench.set(Mood::Well);
    bench.drain();
    assert_eq!(bench.of_key("ecg"), names("ecg", 0..3));
}

#[test]
fn a_poison_message_is_parked_and_shown_and_the_others_arrive_in_order() {
    let bench = bench(1);
    bench.put("ecg", 0..2);
    let poison = NewMessage { payload: b"poison".to_vec(), ..bench.message("ecg", 2) };
    bench.replicator.put(&[poison], &[]).unwrap();
    bench.put("ecg", 3..6);
    bench.drain();
    let view = bench.replicator.view();
    assert_eq!((view.counts.delivered, view.counts.parked), (5, 1));
    let parked = &bench.parked()[0];
    assert_eq!((parked.key.as_str(), parked.failure.as_str()), ("ecg", "no"));
    assert_eq!(bench.of_key("ecg"), [names("ecg", 0..2), names("ecg", 3..6)].concat());
    assert_eq!(view.breakers[0].state, BreakerState::Closed, "the store is not to blame");
}

#[test]
fn a_message_that_is_refused_again_and_again_is_parked_after_five_tries() {
    let bench = bench(1);
    bench.put("ecg", 0..1);
    bench.set(Mood::Blaming);
    bench.drain();
    let view = bench.replicator.view();
    let parked = &bench.parked()[0];
    assert_eq!((view.counts.parked, parked.tries, view.failed), (1, 5, 5));
    bench.set(Mood::Well);
    assert!(bench.replicator.release(parked.id).unwrap());
    bench.drain();
    assert_eq!(bench.of_key("ecg"), names("ecg", 0..1));
}

#[test]
fn a_message_that_makes_the_delivery_panic_is_found_among_the_others() {
    let bench = bench(1);
    bench.put("ecg", 0..8);
    bench.put("hr", 0..8);
    bench.set(Mood::Fragile(bench.message("ecg", 3).payload));
    bench.drain();
    let view = bench.replicator.view();
    assert_eq!((view.counts.delivered, view.counts.parked), (15, 1), "{view:?}");
    assert!(bench.parked()[0].failure.contains("planted"));
    assert_eq!(bench.of_key("ecg"), [names("ecg", 0..3), names("ecg", 4..8)].concat());
}

#[test]
fn the_workers_of_the_pool_share_the_keys_and_keep_each_in_order() {
    let bench = bench(3);
    let keys: Vec<String> = (0..12).map(|k| format!("k{k:02}")).collect();
    keys.iter().for_each(|key| bench.put(key, 0..9));
    bench.replicator.start(&bench.tree).unwrap();
    wait_until(SOON, "everything", || bench.replicator.view().counts.delivered == 108);
    for key in &keys {
        assert_eq!(bench.of_key(key), names(key, 0..9));
    }
    assert!(bench.replicator.breakers().iter().all(|wall| wall.calls.0 > 0), "all three had work");
    assert_eq!(bench.tree.shut_down(SOON), Vec::<String>::new());
}

#[test]
fn a_delivery_is_timed_from_its_first_try_to_its_acknowledgement() {
    let bench = bench(1);
    bench.put("hr", 0..1);
    bench.drain();
    let at_once = bench.replicator.latency().view("test").unwrap();
    assert_eq!((at_once.count, at_once.max_ns), (1, 0));
    // The destination is away for half a minute; the message waits in hand meanwhile.
    bench.put("ecg", 0..2);
    bench.set(Mood::Failing);
    bench.replicator.round(0);
    bench.clock.advance_ns(30 * SEC);
    bench.set(Mood::Well);
    bench.drain();
    let view = bench.replicator.latency().view("test").unwrap();
    assert_eq!(view.count, 3, "one for each message");
    assert!((30..31).contains(&(view.max_ns / 1_000_000_000)), "{view:?}");
}

#[test]
fn a_list_of_parked_messages_that_can_not_be_read_is_a_problem_in_words() {
    let bench = bench(1);
    let damaged = StoreError::Damaged { path: "outbox.db".into(), problem: "malformed".to_owned() };
    assert_eq!(bench.replicator.view().problem, None);
    let held = bench.replicator.outbox.lock();
    bench.replicator.seen.lock().parked = Err(damaged);
    let view = bench.replicator.view();
    drop(held);
    assert!(view.parked.is_err(), "{view:?}");
    let (what, remedy) = view.problem.unwrap();
    assert!(what.starts_with("The messages that were set aside can't be read: "), "{what}");
    assert!(remedy.contains("move the outbox's file away"), "{remedy}");
}

#[test]
fn a_message_of_a_topic_that_nobody_takes_is_set_aside_with_what_to_do_though_the_store_is_away() {
    let bench = bench(2);
    bench.put("ecg", 0..2);
    let stranger = NewMessage { topic: "cloud".to_owned(), ..bench.message("hr", 0) };
    bench.replicator.put(&[stranger], &[]).unwrap();
    bench.set(Mood::Failing);
    bench.replicator.round(1);
    assert_eq!(bench.parked(), [], "one worker sees to it");
    bench.replicator.round(0);
    let told = |one: &ParkedMessage| (one.topic.clone(), one.key.clone(), one.tries);
    let parked = bench.parked();
    assert_eq!(parked.iter().map(told).collect::<Vec<_>>(), [("cloud".to_owned(), "hr".to_owned(), 0)]);
    assert!(parked[0].failure.contains("delivers nothing of its topic"), "{parked:?}");
    assert!(parked[0].failure.ends_with("release it there, or discard it"), "{parked:?}");
    // Released in vain, it comes back to the operator and does not wait for ever.
    assert!(bench.replicator.release(parked[0].id).unwrap());
    bench.replicator.round(0);
    assert_eq!(bench.parked(), parked);
    assert!(bench.replicator.discard(parked[0].id).unwrap());
    assert_eq!(bench.replicator.view().counts.waiting, 2, "the others wait for the store");
}

fn desk(bench: &Bench, deadline: Duration) -> OutboxDesk {
    let breaker = policy::breaker::BreakerRule { failures_max: u32::MAX, ..Default::default() };
    let config = crate::walls::WallConfig { deadline, width: 1, breaker };
    OutboxDesk::with(Arc::clone(&bench.replicator), &bench.tree, config).unwrap()
}

#[test]
fn parked_messages_are_looked_at_page_by_page_released_and_discarded() {
    let bench = bench(1);
    bench.put("ecg", 0..PARKED_PAGE as u64 + 2);
    bench.set(Mood::Blaming);
    bench.drain();
    let desk = desk(&bench, SOON);
    let first = desk.page(0).unwrap();
    assert_eq!((first.messages.len(), first.total), (PARKED_PAGE, PARKED_PAGE as u64 + 2));
    let rest = desk.page(first.next.unwrap()).unwrap();
    assert_eq!((rest.messages.len(), rest.next), (2, None));
    let [one, other] = [rest.messages[0].id, rest.messages[1].id];
    assert_eq!((desk.release(one), desk.discard(other)), (Ok(true), Ok(true)));
    assert_eq!(
        (desk.release(one), desk.discard(other)),
        (Ok(false), Ok(false)),
        "they are not there any more"
    );
    bench.set(Mood::Well);
    bench.drain();
    assert_eq!(bench.of_key("ecg"), names("ecg", PARKED_PAGE as u64..PARKED_PAGE as u64 + 1));
    assert_eq!(desk.page(0).unwrap().total, PARKED_PAGE as u64);
}

#[test]
fn an_outbox_that_hangs_keeps_nobody_at_the_desk_beyond_the_deadline() {
    let bench = bench(1);
    let desk = desk(&bench, Duration::from_millis(20));
    let held = bench.replicator.outbox.lock();
    assert!(matches!(desk.release(1), Err(WallError::TimedOut)));
    assert!(matches!(desk.page(0), Err(WallError::Full)), "the first call is still under way");
    drop(held);
    wait_until(SOON, "the place", || desk.breaker().under_way.0 == 0);
    wait_until(SOON, "an answer in time", || desk.page(0).is_ok());
}

#[test]
fn who_looks_at_an_outbox_that_hangs_sees_the_last_figures_and_for_how_long_it_is_silent() {
    let bench = bench(1);
    bench.put("ecg", 0..3);
    let before = bench.replicator.view();
    let held = bench.replicator.outbox.lock();
    assert_eq!(bench.replicator.view(), before, "for a moment nobody is alarmed");
    bench.clock.advance_ns(4 * SEC);
    let view = bench.replicator.view();
    assert_eq!((view.counts, &view.parked), (before.counts, &before.parked));
    let (what, remedy) = view.problem.unwrap();
    assert!(what.contains("has not answered for 4 s") && !remedy.is_empty(), "{what} {remedy}");
    drop(held);
    bench.put("ecg", 3..4);
    let after = bench.replicator.view();
    assert_eq!((after.counts.waiting, after.problem), (4, None));
}
