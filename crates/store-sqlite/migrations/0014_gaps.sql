-- Numbers of letters that may have been given in a part that is lost: declared, and never given again.
CREATE TABLE letter_gap (
  cell INTEGER NOT NULL, body INTEGER NOT NULL, year INTEGER NOT NULL, series TEXT NOT NULL,
  low INTEGER NOT NULL, high INTEGER NOT NULL, at INTEGER NOT NULL,
  ck INTEGER NOT NULL GENERATED ALWAYS AS (row_sum('letter_gap', cell, body, year, series, low, high, at)) STORED,
  PRIMARY KEY (cell, body, year, series, low)
) WITHOUT ROWID;
CREATE TRIGGER letter_gap_never_changes BEFORE UPDATE ON letter_gap BEGIN SELECT RAISE(ABORT, 'a gap never changes'); END;
CREATE TRIGGER letter_gap_never_goes BEFORE DELETE ON letter_gap BEGIN SELECT RAISE(ABORT, 'a gap is never deleted'); END;
