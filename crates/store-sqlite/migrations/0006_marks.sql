-- Marks: places of a matter in indexes that the use cases name (children of a matter, published texts, plans, free
-- places). Derived, like work lists.
CREATE TABLE mark (
  cell INTEGER NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, ord INTEGER NOT NULL, serial INTEGER NOT NULL,
  about TEXT NOT NULL,
  PRIMARY KEY (cell, kind, key, ord, serial, about)
) WITHOUT ROWID;
CREATE INDEX mark_matter ON mark (cell, serial);
