-- Times are microseconds since the epoch, UTC. Every row carries a CRC-32C of its other columns in "sum".

-- One row: the marker of the last flush, the hub's clock, the highest execution key ever given.
CREATE TABLE hub (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  last_flush INTEGER NOT NULL,
  clock INTEGER NOT NULL,
  highest_key INTEGER NOT NULL,
  sum INTEGER NOT NULL
);

-- One row per execution, keys rising in creation order. state is a serialized OrchestrationState;
-- name and version are the orchestrator's as in state, '' for none.
CREATE TABLE instances (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  slot INTEGER NOT NULL,
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  status INTEGER NOT NULL,
  ready INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  completed_at INTEGER NOT NULL,
  sum INTEGER NOT NULL,
  state BLOB NOT NULL
);

CREATE UNIQUE INDEX instances_id ON instances (id);

-- With the name, so that what nobody serves is passed over; with ready, because SQLite reads the row for it else.
CREATE INDEX instances_ready ON instances (key, slot, name, ready) WHERE ready <> 0;

CREATE INDEX instances_ended ON instances (completed_at, key) WHERE completed_at <> 0;

-- Lists: by status and time of creation; those of several statuses are merged. With name and version, so
-- that what runs on some version is found among many others without reading their rows.
CREATE INDEX instances_listed ON instances (status, created_at, name, version);

-- bytes are consecutive events, count of them, the first being number seq of the execution.
CREATE TABLE history (
  key INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  count INTEGER NOT NULL,
  walk INTEGER NOT NULL,
  sum INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (key, seq)
) WITHOUT ROWID;

CREATE TABLE inbox (
  key INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  sum INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (key, seq)
) WITHOUT ROWID;

CREATE TABLE timers (
  key INTEGER NOT NULL,
  timer_id INTEGER NOT NULL,
  slot INTEGER NOT NULL,
  fire_at INTEGER NOT NULL,
  sum INTEGER NOT NULL,
  PRIMARY KEY (key, timer_id)
) WITHOUT ROWID;

CREATE INDEX timers_due ON timers (fire_at, key, timer_id, slot, sum);

-- Small durable things of triggers and policies.
CREATE TABLE records (
  namespace TEXT NOT NULL,
  name TEXT NOT NULL,
  sum INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (namespace, name)
) WITHOUT ROWID;

INSERT INTO hub VALUES (1, 0, 0, 0, -2063864594);
