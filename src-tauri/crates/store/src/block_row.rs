//! A block as it lies in a row of the file.
//!
//! The checksum is CRC-32C over seven numbers (stream, first index, samples,
//! first and last host time, wall offset, and 1 or 0 for "has device times"),
//! each as a little-endian i64, and then each blob with its length before it
//! (u64, little-endian): host times, device times if any, values, statistics.

use crate::pack::{Fault, pack, pack_column, unpack, unpack_column};
use crate::stats::stats;
use crate::{BLOCK_SAMPLES_MAX, StreamNo};
use crc32c::crc32c_append;
use model::Block;

/// The columns of a row of `blocks`, but its id.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct BlockRow {
    pub(crate) stream: StreamNo,
    pub(crate) first_index: i64,
    pub(crate) samples: i64,
    pub(crate) first_host_ns: i64,
    pub(crate) last_host_ns: i64,
    pub(crate) wall_minus_host_ns: i64,
    pub(crate) host_times: Vec<u8>,
    pub(crate) device_ticks: Option<Vec<u8>>,
    pub(crate) channel_values: Vec<u8>,
    pub(crate) channel_stats: Vec<u8>,
    pub(crate) crc32c: u32,
}

impl BlockRow {
    /// Packs a block whose indices fit SQLite's integers.
    pub(crate) fn encode(stream: StreamNo, block: &Block) -> Self {
        let mut row = Self {
            stream,
            first_index: block.first_index().cast_signed(),
            samples: block.len().cast_signed(),
            first_host_ns: block.first_host_ns(),
            last_host_ns: block.last_host_ns(),
            wall_minus_host_ns: block.wall_minus_host_ns(),
            host_times: packed(|out| pack(block.host_ns(), out)),
            device_ticks: block.device_ticks().map(|ticks| packed(|out| pack(ticks, out))),
            channel_values: packed(|out| block.columns().iter().for_each(|column| pack_column(column, out))),
            channel_stats: stats(block.columns()),
            crc32c: 0,
        };
        row.crc32c = row.checksum();
        row
    }

    /// The same samples as a row of `stream`.
    pub(crate) fn of_stream(mut self, stream: StreamNo) -> Self {
        self.stream = stream;
        self.crc32c = self.checksum();
        self
    }

    /// Reads the block back; says in words what is wrong if it can't.
    pub(crate) fn decode(&self, channels: usize) -> Result<Block, String> {
        if self.checksum() != self.crc32c {
            return Err("its checksum does not match".to_owned());
        }
        let block = self.unpack(channels).map_err(|fault| fault.to_string())?;
        if block.first_host_ns() != self.first_host_ns || block.last_host_ns() != self.last_host_ns {
            return Err("its first and last time do not match its samples".to_owned());
        }
        if stats(block.columns()) != self.channel_stats {
            return Err("its smallest, largest or sum does not match its samples".to_owned());
        }
        Ok(block)
    }

    fn unpack(&self, channels: usize) -> Result<Block, Fault> {
        let in_bounds = |n: &u64| (1..=BLOCK_SAMPLES_MAX).contains(n);
        let n = u64::try_from(self.samples).ok().filter(in_bounds).ok_or(Fault::Samples)? as usize;
        let first_index = u64::try_from(self.first_index).map_err(|_| Fault::Samples)?;
        let host_ns = whole(&self.host_times, |bytes| unpack(bytes, n))?;
        let ticks =
            self.device_ticks.as_ref().map(|ticks| whole(ticks, |bytes| unpack(bytes, n))).transpose()?;
        let columns = whole(&self.channel_values, |bytes| {
            (0..channels).map(|_| unpack_column(bytes, n)).collect::<Result<Vec<_>, _>>()
        })?;
        Block::new(first_index, self.wall_minus_host_ns, host_ns, ticks, columns).map_err(|_| Fault::Samples)
    }

    fn checksum(&self) -> u32 {
        let numbers = [
            self.stream.0,
            self.first_index,
            self.samples,
            self.first_host_ns,
            self.last_host_ns,
            self.wall_minus_host_ns,
            i64::from(self.device_ticks.is_some()),
        ];
        let crc = numbers.iter().fold(0, |crc, number| crc32c_append(crc, &number.to_le_bytes()));
        let blobs = [&self.host_times].into_iter().chain(&self.device_ticks);
        blobs.chain([&self.channel_values, &self.channel_stats]).fold(crc, |crc, blob| {
            crc32c_append(crc32c_append(crc, &(blob.len() as u64).to_le_bytes()), blob)
        })
    }
}

fn packed(fill: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut out = Vec::new();
    fill(&mut out);
    out
}

/// What `read` takes must be all there is.
fn whole<T>(blob: &[u8], read: impl FnOnce(&mut &[u8]) -> Result<T, Fault>) -> Result<T, Fault> {
    let mut rest = blob;
    let value = read(&mut rest)?;
    if rest.is_empty() { Ok(value) } else { Err(Fault::Long) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Column;

    /// Numbers without a pattern, the same every time (SplitMix64).
    struct Dice(u64);

    impl Dice {
        fn roll(&mut self) -> u64 {
            self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            mixed ^ (mixed >> 31)
        }

        fn below(&mut self, limit: u64) -> usize {
            (self.roll() % limit) as usize
        }

        fn column(&mut self, n: usize) -> Column {
            let shift = self.roll() % 32;
            if self.roll().is_multiple_of(2) {
                Column::I32((0..n).map(|_| self.roll() as i32 >> shift).collect())
            } else {
                // Finite, so that blocks can be compared with ==.
                Column::F32((0..n).map(|_| (self.roll() as i32 >> shift) as f32 / 1000.0).collect())
            }
        }

        fn block(&mut self) -> Block {
            let n = 1 + self.below(200);
            let mut time = self.roll() as i64 >> 1;
            let times = (0..n).map(|_| {
                time = time.saturating_add((self.roll() % 10_000_000) as i64);
                time
            });
            let times = times.collect();
            let ticks = self.roll().is_multiple_of(2).then(|| (0..n).map(|_| self.roll() as i64).collect());
            let channels = 1 + self.below(4);
            let columns = (0..channels).map(|_| self.column(n)).collect();
            Block::new(self.roll() >> 2, self.roll() as i64, times, ticks, columns).unwrap()
        }
    }

    #[test]
    fn any_block_comes_back_as_it_was() {
        let mut dice = Dice(1);
        for _ in 0..500 {
            let block = dice.block();
            let row = BlockRow::encode(StreamNo(3), &block);
            assert_eq!(row.decode(block.columns().len()), Ok(block));
        }
    }

    #[test]
    fn a_flipped_bit_anywhere_in_a_blob_or_number_is_noticed() {
        let mut dice = Dice(2);
        let block = dice.block();
        let good = BlockRow::encode(StreamNo(3), &block);
        let channels = block.columns().len();
        let refused = |row: &BlockRow, what: &str| assert!(row.decode(channels).is_err(), "{what}");
        type Blob = fn(&mut BlockRow) -> Option<&mut Vec<u8>>;
        let blobs: [Blob; 4] = [
            |row| Some(&mut row.host_times),
            |row| row.device_ticks.as_mut(),
            |row| Some(&mut row.channel_values),
            |row| Some(&mut row.channel_stats),
        ];
        for (which, blob) in blobs.iter().enumerate() {
            for bit in 0..blob(&mut good.clone()).map_or(0, |bytes| bytes.len() * 8) {
                let mut row = good.clone();
                blob(&mut row).unwrap()[bit / 8] ^= 1 << (bit % 8);
                refused(&row, &format!("bit {bit} of blob {which}"));
            }
        }
        let numbers: [fn(&mut BlockRow) -> &mut i64; 6] = [
            |row| &mut row.stream.0,
            |row| &mut row.first_index,
            |row| &mut row.samples,
            |row| &mut row.first_host_ns,
            |row| &mut row.last_host_ns,
            |row| &mut row.wall_minus_host_ns,
        ];
        for (which, number) in numbers.iter().enumerate() {
            for bit in 0..64 {
                let mut row = good.clone();
                *number(&mut row) ^= 1 << bit;
                refused(&row, &format!("bit {bit} of number {which}"));
            }
        }
    }

    #[test]
    fn device_times_that_disappeared_are_noticed() {
        let block = Block::new(0, 0, vec![1, 2], Some(vec![5, 6]), vec![Column::I32(vec![1, 2])]).unwrap();
        let row = BlockRow { device_ticks: None, ..BlockRow::encode(StreamNo(1), &block) };
        assert!(row.decode(1).unwrap_err().contains("checksum"));
    }

    #[test]
    fn what_contradicts_the_samples_is_refused_though_its_checksum_is_right() {
        let block = Block::new(0, 0, vec![1, 2], None, vec![Column::I32(vec![1, 2])]).unwrap();
        let good = BlockRow::encode(StreamNo(1), &block);
        let spoil = |change: fn(&mut BlockRow)| {
            let mut row = good.clone();
            change(&mut row);
            row.crc32c = row.checksum();
            row.decode(1).unwrap_err()
        };
        assert!(spoil(|row| row.last_host_ns = 3).contains("time"));
        assert!(spoil(|row| row.channel_stats[0] ^= 1).contains("sum"));
        assert!(spoil(|row| row.samples = 3).contains("early"));
        assert!(spoil(|row| row.samples = i64::MAX).contains("impossible"));
        assert!(spoil(|row| row.samples = 0).contains("impossible"));
        assert!(spoil(|row| row.first_index = -1).contains("impossible"));
        assert!(good.decode(2).is_err(), "a channel too few");
    }

    #[test]
    fn hostile_bytes_with_a_right_checksum_never_panic() {
        let mut dice = Dice(3);
        for _ in 0..3000 {
            let block = dice.block();
            let mut row = BlockRow::encode(StreamNo(1), &block);
            for _ in 0..1 + dice.below(4) {
                let blob =
                    if dice.roll().is_multiple_of(2) { &mut row.host_times } else { &mut row.channel_values };
                let at = dice.below(blob.len() as u64);
                blob[at] = dice.roll() as u8;
            }
            row.crc32c = row.checksum();
            let _ = row.decode(block.columns().len());
        }
    }
}
