//! `kill -9` at random moments: the file opens, is good, and lacks at most the
//! last quarter of a second.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tests::program::{Running, sensocto, verdict};
use tests::{alone, checkout};

const KILLS: u64 = 20;
/// What may be missing before the kill, milliseconds.
const MISSING_MS_MAX: f64 = 250.0;

#[test]
fn a_recording_killed_at_20_random_moments_is_good_and_lacks_at_most_250_ms() {
    let _alone = alone();
    let seed = wall_ms() as u64;
    println!("seed {seed}");
    let missing: Vec<f64> = (0..KILLS).map(|k| kill_after(moment(seed, k))).collect();
    println!("missing before the kill, ms: {missing:.0?}");
    let worst = missing.iter().copied().fold(0.0, f64::max);
    assert!(worst <= MISSING_MS_MAX, "{worst:.0} ms were missing");
}

/// When to kill, counted from the first commit: anywhere in 1.5 s.
fn moment(seed: u64, k: u64) -> Duration {
    // Splitmix64, spread over the range.
    let mut z = seed.wrapping_add(k.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    Duration::from_micros((z ^ (z >> 31)) % 1_500_000)
}

/// Records, kills, verifies; gives how much is missing at the end, ms.
fn kill_after(moment: Duration) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("r.sensocto");
    let scenario = checkout().join("assets/scenarios/first_light.yaml");
    let args = [Path::new("record"), Path::new("--scenario"), &scenario, Path::new("--out"), &out];
    let mut recording = Running::start(sensocto(args).stdout(Stdio::null()).stderr(Stdio::null()));
    testkit::wait_until(Duration::from_secs(30), "the first commit", || has_data(&out));
    std::thread::sleep(moment);
    let killed_ms = wall_ms();
    recording.0.kill().unwrap();
    recording.0.wait().unwrap();
    check(&out, killed_ms)
}

/// The write-ahead log has grown past what an empty recording needs.
fn has_data(out: &Path) -> bool {
    let log = out.with_extension("sensocto-wal");
    log.metadata().is_ok_and(|meta| meta.len() > 64 * 1024)
}

fn check(out: &Path, killed_ms: f64) -> f64 {
    let verdict = verdict(out);
    assert_eq!((&verdict["good"], &verdict["closed"]), (&true.into(), &false.into()), "{verdict:#}");
    let rows = verdict["streams"].as_array().unwrap();
    let fast = rows.iter().filter(|row| row["nominal_rate_hz"].as_f64().unwrap_or_default() >= 100.0);
    let last_ms: Vec<f64> = fast.filter_map(|row| row["last_ms"].as_f64()).collect();
    assert!(!last_ms.is_empty(), "{verdict:#}");
    killed_ms - last_ms.iter().copied().fold(f64::INFINITY, f64::min)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the moment of a real kill, by the clock that the file carries"
)]
fn wall_ms() -> f64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    now.as_secs_f64() * 1e3
}
