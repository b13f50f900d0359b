-- The key file: wrapped keys, nothing else. What is destroyed is first written over in place, which nothing but a row of
-- the same length allows: a B-tree that moves rows leaves pieces of them behind in its pages (measured: ADR 0012). Hence
-- a table that only grows at its end, epochs of fixed length, and a matter whose keys were destroyed as a row of zeros.
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE secret (
  place INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
  master TEXT NOT NULL, -- the fingerprint of the master key that wraps it
  sealed BLOB NOT NULL  -- cipher, length of nonce, nonce, text
);
CREATE TABLE key (
  place INTEGER PRIMARY KEY, cell INTEGER NOT NULL, serial INTEGER NOT NULL,
  epoch BLOB NOT NULL,  -- four bytes, big end first; zeros where the keys were destroyed
  handlers BLOB NOT NULL, identity BLOB NOT NULL
);
CREATE UNIQUE INDEX key_matter ON key (cell, serial);
-- The ledger of erasures once more, so that one that a crash or a restore took out of the main file is carried out again.
CREATE TABLE erased (
  cell INTEGER NOT NULL, serial INTEGER NOT NULL, row TEXT NOT NULL,
  PRIMARY KEY (cell, serial)
) WITHOUT ROWID;
CREATE TRIGGER erased_never_changes BEFORE UPDATE ON erased BEGIN SELECT RAISE(ABORT, 'an erasure never changes'); END;
CREATE TRIGGER erased_never_goes BEFORE DELETE ON erased BEGIN SELECT RAISE(ABORT, 'an erasure is never deleted'); END;
