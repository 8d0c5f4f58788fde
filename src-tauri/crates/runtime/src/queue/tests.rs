use super::*;
use connect::SystemClock;
use std::thread;

#[test]
fn drops_oldest_when_the_reader_stalls() {
    let queue = Queue::new("test", Policy::DropOldest, 3);
    let mut gone = Vec::new();
    for k in 0..5 {
        queue.push_dropping_oldest(k, |old| gone.push(old));
    }
    assert_eq!(gone, [0, 1]);
    assert_eq!(queue.receiver().try_iter().collect::<Vec<_>>(), [2, 3, 4]);
}

#[test]
fn refuses_data_but_keeps_its_reserve_for_what_must_arrive() {
    let queue = Queue::new("test", Policy::DropNewest, 4);
    let refused: Vec<i32> = (0..5).filter_map(|k| queue.push_or_refuse(k, 2).err()).collect();
    assert_eq!(refused, [2, 3, 4]);
    assert_eq!(queue.push_or_refuse(9, 0), Ok(()));
}

#[test]
fn a_sender_that_waits_gets_room_as_soon_as_the_reader_makes_some_and_its_wait_is_counted() {
    let queue = Queue::new("test", Policy::Block, 1);
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
    let (queue, after) = (Queue::new("test", Policy::Block, 1), Duration::from_millis(5));
    assert_eq!(queue.push_or_wait("first", after, &SystemClock), Ok(()));
    let refused = queue.push_or_wait("second", after, &SystemClock);
    assert_eq!(refused, Err(TimedOut { item: "second", after }));
    let view = queue.view();
    assert_eq!((view.waits, view.refused, view.depth), (1, 1, 1));
    assert!(view.waited_ns >= 5_000_000, "{view:?}");
}

#[test]
fn of_many_senders_that_wait_every_entry_arrives_once() {
    let queue = Queue::new("test", Policy::Block, 4);
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
