use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::thread;

#[test]
fn takes_in_as_many_as_its_bound_and_says_no_to_one_more() {
    let registry = Registry::<u32, u32>::new("test", 1000);
    assert!((0..1000).all(|k| registry.add(k, Arc::new(k)).is_ok()));
    assert_eq!(registry.add(1000, Arc::new(1000)), Err(NoPlace::Full));
    assert_eq!(registry.add(7, Arc::new(70)), Err(NoPlace::Taken));
    assert_eq!((registry.len(), registry.get(&7).as_deref(), registry.get(&1000)), (1000, Some(&7), None));
    assert!(registry.all().iter().map(|entry| **entry).eq(0..1000), "by id");
    let view = registry.view();
    assert_eq!((view.held, view.bound, view.refused_full, view.refused_taken), (1000, 1000, 1, 1));
}

#[test]
fn what_is_removed_makes_room_and_is_let_go_at_once() {
    let registry = Registry::<u32, u32>::new("test", 10);
    let entries: Vec<Arc<u32>> = (0..10).map(Arc::new).collect();
    entries.iter().for_each(|entry| registry.add(**entry, Arc::clone(entry)).unwrap());
    let mut removed = registry.remove_where(|entry| entry % 2 == 0);
    removed.sort_unstable();
    assert!(removed.iter().map(|entry| **entry).eq((0..10).step_by(2)));
    drop((removed, registry.remove(&1)));
    assert_eq!((registry.len(), registry.remove(&1)), (4, None));
    assert!([0, 1, 2].iter().all(|k| Arc::strong_count(&entries[*k]) == 1), "nobody else holds them");
    assert!((20..26).all(|k| registry.add(k, Arc::new(k)).is_ok()) && !registry.has_room());
}

#[test]
fn a_replacement_needs_no_room_and_only_the_one_that_is_meant_is_taken_out() {
    let registry = Registry::<u32, u32>::new("test", 1);
    let (one, other) = (Arc::new(1), Arc::new(2));
    assert_eq!(registry.put(7, Arc::clone(&one)), Ok(None));
    assert_eq!(registry.put(7, Arc::clone(&other)), Ok(Some(Arc::clone(&one))));
    assert_eq!(registry.put(8, Arc::clone(&one)), Err(NoPlace::Full));
    assert_eq!(registry.remove_if(&7, |there| Arc::ptr_eq(there, &one)), None);
    assert_eq!(registry.remove_if(&7, |there| Arc::ptr_eq(there, &other)), Some(other));
    assert!(registry.is_empty());
}

#[test]
fn threads_that_race_for_the_last_places_never_exceed_the_bound() {
    let registry = Registry::<u32, u32>::new("test", 100);
    let taken: usize = thread::scope(|scope| {
        let race = |thread: u32| {
            let registry = &registry;
            scope.spawn(move || {
                (0..100).filter(|k| registry.add(thread * 100 + k, Arc::new(*k)).is_ok()).count()
            })
        };
        let racers: Vec<_> = (0..4).map(race).collect();
        racers.into_iter().map(|racer| racer.join().unwrap()).sum()
    });
    assert_eq!((taken, registry.len(), registry.all().len()), (100, 100, 100));
    assert_eq!(registry.view().refused_full, 300);
}

#[test]
fn readers_go_on_while_a_writer_stands_still_in_the_middle_of_its_work() {
    let registry = Registry::<u32, u32>::new("test", 10);
    registry.add(1, Arc::new(1)).unwrap();
    // One shard alone: the writer has all of it.
    assert_eq!(registry.shards.len(), 1);
    let _writing = registry.shards[0].writing.lock();
    thread::scope(|scope| {
        let reads =
            scope.spawn(|| (0..1000).all(|_| registry.get(&1).is_some() && registry.all().len() == 1));
        assert!(reads.join().unwrap());
    });
}

#[test]
fn a_writer_goes_on_while_a_reader_looks_at_everything_and_never_ends() {
    let registry = Registry::<u32, u32>::new("test", 10);
    registry.add(1, Arc::new(1)).unwrap();
    // From inside the look, and from another thread meanwhile.
    registry.for_each(|_| {
        let added = thread::scope(|scope| scope.spawn(|| registry.add(2, Arc::new(2))).join().unwrap());
        assert_eq!(added, Ok(()));
        assert_eq!(registry.remove(&1).as_deref(), Some(&1));
    });
    assert_eq!(registry.all(), [Arc::new(2)]);
}

#[test]
fn one_writer_and_many_readers_see_every_entry_whole_and_none_that_was_never_there() {
    let (registry, ends) = (Registry::<u32, u32>::new("test", 4096), AtomicBool::new(false));
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !ends.load(Ordering::Relaxed) {
                    for k in 0..512 {
                        assert!(registry.get(&k).is_none_or(|entry| *entry == k * 3));
                    }
                    assert!(registry.all().len() <= 512);
                }
            });
        }
        for _ in 0..20 {
            (0..512).for_each(|k| registry.add(k, Arc::new(k * 3)).unwrap());
            assert!((0..512).all(|k| registry.remove(&k).is_some()));
        }
        ends.store(true, Ordering::Relaxed);
    });
    assert!(registry.is_empty() && registry.all().is_empty());
}

proptest! {
    #[test]
    fn it_is_a_plain_map_with_a_bound(steps in proptest::collection::vec((0_u8..4, 0_u16..40), 0..400)) {
        let (registry, mut model) = (Registry::<u16, u16>::new("test", 25), BTreeMap::new());
        for (step, (what, id)) in (0_u16..).zip(steps) {
            match what {
                0 | 1 => {
                    let expected = match (model.contains_key(&id), model.len() < 25) {
                        (true, _) => Err(NoPlace::Taken),
                        (false, false) => Err(NoPlace::Full),
                        (false, true) => Ok(()),
                    };
                    prop_assert_eq!(registry.add(id, Arc::new(step)), expected);
                    model.entry(id).or_insert_with(|| step);
                    if expected == Err(NoPlace::Full) {
                        model.remove(&id);
                    }
                }
                2 => prop_assert_eq!(registry.remove(&id).map(|entry| *entry), model.remove(&id)),
                _ => {
                    let out = registry.remove_where(|entry| entry % 7 == id % 7).len();
                    let before = model.len();
                    model.retain(|_, entry| *entry % 7 != id % 7);
                    prop_assert_eq!(out, before - model.len());
                }
            }
            prop_assert_eq!(registry.len(), model.len());
            prop_assert_eq!(registry.get(&id).map(|entry| *entry), model.get(&id).copied());
        }
        prop_assert!(registry.all().iter().map(|entry| **entry).eq(model.into_values()));
    }
}
