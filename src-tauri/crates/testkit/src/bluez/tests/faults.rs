//! Traps, replaced tables, other names, and the count of match rules.

use super::*;
use crate::bluez::{CharacteristicScript, OnCall, ServiceScript};
use crate::wait_until;

const START_NOTIFY: &str = "GattCharacteristic1.StartNotify";

fn linked() -> (FakeBluez, Client, String) {
    let (fake, client) = with_strap();
    client.do_it(STRAP_PATH, "Device1.Connect").unwrap();
    let path = path_of(&client, "2A37");
    (fake, client, path)
}

#[test]
fn a_trap_is_sprung_by_one_call_of_its_device() {
    let (fake, client, path) = linked();
    fake.on_call(STRAP, START_NOTIFY, OnCall::Refuse("planted"));
    assert_eq!(client.do_it(&path, START_NOTIFY), Err("org.bluez.Error.Failed: planted".to_owned()));
    assert!(fake.traps_are_sprung());
    assert_eq!(client.do_it(&path, START_NOTIFY), Ok(()));
}

#[test]
fn a_device_can_vanish_or_drop_its_link_when_it_is_called() {
    let (fake, client, path) = linked();
    fake.on_call(STRAP, START_NOTIFY, OnCall::DropLink);
    assert_eq!(client.do_it(&path, START_NOTIFY), Ok(()), "BlueZ keeps the table");
    assert!(!fake.is_connected(STRAP));
    fake.on_call(STRAP, "Device1.Connect", OnCall::Vanish);
    let error = client.do_it(STRAP_PATH, "Device1.Connect").unwrap_err();
    assert!(error.contains("UnknownObject"), "{error}");
}

#[test]
fn an_answer_can_come_long_after_what_it_answers() {
    let (fake, client, path) = linked();
    fake.on_call(STRAP, START_NOTIFY, OnCall::AnswerAfterMs(60_000));
    std::thread::scope(|scope| {
        let call = scope.spawn(|| client.do_it(&path, START_NOTIFY));
        wait_until(SOON, "the session", || fake.is_notifying(STRAP, "2A37"));
        assert!(fake.notify(STRAP, "2A37", &[0, 60]));
        assert!(!call.is_finished());
        fake.elapse(Duration::from_secs(60));
        assert_eq!(call.join().unwrap(), Ok(()));
    });
}

#[test]
fn services_that_change_in_a_link_take_their_sessions_along_and_are_told_of_twice() {
    let (fake, client, path) = linked();
    client.do_it(&path, START_NOTIFY).unwrap();
    client.forget();
    let heart_rate = CharacteristicScript::new("2A37", &["notify"]);
    fake.replace_services(STRAP, vec![ServiceScript::new("180D").characteristic(heart_rate)]);
    assert!(!fake.is_notifying(STRAP, "2A37"));
    let lines = client.lines();
    let uuids = |line: &&String| *line == "changed UUIDs=…";
    assert_eq!(lines.iter().filter(uuids).count(), 2, "{lines:?}");
    assert_eq!(lines.iter().filter(|line| line.starts_with("added ")).count(), 2, "{lines:?}");
    client.do_it(&path_of(&client, "2A37"), START_NOTIFY).unwrap();
    assert!(fake.is_notifying(STRAP, "2A37"));
}

#[test]
fn another_name_is_told() {
    let (fake, client) = with_strap();
    fake.rename(STRAP, "Other");
    assert_eq!(client.lines(), ["changed Alias=Other Name=Other"]);
}

#[test]
fn match_rules_are_counted_without_those_of_the_fake() {
    let fake = FakeBluez::start().unwrap();
    assert_eq!(fake.match_rules(), Some(0));
    let client = Client::on(&fake);
    assert_eq!(fake.match_rules(), Some(1));
    client.leave();
    wait_until(SOON, "the bus to notice", || fake.match_rules() == Some(0));
}
