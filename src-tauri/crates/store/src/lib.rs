//! Recording files in SQLite.
