//! Cores, memory, threads and open files: what the system lets one program have.

use super::Finding;

/// Threads that a console with a handful of straps needs, with room.
const THREADS_MIN: u64 = 256;
/// Open files and sockets that it needs, with room.
const FILES_MIN: u64 = 1024;
/// Memory that has to be left, bytes: the window's webview alone takes half of it.
const MEMORY_MIN: u64 = 1_000_000_000;

/// Everything that can be told on this system.
pub fn all() -> Vec<Finding> {
    let mut findings = vec![system(), cores()];
    findings.extend(memory());
    findings.extend(threads());
    findings.extend(files());
    findings
}

fn system() -> Finding {
    let words = format!(
        "sensocto {} on {} ({})",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH
    );
    Finding::good("system", words)
}

fn cores() -> Finding {
    match std::thread::available_parallelism() {
        Ok(cores) if cores.get() > 1 => Finding::good("cores", format!("{cores} cores")),
        Ok(_) => {
            Finding::warning("cores", "one core", "Expect it to be busy with many sensors and a window.")
        }
        Err(error) => Finding::warning("cores", format!("The system does not tell: {error}."), ""),
    }
}

fn memory() -> Option<Finding> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let left = in_bytes(&text, "MemAvailable:")?;
    let words = format!("{:.1} GB are left", left as f64 / 1e9);
    Some(match left {
        0..MEMORY_MIN => Finding::warning("memory", words, "Close other programs before a long recording."),
        _ => Finding::good("memory", words),
    })
}

/// A row of `/proc/meminfo`, which counts in KiB.
fn in_bytes(text: &str, row: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(row))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kib| kib * 1024)
}

#[cfg(target_os = "linux")]
fn threads() -> Option<Finding> {
    let number = |file: &str| std::fs::read_to_string(file).ok()?.trim().parse::<u64>().ok();
    let of_user = rustix::process::getrlimit(rustix::process::Resource::Nproc).current;
    let of_group = cgroup().and_then(|folder| number(&format!("{folder}/pids.max")));
    let most = [number("/proc/sys/kernel/threads-max"), of_user, of_group].into_iter().flatten().min()?;
    let words = format!("up to {most} threads");
    Some(match most {
        0..THREADS_MIN => {
            Finding::failed("threads", words, "Raise the limit (`ulimit -u`, or pids.max of the container).")
        }
        _ => Finding::good("threads", words),
    })
}

/// The folder of this process's control group (version 2).
#[cfg(target_os = "linux")]
fn cgroup() -> Option<String> {
    let text = std::fs::read_to_string("/proc/self/cgroup").ok()?;
    let path = text.lines().find_map(|line| line.strip_prefix("0::"))?;
    Some(format!("/sys/fs/cgroup{path}"))
}

#[cfg(not(target_os = "linux"))]
fn threads() -> Option<Finding> {
    None
}

#[cfg(unix)]
fn files() -> Option<Finding> {
    let most = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    Some(match most {
        Some(most @ 0..FILES_MIN) => Finding::warning(
            "open files",
            format!("up to {most}"),
            "Raise the limit (`ulimit -n 4096`) for many sensors.",
        ),
        Some(most) => Finding::good("open files", format!("up to {most}")),
        None => Finding::good("open files", "no limit"),
    })
}

#[cfg(not(unix))]
fn files() -> Option<Finding> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_meminfo_is_read_in_bytes() {
        let text = "MemTotal:       16000000 kB\nMemAvailable:    2000000 kB\n";
        assert_eq!(in_bytes(text, "MemAvailable:"), Some(2_048_000_000));
        assert_eq!(in_bytes("MemAvailable: many kB\n", "MemAvailable:"), None);
        assert_eq!(in_bytes("", "MemAvailable:"), None);
    }
}
