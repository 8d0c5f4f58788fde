//! Opening a recording's file behind the wall in front of the disk. A file that
//! is there only when nobody waits for it any more is taken away again, and the
//! operator is told.

use super::RecorderError;
use crate::notices::NoticeBoard;
use crate::walls::{Wall, WallError};
use connect::NoticeLevel;
use parking_lot::Mutex;
use std::path::PathBuf;
use std::sync::Arc;
use store::{StoreError, Writer};

/// Where the disk's thread and the caller meet.
enum Meeting {
    Waiting,
    Opened(Box<Writer>),
    NobodyWaits,
}

/// Opens a file by `create`, with the wall's deadline.
///
/// # Errors
/// [`RecorderError`]: the file can't be made, or the disk gave no answer in time.
pub fn open(
    wall: &Wall,
    notices: &Arc<NoticeBoard>,
    create: impl FnOnce() -> Result<Writer, StoreError> + Send + 'static,
) -> Result<Writer, RecorderError> {
    let meeting = Arc::new(Mutex::new(Meeting::Waiting));
    let (there, notices) = (Arc::clone(&meeting), Arc::clone(notices));
    let work = move || -> Result<(), StoreError> {
        let writer = create()?;
        let mut meeting = there.lock();
        match *meeting {
            Meeting::NobodyWaits => {
                drop(meeting);
                take_away(writer, &notices);
            }
            Meeting::Waiting | Meeting::Opened(_) => *meeting = Meeting::Opened(Box::new(writer)),
        }
        Ok(())
    };
    let outcome = wall.call("open a recording", work, |_| false);
    // Opened at the very last moment is opened.
    match (std::mem::replace(&mut *meeting.lock(), Meeting::NobodyWaits), outcome) {
        (Meeting::Opened(writer), _) => Ok(*writer),
        (_, Err(WallError::Failed(error))) => Err(error.into()),
        (_, Err(WallError::TimedOut)) => Err(RecorderError::NotOpened),
        (_, Err(refused)) => Err(RecorderError::Refused(refused.to_string())),
        (_, Ok(())) => Err(RecorderError::NotOpened),
    }
}

/// Nothing has been written to the file, and nobody else knows of it.
fn take_away(writer: Writer, notices: &NoticeBoard) {
    let path = writer.path().to_owned();
    drop(writer);
    let beside = |ending: &str| {
        let mut name = path.clone().into_os_string();
        name.push(ending);
        PathBuf::from(name)
    };
    for file in [beside("-wal"), beside("-shm")] {
        // The last connection takes them along; mostly they are gone.
        let _ = std::fs::remove_file(file);
    }
    let remedy = match std::fs::remove_file(&path) {
        Ok(()) => "Its empty file was removed. Check the disk, or choose another folder.".to_owned(),
        Err(error) => format!("{} is empty and can be deleted: {error}.", path.display()),
    };
    let text = "The disk opened a recording too late; it was not started.";
    notices.say(NoticeLevel::Warning, text, remedy);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::supervisor::{Tier, Tree};
    use crate::walls::WallConfig;
    use crossbeam_channel::bounded;
    use model::Clock;
    use policy::breaker::BreakerRule;
    use std::path::Path;
    use std::time::Duration;
    use testkit::wait_until;

    const SOON: Duration = Duration::from_secs(20);

    fn wall(deadline: Duration) -> (Wall, Tree) {
        let clock: Arc<dyn Clock> = Arc::new(connect::SystemClock);
        let tree = Tree::new(Arc::clone(&clock), Box::new(|_| {})).unwrap();
        let config = WallConfig { deadline, width: 2, breaker: BreakerRule::default() };
        (Wall::start("test", clock, config, &tree, Tier::Storage).unwrap(), tree)
    }

    fn create(path: &Path) -> Result<Writer, StoreError> {
        let started = connect::SystemClock.now();
        let new = store::NewRecording { title: String::new(), started, console_version: "test".to_owned() };
        Writer::create(path, &new)
    }

    #[test]
    fn a_disk_that_hangs_gives_its_caller_a_time_out_and_its_late_file_is_taken_away_and_told() {
        let ((wall, _tree), folder) = (wall(Duration::from_millis(20)), tempfile::tempdir().unwrap());
        let (notices, path) = (Arc::new(NoticeBoard::default()), folder.path().join("late.sensocto"));
        let (release, held) = bounded::<()>(0);
        let late = path.clone();
        let outcome = open(&wall, &notices, move || {
            let _ = held.recv();
            create(&late)
        });
        assert!(matches!(outcome, Err(RecorderError::NotOpened)));
        assert!(!path.exists());
        drop(release);
        wait_until(SOON, "the notice", || notices.all().len() == 1);
        assert!(notices.all()[0].notice.text.contains("too late"));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        // The same name can be used afterwards.
        let writer = open(&wall, &notices, move || create(&path));
        assert!(writer.is_ok());
    }

    #[test]
    fn an_error_of_the_file_is_the_callers_and_no_fault_of_the_disk() {
        let ((wall, _tree), notices) = (wall(SOON), Arc::new(NoticeBoard::default()));
        for _ in 0..10 {
            let outcome = open(&wall, &notices, || create(Path::new("/none/such/r.sensocto")));
            assert!(matches!(outcome, Err(RecorderError::Store(StoreError::MissingFolder { .. }))));
        }
    }
}
