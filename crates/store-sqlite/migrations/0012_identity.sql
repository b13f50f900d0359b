-- The ledger of matters of which only the identity was erased, so that a restore erases it again.
CREATE TABLE identity_erasure (
  cell INTEGER NOT NULL, serial INTEGER NOT NULL, row TEXT NOT NULL,
  ck INTEGER NOT NULL GENERATED ALWAYS AS (row_sum('identity_erasure', cell, serial, row)) STORED,
  PRIMARY KEY (cell, serial)
) WITHOUT ROWID;
CREATE TRIGGER identity_erasure_never_changes BEFORE UPDATE ON identity_erasure BEGIN SELECT RAISE(ABORT, 'an erasure never changes'); END;
CREATE TRIGGER identity_erasure_never_goes BEFORE DELETE ON identity_erasure BEGIN SELECT RAISE(ABORT, 'an erasure is never deleted'); END;
