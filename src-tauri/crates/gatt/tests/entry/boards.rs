//! Thingy:52, micro:bit, SensorTag, Muse and whatever speaks over a UART.

use super::show::{Show, plain, put, show_fields};
use super::{Answer, Decoder, Seen};
use gatt::nordic_uart::framing::{Framing, Losses, Reassembly};
use gatt::thingy52::config;
use gatt::{microbit, muse, sensortag, thingy52};
use toml::{Table, Value};

/// How much a message over the UART may hold here.
const MESSAGE_BYTES_MAX: usize = 16;
/// In what pieces it arrives.
const PIECE_BYTES: usize = 5;

/// Every decoder, by the device and its own short UUID.
pub const DECODERS: &[Decoder] = &[
    Decoder { name: "thingy 0201", decode: plain!(thingy52::temperature; value) },
    Decoder { name: "thingy 0202", decode: plain!(thingy52::pressure; value) },
    Decoder { name: "thingy 0203", decode: plain!(thingy52::humidity; value) },
    Decoder { name: "thingy 0204", decode: plain!(thingy52::gas; value) },
    Decoder { name: "thingy 0205", decode: plain!(thingy52::colour; value) },
    Decoder {
        name: "thingy 0206",
        decode: plain!(config::Environment::decode; temperature_ms, pressure_ms, humidity_ms, colour_ms, gas_mode,
            light),
    },
    Decoder { name: "thingy 0302", decode: plain!(thingy52::button; value) },
    Decoder {
        name: "thingy 0401",
        decode: plain!(config::Motion::decode; step_ms, temperature_correction_ms, field_correction_ms, rate_hz,
            wake_on_motion),
    },
    Decoder { name: "thingy 0402", decode: plain!(thingy52::taps; value) },
    Decoder { name: "thingy 0403", decode: plain!(thingy52::orientation; value) },
    Decoder { name: "thingy 0404", decode: plain!(thingy52::quaternion; value) },
    Decoder { name: "thingy 0405", decode: plain!(thingy52::steps; value) },
    Decoder { name: "thingy 0406", decode: plain!(thingy52::motion; value) },
    Decoder { name: "thingy 0407", decode: plain!(thingy52::euler; value) },
    Decoder { name: "thingy 0409", decode: plain!(thingy52::heading; value) },
    Decoder { name: "thingy 040A", decode: plain!(thingy52::gravity; value) },
    Decoder { name: "microbit CA4B", decode: plain!(microbit::vector; value) },
    Decoder { name: "microbit 9715", decode: plain!(microbit::bearing; value) },
    Decoder { name: "microbit 9250", decode: plain!(microbit::temperature; value) },
    Decoder { name: "microbit DA90", decode: plain!(microbit::button; value) },
    Decoder { name: "sensortag AA01", decode: plain!(sensortag::infrared; value) },
    Decoder { name: "sensortag AA21", decode: plain!(sensortag::humidity; value) },
    Decoder { name: "sensortag AA41", decode: plain!(sensortag::barometer; value) },
    Decoder { name: "sensortag AA71", decode: plain!(sensortag::light; value) },
    Decoder { name: "sensortag AA81", decode: plain!(sensortag::movement; value) },
    Decoder { name: "sensortag FFE1", decode: plain!(sensortag::keys; value) },
    Decoder { name: "muse EEG", decode: plain!(muse::eeg; index, samples) },
    Decoder { name: "muse motion", decode: plain!(muse::motion; index, samples) },
    Decoder { name: "muse PPG", decode: plain!(muse::ppg; index, samples) },
    Decoder { name: "muse telemetry", decode: plain!(muse::telemetry; index, samples) },
    Decoder { name: "muse answer", decode: muse_answer },
    Decoder { name: "uart lines", decode: |bytes| uart(Framing::Lines, bytes) },
    Decoder { name: "uart COBS", decode: |bytes| uart(Framing::Cobs, bytes) },
    Decoder { name: "uart length of 8 bits", decode: |bytes| uart(Framing::Length8, bytes) },
    Decoder { name: "uart length of 16 bits", decode: |bytes| uart(Framing::Length16, bytes) },
];

show_fields! {
    thingy52::Motion { acceleration, rotation, field }
    sensortag::Barometer { centi_celsius, pascal }
    sensortag::Movement { rotation, acceleration, field }
    muse::Telemetry { battery_per_512_percent, fuel_gauge, adc, celsius }
}

impl Show for microbit::Button {
    fn show(&self) -> Option<Value> {
        Some(Value::String(format!("{self:?}")))
    }
}

/// In units: they are what a case is about.
impl Show for sensortag::Humidity {
    fn show(&self) -> Option<Value> {
        let mut table = Table::new();
        put(&mut table, "celsius", &self.celsius());
        put(&mut table, "percent", &self.percent());
        Some(Value::Table(table))
    }
}

fn muse_answer(bytes: &[u8]) -> Answer {
    let (text, tail) = muse::answer_piece(bytes).map_err(|error| error.to_string())?;
    let mut fields = Table::new();
    put(&mut fields, "text", &String::from_utf8_lossy(text).into_owned());
    put(&mut fields, "tail_bytes", &tail);
    Ok(Seen { fields, announced: bytes.len() - tail })
}

fn uart(framing: Framing, bytes: &[u8]) -> Answer {
    let mut reassembly = Reassembly::new(framing, MESSAGE_BYTES_MAX);
    let mut messages: Vec<Vec<u8>> = Vec::new();
    for piece in bytes.chunks(PIECE_BYTES) {
        reassembly.take(piece, |message| messages.push(message.to_vec()));
    }
    let Losses { too_long, malformed, .. } = reassembly.losses();
    let mut fields = Table::new();
    put(&mut fields, "messages", &messages);
    put(&mut fields, "too_long", &(too_long as usize));
    put(&mut fields, "malformed", &(malformed as usize));
    Ok(Seen { fields, announced: 0 })
}
