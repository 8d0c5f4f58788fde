//! Disks of our own: a small one, and one that stands still.

use std::path::Path;
use std::process::{Command, Stdio};

/// A mounted tmpfs; unmounted when dropped.
pub struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    /// Mounts one of this size (`1m`). None where we may not mount.
    ///
    /// # Panics
    /// There is no folder to mount it on.
    #[must_use]
    pub fn mount(size: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
        let mount = ["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"];
        is_done(Command::new("mount").args(mount).arg(folder.path())).then_some(Self(folder))
    }

    /// Its root folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Has nothing written to it any more, or lets it be written again.
    ///
    /// # Panics
    /// It can't be mounted so; a file that is open for writing forbids it.
    pub fn protect(&self, on: bool) {
        let how = format!("remount,{}", if on { "ro" } else { "rw" });
        assert!(is_done(Command::new("mount").args(["-o", &how]).arg(self.path())), "{how} is refused");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        assert!(is_done(Command::new("umount").arg(self.path())), "the small disk is still mounted");
    }
}

/// A mounted disk of 64 MB that can be made to stand still: who writes to it then
/// waits until it goes on, as with a network share that hangs. Unmounted when dropped.
pub struct FreezingDisk {
    mounted: tempfile::TempDir,
    _image: tempfile::NamedTempFile,
}

impl FreezingDisk {
    const BYTES: u64 = 64 << 20;

    /// Makes and mounts one. None where we may not, or have not the tools.
    ///
    /// # Panics
    /// There is no room for it.
    #[must_use]
    pub fn mount() -> Option<Self> {
        let image = tempfile::NamedTempFile::new().unwrap_or_else(|error| panic!("{error}"));
        image.as_file().set_len(Self::BYTES).unwrap_or_else(|error| panic!("{error}"));
        let mounted = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
        is_done(Command::new("mkfs.ext4").arg("-q").arg(image.path())).then_some(())?;
        is_done(Command::new("mount").args(["-o", "loop"]).arg(image.path()).arg(mounted.path()))
            .then_some(())?;
        let disk = Self { mounted, _image: image };
        let freezes = |how| is_done(Command::new("fsfreeze").arg(how).arg(disk.path()));
        (freezes("-f") && freezes("-u")).then_some(disk)
    }

    /// Its root folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.mounted.path()
    }

    /// Stands still until what is given back is dropped. To be held behind whatever
    /// writes there: who hangs on a disk can't even be killed.
    ///
    /// # Panics
    /// It does not.
    #[must_use]
    pub fn freeze(&self) -> Frozen<'_> {
        assert!(is_done(Command::new("fsfreeze").arg("-f").arg(self.path())), "it can't be frozen");
        Frozen(self)
    }
}

/// A disk that stands still; it goes on when this is dropped.
pub struct Frozen<'d>(&'d FreezingDisk);

impl Drop for Frozen<'_> {
    fn drop(&mut self) {
        assert!(is_done(Command::new("fsfreeze").arg("-u").arg(self.0.path())), "it can't be thawed");
    }
}

impl Drop for FreezingDisk {
    fn drop(&mut self) {
        // Whoever has written to it may still be ending.
        let is_unmounted = || is_done(Command::new("umount").arg(self.path()));
        testkit::pace::holds_within(std::time::Duration::from_secs(20), is_unmounted);
    }
}

fn is_done(command: &mut Command) -> bool {
    command.stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}
