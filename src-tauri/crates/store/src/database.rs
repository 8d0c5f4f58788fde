//! The console's own databases (outbox, rolling history, known devices): made whole, opened,
//! checked. Recordings have their own way, because they travel.
//!
//! As with recordings, a file is born in one write, with its schema and in
//! write-ahead-log mode, so that no crash leaves half of one.

use crate::StoreError;
use crate::file::{open_with_patience, wal_image, write_new};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a statement may wait for another connection that holds the file.
const PATIENCE: Duration = Duration::from_millis(500);

/// What makes a file one of these databases.
pub(crate) struct Kind {
    /// In words: "an outbox".
    pub name: &'static str,
    pub application_id: u32,
    /// SQLite's `user_version`.
    pub version: u32,
    pub schema: &'static str,
    pub tables: &'static [&'static str],
}

/// An open database, with its absolute path.
#[derive(Debug)]
pub(crate) struct Database {
    pub conn: Connection,
    pub path: PathBuf,
}

impl Database {
    /// Opens the database, or makes it where there is no file yet.
    pub fn open(path: &Path, kind: &Kind) -> Result<Self, StoreError> {
        let path = std::path::absolute(path).map_err(|error| StoreError::from_io(path, &error))?;
        if !path.exists() {
            let image = image(kind).map_err(|error| StoreError::from_sqlite(&path, &error))?;
            write_new(&path, &image)?;
        }
        let conn = open_with_patience(&path, PATIENCE).map_err(|error| words(&path, kind, &error))?;
        let database = Self { conn, path };
        database.check(kind)?;
        Ok(database)
    }

    fn check(&self, kind: &Kind) -> Result<(), StoreError> {
        let number = |pragma| self.conn.pragma_query_value(None, pragma, |row| row.get::<_, i32>(0));
        let number = |pragma| number(pragma).map_err(|error| words(&self.path, kind, &error));
        if number("application_id")?.cast_unsigned() != kind.application_id {
            let found = "it is a SQLite file of another program";
            return Err(StoreError::OtherFile { path: self.path.clone(), expected: kind.name, found });
        }
        let found = number("user_version")?.cast_unsigned();
        if found > kind.version {
            return Err(StoreError::NewerVersion { path: self.path.clone(), found, known: kind.version });
        }
        self.conn
            .pragma_update(None, "cell_size_check", true)
            .and_then(|()| self.missing_table(kind))
            .map_err(|error| self.error(&error))?
            .map_or(Ok(()), |table| {
                let problem = format!("its table “{table}” is missing");
                Err(StoreError::Damaged { path: self.path.clone(), problem })
            })
    }

    fn missing_table(&self, kind: &Kind) -> rusqlite::Result<Option<&'static str>> {
        let mut known = self
            .conn
            .prepare("SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1)")?;
        for table in kind.tables {
            if !known.query_row([table], |row| row.get::<_, bool>(0))? {
                return Ok(Some(table));
            }
        }
        Ok(None)
    }

    /// Reads.
    pub fn read<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        work(&self.conn).map_err(|error| self.error(&error))
    }

    /// Changes, all or nothing.
    pub fn transact<T>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let done = (|| {
            let tx = self.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let value = work(&tx)?;
            tx.commit()?;
            Ok(value)
        })();
        done.map_err(|error| self.error(&error))
    }

    pub fn error(&self, error: &rusqlite::Error) -> StoreError {
        StoreError::from_sqlite(&self.path, error)
    }

    pub fn damaged(&self, problem: String) -> StoreError {
        StoreError::Damaged { path: self.path.clone(), problem }
    }
}

fn words(path: &Path, kind: &Kind, error: &rusqlite::Error) -> StoreError {
    match StoreError::from_sqlite(path, error) {
        StoreError::NotARecording { path, found } => {
            StoreError::OtherFile { path, expected: kind.name, found }
        }
        other => other,
    }
}

fn image(kind: &Kind) -> rusqlite::Result<Vec<u8>> {
    let mut conn = Connection::open_in_memory()?;
    // Room that retention has freed can be given back to the disk; it must be said first.
    conn.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    conn.pragma_update(None, "application_id", kind.application_id)?;
    conn.pragma_update(None, "user_version", kind.version)?;
    conn.execute_batch(kind.schema)?;
    wal_image(&mut conn)
}
