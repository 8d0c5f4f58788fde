//! A position that moves along a track.
//!
//! The distance covered is a closed form of time: the mode's mean speed times
//! the playback factor, swelling and fading by 15 % every 37 s. Speed and
//! heading are those of the positions sent (so a playback factor shows in the
//! speed). At rest the position scatters within 5 m. Accuracy is always 5 m.

use super::Values;
use crate::sim::hash;
use crate::sim::plan::{TrackMode, TrackName, TrackPlan};
use crate::sim::track::{self, Geodetic, Track, Turning};
use model::Channel;
use std::f64::consts::TAU;

const ACCURACY_M: f64 = 5.0;
const SWELL: f64 = 0.15;
const SWELL_SECS: f64 = 37.0;
/// Where to be when the file says nothing: the middle of Berlin.
const FALLBACK: Geodetic = Geodetic { lat_deg: 52.52, lng_deg: 13.405, alt_m: 34.0 };

#[derive(Debug)]
pub struct Geolocation {
    way: Way,
    seed: u64,
}

#[derive(Debug)]
enum Way {
    /// At rest.
    Rest(Geodetic),
    /// Along a track.
    Along { track: Track, turning: Turning, start_m: f64, mean_m_per_sec: f64 },
}

/// The channels of a position.
pub fn channels() -> Vec<Channel> {
    vec![
        Channel::new("latitude", "deg", 1e-7),
        Channel::new("longitude", "deg", 1e-7),
        Channel::new("altitude", "m", 0.1),
        Channel::new("speed", "m/s", 0.01),
        Channel::new("heading", "deg", 0.1),
        Channel::new("accuracy", "m", 0.1),
    ]
}

impl Geolocation {
    pub fn new(plan: &TrackPlan, seed: u64) -> Self {
        Self { way: way(plan, seed).unwrap_or_else(|| Way::Rest(home(plan))), seed }
    }

    pub fn fix(&self, index: u64, secs: f64) -> Values {
        match &self.way {
            Way::Rest(home) => self.at_rest(*home, index),
            Way::Along { track, turning, start_m, mean_m_per_sec } => {
                let swell = TAU / SWELL_SECS;
                let covered_m = mean_m_per_sec * (secs + SWELL * (swell * secs).sin() / swell);
                let fix = track.at(start_m + covered_m, *turning);
                let speed =
                    if fix.at_end { 0.0 } else { mean_m_per_sec * (1.0 + SWELL * (swell * secs).cos()) };
                values(fix.position, speed, fix.heading_deg)
            }
        }
    }

    /// Somewhere in a circle of 5 m.
    fn at_rest(&self, home: Geodetic, index: u64) -> Values {
        let distance_m = ACCURACY_M * hash::unit(self.seed, 2 * index).sqrt();
        let angle = TAU * hash::unit(self.seed, 2 * index + 1);
        values(track::moved(home, distance_m * angle.cos(), distance_m * angle.sin()), 0.0, 0.0)
    }
}

fn values(position: Geodetic, speed_m_per_sec: f64, heading_deg: f64) -> Values {
    let lng_deg = (position.lng_deg + 180.0).rem_euclid(360.0) - 180.0;
    [position.lat_deg.clamp(-90.0, 90.0), lng_deg, position.alt_m, speed_m_per_sec, heading_deg, ACCURACY_M]
}

/// The track to follow; none where the file asks for none.
fn way(plan: &TrackPlan, seed: u64) -> Option<Way> {
    let mode = mode(plan)?;
    let mean_m_per_sec = mode.speed_m_per_sec() * plan.playback_speed;
    let track = match (plan.name, plan.generate || plan.start.is_some()) {
        (Some(name), _) => Track::built_in(name, plan.base_alt_m),
        (None, true) => Track::invented(
            home(plan),
            mode.speed_m_per_sec() * plan.duration_secs,
            hash::seed_for(seed, "track"),
        ),
        (None, false) => Track::built_in(usual_track(mode)?, plan.base_alt_m),
    }?;
    let turning = if plan.no_loop { Turning::StayAtEnd } else { Turning::GoOn };
    let start_m = if plan.random_start { track.length_m() * hash::unit(seed, 0) } else { 0.0 };
    (mean_m_per_sec > 0.0).then_some(Way::Along { track, turning, start_m, mean_m_per_sec })
}

/// The mode that the file names, or else that of its track; an invented track is walked.
fn mode(plan: &TrackPlan) -> Option<TrackMode> {
    let invented = plan.generate || plan.start.is_some();
    plan.mode.or(plan.name.map(usual_mode)).or(invented.then_some(TrackMode::Walk))
}

fn home(plan: &TrackPlan) -> Geodetic {
    let base = plan.base_lat.zip(plan.base_lng);
    let (lat_deg, lng_deg) = plan.start.or(base).unwrap_or((FALLBACK.lat_deg, FALLBACK.lng_deg));
    Geodetic { lat_deg, lng_deg, alt_m: plan.base_alt_m.unwrap_or(FALLBACK.alt_m) }
}

fn usual_track(mode: TrackMode) -> Option<TrackName> {
    match mode {
        TrackMode::Walk => Some(TrackName::BerlinWalk),
        TrackMode::Cycle => Some(TrackName::BerlinCycle),
        TrackMode::Car => Some(TrackName::AutobahnDrive),
        TrackMode::Train => Some(TrackName::IceTrain),
        TrackMode::Bird => Some(TrackName::StorkMigration),
        TrackMode::Drone => Some(TrackName::DroneSurvey),
        TrackMode::Boat => Some(TrackName::FerryCrossing),
        TrackMode::Stationary => None,
    }
}

fn usual_mode(name: TrackName) -> TrackMode {
    match name {
        TrackName::BerlinWalk => TrackMode::Walk,
        TrackName::BerlinCycle => TrackMode::Cycle,
        TrackName::AutobahnDrive => TrackMode::Car,
        TrackName::IceTrain => TrackMode::Train,
        TrackName::StorkMigration | TrackName::SeagullCoastal => TrackMode::Bird,
        TrackName::DroneSurvey => TrackMode::Drone,
        TrackName::FerryCrossing => TrackMode::Boat,
    }
}
