//! Exports of recordings: CSV.
