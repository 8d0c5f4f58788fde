//! What goes into a bundle comes out of it, and nothing else does.

use super::*;

fn block(first: u64, times: &[i64], columns: Vec<Column>, ticks: Option<Vec<i64>>) -> Block {
    Block::new(first, 7, times.to_vec(), ticks, columns).unwrap()
}

#[test]
fn what_goes_in_comes_out_whatever_its_shape() {
    let shapes = [
        block(3, &[10], vec![Column::I32(vec![-5])], None),
        block(0, &[10, 20, 30], vec![Column::I32(vec![1, -2, 3]), Column::F32(vec![0.5, -1.0, 9.0])], None),
        block(9, &[10, 20, 31], vec![Column::F32(vec![1.0, 2.0, 3.0])], Some(vec![7, 8, 9])),
        block(1, &[10, 20], vec![Column::I32(vec![4, 5])], Some(vec![100, 101])),
    ];
    let mut bundle = Bundle::default();
    for (k, shape) in shapes.iter().enumerate() {
        assert!(bundle.push(StreamRef(k as u32), shape));
    }
    let mut copied = Bundle::default();
    copied.push_ints(
        StreamRef(9),
        EvenBlock { first_index: 0, wall_minus_host_ns: 0, first_ns: 0, step_ns: 1 },
        [1],
    );
    bundle.blocks().for_each(|block| copied.copy(&block, block.span().first_index + 100));
    for (k, shape) in shapes.iter().enumerate() {
        assert_eq!(&bundle.get(k).unwrap().to_block(), shape);
        let moved = copied.get(k + 1).unwrap();
        assert_eq!(moved.to_block(), shape.clone().renumbered(shape.first_index() + 100));
        assert_eq!(
            (moved.span().first_ns, moved.span().last_ns),
            (shape.first_host_ns(), shape.last_host_ns())
        );
    }
}

#[test]
fn integers_put_in_directly_are_an_evenly_spaced_block() {
    let mut bundle = Bundle::default();
    let at = EvenBlock { first_index: 5, wall_minus_host_ns: 7, first_ns: 100, step_ns: 4 };
    bundle.push_ints(StreamRef(1), at, [-1, 0, 1]);
    bundle.push_ints(StreamRef(1), at, []);
    assert_eq!(bundle.len(), 1);
    let expected = block(5, &[100, 104, 108], vec![Column::I32(vec![-1, 0, 1])], None);
    assert_eq!(bundle.get(0).unwrap().to_block(), expected);
}

#[test]
fn a_bundle_from_outside_that_points_beyond_itself_has_no_such_block() {
    let mut bundle = Bundle::default();
    assert!(bundle.push(StreamRef(0), &block(0, &[1, 2, 4], vec![Column::I32(vec![1, 2, 3])], None)));
    for broken in 0..4 {
        let mut outside = bundle.clone();
        match broken {
            0 => (outside.heads[0].samples, outside.heads[0].channels) = (u32::MAX, 64),
            1 => outside.heads[0].values_at = 1,
            2 => outside.heads[0].times_at = 1,
            _ => outside.heads[0].samples = 0,
        }
        assert_eq!(outside.blocks().count(), 0, "{broken}");
        (0..2).for_each(|at| outside.approach(at));
    }
}

#[test]
fn a_block_that_is_renumbered_where_it_lies_is_the_one_that_a_copy_would_be() {
    let shapes = [
        block(3, &[10], vec![Column::I32(vec![-5])], None),
        block(0, &[10, 20, 30], vec![Column::I32(vec![1, -2, 3]), Column::F32(vec![0.5, -1.0, 9.0])], None),
        block(
            9,
            &[10, 20, 31],
            vec![Column::F32(vec![1.0, 2.0, 3.0]), Column::I32(vec![4, 5, 6])],
            Some(vec![7, 8, 9]),
        ),
        block(1, &[10, 20], vec![Column::I32(vec![4, 5])], Some(vec![100, 101])),
    ];
    for skipped in 0..4 {
        let (mut bundle, mut copied) = (Bundle::default(), Bundle::default());
        shapes.iter().for_each(|shape| assert!(bundle.push(StreamRef(0), shape)));
        bundle.blocks().for_each(|block| copied.copy_from(&block, skipped, 1000));
        bundle.renumber(0..4, |_, _| Fate::Kept { skipped, first_index: 1000 });
        let blocks = |bundle: &Bundle| bundle.blocks().map(|block| block.to_block()).collect::<Vec<_>>();
        assert_eq!(blocks(&bundle), blocks(&copied), "{skipped}");
    }
}

#[test]
fn an_even_block_from_outside_loses_its_first_samples_wherever_it_says_that_its_times_lie() {
    let mut bundle = Bundle::default();
    assert!(bundle.push(StreamRef(0), &block(0, &[1, 2, 3], vec![Column::I32(vec![7, 8, 9])], None)));
    bundle.heads[0].times_at = u32::MAX;
    bundle.renumber(0..1, |_, _| Fate::Kept { skipped: 1, first_index: 5 });
    assert_eq!(values_of(&bundle), [(0, 5, vec![8, 9])]);
}

#[test]
fn a_block_that_is_struck_or_was_never_whole_is_gone_and_the_others_stay() {
    let mut bundle = Bundle::default();
    (0..4)
        .for_each(|k| assert!(bundle.push(StreamRef(k), &block(0, &[1], vec![Column::I32(vec![7])], None))));
    bundle.heads[3].values_at = 1000;
    bundle.renumber(0..9, |stream, _| match stream {
        StreamRef(1) => Fate::Struck,
        _ => Fate::Kept { skipped: 0, first_index: 5 },
    });
    assert_eq!(values_of(&bundle), [(0, 5, vec![7]), (2, 5, vec![7])]);
}

#[test]
fn what_a_cleared_bundle_held_is_in_nothing_that_comes_later() {
    let mut bundle = Bundle::default();
    bundle.push_ints(StreamRef(0), packet(0, 4), [1, 2, 3, 4, 5, 6]);
    bundle.clear();
    let mut fresh = Bundle::default();
    [&mut bundle, &mut fresh].into_iter().for_each(|one| one.push_ints(StreamRef(1), packet(0, 4), [9]));
    assert_eq!((&bundle, bundle.values()), (&fresh, 1));
    assert_eq!(serde_json::to_string(&bundle).unwrap(), serde_json::to_string(&fresh).unwrap());
}

#[test]
fn a_bundle_goes_on_as_before_when_its_lists_were_handed_over() {
    let (mut bundle, mut spare) = (Bundle::default(), Bundle::default());
    for round in 0..3_u64 {
        (0..4).for_each(|k| bundle.push_ints(StreamRef(0), packet(round * 4 + k, 4), [k as i32]));
        let handed = bundle.hand_over(std::mem::take(&mut spare));
        assert!(bundle.is_empty() && bundle.values() == 0);
        assert_eq!(handed.len(), if round == 0 { 3 } else { 1 }, "1, 1 and 2 samples, then all 4");
        assert_eq!(handed.blocks().map(|block| block.len()).sum::<usize>(), 4);
        spare = handed;
    }
}

fn packet(first_index: u64, step_ns: i64) -> EvenBlock {
    EvenBlock { first_index, wall_minus_host_ns: 7, first_ns: first_index as i64 * 4, step_ns }
}

fn values_of(bundle: &Bundle) -> Vec<(u32, u64, Vec<i32>)> {
    let values = |block: BlockRef<'_>| block.bits(0).iter().map(|bits| bits.cast_signed()).collect();
    bundle.blocks().map(|block| (block.stream().0, block.span().first_index, values(block))).collect()
}

#[test]
fn packets_that_follow_each_other_become_one_block_as_soon_as_their_number_is_known() {
    let mut bundle = Bundle::default();
    for round in 0..3_u64 {
        bundle.clear();
        for k in round * 4..round * 4 + 4 {
            for stream in 0..3 {
                bundle.push_ints(StreamRef(stream), packet(k, 4), [k as i32 * 10 + stream as i32]);
            }
        }
        let mut samples: Vec<(u32, i32)> = Vec::new();
        for (stream, _, values) in values_of(&bundle) {
            samples.extend(values.iter().map(|value| (stream, *value)));
        }
        samples.sort_unstable();
        let expected =
            |stream: u32| (round * 4..round * 4 + 4).map(move |k| (stream, k as i32 * 10 + stream as i32));
        assert_eq!(samples, (0..3).flat_map(expected).collect::<Vec<_>>());
        assert_eq!(bundle.len(), if round == 0 { 9 } else { 3 }, "1, 1 and 2 samples, then all 4");
    }
}

#[test]
fn a_packet_that_does_not_follow_is_a_block_of_its_own() {
    let mut bundle = Bundle::default();
    for _ in 0..2 {
        bundle.clear();
        (0..6).for_each(|k| bundle.push_ints(StreamRef(0), packet(k, 4), [0]));
    }
    let first = packet(0, 4);
    let strangers = [
        EvenBlock { first_index: 2, ..packet(1, 4) },
        EvenBlock { first_ns: 5, ..packet(1, 4) },
        EvenBlock { wall_minus_host_ns: 8, ..packet(1, 4) },
        packet(1, 5),
        packet(0, 4),
    ];
    for stranger in strangers {
        bundle.clear();
        (0..6).for_each(|k| bundle.push_ints(StreamRef(0), packet(k, 4), [0]));
        bundle.clear();
        bundle.push_ints(StreamRef(0), first, [1]);
        bundle.push_ints(StreamRef(0), stranger, [2]);
        let expected = [(0, 0, vec![1]), (0, stranger.first_index, vec![2])];
        assert_eq!(values_of(&bundle), expected, "{stranger:?}");
    }
}

#[test]
fn a_stream_with_an_absurd_number_costs_no_memory_and_loses_nothing() {
    let mut bundle = Bundle::default();
    for k in 0..3 {
        bundle.push_ints(StreamRef(u32::MAX), packet(k, 4), [k as i32]);
    }
    assert_eq!(values_of(&bundle).len(), 3);
    bundle.clear();
    assert!(bundle.is_empty());
}
