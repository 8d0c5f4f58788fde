//! Packets in, events out, with invented stamps.

use super::*;
use model::Block;

const MS: i64 = 1_000_000;

fn strap() -> Strap {
    Strap::new(SensorId::parse("ble:C0:FF:EE:00:00:01").unwrap(), 0)
}

fn at(host_ns: i64) -> Stamp {
    Stamp { host_ns, wall_ns: host_ns + 7 }
}

fn take(strap: &mut Strap, packet: &[u8], host_ns: i64) -> Vec<Event> {
    let mut events = Vec::new();
    strap.heart_rate(packet, at(host_ns), &mut |event| events.push(event));
    without_binds(events)
}

fn level(strap: &mut Strap, packet: &[u8], host_ns: i64) -> Vec<Event> {
    let mut events = Vec::new();
    strap.battery(packet, at(host_ns), &mut |event| events.push(event));
    without_binds(events)
}

fn without_binds(mut events: Vec<Event>) -> Vec<Event> {
    events.retain(|event| !matches!(event, Event::Bind { .. }));
    events
}

fn blocks_of<'a>(events: &'a [Event], attribute: &str) -> Vec<&'a Block> {
    let order = ["heart_rate", "rr_interval", "energy_expended", "battery"];
    let wanted = order.iter().position(|name| *name == attribute).unwrap() as u32;
    let of = |event: &'a Event| match event {
        Event::Block { stream: StreamRef(k), block } if *k == wanted => Some(block),
        _ => None,
    };
    events.iter().filter_map(of).collect()
}

#[test]
fn each_accepted_packet_is_one_numbered_sample() {
    let mut strap = strap();
    for number in 0..100_u8 {
        let events = take(&mut strap, &[0x06, number], i64::from(number) * 5 * MS);
        let [block] = blocks_of(&events, "heart_rate")[..] else { panic!("{events:?}") };
        assert_eq!((block.first_index(), block.len()), (number.into(), 1));
        assert_eq!(block.host_ns(), [i64::from(number) * 5 * MS]);
        assert_eq!(block.wall_minus_host_ns(), 7);
        assert_eq!(block.columns(), [one(number.into()), one(3)]);
    }
}

#[test]
fn intervals_lie_back_from_the_packets_stamp_oldest_first() {
    let events = take(&mut strap(), &[0x10, 60, 0x00, 0x04, 0x00, 0x02, 0x00, 0x03], 10_000 * MS);
    let [block] = blocks_of(&events, "rr_interval")[..] else { panic!("{events:?}") };
    assert_eq!(block.columns(), [Column::I32(vec![1024, 512, 768])]);
    assert_eq!(block.host_ns(), [8_750 * MS, 9_250 * MS, 10_000 * MS]);
}

#[test]
fn the_scale_turns_ticks_into_milliseconds() {
    let specs = strap().specs(Offers { heart_rate: true, battery: false });
    let rr = &specs[1];
    assert_eq!((rr.kind, rr.channels[0].unit.as_str()), (AttributeKind::RrInterval, "ms"));
    assert!((rr.channels[0].value(768.0) - 750.0).abs() < 1e-9);
}

#[test]
fn interval_times_never_run_backwards_where_packets_overlap() {
    let mut strap = strap();
    let mut times = Vec::new();
    for packet in 0..20_u32 {
        let events = take(&mut strap, &[0x10, 60, 0x00, 0x04, 0x00, 0x04], i64::from(packet) * 300 * MS);
        let [block] = blocks_of(&events, "rr_interval")[..] else { panic!("{events:?}") };
        assert_eq!(block.first_index(), u64::from(packet) * 2);
        times.extend_from_slice(block.host_ns());
    }
    assert!(times.is_sorted(), "{times:?}");
}

#[test]
fn energy_is_announced_when_it_first_appears_and_is_a_known_stream_from_then_on() {
    let mut strap = strap();
    let offers = Offers { heart_rate: true, battery: true };
    assert_eq!(take(&mut strap, &[0x00, 60], 0).len(), 1);
    assert_eq!(strap.specs(offers).len(), 3);
    let events = take(&mut strap, &[0x08, 60, 0x64, 0x00], 1);
    assert!(matches!(&events[1], Event::Stream(spec) if spec.kind == AttributeKind::EnergyExpended));
    assert_eq!(blocks_of(&events, "energy_expended")[0].columns(), [one(100)]);
    let again = take(&mut strap, &[0x08, 60, 0x65, 0x00], 2);
    assert_eq!(again.len(), 2, "{again:?}");
    assert_eq!(blocks_of(&again, "energy_expended")[0].first_index(), 1);
    assert_eq!(strap.specs(offers).len(), 4);
}

#[test]
fn a_cut_packet_is_rejected_and_uses_up_no_number() {
    let mut strap = strap();
    let events = take(&mut strap, &[0x01, 0x80], 0);
    let [Event::Rejected { problem, .. }] = &events[..] else { panic!("{events:?}") };
    assert_eq!(problem, "heart rate: the packet of 2 bytes ends before its heart rate");
    assert_eq!(blocks_of(&take(&mut strap, &[0, 60], 1), "heart_rate")[0].first_index(), 0);
}

#[test]
fn a_tail_is_ignored_and_told_once() {
    let mut strap = strap();
    let notices = |events: &[Event]| events.iter().filter(|event| matches!(event, Event::Notice(_))).count();
    assert_eq!(notices(&take(&mut strap, &[0, 60, 1, 2, 3], 0)), 1);
    assert_eq!(notices(&take(&mut strap, &[0, 60, 1, 2, 3], 1)), 0);
}

#[test]
fn an_echo_of_a_battery_reading_is_no_second_sample() {
    let mut strap = strap();
    assert_eq!(blocks_of(&level(&mut strap, &[80], 0), "battery").len(), 1);
    assert!(level(&mut strap, &[80], 3 * MS).is_empty());
    assert_eq!(blocks_of(&level(&mut strap, &[79], 4 * MS), "battery").len(), 1);
    let later = level(&mut strap, &[79], 60_000 * MS);
    assert_eq!(blocks_of(&later, "battery")[0].first_index(), 2);
}

#[test]
fn a_battery_level_that_cannot_be_is_rejected() {
    for packet in [&[][..], &[101], &[255]] {
        let events = level(&mut strap(), packet, 0);
        assert!(matches!(&events[..], [Event::Rejected { .. }]), "{events:?}");
    }
}

#[test]
fn the_wall_offset_holds_still_until_the_wall_clock_steps() {
    let mut strap = strap();
    let offset = |strap: &mut Strap, wall_ns: i64| {
        let mut offset_ns = 0;
        strap.heart_rate(&[0, 60], Stamp { host_ns: 100, wall_ns }, &mut |event| {
            if let Event::Block { block, .. } = event {
                offset_ns = block.wall_minus_host_ns();
            }
        });
        offset_ns
    };
    assert_eq!(offset(&mut strap, 1100), 1000);
    assert_eq!(offset(&mut strap, 1163), 1000);
    assert_eq!(offset(&mut strap, 100 + 3600 * NANOS_PER_SEC), 3600 * NANOS_PER_SEC);
}

#[test]
fn a_stream_is_bound_once_behind_its_announcement_and_before_its_first_block() {
    let (mut strap, mut events) = (strap(), Vec::new());
    for _ in 0..2 {
        strap.heart_rate(&[0x08, 60, 0x64, 0x00], at(0), &mut |event| events.push(event));
    }
    let of_energy = |event: &&Event| match event {
        Event::Stream(spec) => spec.key.attribute.as_str() == "energy_expended",
        Event::Bind { stream, .. } | Event::Block { stream, .. } => *stream == StreamRef(2),
        _ => false,
    };
    let energy: Vec<&Event> = events.iter().filter(of_energy).collect();
    let [Event::Stream(spec), Event::Bind { key, .. }, Event::Block { .. }, Event::Block { .. }] = energy[..]
    else {
        panic!("{energy:?}")
    };
    assert_eq!(*key, spec.key);
}
