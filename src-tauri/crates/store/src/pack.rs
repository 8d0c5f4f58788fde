//! Columns of numbers as bytes, and back.
//!
//! A packed column is: type (1 byte: 1 = i64, 2 = i32, 3 = f32), codec (1 byte:
//! 0 = little-endian values one after the other, 1 = a standalone pco file),
//! length of the payload (u32, little-endian), payload. How many values it
//! holds is told by the block. Whatever is smaller is stored.

use model::Column;
use pco::data_types::Number;
use pco::{ChunkConfig, DeltaSpec, ModeSpec};

const CODEC_RAW: u8 = 0;
const CODEC_PCO: u8 = 1;

/// Below this many values pco's own header costs more than it saves.
const PCO_SAMPLES_MIN: usize = 8;

/// Why packed bytes can't be read back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    #[error("a column ends early")]
    Short,
    #[error("a column is longer than its samples")]
    Long,
    #[error("a column has an unknown type")]
    Type,
    #[error("a column has an unknown codec")]
    Codec,
    #[error("a compressed column does not decompress")]
    Pco,
    #[error("its number of samples is impossible")]
    Samples,
}

/// A type of number that a column can hold.
pub(crate) trait Packable: Number {
    const TYPE: u8;
    const BYTES: usize;
    fn put(self, out: &mut Vec<u8>);
    fn get(bytes: &[u8]) -> Self;
}

macro_rules! packable {
    ($number:ty, $tag:literal) => {
        impl Packable for $number {
            const TYPE: u8 = $tag;
            const BYTES: usize = size_of::<$number>();
            fn put(self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_le_bytes());
            }
            fn get(bytes: &[u8]) -> Self {
                bytes.try_into().map(<$number>::from_le_bytes).unwrap_or_default()
            }
        }
    };
}

packable!(i64, 1);
packable!(i32, 2);
packable!(f32, 3);

/// Appends a packed column.
pub(crate) fn pack<T: Packable>(values: &[T], out: &mut Vec<u8>) {
    let raw_bytes = values.len() * T::BYTES;
    match compress(values).filter(|bytes| bytes.len() < raw_bytes) {
        Some(bytes) => {
            put_head::<T>(CODEC_PCO, bytes.len(), out);
            out.extend_from_slice(&bytes);
        }
        None => {
            put_head::<T>(CODEC_RAW, raw_bytes, out);
            values.iter().for_each(|value| value.put(out));
        }
    }
}

/// Appends a packed column of whichever type.
pub(crate) fn pack_column(column: &Column, out: &mut Vec<u8>) {
    match column {
        Column::I32(values) => pack(values, out),
        Column::F32(values) => pack(values, out),
    }
}

/// Takes one column of `n` values off the front of `bytes`.
pub(crate) fn unpack<T: Packable>(bytes: &mut &[u8], n: usize) -> Result<Vec<T>, Fault> {
    let (head, rest) = bytes.split_first_chunk::<6>().ok_or(Fault::Short)?;
    let [tag, codec, length @ ..] = *head;
    let (payload, rest) = rest.split_at_checked(u32::from_le_bytes(length) as usize).ok_or(Fault::Short)?;
    *bytes = rest;
    if tag != T::TYPE {
        return Err(Fault::Type);
    }
    match codec {
        CODEC_RAW => read_raw(payload, n),
        CODEC_PCO => decompress(payload, n),
        _ => Err(Fault::Codec),
    }
}

/// Takes one column of values off the front of `bytes`.
pub(crate) fn unpack_column(bytes: &mut &[u8], n: usize) -> Result<Column, Fault> {
    match bytes.first() {
        None => Err(Fault::Short),
        Some(&i32::TYPE) => unpack(bytes, n).map(Column::I32),
        Some(&f32::TYPE) => unpack(bytes, n).map(Column::F32),
        Some(_) => Err(Fault::Type),
    }
}

fn put_head<T: Packable>(codec: u8, payload_bytes: usize, out: &mut Vec<u8>) {
    // At most 2^20 samples of 8 bytes: it fits.
    let length = u32::try_from(payload_bytes).unwrap_or(u32::MAX);
    out.extend_from_slice(&[T::TYPE, codec]);
    out.extend_from_slice(&length.to_le_bytes());
}

fn compress<T: Packable>(values: &[T]) -> Option<Vec<u8>> {
    if values.len() < PCO_SAMPLES_MIN {
        return None;
    }
    pco::standalone::simple_compress(values, &config()).ok()
}

fn config() -> ChunkConfig {
    ChunkConfig::default()
        .with_compression_level(4)
        .with_mode_spec(ModeSpec::Classic)
        .with_delta_spec(DeltaSpec::TryConsecutive(1))
}

fn read_raw<T: Packable>(payload: &[u8], n: usize) -> Result<Vec<T>, Fault> {
    match payload.len().cmp(&(n * T::BYTES)) {
        std::cmp::Ordering::Less => Err(Fault::Short),
        std::cmp::Ordering::Greater => Err(Fault::Long),
        std::cmp::Ordering::Equal => Ok(payload.chunks_exact(T::BYTES).map(T::get).collect()),
    }
}

fn decompress<T: Packable>(payload: &[u8], n: usize) -> Result<Vec<T>, Fault> {
    let mut values = vec![T::default(); n];
    let progress = pco::standalone::simple_decompress_into(payload, &mut values).map_err(|_| Fault::Pco)?;
    match (progress.n_processed == n, progress.finished) {
        (true, true) => Ok(values),
        (true, false) => Err(Fault::Long),
        (false, _) => Err(Fault::Short),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed<T: Packable>(values: &[T]) -> Vec<u8> {
        let mut out = Vec::new();
        pack(values, &mut out);
        out
    }

    /// Compares bits, so that NaN equals itself.
    fn comes_back<T: Packable>(values: &[T]) {
        let bytes = packed(values);
        let mut rest = bytes.as_slice();
        let back: Vec<T> = unpack(&mut rest, values.len()).unwrap();
        let bits = |values: &[T]| values.iter().map(|value| value.to_latent_ordered()).collect::<Vec<_>>();
        assert!(bits(&back) == bits(values), "{values:?} came back as {back:?}");
        assert!(rest.is_empty());
    }

    #[test]
    fn extreme_values_of_every_type_come_back_bit_for_bit() {
        for n in [1, 7, 8, 100, 5000] {
            let cycle = |len: usize| (0..n).map(move |i| i * 7 % len);
            let whole = [i64::MIN, i64::MAX, 0, -1, 1 << 40];
            comes_back(&cycle(5).map(|i| whole[i]).collect::<Vec<_>>());
            let small = [i32::MIN, i32::MAX, 0, -1, 77_777];
            comes_back(&cycle(5).map(|i| small[i]).collect::<Vec<_>>());
            let floats = [
                f32::NAN,
                -f32::NAN,
                f32::INFINITY,
                -0.0,
                0.0,
                f32::MIN_POSITIVE / 8.0,
                f32::from_bits(0x7fc0_1234),
            ];
            comes_back(&cycle(7).map(|i| floats[i]).collect::<Vec<_>>());
        }
    }

    #[test]
    fn times_of_a_steady_stream_take_less_than_half_a_byte_each() {
        let times: Vec<i64> = (0..512).map(|i| 1_700_000_000_000_000_000 + i * 4_000_000).collect();
        assert!(packed(&times).len() < 256, "{} bytes", packed(&times).len());
    }

    #[test]
    fn a_column_cut_anywhere_is_refused() {
        for n in [3, 100] {
            let bytes = packed(&(0..n).map(|i| i * i).collect::<Vec<i32>>());
            for end in 0..bytes.len() {
                assert!(
                    unpack::<i32>(&mut &bytes[..end], n as usize).is_err(),
                    "took {end} of {}",
                    bytes.len()
                );
            }
        }
    }

    #[test]
    fn a_column_of_another_length_or_type_is_refused() {
        for n in [3, 300] {
            let bytes = packed(&(0..n).collect::<Vec<i32>>());
            let n = n as usize;
            assert_eq!(unpack::<i32>(&mut bytes.as_slice(), n - 1), Err(Fault::Long));
            assert_eq!(unpack::<i32>(&mut bytes.as_slice(), n + 1), Err(Fault::Short));
            assert_eq!(unpack::<f32>(&mut bytes.as_slice(), n), Err(Fault::Type));
        }
        assert_eq!(unpack_column(&mut packed(&[1_i64]).as_slice(), 1), Err(Fault::Type));
        assert_eq!(unpack::<i32>(&mut [2, 9, 0, 0, 0, 0].as_slice(), 0), Err(Fault::Codec));
    }
}
