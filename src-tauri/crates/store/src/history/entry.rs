//! A block on its way into the history, also as bytes: what an outbox carries.
//!
//! Bytes: CRC-32C of the rest (u32), length of the head (u32), head (JSON:
//! session, stream, numbers), then host times, device times if the head says
//! so, values and statistics, each with its length (u32) before it. All numbers
//! are little-endian.

use crate::StreamNo;
use crate::block_row::BlockRow;
use model::{Block, Stamp, StreamSpec};
use serde::{Deserialize, Serialize};

/// A run of the console.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Its name: no other run has it.
    pub name: String,
    /// When it started.
    #[serde(with = "stamp")]
    pub started: Stamp,
}

impl Session {
    /// A run that started at `started` in the process `process`.
    #[must_use]
    pub fn new(started: Stamp, process: u32) -> Self {
        Self { name: format!("{}-{process}", started.wall_ns), started }
    }

    /// A host time of this run on the time line of the history, nanoseconds
    /// since 1970-01-01 UTC. A clock set in mid-run does not bend it.
    #[must_use]
    pub fn at_ns(&self, host_ns: i64) -> i64 {
        host_ns.saturating_sub(self.started.host_ns).saturating_add(self.started.wall_ns)
    }
}

/// A packed block of one stream of one run.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The run.
    pub session: Session,
    /// The stream.
    pub spec: StreamSpec,
    pub(super) row: BlockRow,
}

#[derive(Serialize, Deserialize)]
struct Head {
    session: Session,
    spec: StreamSpec,
    first_index: i64,
    samples: i64,
    first_host_ns: i64,
    last_host_ns: i64,
    wall_minus_host_ns: i64,
    has_device_ticks: bool,
}

impl Entry {
    /// Packs a block.
    #[must_use]
    pub fn new(session: Session, spec: StreamSpec, block: &Block) -> Self {
        Self { session, spec, row: BlockRow::encode(StreamNo(0), block) }
    }

    /// Samples in it.
    #[must_use]
    pub fn samples(&self) -> u64 {
        self.row.samples.cast_unsigned()
    }

    /// By which a repetition is known: run, stream and number.
    #[must_use]
    pub fn dedup(&self) -> String {
        let (sensor, attribute) = (&self.spec.key.sensor, &self.spec.key.attribute);
        format!("{} {} {} {}", self.session.name, sensor.as_str(), attribute.as_str(), self.row.first_index)
    }

    /// The entry as bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let row = &self.row;
        let head = Head {
            session: self.session.clone(),
            spec: self.spec.clone(),
            first_index: row.first_index,
            samples: row.samples,
            first_host_ns: row.first_host_ns,
            last_host_ns: row.last_host_ns,
            wall_minus_host_ns: row.wall_minus_host_ns,
            has_device_ticks: row.device_ticks.is_some(),
        };
        // A head of plain strings and numbers always has a JSON form; an empty one is refused.
        let head = serde_json::to_vec(&head).unwrap_or_default();
        let mut out = vec![0; 4];
        put(&mut out, &head);
        put(&mut out, &row.host_times);
        row.device_ticks.iter().for_each(|ticks| put(&mut out, ticks));
        put(&mut out, &row.channel_values);
        put(&mut out, &row.channel_stats);
        let crc = crc32c::crc32c(&out[4..]);
        out[..4].copy_from_slice(&crc.to_le_bytes());
        out
    }

    /// The entry back from its bytes.
    ///
    /// # Errors
    /// In words what is wrong with them; it will not get better.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, String> {
        let (crc, mut rest) = bytes.split_first_chunk::<4>().ok_or("it ends early")?;
        if crc32c::crc32c(rest) != u32::from_le_bytes(*crc) {
            return Err("its checksum does not match".to_owned());
        }
        let head: Head = serde_json::from_slice(take(&mut rest)?).map_err(|error| error.to_string())?;
        let host_times = take(&mut rest)?.to_vec();
        let device_ticks = if head.has_device_ticks { Some(take(&mut rest)?.to_vec()) } else { None };
        let row = BlockRow {
            stream: StreamNo(0),
            first_index: head.first_index,
            samples: head.samples,
            first_host_ns: head.first_host_ns,
            last_host_ns: head.last_host_ns,
            wall_minus_host_ns: head.wall_minus_host_ns,
            host_times,
            device_ticks,
            channel_values: take(&mut rest)?.to_vec(),
            channel_stats: take(&mut rest)?.to_vec(),
            crc32c: 0,
        };
        if !rest.is_empty() {
            return Err("it is longer than its parts".to_owned());
        }
        Ok(Self { session: head.session, spec: head.spec, row })
    }
}

fn put(out: &mut Vec<u8>, part: &[u8]) {
    // At most 2^20 samples a block: it fits.
    out.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_le_bytes());
    out.extend_from_slice(part);
}

fn take<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8], &'static str> {
    let (length, behind) = rest.split_first_chunk::<4>().ok_or("it ends early")?;
    let length = u32::from_le_bytes(*length) as usize;
    let (part, behind) = behind.split_at_checked(length).ok_or("it ends early")?;
    *rest = behind;
    Ok(part)
}

/// A stamp as two numbers.
mod stamp {
    use model::Stamp;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(stamp: &Stamp, to: S) -> Result<S::Ok, S::Error> {
        (stamp.host_ns, stamp.wall_ns).serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Stamp, D::Error> {
        let (host_ns, wall_ns) = Deserialize::deserialize(from)?;
        Ok(Stamp { host_ns, wall_ns })
    }
}
