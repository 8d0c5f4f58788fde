//! offered = delivered + Σ drops, for every stream at every quiet moment, whatever
//! happens in whatever order: random scripts of everything that can happen.

use super::bench::Bench;
use model::{GapReason, LinkState};
use proptest::prelude::*;
use std::sync::Weak;

/// The third one panics on every block.
const ATTRIBUTES: [&str; 3] = ["ecg", "respiration", "planted-panic"];

#[derive(Clone, Copy, Debug)]
enum Step {
    /// The source delivers.
    Offer(usize, u64),
    /// It delivers again what it has delivered, and a little more.
    Repeat(usize, u64),
    /// It jumps ahead without a word.
    Jump(usize, u64),
    /// It tells that it has dropped samples itself.
    PassOver(usize, u64),
    /// The connector is started again and numbers from 0.
    Restart,
    /// A link is lost, or back.
    Link(usize, bool),
    /// So many blocks more than the inbox holds come at once.
    Flood(usize),
    /// The worker takes some parcels.
    Work(usize),
    /// The recording looks for the gaps at the end.
    Close(usize),
    /// Everything is worked off: the moment is quiet.
    Quiet,
}

fn step() -> impl Strategy<Value = Step> {
    let (stream, samples) = (0..ATTRIBUTES.len(), 1..200_u64);
    prop_oneof![
        6 => (stream.clone(), samples.clone()).prop_map(|(s, n)| Step::Offer(s, n)),
        1 => (stream.clone(), samples.clone()).prop_map(|(s, n)| Step::Repeat(s, n)),
        1 => (stream.clone(), samples.clone()).prop_map(|(s, n)| Step::Jump(s, n)),
        1 => (stream.clone(), samples).prop_map(|(s, n)| Step::PassOver(s, n)),
        1 => Just(Step::Restart),
        1 => (stream.clone(), any::<bool>()).prop_map(|(s, live)| Step::Link(s, live)),
        1 => stream.clone().prop_map(Step::Flood),
        3 => (0..5_usize).prop_map(Step::Work),
        1 => stream.prop_map(Step::Close),
        2 => Just(Step::Quiet),
    ]
}

struct Script {
    bench: Bench,
    run: u64,
    next: [u64; ATTRIBUTES.len()],
    now_ns: i64,
}

impl Script {
    fn new() -> Self {
        let mut bench = Bench::new();
        for attribute in ATTRIBUTES {
            bench.add(&format!("test:{attribute}"), attribute);
        }
        Self { bench, run: 1, next: [0; ATTRIBUTES.len()], now_ns: 0 }
    }

    fn offer(&mut self, stream: usize, first: u64, n: u64) {
        self.bench.offer_in_run(self.run, stream, first, n);
        self.next[stream] = self.next[stream].max(first + n);
    }

    fn take(&mut self, step: Step) {
        self.now_ns += 1_000_000_000;
        match step {
            Step::Offer(stream, n) => self.offer(stream, self.next[stream], n),
            Step::Repeat(stream, n) => self.offer(stream, self.next[stream].saturating_sub(n / 2), n),
            Step::Jump(stream, n) => self.offer(stream, self.next[stream] + n, n),
            Step::PassOver(stream, n) => {
                self.bench.streams[stream].pass_over(self.run, n, GapReason::SourceOverrun);
                self.next[stream] += n;
            }
            Step::Restart => {
                (self.run, self.next) = (self.run + 1, [0; ATTRIBUTES.len()]);
                self.bench.streams.iter().for_each(|s| assert!(s.source().claim(self.run, &Weak::new())));
            }
            Step::Link(stream, is_live) => self.link(stream, is_live),
            Step::Flood(stream) => {
                (0..super::INBOX_CAPACITY as u64 + 3).for_each(|_| self.offer(stream, self.next[stream], 1));
            }
            Step::Work(parcels) => self.bench.work(parcels),
            Step::Close(stream) => self.bench.streams[stream].with_lane(|lane| {
                drop(lane.flow.gaps_at_end(self.now_ns, &mut lane.ledger));
            }),
            Step::Quiet => self.check(),
        }
    }

    fn link(&self, stream: usize, is_live: bool) {
        let sensor = self.bench.registry.get(&self.bench.streams[stream].spec().key.sensor).unwrap();
        let lost = LinkState::Lost { reason: String::new() };
        sensor.set_link(if is_live { LinkState::Live } else { lost }, self.now_ns);
    }

    fn check(&self) {
        self.bench.work_off();
        for stream in &self.bench.streams {
            let by_reason: u64 = stream.drops().iter().map(|(_, n)| n).sum();
            assert_eq!(stream.offered(), stream.delivered() + by_reason, "{}", stream.spec().key);
            assert_eq!((by_reason, stream.late()), (stream.dropped(), 0));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn offered_is_delivered_and_dropped_whatever_happens(steps in proptest::collection::vec(step(), 1..60)) {
        let mut script = Script::new();
        steps.into_iter().for_each(|step| script.take(step));
        script.check();
    }
}

#[test]
fn a_hole_that_the_source_never_told_of_is_counted_before_the_next_block_is() {
    let mut script = Script::new();
    script.take(Step::Offer(0, 10));
    script.take(Step::Jump(0, 5));
    assert_eq!(script.bench.streams[0].drops(), [(GapReason::Unexplained, 5)]);
    script.check();
}
