-- The known devices of a Sensocto Console, format version 1. FORMAT.md tells the story.

-- A device that an operator has connected once.
CREATE TABLE devices (
    device       TEXT PRIMARY KEY,   -- as the connector names it: an address, or a UUID on macOS
    name         TEXT NOT NULL,      -- what it calls itself
    alias        TEXT NOT NULL,      -- what the operator calls it; empty for none
    owner        TEXT NOT NULL,      -- whose it is, or who wears it; empty for nobody
    room         TEXT NOT NULL,      -- where it belongs; empty for nowhere
    driver       TEXT NOT NULL,      -- by what it was read; empty where that is not told
    last_seen_ns INTEGER NOT NULL,   -- ns since 1970-01-01 UTC; 0 = never
    reconnects   INTEGER NOT NULL    -- 1 = is connected by itself when the console starts
) STRICT, WITHOUT ROWID;

-- How often its streams usually deliver.
CREATE TABLE rates (
    device    TEXT NOT NULL REFERENCES devices (device) ON DELETE CASCADE,
    attribute TEXT NOT NULL,
    hz        REAL NOT NULL,         -- samples a second
    PRIMARY KEY (device, attribute)
) STRICT, WITHOUT ROWID;
