//! The services of the Bluetooth SIG.

use super::show::{Show, fields, plain, put, show_fields};
use super::{Answer, Decoder, Seen};
use gatt::fitness_machine::{Edition, cross_trainer, indoor_bike, rower, treadmill};
use gatt::glucose::racp;
use gatt::heart_rate::HeartRate;
use gatt::{
    battery, blood_pressure, cycling_power, cycling_speed, device_information, environment, glucose,
    health_thermometer, pulse_oximeter, running_speed, weight_scale,
};
use toml::{Table, Value};

/// Every decoder, by the short UUID of its characteristic.
pub const DECODERS: &[Decoder] = &[
    Decoder { name: "2A19", decode: plain!(battery::decode; percent) },
    Decoder { name: "2A29", decode: device_text },
    Decoder { name: "2A37", decode: heart_rate },
    Decoder { name: "2A38", decode: body_location },
    Decoder { name: "2A5B", decode: plain!(cycling_speed::decode; wheel, crank) },
    Decoder {
        name: "2A63",
        decode: plain!(cycling_power::decode; watts, balance, torque, wheel, crank, force_newtons,
            torque_per_32_newton_metre, angle_degrees, top_dead_spot_degrees, bottom_dead_spot_degrees,
            energy_kj, offset_compensation),
    },
    Decoder {
        name: "2A53",
        decode: plain!(running_speed::decode; speed_per_256_mps, cadence_per_min, stride_cm, distance_dm, running),
    },
    Decoder { name: "2A6E", decode: plain!(environment::temperature; value) },
    Decoder { name: "2A6F", decode: plain!(environment::humidity; value) },
    Decoder { name: "2A6D", decode: plain!(environment::pressure; value) },
    Decoder { name: "2A76", decode: plain!(environment::uv_index; value) },
    Decoder { name: "2A77", decode: plain!(environment::irradiance; value) },
    Decoder {
        name: "2A1C",
        decode: plain!(health_thermometer::decode; temperature, fahrenheit, time, place_code),
    },
    Decoder { name: "2A5F", decode: plain!(pulse_oximeter::continuous; normal, fast, slow, quality) },
    Decoder {
        name: "2A5E",
        decode: plain!(pulse_oximeter::spot_check; normal, time, quality, clock_not_set),
    },
    Decoder { name: "2A9D", decode: plain!(weight_scale::decode; weight, imperial, time, user, body) },
    Decoder {
        name: "2A35",
        decode: plain!(blood_pressure::decode; systolic, diastolic, mean, kilopascal, time, pulse_bpm, user, status),
    },
    Decoder {
        name: "2A18",
        decode: plain!(glucose::decode; sequence, base_time, offset_min, concentration, status, context_follows),
    },
    Decoder { name: "2A52", decode: record_access },
    Decoder { name: "2AD2", decode: bike },
    Decoder { name: "2ACD", decode: mill },
    Decoder { name: "2AD1", decode: row },
    Decoder { name: "2ACE", decode: cross },
];

show_fields! {
    gatt::revolutions::Turns { revolutions, event_ticks }
    cycling_power::Balance { half_percent, is_left }
    cycling_power::Torque { per_32_newton_metre, at_crank }
    cycling_power::Extremes<i16> { max, min }
    cycling_power::Extremes<u16> { max, min }
    pulse_oximeter::Saturation { spo2_percent, pulse_bpm }
    weight_scale::Body { bmi_tenths, height }
    glucose::Concentration { value, mol_per_litre, fluid_code, location_code }
    gatt::fitness_machine::Energy { total_kcal, kcal_per_hour, kcal_per_minute }
    gatt::fitness_machine::Incline { percent_tenths, ramp_degree_tenths }
    gatt::fitness_machine::Climb { up, down }
    treadmill::Belt { force_newtons, watts }
    rower::Strokes { rate_half_per_min, count }
    cross_trainer::Steps { per_min, average_per_min }
}

impl Show for blood_pressure::Status {
    fn show(&self) -> Option<Value> {
        self.0.show()
    }
}

/// Left out where nothing is said.
impl Show for pulse_oximeter::Quality {
    fn show(&self) -> Option<Value> {
        let said = fields!(self; measurement_status, device_status, pulse_amplitude_percent);
        (!said.is_empty()).then_some(Value::Table(said))
    }
}

/// Left out where nothing is said.
impl Show for gatt::fitness_machine::Effort {
    fn show(&self) -> Option<Value> {
        let said =
            fields!(self; energy, heart_rate_bpm, metabolic_equivalent_tenths, elapsed_secs, remaining_secs);
        (!said.is_empty()).then_some(Value::Table(said))
    }
}

fn device_text(bytes: &[u8]) -> Answer {
    let mut fields = Table::new();
    put(&mut fields, "text", &device_information::decode(bytes));
    Ok(Seen { fields, announced: 0 })
}

fn body_location(bytes: &[u8]) -> Answer {
    let mut fields = Table::new();
    put(&mut fields, "place", &gatt::heart_rate::body_location(bytes));
    Ok(Seen { fields, announced: 0 })
}

fn heart_rate(bytes: &[u8]) -> Answer {
    let got = HeartRate::decode(bytes).map_err(|error| error.to_string())?;
    let mut fields = fields!(got; bpm, energy_kj, tail_bytes);
    put(&mut fields, "contact", &got.contact.code());
    put(&mut fields, "rr_ticks", &got.rr_ticks().collect::<Vec<_>>());
    Ok(Seen { fields, announced: bytes.len() - got.tail_bytes - 2 * got.rr_ticks().len() })
}

fn record_access(bytes: &[u8]) -> Answer {
    let (answer, tail) = racp::decode(bytes).map_err(|error| error.to_string())?;
    let mut fields = Table::new();
    match answer {
        racp::Answer::Number(records) => put(&mut fields, "records", &records),
        racp::Answer::End { request, code } => {
            put(&mut fields, "request", &request);
            put(&mut fields, "outcome", &racp::outcome(code));
        }
    }
    put(&mut fields, "tail_bytes", &tail);
    Ok(Seen { fields, announced: bytes.len() - tail })
}

/// A machine's packet must hold the shorter of the two layouts.
fn shorter<T, E>(bytes: &[u8], read: impl Fn(Edition) -> Result<T, E>, tail: impl Fn(&T) -> usize) -> usize {
    let needed = |edition| read(edition).ok().map(|got| bytes.len() - tail(&got));
    [Edition::First, Edition::Later].into_iter().filter_map(needed).min().unwrap_or(0)
}

fn bike(bytes: &[u8]) -> Answer {
    let mut seen =
        plain!(indoor_bike::decode; speed_centi_kmh, average_speed_centi_kmh, cadence_half_rpm,
        average_cadence_half_rpm, distance_m, resistance, watts, average_watts, effort)(bytes)?;
    seen.announced = shorter(bytes, |edition| indoor_bike::decode_as(bytes, edition), |got| got.tail_bytes);
    Ok(seen)
}

fn mill(bytes: &[u8]) -> Answer {
    let mut seen = plain!(treadmill::decode; speed_centi_kmh, average_speed_centi_kmh, distance_m, incline,
        climb_dm, pace, average_pace, effort, belt)(bytes)?;
    seen.announced = shorter(bytes, |edition| treadmill::decode_as(bytes, edition), |got| got.tail_bytes);
    Ok(seen)
}

fn row(bytes: &[u8]) -> Answer {
    let mut seen = plain!(rower::decode; strokes, average_rate_half_per_min, distance_m, pace_secs,
        average_pace_secs, watts, average_watts, resistance, effort)(bytes)?;
    seen.announced = shorter(bytes, |edition| rower::decode_as(bytes, edition), |got| got.tail_bytes);
    Ok(seen)
}

fn cross(bytes: &[u8]) -> Answer {
    let mut seen =
        plain!(cross_trainer::decode; speed_centi_kmh, average_speed_centi_kmh, distance_m, steps,
        stride_tenths, climb_m, incline, resistance, watts, average_watts, effort, backward)(bytes)?;
    seen.announced = shorter(bytes, |edition| cross_trainer::decode_as(bytes, edition), |got| got.tail_bytes);
    Ok(seen)
}
