//! UUIDs of the Bluetooth SIG: short forms, long forms, and names in words.
//!
//! A 16-bit UUID xxxx stands for `0000xxxx-0000-1000-8000-00805f9b34fb`. Long
//! forms are plain 128-bit numbers here, so that this crate needs no UUID type.

/// The base that short UUIDs are written into.
const BASE: u128 = 0x0000_0000_0000_1000_8000_0080_5f9b_34fb;
/// Where the 16 bits stand.
const SHORT_SHIFT: u32 = 96;

/// Service: Device Information.
pub const DEVICE_INFORMATION: u16 = 0x180A;
/// Service: Heart Rate.
pub const HEART_RATE: u16 = 0x180D;
/// Service: Battery.
pub const BATTERY: u16 = 0x180F;

/// Characteristic: Battery Level.
pub const BATTERY_LEVEL: u16 = 0x2A19;
/// Characteristic: Model Number String.
pub const MODEL_NUMBER: u16 = 0x2A24;
/// Characteristic: Serial Number String.
pub const SERIAL_NUMBER: u16 = 0x2A25;
/// Characteristic: Firmware Revision String.
pub const FIRMWARE_REVISION: u16 = 0x2A26;
/// Characteristic: Hardware Revision String.
pub const HARDWARE_REVISION: u16 = 0x2A27;
/// Characteristic: Software Revision String.
pub const SOFTWARE_REVISION: u16 = 0x2A28;
/// Characteristic: Manufacturer Name String.
pub const MANUFACTURER_NAME: u16 = 0x2A29;
/// Characteristic: Heart Rate Measurement.
pub const HEART_RATE_MEASUREMENT: u16 = 0x2A37;
/// Characteristic: Body Sensor Location.
pub const BODY_SENSOR_LOCATION: u16 = 0x2A38;
/// Characteristic: Glucose Measurement.
pub const GLUCOSE_MEASUREMENT: u16 = 0x2A18;
/// Characteristic: Temperature Measurement.
pub const TEMPERATURE_MEASUREMENT: u16 = 0x2A1C;
/// Characteristic: Intermediate Temperature.
pub const INTERMEDIATE_TEMPERATURE: u16 = 0x2A1E;
/// Characteristic: Blood Pressure Measurement.
pub const BLOOD_PRESSURE_MEASUREMENT: u16 = 0x2A35;
/// Characteristic: Intermediate Cuff Pressure.
pub const INTERMEDIATE_CUFF_PRESSURE: u16 = 0x2A36;
/// Characteristic: Record Access Control Point.
pub const RECORD_ACCESS_CONTROL_POINT: u16 = 0x2A52;
/// Characteristic: RSC Measurement.
pub const RSC_MEASUREMENT: u16 = 0x2A53;
/// Characteristic: CSC Measurement.
pub const CSC_MEASUREMENT: u16 = 0x2A5B;
/// Characteristic: PLX Spot-Check Measurement.
pub const PLX_SPOT_CHECK: u16 = 0x2A5E;
/// Characteristic: PLX Continuous Measurement.
pub const PLX_CONTINUOUS: u16 = 0x2A5F;
/// Characteristic: Cycling Power Measurement.
pub const CYCLING_POWER_MEASUREMENT: u16 = 0x2A63;
/// Characteristic: Pressure.
pub const PRESSURE: u16 = 0x2A6D;
/// Characteristic: Temperature.
pub const TEMPERATURE: u16 = 0x2A6E;
/// Characteristic: Humidity.
pub const HUMIDITY: u16 = 0x2A6F;
/// Characteristic: UV Index.
pub const UV_INDEX: u16 = 0x2A76;
/// Characteristic: Irradiance.
pub const IRRADIANCE: u16 = 0x2A77;
/// Characteristic: Weight Measurement.
pub const WEIGHT_MEASUREMENT: u16 = 0x2A9D;
/// Characteristic: Treadmill Data.
pub const TREADMILL_DATA: u16 = 0x2ACD;
/// Characteristic: Cross Trainer Data.
pub const CROSS_TRAINER_DATA: u16 = 0x2ACE;
/// Characteristic: Rower Data.
pub const ROWER_DATA: u16 = 0x2AD1;
/// Characteristic: Indoor Bike Data.
pub const INDOOR_BIKE_DATA: u16 = 0x2AD2;

/// The long form of a short UUID.
#[must_use]
pub const fn long(short: u16) -> u128 {
    BASE | ((short as u128) << SHORT_SHIFT)
}

/// The short form, where `uuid` stands on the SIG's base.
#[must_use]
pub const fn short(uuid: u128) -> Option<u16> {
    let bits = uuid >> SHORT_SHIFT;
    if uuid & !(0xffff << SHORT_SHIFT) == BASE { Some(bits as u16) } else { None }
}

/// The name of a service that the SIG has named.
#[must_use]
pub const fn service_name(uuid: u128) -> Option<&'static str> {
    let Some(short) = short(uuid) else { return None };
    Some(match short {
        0x1800 => "Generic Access",
        0x1801 => "Generic Attribute",
        0x1808 => "Glucose",
        0x1809 => "Health Thermometer",
        DEVICE_INFORMATION => "Device Information",
        HEART_RATE => "Heart Rate",
        BATTERY => "Battery",
        0x1810 => "Blood Pressure",
        0x1812 => "Human Interface Device",
        0x1814 => "Running Speed and Cadence",
        0x1816 => "Cycling Speed and Cadence",
        0x1818 => "Cycling Power",
        0x1819 => "Location and Navigation",
        0x181A => "Environmental Sensing",
        0x181B => "Body Composition",
        0x181C => "User Data",
        0x181D => "Weight Scale",
        0x181E => "Bond Management",
        0x181F => "Continuous Glucose Monitoring",
        0x1822 => "Pulse Oximeter",
        0x1826 => "Fitness Machine",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_uuid_stands_on_the_base_and_is_found_again() {
        assert_eq!(long(HEART_RATE), 0x0000_180d_0000_1000_8000_0080_5f9b_34fb);
        for short_form in 0..=u16::MAX {
            assert_eq!(short(long(short_form)), Some(short_form));
        }
    }

    #[test]
    fn a_uuid_off_the_base_has_no_short_form_and_no_name() {
        let nordic_uart = 0x6e40_0001_b5a3_f393_e0a9_e50e_24dc_ca9e;
        for other in [nordic_uart, long(HEART_RATE) + 1, long(HEART_RATE) | (1 << 127), 0, u128::MAX] {
            assert_eq!(short(other), None);
            assert_eq!(service_name(other), None);
        }
    }

    #[test]
    fn known_services_are_named() {
        assert_eq!(service_name(long(HEART_RATE)), Some("Heart Rate"));
        assert_eq!(service_name(long(BATTERY)), Some("Battery"));
        assert_eq!(service_name(long(0x18ff)), None);
    }
}
