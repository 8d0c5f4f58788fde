-- The outbox of a Sensocto Console, format version 1. FORMAT.md tells the story.

-- What waits to be delivered, in the order of its arrival. An id is never used
-- twice (AUTOINCREMENT), so ids rise within each topic and key for ever.
CREATE TABLE messages (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    topic   TEXT NOT NULL,               -- which destination
    key     TEXT NOT NULL,               -- what must stay in order among itself
    dedup   TEXT NOT NULL UNIQUE,        -- by which a receiver knows it again
    payload BLOB NOT NULL,
    wall_ns INTEGER NOT NULL,            -- when it was put in, ns since 1970-01-01 UTC
    tries   INTEGER NOT NULL DEFAULT 0,  -- begun; counted before each
    parked  INTEGER NOT NULL DEFAULT 0,  -- 1 = set aside, waits for the operator
    failure TEXT NOT NULL DEFAULT ''     -- why the last try failed
) STRICT;
CREATE INDEX messages_by_key ON messages (topic, key, id) WHERE parked = 0;

-- What has happened since the file was made: put = delivered + dropped +
-- discarded + rows of messages. 'refused' and 'duplicate' were never put.
CREATE TABLE counts (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
