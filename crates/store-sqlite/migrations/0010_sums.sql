-- A sum in every row that no chain, key or recount covers; see `sums.rs`. The database makes it with each write.
-- A table cannot be given such a column later, so each is made anew with its rows.
CREATE TABLE letter_new (
  cell INTEGER NOT NULL, serial INTEGER NOT NULL, place INTEGER NOT NULL, seq INTEGER NOT NULL, letter TEXT NOT NULL,
  body INTEGER NOT NULL, series TEXT, year INTEGER NOT NULL, number INTEGER NOT NULL,
  ck INTEGER NOT NULL GENERATED ALWAYS AS (row_sum('letter', cell, serial, place, seq, letter, body, series, year, number)) STORED,
  PRIMARY KEY (cell, serial, place)
) WITHOUT ROWID;
INSERT INTO letter_new (cell, serial, place, seq, letter, body, series, year, number)
  SELECT cell, serial, place, seq, letter, body, series, year, number FROM letter;
DROP TABLE letter;
ALTER TABLE letter_new RENAME TO letter;
CREATE TABLE letter_series_new (
  cell INTEGER NOT NULL, body INTEGER NOT NULL, year INTEGER NOT NULL, series TEXT NOT NULL, last INTEGER NOT NULL,
  ck INTEGER NOT NULL GENERATED ALWAYS AS (row_sum('letter_series', cell, body, year, series, last)) STORED,
  PRIMARY KEY (cell, body, year, series)
) WITHOUT ROWID;
INSERT INTO letter_series_new (cell, body, year, series, last)
  SELECT cell, body, year, series, last FROM letter_series;
DROP TABLE letter_series;
ALTER TABLE letter_series_new RENAME TO letter_series;
CREATE TABLE command_new (
  cell INTEGER NOT NULL, principal TEXT NOT NULL, key TEXT NOT NULL, request BLOB NOT NULL, serial INTEGER NOT NULL,
  at INTEGER NOT NULL,
  ck INTEGER NOT NULL GENERATED ALWAYS AS (row_sum('command', cell, principal, key, request, serial, at)) STORED,
  PRIMARY KEY (cell, principal, key)
) WITHOUT ROWID;
INSERT INTO command_new (cell, principal, key, request, serial, at)
  SELECT cell, principal, key, request, serial, at FROM command;
DROP TABLE command;
ALTER TABLE command_new RENAME TO command;
CREATE INDEX command_at ON command (cell, at);
CREATE TABLE number_lease_new (
  cell INTEGER NOT NULL, year INTEGER NOT NULL, next INTEGER NOT NULL,
  ck INTEGER NOT NULL GENERATED ALWAYS AS (row_sum('number_lease', cell, year, next)) STORED,
  PRIMARY KEY (cell, year)
) WITHOUT ROWID;
INSERT INTO number_lease_new (cell, year, next)
  SELECT cell, year, next FROM number_lease;
DROP TABLE number_lease;
ALTER TABLE number_lease_new RENAME TO number_lease;
CREATE TABLE sequence_new (
  cell INTEGER NOT NULL, name TEXT NOT NULL, last INTEGER NOT NULL,
  ck INTEGER NOT NULL GENERATED ALWAYS AS (row_sum('sequence', cell, name, last)) STORED,
  PRIMARY KEY (cell, name)
) WITHOUT ROWID;
INSERT INTO sequence_new (cell, name, last)
  SELECT cell, name, last FROM sequence;
DROP TABLE sequence;
ALTER TABLE sequence_new RENAME TO sequence;
CREATE TABLE outbox_new (
  cell INTEGER NOT NULL, id INTEGER NOT NULL, serial INTEGER NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL,
  seq INTEGER NOT NULL, body INTEGER NOT NULL, about TEXT NOT NULL,
  ck INTEGER NOT NULL GENERATED ALWAYS AS (row_sum('outbox', cell, id, serial, at, kind, seq, body, about)) STORED,
  PRIMARY KEY (cell, id)
) WITHOUT ROWID;
INSERT INTO outbox_new (cell, id, serial, at, kind, seq, body, about)
  SELECT cell, id, serial, at, kind, seq, body, about FROM outbox;
DROP TABLE outbox;
ALTER TABLE outbox_new RENAME TO outbox;
CREATE TABLE notice_new (
  cell INTEGER NOT NULL, serial INTEGER NOT NULL, place INTEGER NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL,
  body INTEGER NOT NULL, about TEXT NOT NULL, channel TEXT NOT NULL,
  ck INTEGER NOT NULL GENERATED ALWAYS AS (row_sum('notice', cell, serial, place, seq, at, body, about, channel)) STORED,
  PRIMARY KEY (cell, serial, place)
) WITHOUT ROWID;
INSERT INTO notice_new (cell, serial, place, seq, at, body, about, channel)
  SELECT cell, serial, place, seq, at, body, about, channel FROM notice;
DROP TABLE notice;
ALTER TABLE notice_new RENAME TO notice;
CREATE TABLE tail_new (
  cell INTEGER NOT NULL, serial INTEGER NOT NULL, seq INTEGER NOT NULL, terms BLOB NOT NULL,
  ck INTEGER NOT NULL GENERATED ALWAYS AS (row_sum('tail', cell, serial, seq, terms)) STORED,
  PRIMARY KEY (cell, serial, seq)
) WITHOUT ROWID;
INSERT INTO tail_new (cell, serial, seq, terms)
  SELECT cell, serial, seq, terms FROM tail;
DROP TABLE tail;
ALTER TABLE tail_new RENAME TO tail;
CREATE TABLE generation_new (
  cell INTEGER NOT NULL, period INTEGER NOT NULL, gen INTEGER NOT NULL, level INTEGER NOT NULL,
  ck INTEGER NOT NULL GENERATED ALWAYS AS (row_sum('generation', cell, period, gen, level)) STORED,
  PRIMARY KEY (cell, period, gen)
) WITHOUT ROWID;
INSERT INTO generation_new (cell, period, gen, level)
  SELECT cell, period, gen, level FROM generation;
DROP TABLE generation;
ALTER TABLE generation_new RENAME TO generation;
CREATE TABLE segment_new (
  cell INTEGER NOT NULL, period INTEGER NOT NULL, gen INTEGER NOT NULL, first INTEGER NOT NULL, block BLOB NOT NULL,
  ck INTEGER NOT NULL GENERATED ALWAYS AS (row_sum('segment', cell, period, gen, first, block)) STORED,
  PRIMARY KEY (cell, period, gen, first)
);
INSERT INTO segment_new (cell, period, gen, first, block)
  SELECT cell, period, gen, first, block FROM segment;
DROP TABLE segment;
ALTER TABLE segment_new RENAME TO segment;
CREATE TABLE blob_new (
  cell INTEGER NOT NULL, id TEXT NOT NULL, serial INTEGER, at INTEGER NOT NULL, mime TEXT NOT NULL,
  size INTEGER NOT NULL, sealed_key BLOB NOT NULL, alg INTEGER NOT NULL,
  ck INTEGER NOT NULL GENERATED ALWAYS AS (row_sum('blob', cell, id, serial, at, mime, size, sealed_key, alg)) STORED,
  content BLOB NOT NULL,
  PRIMARY KEY (cell, id)
);
INSERT INTO blob_new (cell, id, serial, at, mime, size, sealed_key, alg, content)
  SELECT cell, id, serial, at, mime, size, sealed_key, alg, content FROM blob;
DROP TABLE blob;
ALTER TABLE blob_new RENAME TO blob;
CREATE INDEX blob_staged ON blob (cell, at) WHERE serial IS NULL;
CREATE INDEX blob_matter ON blob (cell, serial, at, id) WHERE serial IS NOT NULL;
CREATE TABLE body_new (
  cell INTEGER NOT NULL, id INTEGER NOT NULL, row TEXT NOT NULL,
  ck INTEGER NOT NULL GENERATED ALWAYS AS (row_sum('body', cell, id, row)) STORED,
  PRIMARY KEY (cell, id)
) WITHOUT ROWID;
INSERT INTO body_new (cell, id, row)
  SELECT cell, id, row FROM body;
DROP TABLE body;
ALTER TABLE body_new RENAME TO body;
CREATE TABLE person_new (
  cell INTEGER NOT NULL, id INTEGER NOT NULL, row TEXT NOT NULL,
  ck INTEGER NOT NULL GENERATED ALWAYS AS (row_sum('person', cell, id, row)) STORED,
  PRIMARY KEY (cell, id)
) WITHOUT ROWID;
INSERT INTO person_new (cell, id, row)
  SELECT cell, id, row FROM person;
DROP TABLE person;
ALTER TABLE person_new RENAME TO person;
CREATE TABLE relation_new (
  cell INTEGER NOT NULL, body INTEGER NOT NULL, relation TEXT NOT NULL, upper INTEGER NOT NULL, day INTEGER NOT NULL,
  row TEXT NOT NULL,
  ck INTEGER NOT NULL GENERATED ALWAYS AS (row_sum('relation', cell, body, relation, upper, day, row)) STORED,
  PRIMARY KEY (cell, body, relation, upper, day)
) WITHOUT ROWID;
INSERT INTO relation_new (cell, body, relation, upper, day, row)
  SELECT cell, body, relation, upper, day, row FROM relation;
DROP TABLE relation;
ALTER TABLE relation_new RENAME TO relation;
CREATE TABLE post_new (
  cell INTEGER NOT NULL, person INTEGER NOT NULL, body INTEGER NOT NULL, role TEXT NOT NULL, day INTEGER NOT NULL,
  row TEXT NOT NULL,
  ck INTEGER NOT NULL GENERATED ALWAYS AS (row_sum('post', cell, person, body, role, day, row)) STORED,
  PRIMARY KEY (cell, person, body, role, day)
) WITHOUT ROWID;
INSERT INTO post_new (cell, person, body, role, day, row)
  SELECT cell, person, body, role, day, row FROM post;
DROP TABLE post;
ALTER TABLE post_new RENAME TO post;
CREATE TABLE session_new (
  cell INTEGER NOT NULL, hash BLOB NOT NULL, person INTEGER NOT NULL, scopes TEXT, created INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  ck INTEGER NOT NULL GENERATED ALWAYS AS (row_sum('session', cell, hash, person, scopes, created, expires)) STORED,
  PRIMARY KEY (cell, hash)
) WITHOUT ROWID;
INSERT INTO session_new (cell, hash, person, scopes, created, expires)
  SELECT cell, hash, person, scopes, created, expires FROM session;
DROP TABLE session;
ALTER TABLE session_new RENAME TO session;
CREATE INDEX session_expires ON session (cell, expires);
CREATE TABLE setting_new (
  cell INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
  ck INTEGER NOT NULL GENERATED ALWAYS AS (row_sum('setting', cell, key, value)) STORED,
  PRIMARY KEY (cell, key)
) WITHOUT ROWID;
INSERT INTO setting_new (cell, key, value)
  SELECT cell, key, value FROM setting;
DROP TABLE setting;
ALTER TABLE setting_new RENAME TO setting;
CREATE TABLE mechanism_new (
  cell INTEGER NOT NULL, hash TEXT NOT NULL, id TEXT NOT NULL, json TEXT NOT NULL,
  ck INTEGER NOT NULL GENERATED ALWAYS AS (row_sum('mechanism', cell, hash, id, json)) STORED,
  PRIMARY KEY (cell, hash)
) WITHOUT ROWID;
INSERT INTO mechanism_new (cell, hash, id, json)
  SELECT cell, hash, id, json FROM mechanism;
DROP TABLE mechanism;
ALTER TABLE mechanism_new RENAME TO mechanism;
CREATE TABLE set_version_new (
  cell INTEGER NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, at INTEGER NOT NULL, closed INTEGER, person INTEGER,
  rows INTEGER NOT NULL,
  ck INTEGER NOT NULL GENERATED ALWAYS AS (row_sum('set_version', cell, id, version, at, closed, person, rows)) STORED,
  PRIMARY KEY (cell, id, version)
) WITHOUT ROWID;
INSERT INTO set_version_new (cell, id, version, at, closed, person, rows)
  SELECT cell, id, version, at, closed, person, rows FROM set_version;
DROP TABLE set_version;
ALTER TABLE set_version_new RENAME TO set_version;
CREATE TABLE set_row_new (
  cell INTEGER NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, place INTEGER NOT NULL, code TEXT NOT NULL,
  row TEXT NOT NULL,
  ck INTEGER NOT NULL GENERATED ALWAYS AS (row_sum('set_row', cell, id, version, place, code, row)) STORED,
  PRIMARY KEY (cell, id, version, place)
) WITHOUT ROWID;
INSERT INTO set_row_new (cell, id, version, place, code, row)
  SELECT cell, id, version, place, code, row FROM set_row;
DROP TABLE set_row;
ALTER TABLE set_row_new RENAME TO set_row;
CREATE UNIQUE INDEX set_row_code ON set_row (cell, id, version, code);
CREATE TRIGGER set_row_never_changes BEFORE UPDATE ON set_row BEGIN SELECT RAISE(ABORT, 'a row of a set never changes; load a new version'); END;
CREATE TABLE unlogged_new (
  cell INTEGER NOT NULL, kind INTEGER NOT NULL, serial INTEGER NOT NULL, seq INTEGER NOT NULL, alg INTEGER NOT NULL,
  hash BLOB NOT NULL,
  ck INTEGER NOT NULL GENERATED ALWAYS AS (row_sum('unlogged', cell, kind, serial, seq, alg, hash)) STORED,
  PRIMARY KEY (cell, kind, serial, seq)
) WITHOUT ROWID;
INSERT INTO unlogged_new (cell, kind, serial, seq, alg, hash)
  SELECT cell, kind, serial, seq, alg, hash FROM unlogged;
DROP TABLE unlogged;
ALTER TABLE unlogged_new RENAME TO unlogged;
CREATE TABLE log_checkpoint_new (
  cell INTEGER NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL, at INTEGER NOT NULL, note TEXT NOT NULL,
  ck INTEGER NOT NULL GENERATED ALWAYS AS (row_sum('log_checkpoint', cell, size, root, at, note)) STORED,
  PRIMARY KEY (cell, size)
);
INSERT INTO log_checkpoint_new (cell, size, root, at, note)
  SELECT cell, size, root, at, note FROM log_checkpoint;
DROP TABLE log_checkpoint;
ALTER TABLE log_checkpoint_new RENAME TO log_checkpoint;
CREATE TRIGGER log_checkpoint_never_changes BEFORE UPDATE ON log_checkpoint
BEGIN SELECT RAISE(ABORT, 'a checkpoint never changes'); END;
CREATE TABLE erasure_new (
  cell INTEGER NOT NULL, serial INTEGER NOT NULL, row TEXT NOT NULL,
  ck INTEGER NOT NULL GENERATED ALWAYS AS (row_sum('erasure', cell, serial, row)) STORED,
  PRIMARY KEY (cell, serial)
) WITHOUT ROWID;
INSERT INTO erasure_new (cell, serial, row)
  SELECT cell, serial, row FROM erasure;
DROP TABLE erasure;
ALTER TABLE erasure_new RENAME TO erasure;
CREATE TRIGGER erasure_never_changes BEFORE UPDATE ON erasure BEGIN SELECT RAISE(ABORT, 'an erasure never changes'); END;
CREATE TRIGGER erasure_never_goes BEFORE DELETE ON erasure BEGIN SELECT RAISE(ABORT, 'an erasure is never deleted'); END;
