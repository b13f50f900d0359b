-- Matters of which only the identity was erased: that key is a row of zeros, the other is still there.
CREATE TABLE erased_identity (
  cell INTEGER NOT NULL, serial INTEGER NOT NULL, row TEXT NOT NULL,
  PRIMARY KEY (cell, serial)
) WITHOUT ROWID;
CREATE TRIGGER erased_identity_never_changes BEFORE UPDATE ON erased_identity BEGIN SELECT RAISE(ABORT, 'an erasure never changes'); END;
CREATE TRIGGER erased_identity_never_goes BEFORE DELETE ON erased_identity BEGIN SELECT RAISE(ABORT, 'an erasure is never deleted'); END;
