//! The rows of a CSV file, in the order of their indices.

use super::{Moment, Table};
use crate::number::Format;
use crate::text::guarded;
use crate::timestamp::{Seconds, Utc};
use csv::{Terminator, Writer, WriterBuilder};
use model::{Block, Channel, Stamp};
use std::fmt::{Display, Write};
use std::fs::File;
use std::io;
use std::iter::Peekable;
use store::{Gaps, RecordedGap, RecordedStream, StoreError};

const BUFFER_BYTES: usize = 1 << 16;

/// The file of one stream, being written.
pub(super) struct Sheet<'a> {
    out: Writer<File>,
    stream: &'a RecordedStream,
    formats: Vec<Format>,
    gaps: Peekable<Gaps<'a>>,
    started_host_ns: i64,
    /// The index that must come next.
    next: u64,
    /// When the row before was; it dates what has no time of its own.
    before: Moment,
    /// Something did not read back since the row before.
    is_damaged: bool,
    cell: String,
    table: Table,
}

impl<'a> Sheet<'a> {
    pub(super) fn new(file: File, stream: &'a RecordedStream, gaps: Gaps<'a>, started: Stamp) -> Self {
        let mut builder = WriterBuilder::new();
        builder.terminator(Terminator::CRLF).buffer_capacity(BUFFER_BYTES);
        let wall_minus_host_ns = started.wall_ns.saturating_sub(started.host_ns);
        Self {
            out: builder.from_writer(file),
            formats: stream.spec.channels.iter().map(Format::of).collect(),
            stream,
            gaps: gaps.peekable(),
            started_host_ns: started.host_ns,
            next: stream.first_index,
            before: Moment { host_ns: started.host_ns, wall_minus_host_ns },
            is_damaged: false,
            cell: String::new(),
            table: Table::default(),
        }
    }

    pub(super) fn header(&mut self) -> io::Result<()> {
        let stream = self.stream;
        self.text("time_utc")?;
        self.text("seconds")?;
        stream.spec.channels.iter().try_for_each(|channel| self.text(&heading(channel)))?;
        if self.has_ticks() {
            self.text("device_ticks")?;
        }
        self.text("gap")?;
        self.end_row()
    }

    /// The rows of a block and the gaps in front of its samples; how many samples it had.
    pub(super) fn block(&mut self, block: Result<Block, StoreError>) -> io::Result<u64> {
        match block {
            Ok(block) => {
                (0..block.host_ns().len()).try_for_each(|at| self.sample(&block, at))?;
                Ok(block.len())
            }
            Err(error) => {
                self.damage(&error);
                Ok(0)
            }
        }
    }

    /// The gaps behind the last sample; then everything is on the disk.
    pub(super) fn finish(mut self) -> io::Result<Table> {
        self.gaps_up_to(u64::MAX)?;
        self.fill_to(self.stream.counts.end_index)?;
        let file = self.out.into_inner().map_err(|error| io::Error::from(error.error().kind()))?;
        file.sync_all()?;
        Ok(self.table)
    }

    fn sample(&mut self, block: &Block, at: usize) -> io::Result<()> {
        let index = block.first_index() + at as u64;
        self.gaps_up_to(index)?;
        self.fill_to(index)?;
        let moment = Moment { host_ns: block.host_ns()[at], wall_minus_host_ns: block.wall_minus_host_ns() };
        self.time(moment)?;
        for (channel, column) in block.columns().iter().enumerate() {
            self.cell.clear();
            self.formats[channel].put(column, at, &mut self.cell);
            self.out.write_field(&self.cell).map_err(plain)?;
        }
        if self.has_ticks() {
            match block.device_ticks() {
                Some(ticks) => self.show(ticks[at])?,
                None => self.text("")?,
            }
        }
        self.text("")?;
        self.end_row()?;
        self.next = index + 1;
        self.table.take_sample(moment);
        Ok(())
    }

    /// The gaps in front of the sample `index`.
    fn gaps_up_to(&mut self, index: u64) -> io::Result<()> {
        let is_in_front = |gap: &Result<RecordedGap, StoreError>| {
            gap.as_ref().map_or(true, |recorded| recorded.gap.first_index <= index)
        };
        while let Some(gap) = self.gaps.next_if(is_in_front) {
            match gap {
                Ok(gap) => self.gap(&gap)?,
                Err(error) => self.damage(&error),
            }
        }
        Ok(())
    }

    fn gap(&mut self, recorded: &RecordedGap) -> io::Result<()> {
        let gap = &recorded.gap;
        self.fill_to(gap.first_index)?;
        let from = Moment { host_ns: gap.from_ns, wall_minus_host_ns: recorded.wall_minus_host_ns };
        self.gap_row(from, gap.reason.code(), gap.samples)?;
        self.next = self.next.max(gap.first_index.saturating_add(gap.samples));
        Ok(())
    }

    /// Marks samples that are missing though no gap says so.
    fn fill_to(&mut self, index: u64) -> io::Result<()> {
        if index <= self.next {
            return Ok(());
        }
        let reason = if self.is_damaged { "damaged" } else { "unexplained" };
        let missing = index - self.next;
        let words =
            format!("{}: {missing} samples are missing from index {}", self.stream.spec.key, self.next);
        self.table.take_problem(words);
        self.is_damaged = false;
        self.next = index;
        self.gap_row(self.before, reason, missing)
    }

    fn gap_row(&mut self, from: Moment, reason: &str, samples: u64) -> io::Result<()> {
        self.time(from)?;
        let empty = self.formats.len() + usize::from(self.has_ticks());
        (0..empty).try_for_each(|_| self.text(""))?;
        self.show(format_args!("{reason}: {samples} samples"))?;
        self.end_row()
    }

    fn damage(&mut self, error: &StoreError) {
        self.is_damaged = true;
        self.table.take_problem(format!("{}: {error}", self.stream.spec.key));
    }

    fn has_ticks(&self) -> bool {
        self.stream.spec.device_ticks_per_sec.is_some()
    }

    fn time(&mut self, at: Moment) -> io::Result<()> {
        self.before = at;
        self.show(Utc { wall_ns: at.wall_ns() })?;
        self.show(Seconds { ns: at.host_ns.saturating_sub(self.started_host_ns) })
    }

    fn show(&mut self, value: impl Display) -> io::Result<()> {
        self.cell.clear();
        write!(self.cell, "{value}").map_err(io::Error::other)?;
        self.out.write_field(&self.cell).map_err(plain)
    }

    fn text(&mut self, text: &str) -> io::Result<()> {
        self.out.write_field(text).map_err(plain)
    }

    fn end_row(&mut self) -> io::Result<()> {
        self.out.write_record(None::<&[u8]>).map_err(plain)
    }
}

/// The system's own error, which tells a full disk from a read-only one.
fn plain(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

/// `ecg [mV]`: both come from outside.
pub(crate) fn heading(channel: &Channel) -> String {
    if channel.unit.is_empty() {
        guarded(&channel.name)
    } else {
        guarded(&format!("{} [{}]", channel.name, channel.unit))
    }
}
