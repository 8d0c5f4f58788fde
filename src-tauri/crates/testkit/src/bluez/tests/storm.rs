//! Streams: complete, in order, at their pace, alone and twenty at a time.

use super::*;

fn number_of(value: &[u8]) -> u16 {
    u16::from_le_bytes([value[1], value[2]])
}

fn numbered(tick: u64) -> Vec<u8> {
    heart_rate_value(u16::try_from(tick % 65_536).unwrap(), &[])
}

fn start_notifying(client: &Client, device_path: &str) {
    client.do_it(device_path, "Device1.Connect").unwrap();
    let rate = format!("{device_path}/service0005/char0006");
    client.do_it(&rate, "GattCharacteristic1.StartNotify").unwrap();
}

#[test]
fn two_hundred_a_second_arrive_complete_in_order_and_on_time() {
    let (fake, client) = with_strap();
    start_notifying(&client, STRAP_PATH);
    client.forget();
    let start = crate::pace::now();
    let stream = fake.stream(STRAP, "2A37", 200.0, 600, numbered);
    assert_eq!(stream.wait(SOON), 600);
    let took = start.elapsed();
    assert!(took >= Duration::from_millis(2_995), "599 periods of 5 ms were over in {took:?}");
    let numbers: Vec<u16> = client.values().iter().map(|value| number_of(value)).collect();
    assert_eq!(numbers, (0..600).collect::<Vec<u16>>());
}

#[test]
fn counts_only_what_was_heard_when_the_link_drops_in_between() {
    let (fake, client) = with_strap();
    start_notifying(&client, STRAP_PATH);
    client.forget();
    let stream = fake.stream(STRAP, "2A37", 500.0, 1_000_000, numbered);
    crate::wait_until(SOON, "some values", || stream.sent() > 50);
    fake.drop_link(STRAP);
    let before = stream.sent();
    crate::wait_until(SOON, "a lost value", || stream.ticks() > before + 1);
    client.do_it(STRAP_PATH, "Device1.Connect").unwrap();
    crate::wait_until(SOON, "more values", || stream.sent() > before + 50);
    fake.drop_link(STRAP);
    let ticks = stream.sent_ticks();
    let sent = stream.stop();
    assert_eq!(ticks.len(), 2, "one hole: {ticks:?}");
    let heard: Vec<u64> = client.values().iter().map(|value| u64::from(number_of(value))).collect();
    assert_eq!(heard, ticks.into_iter().flatten().collect::<Vec<u64>>());
    assert_eq!(heard.len() as u64, sent);
}

#[test]
fn twenty_devices_at_fifty_a_second_lose_nothing() {
    const DEVICES: u64 = 20;
    const EACH: u64 = 100;
    let fake = FakeBluez::start().unwrap();
    let addresses: Vec<String> = (0..DEVICES).map(|index| format!("C0:FF:EE:00:03:{index:02X}")).collect();
    for address in &addresses {
        fake.add_device(DeviceScript::heart_rate_strap(address, "strap").known());
    }
    let client = Client::on(&fake);
    for address in &addresses {
        start_notifying(&client, &format!("/org/bluez/hci0/dev_{}", address.replace(':', "_")));
    }
    client.forget();
    let start = |address: &String| fake.stream(address, "2A37", 50.0, EACH, numbered);
    let streams: Vec<_> = addresses.iter().map(start).collect();
    for stream in &streams {
        assert_eq!(stream.wait(SOON), EACH);
    }
    assert_eq!(client.values().len() as u64, DEVICES * EACH);
    for address in addresses {
        let id = address.replace(':', "_");
        let seen = client.seen().into_iter().filter(|seen| seen.path.contains(&id));
        let numbers: Vec<u64> = seen.map(|seen| u64::from(number_of(&seen.value.unwrap()))).collect();
        assert_eq!(numbers, (0..EACH).collect::<Vec<u64>>(), "{address}");
    }
}

#[test]
fn a_stopped_stream_sends_no_more() {
    let (fake, client) = with_strap();
    start_notifying(&client, STRAP_PATH);
    let stream = fake.stream(STRAP, "2A37", 0.001, 10, numbered);
    crate::wait_until(SOON, "the first tick", || stream.sent() == 1);
    assert_eq!(stream.stop(), 1);
}
