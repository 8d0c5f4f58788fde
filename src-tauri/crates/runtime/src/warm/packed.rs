//! 128 samples packed: times by their step, values by their differences, each
//! in as many bits as the largest needs.
//!
//! The `bitpacking` crate does the packing: it is the layout of Lucene's
//! postings, and exactly 128 values long.

use bitpacking::{BitPacker, BitPacker4x};

/// Samples in a packed block.
pub const PACKED_SAMPLES: usize = BitPacker4x::BLOCK_LEN;

/// Stands for times that are too uneven to be packed.
const RAW_TIMES: u8 = u8::MAX;
/// What an allocation costs beside its bytes.
const ALLOCATION: usize = 16;

/// 128 consecutive samples of a stream.
#[derive(Debug)]
pub struct Packed {
    /// The number of the first sample, as the ring counts.
    pub first: u64,
    first_ns: i64,
    step_ns: i64,
    time_bits: u8,
    channels: Box<[Channel]>,
    /// The times' distances from an even step, then the values, channel by channel.
    data: Box<[u8]>,
}

#[derive(Clone, Copy, Debug)]
struct Channel {
    first_bits: u32,
    width: u8,
    is_float: bool,
}

impl Packed {
    /// Packs 128 samples: `bits` holds the values of each channel behind each
    /// other, `floats` says of each channel whether it holds floats. None where
    /// there are not 128 of each.
    #[must_use]
    pub fn new(first: u64, times_ns: &[i64], bits: &[u32], floats: &[bool]) -> Option<Self> {
        let first_ns = *times_ns.first().filter(|_| times_ns.len() == PACKED_SAMPLES)?;
        if bits.len() != floats.len() * PACKED_SAMPLES {
            return None;
        }
        let mut data = Vec::new();
        let (step_ns, time_bits) = pack_times(times_ns, &mut data);
        let columns = bits.chunks_exact(PACKED_SAMPLES).zip(floats);
        let channels =
            columns.map(|(column, is_float)| Channel::pack(column, *is_float, &mut data)).collect();
        Some(Self { first, first_ns, step_ns, time_bits, channels, data: data.into_boxed_slice() })
    }

    /// One past the number of the last sample.
    #[must_use]
    pub const fn end(&self) -> u64 {
        self.first + PACKED_SAMPLES as u64
    }

    /// Host time of the last sample, as near as an even step tells it.
    #[must_use]
    pub fn last_ns(&self) -> i64 {
        self.first_ns.saturating_add(self.step_ns.saturating_mul(PACKED_SAMPLES as i64))
    }

    /// What it takes in memory, bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        size_of::<Self>() + size_of_val(&*self.channels) + self.data.len() + 2 * ALLOCATION
    }

    /// Appends the times, and the bits of one channel.
    pub fn unpack(&self, channel: usize, times_ns: &mut Vec<i64>, bits: &mut Vec<u32>) {
        let mut data = &*self.data;
        self.unpack_times(&mut data, times_ns);
        for (at, packed) in self.channels.iter().enumerate() {
            let column = take(&mut data, packed_bytes(packed.width));
            if at == channel {
                packed.unpack(column, bits);
            }
        }
    }

    fn unpack_times(&self, data: &mut &[u8], times_ns: &mut Vec<i64>) {
        if self.time_bits == RAW_TIMES {
            let raw = take(data, PACKED_SAMPLES * 8).chunks_exact(8);
            times_ns.extend(raw.map(|word| i64::from_le_bytes(word.try_into().unwrap_or_default())));
            return;
        }
        let mut off = [0; PACKED_SAMPLES];
        unpack_words(take(data, packed_bytes(self.time_bits)), self.time_bits, &mut off);
        let even = |k: usize| self.first_ns.wrapping_add(self.step_ns.wrapping_mul(k as i64));
        times_ns.extend(off.iter().enumerate().map(|(k, off)| even(k).wrapping_add(unzigzag(*off).into())));
    }
}

impl Channel {
    fn pack(column: &[u32], is_float: bool, data: &mut Vec<u8>) -> Self {
        let first_bits = column[0];
        let mut before = first_bits;
        let mut words = [0; PACKED_SAMPLES];
        for (word, bits) in words.iter_mut().zip(column) {
            *word = match is_float {
                true => bits ^ before,
                false => zigzag(bits.wrapping_sub(before).cast_signed()),
            };
            before = *bits;
        }
        Self { first_bits, width: pack_words(&words, data), is_float }
    }

    fn unpack(&self, column: &[u8], bits: &mut Vec<u32>) {
        let mut words = [0; PACKED_SAMPLES];
        unpack_words(column, self.width, &mut words);
        let mut value = self.first_bits;
        bits.extend(words.iter().map(|word| {
            value = match self.is_float {
                true => value ^ word,
                false => value.wrapping_add(unzigzag(*word).cast_unsigned()),
            };
            value
        }));
    }
}

/// Packs the distances of the times from an even step; gives the step and the width.
fn pack_times(times_ns: &[i64], data: &mut Vec<u8>) -> (i64, u8) {
    let (first_ns, last_ns) = (times_ns[0], times_ns[PACKED_SAMPLES - 1]);
    let step_ns = last_ns.wrapping_sub(first_ns) / (PACKED_SAMPLES as i64 - 1);
    let mut words = [0; PACKED_SAMPLES];
    for (k, (word, at_ns)) in words.iter_mut().zip(times_ns).enumerate() {
        let even_ns = first_ns.wrapping_add(step_ns.wrapping_mul(k as i64));
        match i32::try_from(at_ns.wrapping_sub(even_ns)) {
            Ok(off) => *word = zigzag(off),
            Err(_) => {
                data.extend(times_ns.iter().flat_map(|at_ns| at_ns.to_le_bytes()));
                return (step_ns, RAW_TIMES);
            }
        }
    }
    (step_ns, pack_words(&words, data))
}

fn pack_words(words: &[u32; PACKED_SAMPLES], data: &mut Vec<u8>) -> u8 {
    let packer = BitPacker4x::new();
    let width = packer.num_bits(words);
    let at = data.len();
    data.resize(at + packed_bytes(width), 0);
    packer.compress(words, &mut data[at..], width);
    width
}

fn unpack_words(data: &[u8], width: u8, words: &mut [u32; PACKED_SAMPLES]) {
    if data.len() == packed_bytes(width) {
        BitPacker4x::new().decompress(data, words, width);
    }
}

const fn packed_bytes(width: u8) -> usize {
    PACKED_SAMPLES * width as usize / 8
}

fn take<'a>(data: &mut &'a [u8], bytes: usize) -> &'a [u8] {
    let (taken, rest) = data.split_at(bytes.min(data.len()));
    *data = rest;
    taken
}

/// Small numbers of either sign into small numbers without one.
const fn zigzag(value: i32) -> u32 {
    (value << 1 ^ value >> 31).cast_unsigned()
}

const fn unzigzag(word: u32) -> i32 {
    (word >> 1).cast_signed() ^ -(word & 1).cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip(times_ns: &[i64], columns: &[(Vec<u32>, bool)]) -> Packed {
        let bits: Vec<u32> = columns.iter().flat_map(|(column, _)| column.clone()).collect();
        let floats: Vec<bool> = columns.iter().map(|(_, is_float)| *is_float).collect();
        let packed = Packed::new(7, times_ns, &bits, &floats).unwrap();
        for (channel, (column, _)) in columns.iter().enumerate() {
            let (mut times_back, mut bits_back) = (Vec::new(), Vec::new());
            packed.unpack(channel, &mut times_back, &mut bits_back);
            assert_eq!((&times_back[..], &bits_back), (times_ns, column));
        }
        packed
    }

    fn even() -> Vec<i64> {
        (0..128).map(|k| 1_000 + k * 4_000_000).collect()
    }

    #[test]
    fn gives_back_what_went_in_whatever_it_is() {
        let wild: Vec<i64> = (0..128).map(|k: i64| k.wrapping_mul(0x1234_5678_9abc_def1)).collect();
        let trembling: Vec<i64> =
            even().iter().enumerate().map(|(k, t)| t + (k as i64 * 37) % 2001).collect();
        let ints: Vec<u32> = (0..128_u32).map(|k| k.wrapping_mul(0x9e37_79b9)).collect();
        let edges: Vec<u32> =
            (0..128).map(|k| if k % 2 == 0 { i32::MIN } else { i32::MAX }.cast_unsigned()).collect();
        let floats: Vec<u32> = (0..128).map(|k| (k as f32 * 0.37).sin().to_bits()).collect();
        let nan = vec![f32::NAN.to_bits(); 128];
        for times_ns in [even(), wild, trembling, vec![5; 128]] {
            let columns =
                [(ints.clone(), false), (edges.clone(), false), (floats.clone(), true), (nan.clone(), true)];
            round_trip(&times_ns, &columns);
        }
    }

    #[test]
    fn an_ecg_of_even_times_takes_little() {
        let beat = |k: i32| ((f64::from(k) * 0.09).sin() * 400.0) as i32 + k * 7919 % 13;
        let ecg: Vec<u32> = (0..128).map(|k| beat(k).cast_unsigned()).collect();
        let packed = round_trip(&even(), &[(ecg, false)]);
        assert!(packed.bytes() as f64 / 128.0 <= 2.5, "{} bytes", packed.bytes());
    }
}
