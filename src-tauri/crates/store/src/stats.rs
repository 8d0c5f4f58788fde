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

#[cfg(test)]
mod tests {
    use super::*;

    fn of_column(column: Column) -> [f64; 3] {
        let bytes = stats(&[column]);
        assert_eq!(bytes.len(), 24);
        [0, 8, 16].map(|at| f64::from_le_bytes(bytes[at..at + 8].try_into().unwrap()))
    }

    #[test]
    fn smallest_largest_and_sum_are_raw_values() {
        assert_eq!(of_column(Column::I32(vec![3, -7, i32::MAX])), [-7.0, 2_147_483_647.0, 2_147_483_643.0]);
        assert_eq!(of_column(Column::F32(vec![f32::NAN, 0.5, -1.5])), [-1.5, 0.5, -1.0]);
    }

    #[test]
    fn a_channel_without_a_number_has_nan_and_a_sum_of_zero() {
        let [min, max, sum] = of_column(Column::F32(vec![f32::NAN]));
        assert!(min.is_nan() && max.is_nan());
        assert_eq!(sum, 0.0);
    }
}
