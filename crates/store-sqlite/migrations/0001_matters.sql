-- Case files: what is recorded, and the projection that lists read. Every key of a cell's table begins with the cell.
CREATE TABLE matter (
  cell INTEGER NOT NULL, serial INTEGER NOT NULL,
  seq INTEGER NOT NULL, head BLOB NOT NULL,
  year INTEGER NOT NULL, number INTEGER NOT NULL,
  mechanism TEXT NOT NULL, version TEXT NOT NULL, region TEXT NOT NULL, state TEXT NOT NULL, ring INTEGER NOT NULL,
  holder INTEGER, raised_at INTEGER NOT NULL, last_at INTEGER NOT NULL, due_at INTEGER, due_by INTEGER,
  promised_by INTEGER, answered_at INTEGER, ended_at INTEGER, heard TEXT,
  shield BLOB, -- body ids, four bytes each, big end first
  title BLOB,  -- sealed: cipher, length of nonce, nonce, text
  PRIMARY KEY (cell, serial)
) WITHOUT ROWID;
CREATE UNIQUE INDEX matter_number ON matter (cell, year, number);

CREATE TABLE entry (
  cell INTEGER NOT NULL, serial INTEGER NOT NULL, seq INTEGER NOT NULL,
  salt BLOB NOT NULL, alg INTEGER NOT NULL, hash BLOB NOT NULL, body BLOB NOT NULL,
  PRIMARY KEY (cell, serial, seq)
) WITHOUT ROWID;
CREATE TRIGGER entry_never_changes BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'an entry never changes'); END;
CREATE TRIGGER entry_never_goes BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'an entry is never deleted'); END;

CREATE TABLE vault (
  cell INTEGER NOT NULL, serial INTEGER NOT NULL, seq INTEGER NOT NULL, class INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (cell, serial, seq, class)
) WITHOUT ROWID;
CREATE TABLE matter_key (
  cell INTEGER NOT NULL, serial INTEGER NOT NULL,
  handlers BLOB NOT NULL, identity BLOB NOT NULL, epoch INTEGER NOT NULL,
  PRIMARY KEY (cell, serial)
) WITHOUT ROWID;
CREATE TABLE letter (
  cell INTEGER NOT NULL, serial INTEGER NOT NULL, place INTEGER NOT NULL,
  seq INTEGER NOT NULL, letter TEXT NOT NULL, body INTEGER NOT NULL, series TEXT, year INTEGER NOT NULL,
  number INTEGER NOT NULL,
  PRIMARY KEY (cell, serial, place)
) WITHOUT ROWID;
CREATE TABLE letter_series (
  cell INTEGER NOT NULL, body INTEGER NOT NULL, year INTEGER NOT NULL, series TEXT NOT NULL, last INTEGER NOT NULL,
  PRIMARY KEY (cell, body, year, series)
) WITHOUT ROWID;
CREATE TABLE command (
  cell INTEGER NOT NULL, principal TEXT NOT NULL, key TEXT NOT NULL,
  request BLOB NOT NULL, serial INTEGER NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (cell, principal, key)
) WITHOUT ROWID;
CREATE TABLE number_lease (
  cell INTEGER NOT NULL, year INTEGER NOT NULL, next INTEGER NOT NULL,
  PRIMARY KEY (cell, year)
) WITHOUT ROWID;
-- The last number given of a series that must never be given again (outbox, gen, directory).
CREATE TABLE sequence (
  cell INTEGER NOT NULL, name TEXT NOT NULL, last INTEGER NOT NULL,
  PRIMARY KEY (cell, name)
) WITHOUT ROWID;
