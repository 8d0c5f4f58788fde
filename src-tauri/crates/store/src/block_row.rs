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
