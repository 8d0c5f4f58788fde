//! 128 samples packed: times by their step or, where they come in packets that are
//! stamped one by one, as runs; values by their differences, each in as many bits as
//! the largest needs.
//!
//! The `bitpacking` crate does the packing: it is the layout of Lucene's
//! postings, and exactly 128 values long.

use bitpacking::{BitPacker, BitPacker4x};

/// Samples in a packed block.
pub const PACKED_SAMPLES: usize = BitPacker4x::BLOCK_LEN;

/// Stands for times that are too uneven to be packed …
const RAW_TIMES: u8 = u8::MAX;
/// … and for times in runs of an even step each: how many runs, and of each its
/// samples, its first time and its step.
const TIMES_IN_RUNS: u8 = u8::MAX - 1;
const RUN_BYTES: usize = 1 + 8 + 8;
/// What an allocation costs beside its bytes.
const ALLOCATION: usize = 16;

/// 128 consecutive samples of a stream.
#[derive(Debug)]
pub struct Packed {
    /// The number of the first sample, as the ring counts.
    pub first: u64,
    first_ns: i64,
    step_ns: i64,
    rest_ns: i8,
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
        let Even { step_ns, rest_ns, .. } = Even::of(times_ns);
        let time_bits = pack_times(times_ns, &mut data);
        let columns = bits.chunks_exact(PACKED_SAMPLES).zip(floats);
        let channels =
            columns.map(|(column, is_float)| Channel::pack(column, *is_float, &mut data)).collect();
        Some(Self { first, first_ns, step_ns, rest_ns, time_bits, channels, data: data.into_boxed_slice() })
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
        if self.time_bits == TIMES_IN_RUNS {
            return unpack_runs(data, times_ns);
        }
        if self.time_bits == RAW_TIMES {
            let raw = take(data, PACKED_SAMPLES * 8).chunks_exact(8);
            times_ns.extend(raw.map(|word| i64::from_le_bytes(word.try_into().unwrap_or_default())));
            return;
        }
        let mut off = [0; PACKED_SAMPLES];
        unpack_words(take(data, packed_bytes(self.time_bits)), self.time_bits, &mut off);
        let even = Even { first_ns: self.first_ns, step_ns: self.step_ns, rest_ns: self.rest_ns };
        times_ns
            .extend(off.iter().enumerate().map(|(k, off)| even.at(k).wrapping_add(unzigzag(*off).into())));
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

/// Steps between 128 times from the first to the last. What the whole steps leave
/// over at the end is spread: a rate has no whole step, and 127 times what one lacks
/// would cost each time 6 bits.
#[derive(Clone, Copy)]
struct Even {
    first_ns: i64,
    step_ns: i64,
    rest_ns: i8,
}

impl Even {
    const STEPS: i64 = PACKED_SAMPLES as i64 - 1;

    fn of(times_ns: &[i64]) -> Self {
        let (first_ns, last_ns) = (times_ns[0], times_ns[PACKED_SAMPLES - 1]);
        let all_ns = last_ns.wrapping_sub(first_ns);
        // The remainder of 127 fits.
        Self { first_ns, step_ns: all_ns / Self::STEPS, rest_ns: (all_ns % Self::STEPS) as i8 }
    }

    fn at(self, k: usize) -> i64 {
        let spread_ns = i64::from(self.rest_ns) * k as i64 / Self::STEPS;
        self.first_ns.wrapping_add(self.step_ns.wrapping_mul(k as i64)).wrapping_add(spread_ns)
    }
}

/// Packs the times the shorter way; gives the width of their distances from even
/// steps, or what stands for another way.
fn pack_times(times_ns: &[i64], data: &mut Vec<u8>) -> u8 {
    let start = data.len();
    let width = pack_distances(times_ns, data);
    let runs = runs(times_ns);
    if 1 + runs.len() * RUN_BYTES >= data.len() - start {
        return width;
    }
    data.truncate(start);
    data.push(runs.len() as u8);
    for (samples, first_ns, step_ns) in runs {
        data.push(samples);
        data.extend_from_slice(&first_ns.to_le_bytes());
        data.extend_from_slice(&step_ns.to_le_bytes());
    }
    TIMES_IN_RUNS
}

/// The times as runs of even steps: samples (128 at most), first time, step.
fn runs(times_ns: &[i64]) -> Vec<(u8, i64, i64)> {
    let (mut runs, mut rest) = (Vec::new(), times_ns);
    while let Some(first_ns) = rest.first() {
        let step_ns = rest.get(1).map_or(0, |second| second.wrapping_sub(*first_ns));
        let even = rest.windows(2).take_while(|pair| pair[1].wrapping_sub(pair[0]) == step_ns).count();
        runs.push(((even + 1) as u8, *first_ns, step_ns));
        rest = &rest[even + 1..];
    }
    runs
}

fn unpack_runs(data: &mut &[u8], times_ns: &mut Vec<i64>) {
    let number = |bytes: &[u8]| i64::from_le_bytes(bytes.try_into().unwrap_or_default());
    let count = take(data, 1).first().copied().unwrap_or_default();
    for run in take(data, usize::from(count) * RUN_BYTES).chunks_exact(RUN_BYTES) {
        let (first_ns, step_ns) = (number(&run[1..9]), number(&run[9..]));
        times_ns.extend((0..i64::from(run[0])).map(|k| first_ns.wrapping_add(step_ns.wrapping_mul(k))));
    }
}

/// Packs the distances of the times from even steps; gives the width.
fn pack_distances(times_ns: &[i64], data: &mut Vec<u8>) -> u8 {
    let even = Even::of(times_ns);
    let mut words = [0; PACKED_SAMPLES];
    for (k, (word, at_ns)) in words.iter_mut().zip(times_ns).enumerate() {
        match i32::try_from(at_ns.wrapping_sub(even.at(k))) {
            Ok(off) => *word = zigzag(off),
            Err(_) => {
                data.extend(times_ns.iter().flat_map(|at_ns| at_ns.to_le_bytes()));
                return RAW_TIMES;
            }
        }
    }
    pack_words(&words, data)
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
    use proptest::prelude::*;

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

    /// Times in packets: so many samples an even step apart, then a jump.
    fn in_packets(lengths: &[(usize, i64, i64)]) -> Vec<i64> {
        let mut at_ns = 0_i64;
        let packet = |(samples, step_ns, jump_ns): (usize, i64, i64)| {
            at_ns = at_ns.wrapping_add(jump_ns);
            let from_ns = at_ns;
            at_ns = from_ns.wrapping_add(step_ns.wrapping_mul(samples as i64));
            (0..samples as i64).map(move |k| from_ns.wrapping_add(step_ns.wrapping_mul(k)))
        };
        lengths.iter().copied().cycle().flat_map(packet).take(PACKED_SAMPLES).collect()
    }

    proptest! {
        #[test]
        fn times_come_back_exactly_however_they_were_stamped(
            packets in proptest::collection::vec((1..90_usize, any::<i64>(), any::<i64>()), 1..9),
            shift in 0..64_u32,
            noise in proptest::collection::vec(any::<i64>(), PACKED_SAMPLES),
            quiet in 0..64_u32,
        ) {
            let packets: Vec<_> =
                packets.into_iter().map(|(n, step, jump)| (n, step >> shift, jump >> shift)).collect();
            let mut times_ns = in_packets(&packets);
            round_trip(&times_ns, &[(vec![7; 128], false)]);
            times_ns.iter_mut().zip(noise).for_each(|(at_ns, off)| *at_ns = at_ns.wrapping_add(off >> quiet));
            round_trip(&times_ns, &[(vec![7; 128], false)]);
        }
    }

    #[test]
    fn packets_that_are_stamped_one_by_one_cost_their_stamps_and_no_more() {
        let times_ns = in_packets(&[(73, 7_692_307, 1_234_567), (73, 7_692_307, -987_654)]);
        let packed = round_trip(&times_ns, &[(vec![7; 128], false)]);
        let even = round_trip(&super::tests::even(), &[(vec![7; 128], false)]);
        assert!(
            packed.bytes() <= even.bytes() + 1 + 3 * RUN_BYTES,
            "{} and {}",
            packed.bytes(),
            even.bytes()
        );
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
