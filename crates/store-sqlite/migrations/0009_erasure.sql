-- The ledger of erasures. Matter keys lie in a file of their own from here on: rows of matter_key are moved there.
CREATE TABLE erasure (
  cell INTEGER NOT NULL, serial INTEGER NOT NULL, row TEXT NOT NULL,
  PRIMARY KEY (cell, serial)
) WITHOUT ROWID;
CREATE TRIGGER erasure_never_changes BEFORE UPDATE ON erasure BEGIN SELECT RAISE(ABORT, 'an erasure never changes'); END;
CREATE TRIGGER erasure_never_goes BEFORE DELETE ON erasure BEGIN SELECT RAISE(ABORT, 'an erasure is never deleted'); END;
CREATE TRIGGER matter_key_moved BEFORE INSERT ON matter_key BEGIN SELECT RAISE(ABORT, 'keys lie in the key file'); END;
