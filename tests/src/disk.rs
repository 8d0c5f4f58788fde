//! A small disk of our own.

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

fn is_done(command: &mut Command) -> bool {
    command.stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}
