//! The waveforms against their models: counts, ranges, purity.

use super::{CHANNELS_MAX, Wave};
use crate::sim::Scenario;
use crate::sim::plan::AttributePlan;
use model::{AttributeKind, Column};

/// The attribute that `keys` describe.
fn plan(keys: &str) -> AttributePlan {
    let text = format!("connectors: {{c: {{sensors: {{s: {{attributes: {{a: {{{keys}}}}}}}}}}}}}");
    let loaded = Scenario::parse(&text, "wave.yaml").unwrap_or_else(|error| panic!("{error}"));
    loaded.scenario.sensors[0].attributes[0].clone()
}

/// The first `samples` of every channel, in its unit.
fn series(keys: &str, seed: u64, samples: u64) -> Vec<Vec<f64>> {
    let wave = Wave::new(&plan(keys), seed, 42);
    let columns = wave.columns(0..samples);
    let in_unit = |(c, column): (usize, &Column)| {
        (0..column.len()).map(|i| wave.channels()[c].value(column.raw(i).unwrap())).collect()
    };
    columns.iter().enumerate().map(in_unit).collect()
}

fn extent(values: &[f64]) -> (f64, f64) {
    values.iter().fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(*v), high.max(*v)))
}

/// How often the values rise through `level`.
fn rises(values: &[f64], level: f64) -> usize {
    values.windows(2).filter(|ab| ab[0] < level && ab[1] >= level).count()
}

#[test]
fn an_ecg_has_one_r_wave_for_each_beat() {
    for (bpm, rate_hz) in [(72, 100), (72, 250), (60, 360), (150, 250), (48, 500), (200, 250)] {
        for seed in 0..5 {
            let keys = format!("sensor_type: ecg, sampling_rate: {rate_hz}, heart_rate: {bpm}");
            let ecg = &series(&keys, seed, 60 * rate_hz)[0];
            let beats = rises(ecg, 0.5);
            assert!(beats.abs_diff(bpm) <= 1, "{bpm} bpm at {rate_hz} Hz, seed {seed}: {beats} beats");
        }
    }
}

#[test]
fn the_beats_of_a_day_add_up_exactly() {
    let wave = Wave::new(&plan("sensor_type: ecg, sampling_rate: 100, heart_rate: 75"), 3, 42);
    let counted: usize = [0_u64, 8_640_000]
        .iter()
        .map(|from| {
            let Column::I32(raw) = &wave.columns(*from..from + 60_000)[0] else { panic!("not integers") };
            rises(&raw.iter().map(|v| f64::from(*v)).collect::<Vec<_>>(), 500.0)
        })
        .sum();
    assert!(counted.abs_diff(2 * 750) <= 2, "{counted} beats in two times ten minutes, a day apart");
}

#[test]
fn the_waves_of_a_beat_have_their_heights_and_order() {
    let ecg = &series("sensor_type: ecg, sampling_rate: 1000, heart_rate: 60", 1, 60_000)[0];
    let (low, high) = extent(ecg);
    assert!((0.95..1.05).contains(&high), "R is {high} mV");
    assert!((-0.30..-0.20).contains(&low), "S is {low} mV");
    let r = ecg[1000..2000].iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).unwrap().0 + 1000;
    let (_, t) = extent(&ecg[r + 150..r + 300]);
    let (_, p) = extent(&ecg[r + 780..r + 920]);
    assert!((0.26..0.34).contains(&t) && (0.11..0.19).contains(&p), "T {t}, P {p} mV");
    let s = ecg[r..r + 100].iter().enumerate().min_by(|a, b| a.1.total_cmp(b.1)).unwrap().0;
    assert!((30..52).contains(&s), "S comes {s} ms after R");
}

#[test]
fn breathing_follows_the_rate_of_its_person_within_50_to_100_percent() {
    for per_minute in [8, 15, 27] {
        let keys = format!("sensor_type: respiration, sampling_rate: 25, breaths_per_minute: {per_minute}");
        let expansion = &series(&keys, 9, 25 * 120)[0];
        assert!(
            rises(expansion, 75.0).abs_diff(2 * per_minute) <= 3,
            "{per_minute}: {}",
            rises(expansion, 75.0)
        );
        let (low, high) = extent(expansion);
        assert!((50.0..52.0).contains(&low) && (98.0..=100.0).contains(&high), "{low} to {high}");
    }
}

#[test]
fn slow_values_stay_in_the_range_of_their_file_and_use_most_of_it() {
    for (kind, low, high) in [("spo2", 94.0, 98.0), ("temperature", 36.3, 36.9), ("moon", -5.0, 5.0)] {
        let keys = format!("sensor_type: {kind}, sampling_rate: 0.2, min_value: {low}, max_value: {high}");
        let (least, most) = extent(&series(&keys, 5, 2000)[0]);
        assert!(least >= low - 1e-6 && most <= high + 1e-6, "{kind}: {least} to {most}");
        assert!(most - least > 0.8 * (high - low), "{kind}: {least} to {most}");
    }
}

#[test]
fn a_heart_rate_stays_within_4_bpm_of_its_base() {
    let (low, high) =
        extent(&series("sensor_type: heartrate, sampling_rate: 0.2, heart_rate: 95", 5, 1000)[0]);
    assert!(low > 90.9 && high < 99.1 && high - low > 5.0, "{low} to {high}");
}

#[test]
fn a_battery_starts_in_its_range_moves_slowly_and_says_whether_it_charges() {
    for seed in 0..10 {
        let keys = "sensor_type: battery, sampling_rate: 0.1, min_value: 60, max_value: 70";
        let channels = series(keys, seed, 3 * 24 * 360);
        let (level, charging) = (&channels[0], &channels[1]);
        assert!((60.0..=70.0).contains(&level[0]), "{}", level[0]);
        assert!(charging.iter().all(|c| *c == 0.0 || *c == 1.0));
        for i in 1..level.len() {
            let step = level[i] - level[i - 1];
            assert!(step.abs() <= 0.31, "jumps by {step} at {i}");
            let steady = charging[i] == charging[i - 1];
            assert!(
                !steady || step == 0.0 || (step > 0.0) == (charging[i] == 1.0),
                "moves the wrong way at {i}"
            );
        }
        let (low, high) = extent(level);
        assert!((0.0..100.0).contains(&low) && high <= 100.0 && high > low + 1.0);
    }
}

#[test]
fn hrv_keeps_sdnn_above_rmssd_and_both_within_their_bounds() {
    let channels = series("sensor_type: hrv, sampling_rate: 0.2, heart_rate: 70", 5, 5000);
    let (low, high) = extent(&channels[0]);
    assert!(low >= 20.0 && high <= 95.0 && high - low > 15.0, "{low} to {high}");
    let ratio = channels[1][7] / channels[0][7];
    assert!((1.28..1.72).contains(&ratio), "{ratio}");
}

#[test]
fn a_walk_covers_as_much_ground_as_its_speed_and_playback_say() {
    for (mode, playback, metres_per_sec) in
        [("walk", 1.0, 1.389), ("cycle", 2.0, 11.11), ("drone", 1.0, 8.333)]
    {
        let keys = format!(
            "sensor_type: geolocation, sampling_rate: 1, track_mode: {mode}, playback_speed: {playback}"
        );
        let channels = series(&keys, 5, 371);
        assert_eq!(channels.len(), CHANNELS_MAX);
        let east_scale = channels[0][0].to_radians().cos();
        let metres: f64 = (1..371)
            .map(|i| {
                let north = channels[0][i] - channels[0][i - 1];
                let east = (channels[1][i] - channels[1][i - 1]) * east_scale;
                111_320.0 * north.hypot(east)
            })
            .sum();
        let expect = 370.0 * metres_per_sec;
        assert!((metres / expect - 1.0).abs() < 0.05, "{mode}: {metres} m instead of {expect}");
        let mean_speed = channels[3].iter().sum::<f64>() / 371.0;
        assert!((mean_speed / metres_per_sec - 1.0).abs() < 0.02, "{mode}: {mean_speed} m/s");
        assert!(channels[4].iter().all(|heading| (0.0..=360.0).contains(heading)));
        assert!(channels[5].iter().all(|accuracy| (accuracy - 5.0).abs() < 1e-9));
    }
}

#[test]
fn who_sits_still_scatters_within_5_metres_and_a_start_gives_an_invented_way() {
    let still =
        series("sensor_type: geolocation, sampling_rate: 1, base_lat: 10, base_lng: 20, base_alt: 7", 5, 500);
    let (south, north) = extent(&still[0]);
    assert!(north - south < 10.1 / 111_320.0 && north > south && (north - 10.0).abs() < 1e-4);
    assert!(still[3].iter().all(|speed| *speed == 0.0) && (still[2][0] - 7.0).abs() < 1e-9);
    let invented =
        series("sensor_type: geolocation, sampling_rate: 1, start_lat: -33.9, start_lng: 179.9999", 5, 601);
    assert!((invented[0][0] + 33.9).abs() < 1e-6 && extent(&invented[3]).0 > 0.5);
    assert!(invented[1].iter().all(|lng| (-180.0..=180.0).contains(lng)));
    assert!((invented[0][600] - invented[0][0]).abs() < 1e-3, "comes home after ten minutes");
}

#[test]
fn the_end_of_a_track_without_loop_is_rest() {
    let keys =
        "sensor_type: geolocation, sampling_rate: 1, track_mode: drone, no_loop: true, playback_speed: 100";
    let channels = series(keys, 5, 100);
    assert_eq!(channels[3][99], 0.0);
    assert_eq!(channels[0][98], channels[0][99]);
}

#[test]
fn a_random_start_differs_from_seed_to_seed() {
    let keys = "sensor_type: geolocation, sampling_rate: 1, track_mode: walk, random_start: true";
    assert_ne!(series(keys, 1, 1)[0][0], series(keys, 2, 1)[0][0]);
}

#[test]
fn any_sample_can_be_had_alone_and_one_seed_gives_one_series() {
    for kind in [
        "ecg",
        "heartrate",
        "spo2",
        "temperature",
        "blood_pressure",
        "respiration",
        "battery",
        "hrv",
        "geolocation",
        "x",
    ] {
        let plan = plan(&format!("sensor_type: {kind}, sampling_rate: 50, track_mode: walk"));
        let (one, same, other) = (Wave::new(&plan, 7, 42), Wave::new(&plan, 7, 42), Wave::new(&plan, 8, 42));
        assert_eq!(one.columns(990..1010)[0].raw(10), same.columns(1000..1001)[0].raw(0), "{kind}");
        assert_eq!(one.columns(0..5000), same.columns(0..5000), "{kind}");
        if kind != "geolocation" {
            assert_ne!(one.columns(0..5000), other.columns(0..5000), "{kind} does not depend on its seed");
        }
    }
}

#[test]
fn what_devices_send_as_integers_is_integers() {
    for kind in ["ecg", "heartrate", "spo2", "temperature", "blood_pressure", "respiration", "battery", "hrv"]
    {
        let plan = plan(&format!("sensor_type: {kind}, sampling_rate: 1"));
        assert_ne!(plan.kind, AttributeKind::Generic, "{kind}");
        let columns = Wave::new(&plan, 7, 42).columns(0..1);
        assert!(columns.iter().all(|column| matches!(column, Column::I32(_))), "{kind}");
    }
    assert!(matches!(
        Wave::new(&plan("sensor_type: x, sampling_rate: 1"), 7, 42).columns(0..1)[0],
        Column::F32(_)
    ));
}

#[test]
fn a_unit_in_the_file_is_that_of_its_range() {
    let wave = Wave::new(
        &plan("sensor_type: temperature, sampling_rate: 1, unit: °F, min_value: 97, max_value: 99"),
        7,
        42,
    );
    assert_eq!(wave.channels()[0].unit, "°F");
    let wave = Wave::new(&plan("sensor_type: temperature, sampling_rate: 1, unit: °C"), 7, 42);
    assert_eq!(wave.channels()[0].unit, "Cel");
}
