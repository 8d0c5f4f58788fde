//! Reads the texts of `/proc`.

use super::probe::HostCpu;
use policy::memory::{LimitSource, MemoryUse};

/// CPU time of the machine from `/proc/stat`. Waiting for a disk counts as idle;
/// time of guests is left out, because it is already in `user` and `nice`.
pub fn host_cpu(stat: &str) -> Option<HostCpu> {
    let line = stat.lines().find_map(|line| line.strip_prefix("cpu "))?;
    let fields: Vec<u64> = line.split_whitespace().take(8).map(str::parse).collect::<Result<_, _>>().ok()?;
    let [_user, _nice, _system, idle, rest @ ..] = fields.as_slice() else { return None };
    let total = fields.iter().fold(0_u64, |sum, field| sum.saturating_add(*field));
    let idle = idle.saturating_add(rest.first().copied().unwrap_or(0));
    Some(HostCpu { busy: total.saturating_sub(idle), total })
}

/// Memory of the machine from `/proc/meminfo`: what is not available is used.
pub fn host_memory(meminfo: &str) -> Option<MemoryUse> {
    let limit_bytes = kib(meminfo, "MemTotal:")?;
    let available = kib(meminfo, "MemAvailable:")?;
    Some(MemoryUse {
        used_bytes: limit_bytes.saturating_sub(available),
        limit_bytes,
        source: LimitSource::Host,
    })
}

fn kib(meminfo: &str, name: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix(name))?;
    let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
    kib.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAT: &str = "cpu  100 20 30 800 50 0 5 15 7 0\ncpu0 50 10 15 400 25 0 2 8 3 0\nintr 1 2 3\n";
    const MEMINFO: &str =
        "MemTotal:       16000000 kB\nMemFree:         1000000 kB\nMemAvailable:    4000000 kB\n";

    #[test]
    fn a_processor_is_busy_when_it_is_neither_idle_nor_waiting_for_a_disk() {
        assert_eq!(host_cpu(STAT), Some(HostCpu { busy: 170, total: 1_020 }));
    }

    #[test]
    fn memory_that_could_be_had_is_not_used() {
        let memory = host_memory(MEMINFO).unwrap();
        assert_eq!((memory.used_bytes, memory.limit_bytes), (12_000_000 * 1024, 16_000_000 * 1024));
    }

    #[test]
    fn texts_that_are_cut_or_strange_tell_nothing() {
        for text in ["", "cpu", "cpu  1 2", "cpu  a b c d", "cpu0 1 2 3 4", "cpu  -1 2 3 4"] {
            assert_eq!(host_cpu(text), None, "{text:?}");
        }
        for text in
            ["", "MemTotal: 1 kB", "MemTotal: x kB\nMemAvailable: 1 kB", "MemTotal: 99999999999999999999 kB"]
        {
            assert_eq!(host_memory(text), None, "{text:?}");
        }
    }
}
