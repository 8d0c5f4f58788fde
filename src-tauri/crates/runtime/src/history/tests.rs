//! The history from a stream to its file, on real threads and files.

use super::*;
use crate::testing::{block, offer, spec};
use std::path::Path;
use store::history::Reader;
use testkit::wait_until;

const SOON: Duration = Duration::from_secs(20);

struct Bench {
    folder: tempfile::TempDir,
    tree: Tree,
    tasks: TaskPool,
    clock: Arc<dyn Clock>,
}

fn bench() -> Bench {
    let clock: Arc<dyn Clock> = Arc::new(connect::SystemClock);
    let tree = Tree::new(Arc::clone(&clock), Box::new(|_| {})).unwrap();
    let tasks = TaskPool::new(Arc::clone(&clock), 1, 4);
    tasks.start(&tree, Tier::Infrastructure, "task").unwrap();
    Bench { folder: tempfile::tempdir().unwrap(), tree, tasks, clock }
}

impl Bench {
    fn config(&self) -> HistoryConfig {
        HistoryConfig { flush_ns: 20_000_000, ..HistoryConfig::in_folder(self.folder.path().to_owned()) }
    }

    fn start(&self, config: HistoryConfig) -> Arc<HistoryService> {
        self.try_start(config, &crate::files::wall(Arc::clone(&self.clock), &self.tree).unwrap()).unwrap()
    }

    fn try_start(&self, config: HistoryConfig, files: &Wall) -> Result<Arc<HistoryService>, NotKept> {
        HistoryService::start(Arc::clone(&self.clock), config, self.tasks.clone(), files, &self.tree)
    }
}

fn deliver(stream: &Stream, numbers: std::ops::Range<u64>) {
    for n in numbers {
        offer(stream, 1, &block(n * 10, 10));
    }
}

fn samples_in(path: &Path, stream: &Stream) -> Vec<u64> {
    let reader = Reader::open(path).unwrap();
    let streams = reader.streams(&stream.spec().key).unwrap();
    let blocks = streams.iter().flat_map(|past| reader.range(past, i64::MIN, i64::MAX, u64::MAX).unwrap());
    blocks.flat_map(|past| past.block.first_index()..past.block.end_index()).collect()
}

#[test]
fn what_streams_deliver_lies_in_the_file_in_order_and_once() {
    let bench = bench();
    let history = bench.start(bench.config());
    let stream = Stream::new(spec("ecg", None));
    deliver(&stream, 0..5);
    history.attach(&stream);
    deliver(&stream, 5..105);
    wait_until(SOON, "the samples", || history.view().counts.stored == 1000);
    let view = history.view();
    assert_eq!((view.kept, view.dropped, view.problem), (1000, 0, None));
    assert_eq!(samples_in(&view.path, &stream), (50..1050).collect::<Vec<_>>());
    assert_eq!(bench.tree.shut_down(SOON), Vec::<String>::new());
}

#[test]
fn what_comes_last_is_safe_when_the_console_ends() {
    let bench = bench();
    let config = HistoryConfig { flush_ns: i64::MAX, ..bench.config() };
    let history = bench.start(config);
    let stream = Stream::new(spec("ecg", None));
    history.attach(&stream);
    history.state.lock().flush_ns = i64::MAX;
    deliver(&stream, 0..10);
    assert_eq!(bench.tree.shut_down(SOON), Vec::<String>::new());
    assert_eq!(history.view().kept, 100);
    let waiting = history.replicator.view().counts.waiting;
    assert_eq!(history.view().counts.stored + waiting * 100, 100, "in the file, or in the outbox");
}

#[test]
fn a_damaged_file_is_passed_over_and_told() {
    let bench = bench();
    let old = bench.folder.path().join("history.db");
    std::fs::write(&old, b"once a history".repeat(100)).unwrap();
    let history = bench.start(bench.config());
    let stream = Stream::new(spec("ecg", None));
    history.attach(&stream);
    deliver(&stream, 0..10);
    wait_until(SOON, "the samples", || history.view().counts.stored == 100);
    let view = history.view();
    assert!(view.path.ends_with("history-2.db"));
    assert!(view.passed_over[0].contains("is not a history"), "{:?}", view.passed_over);
    assert_eq!(std::fs::read(&old).unwrap(), b"once a history".repeat(100));
}

#[test]
fn an_outbox_that_takes_nothing_costs_counted_samples_and_nothing_else() {
    let bench = bench();
    let outbox = store::outbox::Bounds { bytes_max: 1, ..Default::default() };
    let history = bench.start(HistoryConfig { outbox, ..bench.config() });
    let stream = Stream::new(spec("ecg", None));
    history.attach(&stream);
    deliver(&stream, 0..10);
    wait_until(SOON, "the count", || history.view().dropped == 100);
    assert_eq!((stream.delivered(), history.view().kept), (100, 0));
}

#[test]
fn what_is_too_old_goes_as_a_task_of_the_pool() {
    let bench = bench();
    let keep = store::history::Retention { age_max_ns: 0, bytes_max: u64::MAX };
    let history = bench.start(HistoryConfig { keep, retain_every_ns: 50_000_000, ..bench.config() });
    let stream = Stream::new(spec("ecg", None));
    history.attach(&stream);
    // The blocks of these tests are of the beginning of time.
    deliver(&stream, 0..10);
    wait_until(SOON, "the end of their time", || {
        let counts = history.view().counts;
        counts.stored == 100 && counts.expired == 100
    });
    assert!(bench.tasks.view().done > 0);
}

#[test]
fn a_disk_that_hangs_is_told_in_words_and_the_history_is_kept_when_it_answers_again() {
    let bench = bench();
    let breaker = policy::breaker::BreakerRule::default();
    let config = crate::walls::WallConfig { deadline: Duration::from_millis(20), width: 1, breaker };
    let files = Wall::start("files", Arc::clone(&bench.clock), config, &bench.tree, Tier::Storage).unwrap();
    let (release, held) = crossbeam_channel::bounded::<()>(0);
    let hung = files.call("hangs", move || Ok::<_, StoreError>(held.recv().is_err()), |_| true);
    assert!(matches!(hung, Err(WallError::TimedOut)));
    let refused = bench.try_start(bench.config(), &files).err().unwrap();
    assert!(matches!(refused, NotKept::NotAnswering(_)), "{refused}");
    assert!(!bench.folder.path().join("history.db").exists());
    drop(release);
    testkit::wait_until(Duration::from_secs(20), "the place", || files.view().under_way.0 == 0);
    bench.start(bench.config());
}
