//! What the writer knows about its streams: enough to refuse a batch that
//! would make the recording contradict itself, before anything is written.

use super::Batch;
use crate::{BLOCK_SAMPLES_MAX, StoreError, StreamNo};
use model::{Block, Gap};
use std::collections::BTreeMap;

/// The state of a stream after the last commit.
#[derive(Clone, Copy, Debug)]
struct Account {
    channels: usize,
    /// One past the last sample stored.
    stored_to: u64,
    /// One past the last sample offered.
    end_index: u64,
}

/// All streams of a recording.
#[derive(Debug, Default)]
pub(super) struct Ledger(BTreeMap<StreamNo, Account>);

/// What a batch changes in one stream.
#[derive(Clone, Copy, Debug)]
pub(super) struct Change {
    account: Account,
    pub(super) stored: u64,
    pub(super) dropped: u64,
    pub(super) gaps: u64,
}

impl Change {
    pub(super) fn end_index(&self) -> u64 {
        self.account.end_index
    }
}

pub(super) type Changes = BTreeMap<StreamNo, Change>;

impl Ledger {
    pub(super) fn open(&mut self, no: StreamNo, first_index: u64, channels: usize) {
        self.0.insert(no, Account { channels, stored_to: first_index, end_index: first_index });
    }

    /// What the batch would change, if it fits.
    pub(super) fn check(&self, batch: &Batch<'_>) -> Result<Changes, StoreError> {
        let mut changes = Changes::new();
        for (no, block) in batch.blocks {
            self.change(&mut changes, *no)?.take_block(*no, block)?;
        }
        for (no, gap) in batch.gaps {
            self.change(&mut changes, *no)?.take_gap(*no, gap)?;
        }
        for (no, end) in batch.ends {
            to_i64(*end)?;
            self.change(&mut changes, *no)?.reach(*end);
        }
        Ok(changes)
    }

    /// Takes over what has been committed.
    pub(super) fn adopt(&mut self, changes: &Changes) {
        self.0.extend(changes.iter().map(|(no, change)| (*no, change.account)));
    }

    fn change<'a>(&self, changes: &'a mut Changes, no: StreamNo) -> Result<&'a mut Change, StoreError> {
        let account = *self.0.get(&no).ok_or_else(|| misfit(no, "there is no such stream"))?;
        Ok(changes.entry(no).or_insert(Change { account, stored: 0, dropped: 0, gaps: 0 }))
    }
}

impl Change {
    fn take_block(&mut self, no: StreamNo, block: &Block) -> Result<(), StoreError> {
        to_i64(block.end_index())?;
        if block.columns().len() != self.account.channels {
            return Err(misfit(no, "a block has another number of channels"));
        }
        if block.first_index() < self.account.stored_to {
            return Err(misfit(no, "a block begins before the end of what is stored"));
        }
        if block.len() > BLOCK_SAMPLES_MAX {
            return Err(misfit(no, "a block has more than 1,048,576 samples"));
        }
        self.account.stored_to = block.end_index();
        self.stored += block.len();
        self.reach(block.end_index());
        Ok(())
    }

    fn take_gap(&mut self, no: StreamNo, gap: &Gap) -> Result<(), StoreError> {
        let end = gap.first_index.checked_add(gap.samples).ok_or_else(|| misfit(no, "a gap has no end"))?;
        to_i64(end)?;
        self.dropped += gap.samples;
        self.gaps += 1;
        self.reach(end);
        Ok(())
    }

    fn reach(&mut self, end_index: u64) {
        self.account.end_index = self.account.end_index.max(end_index);
    }
}

/// SQLite's integers have a sign; so many samples never come.
pub(super) fn to_i64(index: u64) -> Result<i64, StoreError> {
    i64::try_from(index).map_err(|_| StoreError::Misfit { problem: format!("index {index} is out of range") })
}

fn misfit(no: StreamNo, problem: &str) -> StoreError {
    StoreError::Misfit { problem: format!("stream {no}: {problem}") }
}
