//! A queue's two bounds and its account.

use super::*;
use connect::SystemClock;
use proptest::prelude::*;
use std::thread;

/// An entry with a number that claims to hold so many bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Load(u32, usize);

impl Weighs for Load {
    fn heap_bytes(&self) -> usize {
        self.1
    }
}

/// Room for `entries`, and for `heap` bytes beside their places.
fn queue(policy: Policy, entries: usize, heap: usize) -> Queue<Load> {
    let bytes = entries * Queue::<Load>::PLACE_BYTES + heap;
    Queue::new("test", policy, Bounds { entries, bytes })
}

impl Weighs for u32 {}

fn numbers(loads: impl IntoIterator<Item = Load>) -> Vec<u32> {
    loads.into_iter().map(|load| load.0).collect()
}

#[test]
fn drops_oldest_when_the_reader_stalls() {
    let queue = queue(Policy::DropOldest, 3, 0);
    let mut gone = Vec::new();
    for k in 0..5 {
        queue.push_dropping_oldest(Load(k, 0), |old| gone.push(old));
    }
    assert_eq!(numbers(gone), [0, 1]);
    assert_eq!(numbers(queue.take_waiting()), [2, 3, 4]);
}

#[test]
fn as_many_of_the_oldest_give_way_as_a_heavy_newcomer_needs() {
    let queue = queue(Policy::DropOldest, 10, 100);
    let mut gone = Vec::new();
    for load in [Load(0, 30), Load(1, 30), Load(2, 30), Load(3, 70)] {
        queue.push_dropping_oldest(load, |old| gone.push(old));
    }
    assert_eq!(numbers(gone), [0, 1]);
    assert_eq!(numbers(queue.take_waiting()), [2, 3]);
    assert_eq!(queue.view().bytes, 0);
}

#[test]
fn what_is_larger_than_the_whole_queue_gives_way_itself() {
    let queue = queue(Policy::DropOldest, 10, 100);
    let mut gone = Vec::new();
    for load in [Load(0, 100), Load(1, 101)] {
        queue.push_dropping_oldest(load, |old| gone.push(old));
    }
    assert_eq!((numbers(gone), numbers(queue.take_waiting())), (vec![1], vec![0]));
}

#[test]
fn refuses_data_but_keeps_its_reserve_for_what_must_arrive() {
    let queue = queue(Policy::DropNewest, 4, 100);
    let refused = (0..5).filter_map(|k| queue.push_or_refuse(Load(k, 40 * usize::from(k == 1)), 2).err());
    assert_eq!(numbers(refused.collect::<Vec<_>>()), [2, 3, 4]);
    assert!(queue.push_or_wait(Load(9, 70), Duration::ZERO, &SystemClock).is_ok());
    assert_eq!(numbers(queue.take_waiting()), [0, 1, 9]);
}

#[test]
fn refuses_what_has_a_place_but_no_room_and_gives_it_back() {
    let queue = queue(Policy::DropNewest, 10, 100);
    assert_eq!(queue.push_or_refuse(Load(9, 51), 5), Err(Load(9, 51)), "half of its room is reserved");
    assert_eq!(queue.push_or_refuse(Load(0, 60), 0), Ok(()));
    assert_eq!(queue.push_or_refuse(Load(1, 41), 0), Err(Load(1, 41)));
    assert_eq!(queue.push_or_refuse(Load(2, 40), 0), Ok(()));
    let view = queue.view();
    assert!(view.bytes <= view.bytes_max, "{view:?}");
}

#[test]
fn a_sender_that_waits_gets_room_as_soon_as_the_reader_makes_some_and_its_wait_is_counted() {
    let queue = Queue::of_words("test", Policy::Block, 1);
    let patience = Duration::from_secs(20);
    assert_eq!(queue.push_or_wait(1, patience, &SystemClock), Ok(()));
    assert_eq!(queue.view().waits, 0, "there was room at once");
    thread::scope(|scope| {
        let sender = scope.spawn(|| queue.push_or_wait(2, patience, &SystemClock));
        assert_eq!(queue.receiver().recv(), Ok(1));
        assert_eq!(queue.receiver().recv(), Ok(2));
        assert_eq!(sender.join().unwrap(), Ok(()));
    });
    assert_eq!((queue.view().refused, queue.view().depth), (0, 0));
}

#[test]
fn a_sender_that_waits_in_vain_gets_its_entry_back_with_the_time_it_waited() {
    let (queue, after) = (Queue::of_words("test", Policy::Block, 1), Duration::from_millis(5));
    assert_eq!(queue.push_or_wait(1, after, &SystemClock), Ok(()));
    let refused = queue.push_or_wait(2, after, &SystemClock);
    assert_eq!(refused, Err(TimedOut { item: 2, after }));
    let view = queue.view();
    assert_eq!((view.waits, view.refused, view.depth), (1, 1, 1));
    assert!(view.waited_ns >= 5_000_000, "{view:?}");
}

#[test]
fn of_many_senders_that_wait_every_entry_arrives_once() {
    let queue = Queue::of_words("test", Policy::Block, 4);
    let mut taken = Vec::new();
    thread::scope(|scope| {
        for sender in 0..4_u32 {
            let queue = queue.clone();
            scope.spawn(move || {
                for k in 0..500 {
                    queue.push_or_wait(sender * 500 + k, Duration::from_secs(20), &SystemClock).unwrap();
                }
            });
        }
        taken.extend((0..2000).map(|_| queue.receiver().recv().unwrap()));
    });
    taken.sort_unstable();
    assert!(taken.iter().copied().eq(0..2000));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn it_never_takes_more_than_its_bounds_and_every_entry_comes_out_exactly_once(
        weights in proptest::collection::vec(0..150_usize, 1..100),
        takes in proptest::collection::vec(0..4_usize, 100),
        drops_oldest in any::<bool>(),
    ) {
        let policy = if drops_oldest { Policy::DropOldest } else { Policy::DropNewest };
        let queue = queue(policy, 8, 300);
        let mut out = Vec::new();
        for (k, weight) in weights.iter().enumerate() {
            let load = Load(k as u32, *weight);
            if drops_oldest {
                queue.push_dropping_oldest(load, |old| out.push(old));
            } else if let Err(refused) = queue.push_or_refuse(load, 2) {
                out.push(refused);
            }
            let view = queue.view();
            prop_assert!(view.depth <= view.capacity && view.bytes <= view.bytes_max, "{:?}", view);
            out.extend(queue.take_waiting().take(takes[k]));
        }
        out.extend(queue.take_waiting());
        let mut came = numbers(out);
        came.sort_unstable();
        prop_assert_eq!(came, (0..weights.len() as u32).collect::<Vec<_>>());
        prop_assert_eq!(queue.view().bytes, 0);
    }
}
