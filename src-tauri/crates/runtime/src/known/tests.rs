use super::*;
use crate::core::Core;
use crate::testing::sensor;
use model::SensorId;
use std::fs;
use testkit::FakeClock;

const SOON: Duration = Duration::from_secs(10);
const STRAP: &str = "C0:FF:EE:00:00:01";

fn device() -> DeviceId {
    DeviceId(STRAP.to_owned())
}

fn core() -> Arc<Core> {
    let probe = Box::new(crate::load::SystemProbe::new());
    let core = Core::with(Arc::new(FakeClock::default()), &crate::Settings::default(), probe).unwrap();
    let core = Arc::new(core);
    core.start_services().unwrap();
    core
}

fn edit(alias: &str) -> KnownEdit {
    KnownEdit { alias: alias.to_owned(), reconnects: true, ..KnownEdit::default() }
}

fn end(core: &Core) {
    assert!(core.tree.shut_down(SOON).is_empty());
}

#[test]
fn what_is_said_of_a_device_is_there_at_the_next_start_and_on_its_sensor_at_once() {
    let here = tempfile::tempdir().unwrap();
    let path = here.path().join("data/devices.db");
    let first = core();
    first.known.open(&path, &first.files);
    first.known.remember(&device(), "Polar H10");
    let info = sensor(&format!("ble:{STRAP}"), ConnectorKind::Ble);
    let admitted = first.admit(info).unwrap();
    assert_eq!(first.known.edit(&device(), &edit("Anna")), Ok(()));
    assert_eq!(admitted.info().name.as_str(), "Anna");
    end(&first);
    drop((first, admitted));

    let second = core();
    second.known.open(&path, &second.files);
    let names: Vec<String> = second.known.to_reconnect().into_iter().map(|one| one.alias).collect();
    assert_eq!(names, ["Anna"]);
    let mut info = sensor(&format!("ble:{STRAP}"), ConnectorKind::Ble);
    second.known.dress(&mut info);
    assert_eq!((info.id, info.name.as_str()), (SensorId::parse(&format!("ble:{STRAP}")).unwrap(), "Anna"));
    assert_eq!(second.known.forget(&device()), Ok(()));
    assert_eq!(second.known.forget(&device()), Err(KnownError::Unknown));
    end(&second);
    drop(second);

    let third = core();
    third.known.open(&path, &third.files);
    assert_eq!(third.known.view().devices, []);
    end(&third);
}

#[test]
fn a_damaged_list_is_told_and_another_one_begun() {
    let here = tempfile::tempdir().unwrap();
    let path = here.path().join("devices.db");
    fs::write(&path, "planted: no database").unwrap();
    let core = core();
    core.known.open(&path, &core.files);
    core.known.remember(&device(), "Polar H10");
    assert_eq!(core.known.edit(&device(), &edit("Anna")), Ok(()));
    let notices = format!("{:?}", core.notices.all());
    assert!(notices.contains("can't be read") && notices.contains("devices-2.db"), "{notices}");
    assert_eq!(core.known.view().path, Some(here.path().join("devices-2.db")));
    end(&core);
}

#[test]
fn without_a_file_everything_works_until_the_console_is_closed() {
    let core = core();
    core.known.remember(&device(), "Polar H10");
    assert_eq!(core.known.edit(&device(), &edit("Anna")), Ok(()));
    assert_eq!(core.known.view().devices[0].alias, "Anna");
    end(&core);
}

#[test]
fn a_place_that_can_not_be_written_is_told_and_the_console_goes_on() {
    let here = tempfile::tempdir().unwrap();
    let file = here.path().join("file");
    fs::write(&file, "").unwrap();
    let core = core();
    core.known.open(&file.join("sub/devices.db"), &core.files);
    core.known.remember(&device(), "Polar H10");
    let refused = core.known.edit(&device(), &edit("Anna"));
    assert!(matches!(refused, Err(KnownError::NotKept(_))), "{refused:?}");
    assert!(format!("{:?}", core.notices.all()).contains("Known devices can't be kept"));
    assert_eq!(core.known.view().devices[0].alias, "Anna");
    end(&core);
}

#[test]
fn a_disk_that_hangs_costs_the_operator_the_deadline_and_the_change_holds() {
    let here = tempfile::tempdir().unwrap();
    let core = core();
    core.known.open(&here.path().join("devices.db"), &core.files);
    core.known.remember(&device(), "Polar H10");
    let hangs = core.known.store.lock();
    assert_eq!(core.known.edit(&device(), &edit("Anna")), Err(KnownError::TimedOut));
    assert_eq!(core.known.view().devices[0].alias, "Anna");
    drop(hangs);
    assert_eq!(core.known.edit(&device(), &edit("Berta")), Ok(()));
    end(&core);
}
