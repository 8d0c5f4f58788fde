//! One attribute of a scenario file. A value of a known key that can't be used
//! rejects the attribute, with a warning that names it; the rest of the file runs.

use super::fields::Fields;
use crate::sim::plan::{AttributePlan, TrackMode, TrackName, TrackPlan};
use crate::sim::problem::{Rejected, Warnings, quoted};
use model::{AttributeId, AttributeKind, DisplayName};
use std::ops::RangeInclusive;

/// The platform's keys. Those of kinds that the console does not compute yet
/// are known, so that its files raise no warning for them, but not used.
const KNOWN_KEYS: [&str; 30] = [
    "attribute_id",
    "sensor_type",
    "sampling_rate",
    "batch_size",
    "batch_window",
    "duration",
    "unit",
    "min_value",
    "max_value",
    "dummy_data",
    "heart_rate",
    "breaths_per_minute",
    "track_mode",
    "track_name",
    "playback_speed",
    "random_start",
    "no_loop",
    "generate_track",
    "start_lat",
    "start_lng",
    "track_duration",
    "base_lat",
    "base_lng",
    "base_alt",
    "activity_level",
    "fixation_duration",
    "saccade_duration",
    "motion_type",
    "hydro_station_id",
    "hydro_parameter",
];

const RATE_HZ_MAX: f64 = 10_000.0;
const BATCH_SIZE_MAX: f64 = 10_000.0;
const DAY_MS: f64 = 86_400_000.0;
const DURATION_SECS_MAX: f64 = 1e9;
const VALUE_MAX: f64 = 1e9;
const HEART_RATE_BPM: RangeInclusive<f64> = 20.0..=299.0;
const LATITUDE: RangeInclusive<f64> = -90.0..=90.0;
const LONGITUDE: RangeInclusive<f64> = -180.0..=180.0;
const BREATHS_PER_MINUTE: RangeInclusive<f64> = 1.0..=120.0;
const UNIT_CHARS_MAX: usize = 16;

/// Checks one attribute.
pub fn attribute(fields: &Fields, warnings: &mut Warnings) -> Result<AttributePlan, Rejected> {
    fields.note_unknown_keys(&KNOWN_KEYS, warnings);
    let id = attribute_id(fields)?;
    let kind_name = kind_name(fields, &id)?;
    fields.flag("dummy_data")?;
    let plan = AttributePlan {
        kind: AttributeKind::from_name(&kind_name).unwrap_or(AttributeKind::Generic),
        rate_hz: rate_hz(fields)?,
        batch_size: fields.number("batch_size", 1.0..=BATCH_SIZE_MAX)?.unwrap_or(BATCH_SIZE_MAX) as u64,
        batch_window_ms: fields.number("batch_window", 0.0..=DAY_MS)?.map(|ms| ms as u32),
        duration_secs: fields.number("duration", 0.0..=DURATION_SECS_MAX)?.filter(|secs| *secs > 0.0),
        unit: fields.text("unit")?.and_then(unit),
        min_value: fields.number("min_value", -VALUE_MAX..=VALUE_MAX)?,
        max_value: fields.number("max_value", -VALUE_MAX..=VALUE_MAX)?,
        heart_rate_bpm: fields.number("heart_rate", HEART_RATE_BPM)?,
        breaths_per_minute: fields.number("breaths_per_minute", BREATHS_PER_MINUTE)?,
        track: track(fields)?,
        id,
        kind_name,
    };
    check_range(fields, &plan)?;
    if plan.kind == AttributeKind::Generic && plan.kind_name != "generic" {
        let text = format!("the kind {} is not known: it runs as a generic value.", quoted(&plan.kind_name));
        warnings.add(fields.place_of("sensor_type"), text);
    }
    Ok(plan)
}

fn attribute_id(fields: &Fields) -> Result<AttributeId, Rejected> {
    let text = fields.text("attribute_id")?.unwrap_or(fields.name);
    let place = fields.place_of("attribute_id");
    AttributeId::parse(text).map_err(|error| Rejected::at(place, format!("{} is {error}", quoted(text))))
}

/// The kind as written, or the attribute's id where the file names none.
fn kind_name(fields: &Fields, id: &AttributeId) -> Result<String, Rejected> {
    let text = fields.text("sensor_type")?.unwrap_or(id.as_str());
    Ok(DisplayName::clean(&text.to_lowercase(), "generic").as_str().to_owned())
}

fn rate_hz(fields: &Fields) -> Result<f64, Rejected> {
    fields
        .positive("sampling_rate", RATE_HZ_MAX)?
        .ok_or_else(|| fields.missing("sampling_rate", "must be more than 0 and at most 10000 Hz"))
}

fn unit(text: &str) -> Option<String> {
    let clean = DisplayName::clean(text, "");
    let short: String = clean.as_str().chars().take(UNIT_CHARS_MAX).collect();
    match short.as_str() {
        "" => None,
        "°C" | "C" | "celsius" => Some("Cel".to_owned()),
        "mmHg" => Some("mm[Hg]".to_owned()),
        _ => Some(short),
    }
}

fn check_range(fields: &Fields, plan: &AttributePlan) -> Result<(), Rejected> {
    match (plan.min_value, plan.max_value) {
        (Some(min), Some(max)) if min > max => {
            let problem =
                format!("min_value {min} of {} is greater than its max_value {max}", quoted(fields.name));
            Err(Rejected::at(fields.place_of("min_value"), problem))
        }
        _ => Ok(()),
    }
}

fn track(fields: &Fields) -> Result<TrackPlan, Rejected> {
    Ok(TrackPlan {
        mode: fields.choice("track_mode", &TrackMode::ALL)?,
        name: fields.choice("track_name", &TrackName::ALL)?,
        playback_speed: fields.positive("playback_speed", 1000.0)?.unwrap_or(1.0),
        random_start: fields.flag("random_start")?.unwrap_or(false),
        no_loop: fields.flag("no_loop")?.unwrap_or(false),
        generate: fields.flag("generate_track")?.unwrap_or(false),
        start: fields.number("start_lat", LATITUDE)?.zip(fields.number("start_lng", LONGITUDE)?),
        duration_secs: fields.number("track_duration", 10.0..=86_400.0)?.unwrap_or(600.0),
        base_lat: fields.number("base_lat", LATITUDE)?,
        base_lng: fields.number("base_lng", LONGITUDE)?,
        base_alt_m: fields.number("base_alt", -500.0..=100_000.0)?,
    })
}
