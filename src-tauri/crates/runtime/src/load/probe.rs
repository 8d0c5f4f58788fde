//! What the load monitor measures with: CPU time and memory, as cumulative
//! readings. Linux reads `/proc` and the control groups; on other systems there
//! is no probe yet, and the monitor goes by its queues alone (and says so).

use super::cgroup::{self, Groups};
use super::proc;
use policy::memory::{MemoryUse, tightest};

/// CPU time so far. Both parts may be unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CpuReading {
    /// Of the whole machine.
    pub host: Option<HostCpu>,
    /// Of the control group, where that has a limit.
    pub group: Option<GroupCpu>,
}

/// CPU time of the machine since its start, in whatever unit; only ratios count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HostCpu {
    /// At work.
    pub busy: u64,
    /// At work or idle.
    pub total: u64,
}

/// CPU time of a control group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GroupCpu {
    /// Used so far, ns.
    pub used_ns: u64,
    /// So many cores it may use, also parts of one.
    pub cores: f64,
}

/// Reads the machine.
pub trait Probe: Send + Sync {
    /// CPU time so far.
    fn cpu(&self) -> CpuReading;
    /// Memory in use and its limit; none where it can't be told.
    fn memory(&self) -> Option<MemoryUse>;
}

/// The probe for the machine that this runs on.
#[derive(Debug, Default)]
pub struct SystemProbe {
    groups: Groups,
}

impl SystemProbe {
    /// Finds the control groups of this process; a limit that is changed later is seen.
    #[must_use]
    pub fn new() -> Self {
        let own = read("/proc/self/cgroup").unwrap_or_default();
        Self { groups: cgroup::find("/sys/fs/cgroup".as_ref(), &own) }
    }
}

impl Probe for SystemProbe {
    fn cpu(&self) -> CpuReading {
        let host = read("/proc/stat").as_deref().and_then(proc::host_cpu);
        CpuReading { host, group: self.groups.cpu() }
    }

    fn memory(&self) -> Option<MemoryUse> {
        let host = read("/proc/meminfo").as_deref().and_then(proc::host_memory);
        match (self.groups.memory(), host) {
            (group, Some(host)) => Some(tightest(group, host)),
            (group, None) => group,
        }
    }
}

fn read(path: &str) -> Option<String> {
    std::fs::read_to_string(path).ok()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn this_machine_can_be_read() {
        let probe = SystemProbe::new();
        let host = probe.cpu().host.unwrap();
        assert!(host.total > 0 && host.busy <= host.total);
        let memory = probe.memory().unwrap();
        assert!(memory.limit_bytes > 0 && (0.0..=1.0).contains(&memory.ratio()), "{memory:?}");
    }
}
