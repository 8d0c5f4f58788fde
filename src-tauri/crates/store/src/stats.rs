//! Smallest, largest and sum of each channel of a block, as bytes: three
//! little-endian f64 a channel, raw values (before scale and offset). Values
//! that are not a number are left out; a channel without a number has NaN as
//! smallest and largest, and 0 as sum.

use model::Column;

/// The statistics of all channels.
pub(crate) fn stats(columns: &[Column]) -> Vec<u8> {
    columns.iter().flat_map(channel).flat_map(f64::to_le_bytes).collect()
}

fn channel(column: &Column) -> [f64; 3] {
    match column {
        Column::I32(values) => of(values.iter().map(|value| f64::from(*value))),
        Column::F32(values) => of(values.iter().map(|value| f64::from(*value))),
    }
}

/// Summed in the order of the samples, so that a reader finds the same bits.
fn of(values: impl Iterator<Item = f64>) -> [f64; 3] {
    values.filter(|value| !value.is_nan()).fold([f64::NAN, f64::NAN, 0.0], |[min, max, sum], value| {
        [min.min(value), max.max(value), sum + value]
    })
}
