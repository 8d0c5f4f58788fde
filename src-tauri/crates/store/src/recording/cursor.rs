//! Walks through the blocks and gaps of a stream, one row at a time, so that
//! a recording of any length is read in constant memory.

use super::{RecordedGap, RecordedStream, Recording, rows};
use crate::{StoreError, StreamNo};
use model::Block;

/// The blocks of one stream. See [`Recording::blocks`].
#[derive(Debug)]
pub struct Blocks<'a> {
    recording: &'a Recording,
    stream: StreamNo,
    channels: usize,
    /// The first index of the block before; none at the start.
    behind: Option<i64>,
    over: bool,
}

impl<'a> Blocks<'a> {
    pub(super) fn new(recording: &'a Recording, stream: &RecordedStream) -> Self {
        Self { recording, stream: stream.no, channels: stream.spec.channels.len(), behind: None, over: false }
    }
}

impl Iterator for Blocks<'_> {
    type Item = Result<Block, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.over {
            return None;
        }
        let row = self.recording.read(|conn| rows::next_block(conn, self.stream, self.behind));
        self.over = !matches!(row, Ok(Some(_)));
        let row = match row.transpose()? {
            Ok(row) => row,
            Err(error) => return Some(Err(error)),
        };
        self.behind = Some(row.first_index);
        Some(row.decode(self.channels).map_err(|problem| {
            self.recording
                .damaged(format!("the block at index {} does not read back: {problem}", row.first_index))
        }))
    }
}

/// The gaps of one stream. See [`Recording::gaps`].
#[derive(Debug)]
pub struct Gaps<'a> {
    recording: &'a Recording,
    stream: StreamNo,
    behind: Option<rows::GapPlace>,
    over: bool,
}

impl<'a> Gaps<'a> {
    pub(super) fn new(recording: &'a Recording, stream: &RecordedStream) -> Self {
        Self { recording, stream: stream.no, behind: None, over: false }
    }
}

impl Iterator for Gaps<'_> {
    type Item = Result<RecordedGap, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.over {
            return None;
        }
        let row = self.recording.read(|conn| rows::next_gap(conn, self.stream, self.behind));
        self.over = !matches!(row, Ok(Some(_)));
        match row.transpose()? {
            Ok((place, gap)) => {
                self.behind = Some(place);
                Some(gap.map_err(|problem| self.recording.damaged(problem)))
            }
            Err(error) => Some(Err(error)),
        }
    }
}
