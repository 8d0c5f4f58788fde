//! The connector in real time, and its answers to commands.

use super::{Simulator, SimulatorConfig, wait};
use crate::sim::Scenario;
use crate::{Command, Connector, Event, EventSink, SystemClock};
use crossbeam_channel::{Receiver, Sender, bounded};
use model::{Block, Clock, DeviceId, LinkState, StreamRef};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

/// Keeps what it is sent, for one reader.
struct Kept(Sender<Event>);

impl EventSink for Kept {
    fn send(&self, event: Event) {
        let events = match event {
            Event::Bundle(bundle) => {
                let one = |block: model::BlockRef<'_>| Event::Block {
                    stream: block.stream(),
                    block: block.to_block(),
                };
                bundle.blocks().map(one).collect()
            }
            other => vec![other],
        };
        for event in events {
            self.0.try_send(event).expect("the test's queue is long enough");
        }
    }
}

/// A simulator on a thread of its own.
struct Running {
    commands: Sender<Command>,
    events: Receiver<Event>,
    thread: JoinHandle<Simulator>,
}

const TWO_STREAMS: &str = "connectors: {c: {sensors: {s: {attributes: {ecg: {sensor_type: ecg, sampling_rate: 500}, \
                           t: {sensor_type: temperature, sampling_rate: 0.017}}}}}}";

fn simulator(text: &str) -> Simulator {
    Simulator::new(Scenario::parse(text, "live.yaml").unwrap().scenario, 1, SimulatorConfig::default())
}

fn start(mut simulator: Simulator) -> Running {
    let (commands, inbox) = bounded(8);
    let (outbox, events) = bounded(100_000);
    let run = move || {
        let sink: Arc<dyn EventSink> = Arc::new(Kept(outbox));
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        simulator.run(&inbox, &sink, &clock).unwrap();
        simulator
    };
    let thread = std::thread::Builder::new().name("simulator".to_owned()).spawn(run).unwrap();
    Running { commands, events, thread }
}

impl Running {
    /// Events until `done` says so; fails after 10 s.
    fn until(&self, mut done: impl FnMut(&Event) -> bool) -> Vec<Event> {
        let mut events = Vec::new();
        loop {
            let event = self.events.recv_timeout(Duration::from_secs(10)).expect("an event within 10 s");
            let is_last = done(&event);
            events.push(event);
            if is_last {
                return events;
            }
        }
    }

    /// Shuts it down; gives back the simulator and what it still sent.
    fn stop(self) -> (Simulator, Vec<Event>) {
        self.commands.send(Command::Shutdown).unwrap();
        let simulator = self.thread.join().unwrap();
        (simulator, self.events.try_iter().collect())
    }
}

/// The two streams are bound in the order of their announcement.
fn number(attribute: &str) -> StreamRef {
    StreamRef(if attribute == "ecg" { 0 } else { 1 })
}

fn blocks(events: &[Event], attribute: &str) -> Vec<Block> {
    let of = |event: &Event| match event {
        Event::Block { stream, block } if *stream == number(attribute) => Some(block.clone()),
        _ => None,
    };
    events.iter().filter_map(of).collect()
}

#[test]
fn in_real_time_the_count_follows_the_clock() {
    let begin_ns = SystemClock.now().host_ns;
    let running = start(simulator(TWO_STREAMS));
    let mut events = running.until(|_| SystemClock.now().host_ns - begin_ns > 2_000_000_000);
    let (_, rest) = running.stop();
    let secs = (SystemClock.now().host_ns - begin_ns) as f64 / 1e9;
    events.extend(rest);
    let ecg = blocks(&events, "ecg");
    let samples = ecg.last().unwrap().end_index();
    assert_eq!(samples, ecg.iter().map(Block::len).sum::<u64>(), "nothing twice, nothing missing");
    // On a laden machine the thread may start, or be seen to stop, a little late.
    let expect = 500.0 * secs;
    assert!((samples as f64) <= expect + 1.0 && (samples as f64) > expect - 250.0, "{samples} in {secs} s");
    assert!(ecg.len() > 20, "{} blocks: they must come smoothly", ecg.len());
    assert_eq!(blocks(&events, "t").len(), 1, "the slow stream says something at once");
}

#[test]
fn announces_before_it_delivers_and_tells_of_the_stop() {
    let running = start(simulator(TWO_STREAMS));
    let events = running.until(|event| matches!(event, Event::Block { .. }));
    let Event::Sensor(info) = &events[0] else { panic!("{:?}", events[0]) };
    assert_eq!((info.streams.len(), info.streams[0].nominal_rate_hz), (2, Some(500.0)));
    assert!(info.facts.contains(&("scenario".to_owned(), "Live".to_owned())));
    assert!(matches!(&events[1], Event::Link { link: LinkState::Live, .. }));
    let (_, rest) = running.stop();
    assert!(matches!(rest.last(), Some(Event::Link { link: LinkState::Stopped, .. })));
}

#[test]
fn a_second_run_goes_on_with_the_numbers_of_the_first() {
    let running = start(simulator(TWO_STREAMS));
    let mut events = running.until(|event| matches!(event, Event::Block { .. }));
    let (simulator, rest) = running.stop();
    events.extend(rest);
    let end = blocks(&events, "ecg").last().map_or(0, Block::end_index);
    let running = start(simulator);
    let is_ecg = |event: &Event| matches!(event, Event::Block { stream, .. } if *stream == number("ecg"));
    let again = running.until(is_ecg);
    let dropped = |event: &Event| match event {
        Event::Dropped { stream, samples, .. } if *stream == number("ecg") => *samples,
        _ => 0,
    };
    let first = blocks(&again, "ecg")[0].first_index();
    assert_eq!(first, end + again.iter().map(dropped).sum::<u64>());
    running.stop();
}

#[test]
fn a_command_for_devices_is_answered_and_a_scan_does_no_harm() {
    let running = start(simulator(TWO_STREAMS));
    running.commands.send(Command::StartScan).unwrap();
    running.commands.send(Command::Connect { device: DeviceId("x".to_owned()) }).unwrap();
    let events = running.until(|event| matches!(event, Event::Notice(_)));
    assert_eq!(events.iter().filter(|event| matches!(event, Event::Notice(_))).count(), 1);
    running.stop();
}

#[test]
fn ends_when_nobody_holds_its_commands_any_more() {
    let Running { commands, events, thread } = start(simulator(TWO_STREAMS));
    drop(commands);
    thread.join().unwrap();
    assert!(matches!(events.try_iter().last(), Some(Event::Link { link: LinkState::Stopped, .. })));
}

#[test]
fn waits_a_tick_after_a_delivery_but_not_with_something_left_over() {
    let tick_ns = 20_000_000;
    assert_eq!(wait(tick_ns, Some(1_000_002), 1_000_000, 1_000_000), Duration::from_millis(20));
    assert_eq!(wait(tick_ns, Some(51_000_000), 1_000_000, 1_000_000), Duration::from_millis(50));
    assert_eq!(wait(tick_ns, Some(999_999), 1_000_000, 1_000_000), Duration::ZERO);
    assert_eq!(wait(tick_ns, None, 1_000_000, 1_000_000), Duration::from_secs(1));
}

#[test]
fn a_batch_window_shorter_than_the_tick_makes_it_shorter() {
    let text = TWO_STREAMS.replace("sampling_rate: 500", "sampling_rate: 500, batch_window: 10");
    assert_eq!(simulator(&text).tick_ns, 10_000_000);
    assert_eq!(simulator(&text.replace("window: 10", "window: 0")).tick_ns, 5_000_000);
}
