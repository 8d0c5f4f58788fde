//! The files of the built-in tracks, compiled into the program.

use super::Geodetic;
use crate::sim::plan::TrackName;

/// The points of a built-in track, in order.
pub fn points(name: TrackName) -> Vec<Geodetic> {
    text(name).lines().filter_map(point).collect()
}

fn text(name: TrackName) -> &'static str {
    macro_rules! track {
        ($file:literal) => {
            include_str!(concat!("../../../../../../assets/tracks/", $file, ".csv"))
        };
    }
    match name {
        TrackName::BerlinWalk => track!("berlin_walk"),
        TrackName::BerlinCycle => track!("berlin_cycle"),
        TrackName::AutobahnDrive => track!("autobahn_drive"),
        TrackName::IceTrain => track!("ice_train"),
        TrackName::StorkMigration => track!("stork_migration"),
        TrackName::SeagullCoastal => track!("seagull_coastal"),
        TrackName::DroneSurvey => track!("drone_survey"),
        TrackName::FerryCrossing => track!("ferry_crossing"),
    }
}

fn point(line: &str) -> Option<Geodetic> {
    let mut numbers = line.split(',').map(|field| field.trim().parse::<f64>());
    let lat_deg = numbers.next()?.ok()?;
    let lng_deg = numbers.next()?.ok()?;
    let alt_m = numbers.next()?.ok()?;
    Some(Geodetic { lat_deg, lng_deg, alt_m })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_every_track_is_a_comment_the_heading_or_a_point() {
        for (file, name) in TrackName::ALL {
            for line in text(name).lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
                let heading = line == "latitude,longitude,altitude_m";
                assert!(heading || point(line).is_some(), "{file}: {line}");
            }
        }
    }
}
