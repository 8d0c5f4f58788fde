//! What is known of each kind: its names, unit and believable range.

use super::{AttributeKind, Plausible};

impl AttributeKind {
    /// Every kind, in the order of declaration.
    pub const ALL: [Self; 45] = [
        Self::Ecg,
        Self::HeartRate,
        Self::RrInterval,
        Self::EnergyExpended,
        Self::Hrv,
        Self::Spo2,
        Self::Temperature,
        Self::BloodPressure,
        Self::Respiration,
        Self::Battery,
        Self::Geolocation,
        Self::Imu,
        Self::Accelerometer,
        Self::Gyroscope,
        Self::Magnetometer,
        Self::Gravity,
        Self::Quaternion,
        Self::Euler,
        Self::Heading,
        Self::Tap,
        Self::Orientation,
        Self::Altitude,
        Self::Speed,
        Self::Humidity,
        Self::Pressure,
        Self::AirQuality,
        Self::Light,
        Self::Color,
        Self::Proximity,
        Self::Button,
        Self::Led,
        Self::Speaker,
        Self::Microphone,
        Self::BodyLocation,
        Self::RichPresence,
        Self::Steps,
        Self::Calories,
        Self::Distance,
        Self::Skeleton,
        Self::EyeGaze,
        Self::EyeBlink,
        Self::EyeWorn,
        Self::EyeAperture,
        Self::Buttplug,
        Self::Generic,
    ];

    /// The name of the kind on screen and in files.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Ecg => "ECG",
            Self::HeartRate => "Heart rate",
            Self::RrInterval => "RR interval",
            Self::EnergyExpended => "Energy expended",
            Self::Hrv => "Heart rate variability",
            Self::Spo2 => "Oxygen saturation",
            Self::Temperature => "Temperature",
            Self::BloodPressure => "Blood pressure",
            Self::Respiration => "Respiration",
            Self::Battery => "Battery",
            Self::Geolocation => "Location",
            Self::Imu => "Motion",
            Self::Accelerometer => "Acceleration",
            Self::Gyroscope => "Rate of turn",
            Self::Magnetometer => "Magnetic field",
            Self::Gravity => "Gravity",
            Self::Quaternion => "Attitude (quaternion)",
            Self::Euler => "Attitude (angles)",
            Self::Heading => "Heading",
            Self::Tap => "Tap",
            Self::Orientation => "Orientation",
            Self::Altitude => "Altitude",
            Self::Speed => "Speed",
            Self::Humidity => "Humidity",
            Self::Pressure => "Air pressure",
            Self::AirQuality => "Air quality",
            Self::Light => "Light",
            Self::Color => "Colour",
            Self::Proximity => "Proximity",
            Self::Button => "Button",
            Self::Led => "Light of the device",
            Self::Speaker => "Loudspeaker",
            Self::Microphone => "Sound level",
            Self::BodyLocation => "Place on the body",
            Self::RichPresence => "Presence",
            Self::Steps => "Steps",
            Self::Calories => "Calories",
            Self::Distance => "Distance",
            Self::Skeleton => "Skeleton",
            Self::EyeGaze => "Gaze",
            Self::EyeBlink => "Blink",
            Self::EyeWorn => "Eye tracker worn",
            Self::EyeAperture => "Eye opening",
            Self::Buttplug => "Intimate device",
            Self::Generic => "Value",
        }
    }

    /// The believable range of the first channel, in [`Self::unit`], where one
    /// is known. Source: the platform's attribute table (heart rate 0 < x < 300,
    /// percentages 0–100, pressure 260–1260 hPa, eCO2 400–8192 ppm, …).
    #[must_use]
    pub const fn plausible(self) -> Option<Plausible> {
        let (min, max) = match self {
            Self::HeartRate => (1.0, 299.0),
            Self::Spo2 | Self::Battery | Self::Respiration | Self::Humidity => (0.0, 100.0),
            Self::Temperature => (-40.0, 85.0),
            Self::BloodPressure => (0.0, 300.0),
            Self::Geolocation => (-90.0, 90.0),
            Self::Quaternion => (-1.0, 1.0),
            Self::Euler => (-360.0, 360.0),
            Self::Heading => (0.0, 360.0),
            Self::Tap => (1.0, 6.0),
            Self::Orientation => (0.0, 5.0),
            Self::Pressure => (260.0, 1260.0),
            Self::AirQuality => (400.0, 8192.0),
            Self::Color => (0.0, 255.0),
            Self::Button => (0.0, 8.0),
            Self::Microphone => (-60.0, 0.0),
            Self::EyeGaze | Self::Skeleton | Self::EyeBlink | Self::EyeWorn => (0.0, 1.0),
            Self::EyeAperture => (0.0, 25.0),
            _ => return None,
        };
        Some(Plausible { min, max })
    }

    /// The unit of the first channel as in UCUM, where the kind has one of its
    /// own; `1` for a plain number, a code or a count.
    #[must_use]
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Ecg => "mV",
            Self::HeartRate => "bpm",
            Self::RrInterval | Self::Hrv => "ms",
            Self::EnergyExpended => "kJ",
            Self::Spo2 | Self::Respiration | Self::Battery | Self::Humidity => "%",
            Self::Temperature => "Cel",
            Self::BloodPressure => "mm[Hg]",
            Self::Geolocation | Self::Euler | Self::Heading | Self::EyeAperture => "deg",
            Self::Imu | Self::Accelerometer | Self::Gravity => "m/s2",
            Self::Gyroscope => "rad/s",
            Self::Magnetometer => "uT",
            Self::Altitude | Self::Distance => "m",
            Self::Speed => "m/s",
            Self::Pressure => "hPa",
            Self::AirQuality => "[ppm]",
            Self::Light => "lx",
            Self::Microphone => "dB",
            Self::Calories => "kcal",
            _ => "1",
        }
    }

    /// The kind of this name: its code, or another name that the platform gives
    /// it; none where the name means nothing to the console.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let kind = match name {
            "hr" | "heartrate" => Self::HeartRate,
            "gas" => Self::AirQuality,
            "buttons" => Self::Button,
            "accelerometer_x" | "accelerometer_y" | "accelerometer_z" => Self::Accelerometer,
            "gyroscope_x" | "gyroscope_y" | "gyroscope_z" => Self::Gyroscope,
            "pose" => Self::Skeleton,
            _ => return Self::from_code(name),
        };
        Some(kind)
    }

    /// The kind behind a code, if it is one of ours.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The stable code that files and messages carry.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ecg => "ecg",
            Self::HeartRate => "heart_rate",
            Self::RrInterval => "rr_interval",
            Self::EnergyExpended => "energy_expended",
            Self::Hrv => "hrv",
            Self::Spo2 => "spo2",
            Self::Temperature => "temperature",
            Self::BloodPressure => "blood_pressure",
            Self::Respiration => "respiration",
            Self::Battery => "battery",
            Self::Geolocation => "geolocation",
            Self::Imu => "imu",
            Self::Accelerometer => "accelerometer",
            Self::Gyroscope => "gyroscope",
            Self::Magnetometer => "magnetometer",
            Self::Gravity => "gravity",
            Self::Quaternion => "quaternion",
            Self::Euler => "euler",
            Self::Heading => "heading",
            Self::Tap => "tap",
            Self::Orientation => "orientation",
            Self::Altitude => "altitude",
            Self::Speed => "speed",
            Self::Humidity => "humidity",
            Self::Pressure => "pressure",
            Self::AirQuality => "air_quality",
            Self::Light => "light",
            Self::Color => "color",
            Self::Proximity => "proximity",
            Self::Button => "button",
            Self::Led => "led",
            Self::Speaker => "speaker",
            Self::Microphone => "microphone",
            Self::BodyLocation => "body_location",
            Self::RichPresence => "rich_presence",
            Self::Steps => "steps",
            Self::Calories => "calories",
            Self::Distance => "distance",
            Self::Skeleton => "skeleton",
            Self::EyeGaze => "eye_gaze",
            Self::EyeBlink => "eye_blink",
            Self::EyeWorn => "eye_worn",
            Self::EyeAperture => "eye_aperture",
            Self::Buttplug => "buttplug",
            Self::Generic => "generic",
        }
    }
}
