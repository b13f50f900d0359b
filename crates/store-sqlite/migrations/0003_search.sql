-- Search: one row of terms per append (the tail), merged later into segments. A segment is one generation of one
-- period of serials; its blocks hold sorted terms, each with its serials. Terms have their top bit flipped, so that they sort.
CREATE TABLE tail (
  cell INTEGER NOT NULL, serial INTEGER NOT NULL, seq INTEGER NOT NULL, terms BLOB NOT NULL,
  PRIMARY KEY (cell, serial, seq)
) WITHOUT ROWID;
CREATE TABLE generation (
  cell INTEGER NOT NULL, period INTEGER NOT NULL, gen INTEGER NOT NULL, level INTEGER NOT NULL,
  PRIMARY KEY (cell, period, gen)
) WITHOUT ROWID;
CREATE TABLE segment (
  cell INTEGER NOT NULL, period INTEGER NOT NULL, gen INTEGER NOT NULL, first INTEGER NOT NULL, block BLOB NOT NULL,
  PRIMARY KEY (cell, period, gen, first)
);
