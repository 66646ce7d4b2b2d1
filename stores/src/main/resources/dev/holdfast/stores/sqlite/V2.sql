-- History in a table whose rows lie by one number, place: key * 2^22 + seq. So a chunk of up to 4,000 bytes
-- stays in a page of 4 KiB. key and seq are computed when they are read, and take no room.
ALTER TABLE history RENAME TO history_1;

CREATE TABLE history (
  place INTEGER PRIMARY KEY,
  key INTEGER GENERATED ALWAYS AS (place >> 22) VIRTUAL,
  seq INTEGER GENERATED ALWAYS AS (place & 4194303) VIRTUAL,
  count INTEGER NOT NULL,
  walk INTEGER NOT NULL,
  sum INTEGER NOT NULL,
  bytes BLOB NOT NULL
);

INSERT INTO history (place, count, walk, sum, bytes)
  SELECT key << 22 | seq, count, walk, sum, bytes FROM history_1 ORDER BY key, seq;

DROP TABLE history_1;

-- Newest first: what has just completed then lies beside what still runs, mostly in the same page.
DROP INDEX instances_listed;

CREATE INDEX instances_listed ON instances (status, created_at DESC, name, version);
