-- Attachments, looks, and the installation's own rows (cell 0).
CREATE TABLE blob (
  cell INTEGER NOT NULL, id TEXT NOT NULL,
  serial INTEGER, at INTEGER NOT NULL, mime TEXT NOT NULL, size INTEGER NOT NULL, sealed_key BLOB NOT NULL,
  alg INTEGER NOT NULL, content BLOB NOT NULL,
  PRIMARY KEY (cell, id)
);
CREATE INDEX blob_staged ON blob (cell, at) WHERE serial IS NULL;
CREATE INDEX blob_matter ON blob (cell, serial, at, id) WHERE serial IS NOT NULL;

-- Looks have a chain of their own, per cell: hash = H(hash before, seq, H(row)).
CREATE TABLE look (
  cell INTEGER NOT NULL, seq INTEGER NOT NULL,
  serial INTEGER NOT NULL, person INTEGER NOT NULL, body INTEGER NOT NULL, once_on INTEGER,
  row BLOB NOT NULL, hash BLOB NOT NULL,
  PRIMARY KEY (cell, seq)
) WITHOUT ROWID;
CREATE INDEX look_matter ON look (cell, serial, seq);
CREATE UNIQUE INDEX look_once ON look (cell, serial, person, body, once_on) WHERE once_on IS NOT NULL;
CREATE TRIGGER look_never_changes BEFORE UPDATE ON look BEGIN SELECT RAISE(ABORT, 'a look never changes'); END;
CREATE TRIGGER look_never_goes BEFORE DELETE ON look BEGIN SELECT RAISE(ABORT, 'a look is never deleted'); END;

CREATE TABLE body (cell INTEGER NOT NULL, id INTEGER NOT NULL, row TEXT NOT NULL, PRIMARY KEY (cell, id)) WITHOUT ROWID;
CREATE TABLE person (cell INTEGER NOT NULL, id INTEGER NOT NULL, row TEXT NOT NULL, PRIMARY KEY (cell, id)) WITHOUT ROWID;
CREATE TABLE relation (
  cell INTEGER NOT NULL, body INTEGER NOT NULL, relation TEXT NOT NULL, upper INTEGER NOT NULL, day INTEGER NOT NULL,
  row TEXT NOT NULL,
  PRIMARY KEY (cell, body, relation, upper, day)
) WITHOUT ROWID;
CREATE TABLE post (
  cell INTEGER NOT NULL, person INTEGER NOT NULL, body INTEGER NOT NULL, role TEXT NOT NULL, day INTEGER NOT NULL,
  row TEXT NOT NULL,
  PRIMARY KEY (cell, person, body, role, day)
) WITHOUT ROWID;
CREATE TABLE session (
  cell INTEGER NOT NULL, hash BLOB NOT NULL,
  person INTEGER NOT NULL, scopes TEXT, created INTEGER NOT NULL, expires INTEGER NOT NULL,
  PRIMARY KEY (cell, hash)
) WITHOUT ROWID;
CREATE TABLE setting (cell INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (cell, key)) WITHOUT ROWID;
CREATE TABLE mechanism (
  cell INTEGER NOT NULL, hash TEXT NOT NULL, id TEXT NOT NULL, json TEXT NOT NULL,
  PRIMARY KEY (cell, hash)
) WITHOUT ROWID;
