-- A Sensocto recording, format version 2. FORMAT.md tells the whole story.
--
-- Times: host_ns = nanoseconds of a monotonic clock that counts through
-- suspend; its zero means nothing. Wall time (nanoseconds since 1970-01-01
-- UTC) = host_ns + wall_minus_host_ns.
-- Indices: the samples of a stream are numbered by its source. Blocks and gaps
-- together cover first_index .. end_index without hole or overlap.

-- What is true of the whole recording: title, console_version, host_clock,
-- started_host_ns, started_wall_ns, saved_host_ns, saved_wall_ns (the last
-- commit), and, once it was closed, closed_host_ns, closed_wall_ns.
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value ANY NOT NULL
) STRICT, WITHOUT ROWID;

-- A device, or a simulated person.
CREATE TABLE sensors (
    id             INTEGER PRIMARY KEY,
    name           TEXT NOT NULL UNIQUE, -- the console's id of the sensor
    display_name   TEXT NOT NULL,        -- what it calls itself: text from outside
    connector      TEXT NOT NULL,        -- which connector delivered it
    connector_kind TEXT NOT NULL,        -- 'ble', 'simulator', …
    facts          TEXT NOT NULL CHECK (json_valid(facts)) -- [["maker", "…"], …]
) STRICT;

-- One attribute of one sensor. An attribute whose description changes in
-- mid-recording gets a second row, from the index where the change happened.
CREATE TABLE streams (
    id                   INTEGER PRIMARY KEY,
    sensor               INTEGER NOT NULL REFERENCES sensors (id),
    attribute            TEXT NOT NULL,
    kind                 TEXT NOT NULL, -- 'ecg', 'heart_rate', …; an unknown one is 'generic'
    -- [{"name", "unit", "scale", "offset"}, …]: value in unit = raw * scale + offset
    channels             TEXT NOT NULL CHECK (json_valid(channels)),
    nominal_rate_hz      REAL,          -- NULL for events
    device_ticks_per_sec REAL,          -- NULL where samples carry no device time
    first_index          INTEGER NOT NULL CHECK (first_index >= 0),
    UNIQUE (sensor, attribute, first_index)
) STRICT;

-- What has happened to a stream so far; changes with every commit, hence a
-- small table of its own. end_index - first_index = offered = stored + dropped.
CREATE TABLE counts (
    stream    INTEGER PRIMARY KEY REFERENCES streams (id),
    end_index INTEGER NOT NULL, -- one past the last sample offered
    stored    INTEGER NOT NULL, -- samples in blocks
    dropped   INTEGER NOT NULL, -- samples in gaps
    gaps      INTEGER NOT NULL  -- number of gap rows
) STRICT;

-- A run of samples. The four blobs and the checksum are laid out in FORMAT.md.
CREATE TABLE blocks (
    id                 INTEGER PRIMARY KEY,
    stream             INTEGER NOT NULL REFERENCES streams (id),
    first_index        INTEGER NOT NULL CHECK (first_index >= 0),
    samples            INTEGER NOT NULL CHECK (samples > 0),
    first_host_ns      INTEGER NOT NULL,
    last_host_ns       INTEGER NOT NULL,
    wall_minus_host_ns INTEGER NOT NULL,
    host_times         BLOB NOT NULL, -- packed column of 64-bit integers, ns
    device_ticks       BLOB,          -- packed column of 64-bit integers, or NULL
    channel_values     BLOB NOT NULL, -- a packed column for each channel, raw
    channel_stats      BLOB NOT NULL, -- min, max, sum of each channel, raw
    crc32c             INTEGER NOT NULL,
    UNIQUE (stream, first_index)
) STRICT;

-- Where samples are missing. samples = 0: the device itself was gone, and
-- nothing was offered that could have been stored.
CREATE TABLE gaps (
    id                 INTEGER PRIMARY KEY,
    stream             INTEGER NOT NULL REFERENCES streams (id),
    first_index        INTEGER NOT NULL CHECK (first_index >= 0),
    samples            INTEGER NOT NULL CHECK (samples >= 0),
    from_ns            INTEGER NOT NULL, -- host time of the last sample before
    to_ns              INTEGER NOT NULL, -- host time of the first sample after
    reason             TEXT NOT NULL,    -- 'link_lost', 'recorder_full', …
    wall_minus_host_ns INTEGER NOT NULL
) STRICT;
CREATE INDEX gaps_by_place ON gaps (stream, first_index, samples);
