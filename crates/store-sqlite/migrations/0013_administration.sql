-- What was done to accounts, posts, bodies and tokens of the installation (cell 0), by whom and when.
CREATE TABLE administration (
  cell INTEGER NOT NULL, n INTEGER NOT NULL, row TEXT NOT NULL,
  ck INTEGER NOT NULL GENERATED ALWAYS AS (row_sum('administration', cell, n, row)) STORED,
  PRIMARY KEY (cell, n)
) WITHOUT ROWID;
CREATE TRIGGER administration_never_changes BEFORE UPDATE ON administration BEGIN SELECT RAISE(ABORT, 'a record never changes'); END;
CREATE TRIGGER administration_never_goes BEFORE DELETE ON administration BEGIN SELECT RAISE(ABORT, 'a record is never deleted'); END;
CREATE INDEX session_person ON session (cell, person);
