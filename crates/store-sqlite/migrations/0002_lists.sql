-- Work lists, clocks, counters, what is to be sent and what was. Body -1 stands for none.
CREATE TABLE work (
  cell INTEGER NOT NULL, body INTEGER NOT NULL, lane INTEGER NOT NULL, ord INTEGER NOT NULL, serial INTEGER NOT NULL,
  PRIMARY KEY (cell, body, lane, ord, serial)
) WITHOUT ROWID;
CREATE INDEX work_matter ON work (cell, serial);
CREATE TABLE lane_count (
  cell INTEGER NOT NULL, body INTEGER NOT NULL, lane INTEGER NOT NULL, n INTEGER NOT NULL,
  PRIMARY KEY (cell, body, lane)
) WITHOUT ROWID;
CREATE TABLE due (
  cell INTEGER NOT NULL, listed INTEGER NOT NULL, at INTEGER NOT NULL, serial INTEGER NOT NULL, clock TEXT NOT NULL,
  body INTEGER NOT NULL,
  PRIMARY KEY (cell, listed, at, serial, clock, body)
) WITHOUT ROWID;
CREATE INDEX due_matter ON due (cell, serial);
CREATE TABLE counter (
  cell INTEGER NOT NULL, book INTEGER NOT NULL, series TEXT NOT NULL,
  day INTEGER NOT NULL, -- yyyymmdd
  body INTEGER NOT NULL, region TEXT NOT NULL, class TEXT NOT NULL, bucket INTEGER NOT NULL, slot INTEGER NOT NULL,
  n INTEGER NOT NULL,
  PRIMARY KEY (cell, book, series, day, body, region, class, bucket, slot)
) WITHOUT ROWID;
CREATE TABLE outbox (
  cell INTEGER NOT NULL, id INTEGER NOT NULL,
  serial INTEGER NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL, seq INTEGER NOT NULL, body INTEGER NOT NULL,
  about TEXT NOT NULL,
  PRIMARY KEY (cell, id)
) WITHOUT ROWID;
CREATE TABLE notice (
  cell INTEGER NOT NULL, serial INTEGER NOT NULL, place INTEGER NOT NULL,
  seq INTEGER NOT NULL, at INTEGER NOT NULL, body INTEGER NOT NULL, about TEXT NOT NULL, channel TEXT NOT NULL,
  PRIMARY KEY (cell, serial, place)
) WITHOUT ROWID;
