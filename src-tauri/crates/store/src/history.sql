-- The rolling history of a Sensocto Console, format version 1. FORMAT.md tells
-- the story. The packed columns and the checksum are those of a recording.

-- A run of the console. Its host clock begins anew with the computer, and the
-- numbers of its samples with the run.
CREATE TABLE sessions (
    id              INTEGER PRIMARY KEY,
    name            TEXT NOT NULL UNIQUE, -- chosen by the run
    started_host_ns INTEGER NOT NULL,
    started_wall_ns INTEGER NOT NULL
) STRICT;

-- One attribute of one sensor in one run.
CREATE TABLE streams (
    id        INTEGER PRIMARY KEY,
    session   INTEGER NOT NULL REFERENCES sessions (id),
    sensor    TEXT NOT NULL,
    attribute TEXT NOT NULL,
    spec      TEXT NOT NULL CHECK (json_valid(spec)), -- kind, channels, rates
    UNIQUE (session, sensor, attribute, spec)
) STRICT;
CREATE INDEX streams_by_sensor ON streams (sensor, attribute);

-- A run of samples. at_ns = host time - started_host_ns + started_wall_ns of the
-- session: a time line that a clock set in mid-run does not bend.
CREATE TABLE blocks (
    id                 INTEGER PRIMARY KEY,
    stream             INTEGER NOT NULL REFERENCES streams (id),
    first_index        INTEGER NOT NULL CHECK (first_index >= 0),
    samples            INTEGER NOT NULL CHECK (samples > 0),
    first_host_ns      INTEGER NOT NULL,
    last_host_ns       INTEGER NOT NULL,
    wall_minus_host_ns INTEGER NOT NULL,
    first_at_ns        INTEGER NOT NULL,
    last_at_ns         INTEGER NOT NULL,
    host_times         BLOB NOT NULL,
    device_ticks       BLOB,
    channel_values     BLOB NOT NULL,
    channel_stats      BLOB NOT NULL,
    crc32c             INTEGER NOT NULL,
    UNIQUE (stream, first_index)
) STRICT;
CREATE INDEX blocks_by_time ON blocks (stream, last_at_ns);
CREATE INDEX blocks_by_age ON blocks (last_at_ns);

-- What has happened since the file was made: samples 'stored' and 'expired',
-- blocks 'blocks_stored', 'blocks_expired' and 'repeated' (came again).
-- stored = expired + samples of blocks; likewise the blocks.
CREATE TABLE counts (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
