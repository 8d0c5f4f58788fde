//! Ids, units, samples and blocks: the words every other crate speaks.
//!
//! Pure data. No thread, no clock, no channel, no file: time is a value that
//! somebody else read. Anything that comes from outside (a device name, a key
//! of a scenario file) enters through a constructor that bounds and cleans it.

mod attribute;
mod block;
mod bundle;
mod gap;
mod id;
mod join_code;
mod level;
mod link;
mod stream;
mod text;
mod time;

pub use attribute::{AttributeKind, Plausible};
pub use block::{Block, Column, RaggedBlock};
pub use bundle::{BUNDLE_CHANNELS_MAX, BlockRef, Bundle, EvenBlock, Fate, Span, StreamRef};
pub use gap::{Gap, GapReason};
pub use id::{
    AttributeId, CallId, ConnectorId, InvalidId, MediaId, PeerId, RoomId, SensorId, StreamKey, ViewerId,
};
pub use join_code::JoinCode;
pub use level::{Advice, AttentionLevel, LoadLevel};
pub use link::{AdapterState, Advert, ConnectorKind, DeviceId, LinkState};
pub use stream::{Channel, SensorInfo, StreamSpec};
pub use text::{DisplayName, one_line};
pub use time::{Clock, NANOS_PER_SEC, Stamp};
