//! The sums of everything, living and ended, while sensors come, end, and come again
//! with blocks of theirs still on their way: they never fall, and nothing is counted
//! twice or lost.

use super::bench::Bench;
use crate::ended::Sums;
use model::GapReason;
use proptest::prelude::*;

const SENSORS: usize = 3;

#[derive(Clone, Copy, Debug)]
enum Step {
    /// A sensor's source delivers.
    Offer(usize, u64),
    /// It tells that it has dropped samples itself.
    PassOver(usize, u64),
    /// It jumps ahead without a word.
    Jump(usize, u64),
    /// So many blocks more than the inbox holds come at once.
    Flood(usize),
    /// The worker takes some parcels.
    Work(usize),
    /// A sensor is let go; its source may go on meanwhile.
    End(usize),
    /// It comes again, under the same id.
    Again(usize),
    /// The run of the connector ends, and all of its sensors with it.
    EndAll,
}

fn step() -> impl Strategy<Value = Step> {
    let (sensor, samples) = (0..SENSORS, 1..200_u64);
    prop_oneof![
        6 => (sensor.clone(), samples.clone()).prop_map(|(s, n)| Step::Offer(s, n)),
        1 => (sensor.clone(), samples.clone()).prop_map(|(s, n)| Step::PassOver(s, n)),
        1 => (sensor.clone(), samples).prop_map(|(s, n)| Step::Jump(s, n)),
        1 => sensor.clone().prop_map(Step::Flood),
        3 => (0..5_usize).prop_map(Step::Work),
        2 => sensor.clone().prop_map(Step::End),
        2 => sensor.prop_map(Step::Again),
        1 => Just(Step::EndAll),
    ]
}

struct Script {
    bench: Bench,
    /// The newest stream of each sensor, by its place on the bench.
    at: [Option<usize>; SENSORS],
    next: [u64; SENSORS],
    offered: u64,
    seen: (u64, Sums),
}

fn id(sensor: usize) -> String {
    format!("test:{sensor}")
}

impl Script {
    fn new() -> Self {
        let mut script = Self {
            bench: Bench::new(),
            at: [None; SENSORS],
            next: [0; SENSORS],
            offered: 0,
            seen: Default::default(),
        };
        (0..SENSORS).for_each(|sensor| script.come(sensor));
        script
    }

    fn is_there(&self, sensor: usize) -> bool {
        self.bench.registry.all().iter().any(|there| there.id().as_str() == id(sensor))
    }

    fn come(&mut self, sensor: usize) {
        if !self.is_there(sensor) {
            self.bench.add(&id(sensor), "ecg");
            (self.at[sensor], self.next[sensor]) = (Some(self.bench.streams.len() - 1), 0);
        }
    }

    fn offer(&mut self, sensor: usize, ahead: u64, n: u64) {
        let Some(at) = self.at[sensor] else { return };
        self.bench.offer(at, self.next[sensor] + ahead, n);
        self.next[sensor] += ahead + n;
        self.offered += ahead + n;
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Offer(sensor, n) => self.offer(sensor, 0, n),
            // The first block of a run is where its numbers begin: nothing lies in front of it.
            Step::Jump(sensor, n) if self.next[sensor] > 0 => self.offer(sensor, n, n),
            Step::PassOver(sensor, n) if self.next[sensor] > 0 => self.pass_over(sensor, n),
            Step::Jump(..) | Step::PassOver(..) => {}
            Step::Flood(sensor) => {
                (0..super::INBOX_CAPACITY + 3).for_each(|_| self.offer(sensor, 0, 1));
            }
            Step::Work(parcels) => self.bench.work(parcels),
            Step::End(sensor) => {
                self.bench.registries.forget_sensors(|there| there.id().as_str() == id(sensor));
            }
            Step::Again(sensor) => self.come(sensor),
            Step::EndAll => {
                self.bench.registries.forget_sensors(|_| true);
                self.end_run();
            }
        }
        self.look();
    }

    fn pass_over(&mut self, sensor: usize, n: u64) {
        let Some(at) = self.at[sensor] else { return };
        self.bench.streams[at].pass_over(1, n, GapReason::SourceOverrun);
        self.next[sensor] += n;
        self.offered += n;
    }

    /// Nobody but the parcels that are still on their way holds the streams of the run.
    fn end_run(&mut self) {
        self.bench.end_run();
        self.at = [None; SENSORS];
    }

    fn look(&mut self) {
        let registry = &self.bench.registry;
        let living = || {
            let streams = registry.all().into_iter().flat_map(|sensor| sensor.streams());
            streams.map(|stream| stream.sums()).fold(Sums::default(), Sums::and)
        };
        let (living, ended) = self.bench.registries.ended.beside(living);
        let (sensors, now) = (ended.sensors, living.and(ended.sums));
        let (sensors_before, before) = self.seen;
        assert!(sensors >= sensors_before && !falls(before, now), "{before:?} to {now:?}");
        assert!(now.offered >= now.delivered + now.dropped(), "{now:?}");
        self.seen = (sensors, now);
    }

    fn check(&mut self) {
        self.bench.registries.forget_sensors(|_| true);
        self.end_run();
        self.bench.work_off();
        self.look();
        let (_, sums) = self.seen;
        assert_eq!((sums.offered, sums.delivered + sums.dropped()), (self.offered, self.offered));
    }
}

fn falls(before: Sums, now: Sums) -> bool {
    let figures = |sums: &Sums| [sums.offered, sums.delivered, sums.duplicates, sums.late, sums.gaps];
    let is_less = |(before, now): (u64, u64)| now < before;
    figures(&before).into_iter().zip(figures(&now)).any(is_less)
        || before.drops.into_iter().zip(now.drops).any(is_less)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sums_of_everything_never_fall_and_count_each_sample_once_whoever_ends(
        steps in proptest::collection::vec(step(), 1..60),
    ) {
        let mut script = Script::new();
        steps.into_iter().for_each(|step| script.take(step));
        script.check();
    }
}

#[test]
fn a_sensor_that_ends_keeps_its_part_in_the_sums_with_the_reasons_of_its_drops() {
    let mut script = Script::new();
    script.take(Step::Offer(0, 10));
    script.take(Step::PassOver(0, 4));
    script.take(Step::Work(usize::MAX));
    script.take(Step::End(0));
    script.take(Step::End(0));
    let ((), ended) = script.bench.registries.ended.beside(|| ());
    assert_eq!((ended.sensors, ended.sums.offered, ended.sums.delivered), (1, 14, 10));
    assert_eq!(ended.sums.by_reason(), [(GapReason::SourceOverrun, 4)]);
}

#[test]
fn blocks_that_are_on_their_way_when_their_sensor_ends_arrive_in_the_sums() {
    let mut script = Script::new();
    script.take(Step::Offer(0, 10));
    script.take(Step::EndAll);
    let sums = |script: &Script| script.bench.registries.ended.beside(|| ()).1.sums;
    assert_eq!((sums(&script).offered, sums(&script).delivered), (10, 0), "under way");
    script.take(Step::Work(1));
    assert_eq!((sums(&script).offered, sums(&script).delivered), (10, 10));
}

#[test]
fn what_was_on_its_way_to_an_ended_sensor_and_never_arrives_is_counted_as_lost() {
    let mut script = Script::new();
    script.take(Step::Offer(0, 10));
    script.take(Step::EndAll);
    script.bench.inbox.queue.take_waiting().for_each(drop);
    let ((), ended) = script.bench.registries.ended.beside(|| ());
    assert_eq!(ended.sums.by_reason(), [(GapReason::Unexplained, 10)]);
}
