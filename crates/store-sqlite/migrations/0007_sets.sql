-- Sets: versioned lists of the installation (cell 0). A version and its rows are written once; only its end is set later.
CREATE TABLE set_version (
  cell INTEGER NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL,
  at INTEGER NOT NULL, closed INTEGER, person INTEGER, rows INTEGER NOT NULL,
  PRIMARY KEY (cell, id, version)
) WITHOUT ROWID;
CREATE TABLE set_row (
  cell INTEGER NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, place INTEGER NOT NULL,
  code TEXT NOT NULL, row TEXT NOT NULL,
  PRIMARY KEY (cell, id, version, place)
) WITHOUT ROWID;
CREATE UNIQUE INDEX set_row_code ON set_row (cell, id, version, code);
CREATE TRIGGER set_row_never_changes BEFORE UPDATE ON set_row
BEGIN SELECT RAISE(ABORT, 'a row of a set never changes; load a new version'); END;
