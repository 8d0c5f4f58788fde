//! Pure decisions: restart intensity and backoff.
