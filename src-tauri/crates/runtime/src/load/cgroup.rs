//! Control groups of version 2 and version 1: what a container may use, and uses.
//!
//! A limit may sit on any ancestor of the group, and the one that is nearest to
//! being used up counts. Inside a container the path of `/proc/self/cgroup` often
//! is not there; then the root of the mount is the group. Every file may be
//! missing or unreadable: then it limits nothing.

use super::probe::GroupCpu;
use policy::memory::{LimitSource, MemoryUse};
use std::path::{Path, PathBuf};

/// From this limit on version 1 means "no limit": it writes the largest page-aligned number.
const UNLIMITED_BYTES: u64 = 1 << 62;

/// The groups of this process with their ancestors, the innermost first; empty
/// where a controller is not there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Groups {
    unified: Vec<PathBuf>,
    memory_v1: Vec<PathBuf>,
    cpu_v1: Vec<PathBuf>,
    cpuacct_v1: Vec<PathBuf>,
}

/// Finds the groups below `mount` from the text of `/proc/self/cgroup`.
pub fn find(mount: &Path, own: &str) -> Groups {
    let mut groups = Groups::default();
    for line in own.lines() {
        let mut parts = line.splitn(3, ':');
        let (Some(_), Some(controllers), Some(path)) = (parts.next(), parts.next(), parts.next()) else {
            continue;
        };
        if controllers.is_empty() {
            let unified = Some(mount.join("unified")).filter(|dir| dir.is_dir());
            groups.unified = with_ancestors(&unified.unwrap_or_else(|| mount.to_owned()), path);
        }
        for controller in controllers.split(',') {
            let found = || with_ancestors(&mount.join(controller), path);
            match controller {
                "memory" => groups.memory_v1 = found(),
                "cpu" => groups.cpu_v1 = found(),
                "cpuacct" => groups.cpuacct_v1 = found(),
                _ => {}
            }
        }
    }
    groups
}

fn with_ancestors(root: &Path, path: &str) -> Vec<PathBuf> {
    let inner = root.join(path.trim_start_matches('/'));
    // A path of another namespace may climb out; then only the root is ours.
    let climbs = path.split('/').any(|part| part == "..");
    let mut found: Vec<PathBuf> = match climbs {
        true => Vec::new(),
        false => inner.ancestors().take_while(|dir| *dir != root).map(Path::to_owned).collect(),
    };
    found.push(root.to_owned());
    found.retain(|dir| dir.is_dir());
    found
}

impl Groups {
    /// Memory in use of the limit that is nearest to being used up.
    pub fn memory(&self) -> Option<MemoryUse> {
        let v2 = self.unified.iter().filter_map(|group| memory_v2(group));
        let v1 = self.memory_v1.iter().filter_map(|group| memory_v1(group));
        v2.chain(v1).max_by(|a, b| a.ratio().total_cmp(&b.ratio()))
    }

    /// CPU time of the group with the smallest quota.
    pub fn cpu(&self) -> Option<GroupCpu> {
        let v2 = self.unified.iter().filter_map(|group| cpu_v2(group));
        v2.chain(self.cpu_v1()).min_by(|a, b| a.cores.total_cmp(&b.cores))
    }

    fn cpu_v1(&self) -> impl Iterator<Item = GroupCpu> + '_ {
        self.cpu_v1.iter().zip(&self.cpuacct_v1).filter_map(|(cpu, accounts)| {
            let quota: i64 = number(&cpu.join("cpu.cfs_quota_us"))?;
            let period: i64 = number(&cpu.join("cpu.cfs_period_us"))?;
            let used_ns = number(&accounts.join("cpuacct.usage"))?;
            (quota > 0 && period > 0).then(|| GroupCpu { used_ns, cores: quota as f64 / period as f64 })
        })
    }
}

fn memory_v2(group: &Path) -> Option<MemoryUse> {
    let limit_bytes = number(&group.join("memory.max"))?;
    let current: u64 = number(&group.join("memory.current"))?;
    let cache = field(&group.join("memory.stat"), "inactive_file").unwrap_or(0);
    Some(MemoryUse { used_bytes: current.saturating_sub(cache), limit_bytes, source: LimitSource::CgroupV2 })
}

fn memory_v1(group: &Path) -> Option<MemoryUse> {
    let limit_bytes =
        number(&group.join("memory.limit_in_bytes")).filter(|limit| *limit < UNLIMITED_BYTES)?;
    let current: u64 = number(&group.join("memory.usage_in_bytes"))?;
    let cache = field(&group.join("memory.stat"), "total_inactive_file").unwrap_or(0);
    Some(MemoryUse { used_bytes: current.saturating_sub(cache), limit_bytes, source: LimitSource::CgroupV1 })
}

fn cpu_v2(group: &Path) -> Option<GroupCpu> {
    let text = std::fs::read_to_string(group.join("cpu.max")).ok()?;
    let mut words = text.split_whitespace();
    // "max" is no number: no limit.
    let quota: u64 = words.next()?.parse().ok()?;
    let period: u64 = words.next()?.parse().ok()?;
    let used_us = field(&group.join("cpu.stat"), "usage_usec")?;
    (quota > 0 && period > 0)
        .then(|| GroupCpu { used_ns: used_us.saturating_mul(1_000), cores: quota as f64 / period as f64 })
}

fn number<T: std::str::FromStr>(file: &Path) -> Option<T> {
    std::fs::read_to_string(file).ok()?.trim().parse().ok()
}

fn field(file: &Path, name: &str) -> Option<u64> {
    let text = std::fs::read_to_string(file).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))?;
    line.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tree of groups as the kernel shows it, in a folder of its own.
    fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
        let here = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let file = here.path().join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        }
        here
    }

    #[test]
    fn version_two_counts_the_tightest_limit_on_the_way_up_without_what_can_be_dropped() {
        let here = tree(&[
            ("a/b/memory.max", "max\n"),
            ("a/b/memory.current", "1\n"),
            ("a/memory.max", "1000\n"),
            ("a/memory.current", "900\n"),
            ("a/memory.stat", "anon 600\ninactive_file 300\nactive_file 0\n"),
        ]);
        let groups = find(here.path(), "0::/a/b\n");
        let expected = MemoryUse { used_bytes: 600, limit_bytes: 1000, source: LimitSource::CgroupV2 };
        assert_eq!(groups.memory(), Some(expected));
    }

    #[test]
    fn version_one_counts_its_limit_and_takes_the_largest_number_for_none() {
        let own = "4:memory:/job\n1:cpu,cpuacct:/\n";
        let limited = tree(&[
            ("memory/job/memory.limit_in_bytes", "2000\n"),
            ("memory/job/memory.usage_in_bytes", "1500\n"),
            ("memory/job/memory.stat", "cache 9\ntotal_inactive_file 500\n"),
            ("memory/memory.limit_in_bytes", "9223372036854771712\n"),
            ("memory/memory.usage_in_bytes", "9\n"),
        ]);
        let expected = MemoryUse { used_bytes: 1000, limit_bytes: 2000, source: LimitSource::CgroupV1 };
        assert_eq!(find(limited.path(), own).memory(), Some(expected));
        let free = tree(&[
            ("memory/memory.limit_in_bytes", "9223372036854771712\n"),
            ("memory/memory.usage_in_bytes", "9\n"),
        ]);
        assert_eq!(find(free.path(), own).memory(), None);
    }

    #[test]
    fn a_quota_is_so_many_cores_in_both_versions() {
        let v2 = tree(&[("cpu.max", "150000 100000\n"), ("cpu.stat", "usage_usec 42\nuser_usec 40\n")]);
        let expected = GroupCpu { used_ns: 42_000, cores: 1.5 };
        assert_eq!(find(v2.path(), "0::/\n").cpu(), Some(expected));
        let v1 = tree(&[
            ("cpu/cpu.cfs_quota_us", "50000\n"),
            ("cpu/cpu.cfs_period_us", "100000\n"),
            ("cpuacct/cpuacct.usage", "77\n"),
        ]);
        let expected = GroupCpu { used_ns: 77, cores: 0.5 };
        assert_eq!(find(v1.path(), "2:cpuacct:/\n1:cpu:/\n").cpu(), Some(expected));
    }

    #[test]
    fn no_quota_is_no_limit() {
        let v2 = tree(&[("cpu.max", "max 100000\n"), ("cpu.stat", "usage_usec 42\n")]);
        assert_eq!(find(v2.path(), "0::/\n").cpu(), None);
        let v1 = tree(&[
            ("cpu/cpu.cfs_quota_us", "-1\n"),
            ("cpu/cpu.cfs_period_us", "100000\n"),
            ("cpuacct/cpuacct.usage", "77\n"),
        ]);
        assert_eq!(find(v1.path(), "2:cpuacct:/\n1:cpu:/\n").cpu(), None);
    }

    #[test]
    fn where_the_path_is_not_there_or_climbs_out_the_root_of_the_mount_is_the_group() {
        let here = tree(&[("memory.max", "1000\n"), ("memory.current", "10\n")]);
        for own in ["0::/docker/abc\n", "0::/../../x\n"] {
            assert_eq!(
                find(here.path(), own).memory().map(|memory| memory.limit_bytes),
                Some(1000),
                "{own:?}"
            );
        }
    }

    #[test]
    fn files_that_are_missing_or_strange_limit_nothing() {
        let here = tree(&[("memory.max", "many\n"), ("cpu.max", "\n")]);
        for own in ["", "nonsense", "0:", "0::/\n", "1:memory:/\n7:cpu:\n"] {
            let groups = find(here.path(), own);
            assert_eq!((groups.memory(), groups.cpu()), (None, None), "{own:?}");
        }
    }
}
