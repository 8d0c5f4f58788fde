//! Signs of how sensors fare, in words for the operator: whether streams deliver as
//! often as they should, what delivers nothing, how many links are in use, and what
//! signal and battery were lately.

use crate::{ApiError, ErrorCode};
use model::SensorId;
use policy::links::{LINKS_USUAL, Room, room};
use policy::rate::Verdict;
use runtime::{Basis, Console, SensorView, StreamView, Vitals};
use serde::{Deserialize, Serialize};
use signal::trail::TrailPoint;
use ts_rs::TS;

/// Names that are told; the rest is counted.
const NAMES_TOLD: usize = 3;

/// Whether a stream delivers as often as it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum RateHealth {
    /// Not known, or nothing is expected.
    Unknown,
    /// As often as expected.
    Good,
    /// More than 105 % of what is expected.
    Over,
    /// Less than 95 % of what is expected.
    Short,
    /// Nothing has come for 2 s, or for longer where the stream is slow.
    Silent,
}

/// A sensor from which nothing comes although it should.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SensorAlarm {
    /// What does not come: "No data", or "No ECG" where others still flow.
    pub words: String,
    /// For how long, seconds.
    pub secs: f64,
}

/// Every sensor from which nothing comes although it should.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct NoData {
    /// How many sensors.
    pub sensors: u32,
    /// The id of the one that fell silent first.
    pub first: String,
    /// Which, in words.
    pub words: String,
}

/// Room for links.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum LinksRoom {
    /// There is room.
    Ample,
    /// The next ones may fail.
    Near,
    /// More than an adapter usually holds.
    Beyond,
}

/// The Bluetooth links in use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Links {
    /// Links that are up or being made.
    pub used: u32,
    /// Links that an adapter usually holds.
    pub usual: u32,
    /// Whether there is room.
    pub room: LinksRoom,
    /// What there is to say; empty while there is no link.
    pub words: String,
}

/// What signal and battery of a sensor were lately.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SensorTrails {
    /// Signal strength, dBm, the oldest first.
    pub rssi: Vec<TrailDot>,
    /// How far back it is known at most, seconds.
    pub rssi_secs: f64,
    /// Battery level, %, the oldest first.
    pub battery: Vec<TrailDot>,
    /// How far back it is known at most, seconds.
    pub battery_secs: f64,
    /// When the battery will be empty if it goes on falling like this, seconds; none
    /// where it does not fall, or not clearly.
    pub empty_in_secs: Option<f64>,
}

/// A point of a trail.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct TrailDot {
    /// How long ago, seconds.
    pub age_secs: f64,
    /// The value.
    pub value: f64,
}

/// How a stream does.
#[must_use]
pub fn health(vitals: &Vitals) -> RateHealth {
    match (vitals.silent_since_ns, vitals.verdict) {
        (Some(_), _) => RateHealth::Silent,
        (None, Verdict::Unknown) => RateHealth::Unknown,
        (None, Verdict::Good) => RateHealth::Good,
        (None, Verdict::Short) => RateHealth::Short,
        (None, Verdict::Over) => RateHealth::Over,
    }
}

/// The same in words: "128.6 of 130 Hz"; empty where nothing is expected.
#[must_use]
pub fn health_words(stream: &StreamView, now_ns: i64) -> String {
    let vitals = &stream.vitals;
    if let Some(since_ns) = vitals.silent_since_ns {
        return format!("No data for {:.0} s", secs_between(since_ns, now_ns).floor());
    }
    let (Some(actual), Some(expected)) = (stream.rate_hz, vitals.expected_hz) else { return String::new() };
    let usual = if vitals.basis == Basis::Promised { "" } else { "usually " };
    let rates = format!("{} of {usual}{} Hz", figure(actual), figure(expected));
    match vitals.verdict {
        Verdict::Short => format!("{rates}, too few"),
        Verdict::Over => format!("{rates}, too many"),
        Verdict::Good | Verdict::Unknown => rates,
    }
}

/// Who says how often a stream should deliver: `promised`, `remembered`, `learned`; or empty.
#[must_use]
pub fn basis(basis: Basis) -> &'static str {
    match basis {
        Basis::Unknown => "",
        Basis::Promised => "promised",
        Basis::Remembered => "remembered",
        Basis::Learned => "learned",
    }
}

/// Three or four figures, without zeros that tell nothing: `130`, `128.6`, `0.98`.
fn figure(hz: f64) -> String {
    let digits = if hz >= 9.995 { 1 } else { 2 };
    let text = format!("{hz:.digits$}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// What does not come from a sensor, `now_ns`; none where all is well.
#[must_use]
pub fn alarm(view: &SensorView, label: impl Fn(&StreamView) -> String, now_ns: i64) -> Option<SensorAlarm> {
    let expected = || view.streams.iter().filter(|stream| stream.vitals.expected_hz.is_some());
    let silent: Vec<&StreamView> = expected().filter(|s| s.vitals.silent_since_ns.is_some()).collect();
    let since_ns = silent.iter().filter_map(|stream| stream.vitals.silent_since_ns).min()?;
    let others_flow = expected().count() > silent.len();
    let words = match (&silent[..], others_flow) {
        ([one], true) => format!("No {}", in_a_sentence(&label(one))),
        (_, true) => format!("No data from {} streams", silent.len()),
        (_, false) => "No data".to_owned(),
    };
    Some(SensorAlarm { words, secs: secs_between(since_ns, now_ns) })
}

/// "Heart rate" in the middle of a sentence; "ECG" stays.
fn in_a_sentence(label: &str) -> String {
    let mut letters = label.chars();
    match (letters.next(), letters.clone().next()) {
        // "SpO₂" has a capital further on.
        (Some(first), Some(second)) if second.is_lowercase() && !letters.clone().any(char::is_uppercase) => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => label.to_owned(),
    }
}

fn secs_between(since_ns: i64, now_ns: i64) -> f64 {
    now_ns.saturating_sub(since_ns).max(0) as f64 / 1e9
}

/// All the sensors that are silent, from their rows: id, name and alarm.
#[must_use]
pub fn no_data<'a>(rows: impl Iterator<Item = (&'a str, &'a str, &'a SensorAlarm)>) -> Option<NoData> {
    let mut silent: Vec<_> = rows.collect();
    silent.sort_by(|a, b| b.2.secs.total_cmp(&a.2.secs));
    let (first, ..) = silent.first()?;
    let names: Vec<&str> = silent.iter().take(NAMES_TOLD).map(|(_, name, _)| *name).collect();
    let more = match silent.len().saturating_sub(NAMES_TOLD) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Some(NoData {
        sensors: u32::try_from(silent.len()).unwrap_or(u32::MAX),
        first: (*first).to_owned(),
        words: format!("No data from {}{more}.", names.join(", ")),
    })
}

/// The links in use, and what is to be said before it hurts.
#[must_use]
pub fn links(used: u32) -> Links {
    let (room, words) = match room(used) {
        Room::Ample if used == 0 => (LinksRoom::Ample, String::new()),
        Room::Ample => (LinksRoom::Ample, format!("{used} of about {LINKS_USUAL} links in use.")),
        Room::Near => (
            LinksRoom::Near,
            format!(
                "{used} of about {LINKS_USUAL} links in use; more may fail. For more, add a second adapter."
            ),
        ),
        Room::Beyond => (
            LinksRoom::Beyond,
            format!(
                "{used} links in use: more than the about {LINKS_USUAL} that an adapter usually holds. Links may \
                 fail or deliver late; add a second adapter."
            ),
        ),
    };
    Links { used, usual: LINKS_USUAL, room, words }
}

/// What signal and battery of a sensor were lately.
///
/// # Errors
/// The id is none, or there is no such sensor.
pub fn trails(console: &Console, sensor: &str) -> Result<SensorTrails, ApiError> {
    let unknown = || {
        let message = format!("There is no sensor {}.", model::one_line(sensor, 80));
        ApiError::new(ErrorCode::NotFound, message, "Look at the list of sensors for its id.")
    };
    let id = SensorId::parse(sensor).map_err(|_| unknown())?;
    let (view, now_ns) = (console.trails(&id).ok_or_else(unknown)?, console.now().host_ns);
    let dots = |points: &[TrailPoint]| -> Vec<TrailDot> {
        let dot = |point: &TrailPoint| TrailDot {
            age_secs: secs_between(point.at_ns, now_ns),
            value: f64::from(point.value),
        };
        points.iter().map(dot).collect()
    };
    Ok(SensorTrails {
        rssi: dots(&view.rssi),
        rssi_secs: view.rssi_length_ns as f64 / 1e9,
        battery: dots(&view.battery),
        battery_secs: view.battery_length_ns as f64 / 1e9,
        empty_in_secs: view.empty_in_secs,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_told_with_the_figures_that_matter() {
        let told = [130.0, 128.64, 52.0, 9.996, 1.0, 0.984, 0.2].map(figure);
        assert_eq!(told, ["130", "128.6", "52", "10", "1", "0.98", "0.2"]);
    }

    #[test]
    fn limits_are_said_before_they_hurt() {
        assert_eq!(links(0).words, "");
        assert_eq!(links(1).words, "1 of about 7 links in use.");
        assert_eq!(
            (links(5).room, links(6).room, links(8).room),
            (LinksRoom::Ample, LinksRoom::Near, LinksRoom::Beyond)
        );
        assert!(links(6).words.starts_with("6 of about 7 links in use; more may fail."), "{:?}", links(6));
    }

    #[test]
    fn a_label_in_a_sentence_keeps_its_capitals_where_it_is_an_abbreviation() {
        assert_eq!(
            ["ECG", "Heart rate", "SpO₂", "RR intervals"].map(in_a_sentence),
            ["ECG", "heart rate", "SpO₂", "RR intervals"]
        );
    }

    #[test]
    fn the_longest_silent_is_named_first_and_the_rest_is_counted() {
        let alarm = |secs| SensorAlarm { words: "No data".to_owned(), secs };
        let alarms: Vec<_> =
            (0..5).map(|k| (format!("id{k}"), format!("S{k}"), alarm(f64::from(k)))).collect();
        let rows = alarms.iter().map(|(id, name, alarm)| (id.as_str(), name.as_str(), alarm));
        let told = no_data(rows).unwrap();
        assert_eq!((told.sensors, told.first.as_str()), (5, "id4"));
        assert_eq!(told.words, "No data from S4, S3, S2 and 2 more.");
        assert_eq!(no_data(std::iter::empty()), None);
    }
}
