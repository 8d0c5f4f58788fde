//! The attribute catalogue: what a stream measures.
//!
//! The kinds are the platform's attribute types, its aliases joined (`hr` is a
//! heart rate, `gas` an air quality), and what standard Bluetooth profiles add.

mod facts;

use serde::{Deserialize, Serialize};

/// What a stream measures. Kinds that the console does not know run as
/// `Generic`. A kind's code (snake case) is what files and messages carry; it
/// never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttributeKind {
    /// Electrocardiogram, mV.
    Ecg,
    /// Heart rate, bpm.
    HeartRate,
    /// Intervals between heart beats (RR), ms.
    RrInterval,
    /// Energy expended since reset, kJ.
    EnergyExpended,
    /// Heart rate variability: RMSSD and SDNN, ms.
    Hrv,
    /// Oxygen saturation, %.
    Spo2,
    /// Body or air temperature, °C.
    Temperature,
    /// Blood pressure, mmHg.
    BloodPressure,
    /// Chest expansion, %.
    Respiration,
    /// Battery level, %.
    Battery,
    /// Position on the globe.
    Geolocation,
    /// Accelerometer and gyroscope together, perhaps with a quaternion.
    Imu,
    /// Acceleration along three axes, m/s².
    Accelerometer,
    /// Rate of turn about three axes, rad/s.
    Gyroscope,
    /// Magnetic field along three axes, µT.
    Magnetometer,
    /// Direction of gravity along three axes, m/s².
    Gravity,
    /// Attitude as a unit quaternion w, x, y, z.
    Quaternion,
    /// Attitude as roll, pitch and yaw, degrees.
    Euler,
    /// Compass heading, degrees.
    Heading,
    /// A tap on the device: direction 1 to 6 (±x, ±y, ±z) and count.
    Tap,
    /// Which side of the device is up, 0 to 5.
    Orientation,
    /// Height above sea level, m.
    Altitude,
    /// Speed over ground, m/s.
    Speed,
    /// Relative humidity of the air, %.
    Humidity,
    /// Pressure of the air, hPa.
    Pressure,
    /// Carbon dioxide equivalent, ppm, and volatile organic compounds, ppb.
    AirQuality,
    /// Illuminance, lx.
    Light,
    /// Colour as red, green, blue, 0 to 255.
    Color,
    /// Whether something is near, or how far it is.
    Proximity,
    /// A button, pressed or let go.
    Button,
    /// A light of the device.
    Led,
    /// A loudspeaker of the device.
    Speaker,
    /// Sound level, dB under full scale.
    Microphone,
    /// Where on the body the device sits, as a code.
    BodyLocation,
    /// What the wearer is doing: title, description, link.
    RichPresence,
    /// Steps since reset.
    Steps,
    /// Calories since reset, kcal.
    Calories,
    /// Distance since reset, m.
    Distance,
    /// 33 landmarks of a body in a picture.
    Skeleton,
    /// Where the eyes look, as a share of the picture, with confidence.
    EyeGaze,
    /// Whether the eyes are closed.
    EyeBlink,
    /// Whether the eye tracker is worn.
    EyeWorn,
    /// How far the eyelids are open, degrees, left and right.
    EyeAperture,
    /// The state of an intimate device.
    Buttplug,
    /// Anything else: a number.
    Generic,
}

/// The range in which a value can be believed, in the kind's unit (inclusive).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plausible {
    /// Smallest believable value.
    pub min: f64,
    /// Largest believable value.
    pub max: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(kind: AttributeKind) -> String {
        serde_json::to_value(kind).unwrap().as_str().unwrap().to_owned()
    }

    #[test]
    fn every_kind_is_listed_once_and_found_by_its_code() {
        for (place, kind) in AttributeKind::ALL.into_iter().enumerate() {
            assert_eq!(kind as usize, place, "{kind:?} is not in its place");
            assert_eq!(code(kind), kind.code());
            assert_eq!(AttributeKind::from_name(kind.code()), Some(kind));
        }
        assert_eq!(AttributeKind::ALL.len(), AttributeKind::Generic as usize + 1);
    }

    #[test]
    fn the_platforms_other_names_are_understood_and_nonsense_is_not() {
        for (name, kind) in [
            ("hr", AttributeKind::HeartRate),
            ("heartrate", AttributeKind::HeartRate),
            ("gas", AttributeKind::AirQuality),
            ("buttons", AttributeKind::Button),
            ("accelerometer_z", AttributeKind::Accelerometer),
        ] {
            assert_eq!(AttributeKind::from_name(name), Some(kind), "{name}");
        }
        // The platform takes "heart" for an ECG; here it is nothing in particular.
        assert_eq!(AttributeKind::from_name("heart"), None);
    }

    #[test]
    fn codes_of_earlier_recordings_still_mean_the_same() {
        let old = ["ecg", "heart_rate", "rr_interval", "energy_expended", "hrv", "spo2", "temperature"];
        for text in old.iter().chain(&["blood_pressure", "respiration", "battery", "geolocation", "generic"])
        {
            assert_eq!(code(AttributeKind::from_name(text).unwrap()), **text);
        }
    }

    #[test]
    fn every_range_has_its_ends_in_order() {
        for range in AttributeKind::ALL.into_iter().filter_map(AttributeKind::plausible) {
            assert!(range.min < range.max);
        }
    }
}
