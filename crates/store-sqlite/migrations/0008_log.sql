-- The transparency log. What is recorded queues here in its own transaction and leaves the queue once it has a leaf.
-- Kind 1 is an entry, kind 2 a look (serial 0: looks are counted in their cell).
CREATE TABLE unlogged (
  cell INTEGER NOT NULL, kind INTEGER NOT NULL, serial INTEGER NOT NULL, seq INTEGER NOT NULL,
  alg INTEGER NOT NULL, hash BLOB NOT NULL,
  PRIMARY KEY (cell, kind, serial, seq)
) WITHOUT ROWID;
-- Leaves, tiles and checkpoints are the installation's (cell 0); `home` is the cell that a leaf came from.
CREATE TABLE log_leaf (
  cell INTEGER NOT NULL, idx INTEGER NOT NULL,
  home INTEGER NOT NULL, kind INTEGER NOT NULL, serial INTEGER NOT NULL, seq INTEGER NOT NULL,
  alg INTEGER NOT NULL, hash BLOB NOT NULL,
  PRIMARY KEY (cell, idx)
) WITHOUT ROWID;
CREATE UNIQUE INDEX log_leaf_of ON log_leaf (cell, home, kind, serial, seq);
CREATE TRIGGER log_leaf_never_changes BEFORE UPDATE ON log_leaf BEGIN SELECT RAISE(ABORT, 'a leaf never changes'); END;
CREATE TRIGGER log_leaf_never_goes BEFORE DELETE ON log_leaf BEGIN SELECT RAISE(ABORT, 'a leaf is never deleted'); END;
-- The roots of full tiles: level 1 over 256 leaves, level 2 over 256 of level 1. A tile is 256 rows in a run.
CREATE TABLE log_node (
  cell INTEGER NOT NULL, level INTEGER NOT NULL, idx INTEGER NOT NULL, hash BLOB NOT NULL,
  PRIMARY KEY (cell, level, idx)
) WITHOUT ROWID;
CREATE TRIGGER log_node_never_changes BEFORE UPDATE ON log_node BEGIN SELECT RAISE(ABORT, 'a tile never changes'); END;
CREATE TRIGGER log_node_never_goes BEFORE DELETE ON log_node BEGIN SELECT RAISE(ABORT, 'a tile is never deleted'); END;
CREATE TABLE log_checkpoint (
  cell INTEGER NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL, at INTEGER NOT NULL, note TEXT NOT NULL,
  PRIMARY KEY (cell, size)
);
CREATE TRIGGER log_checkpoint_never_changes BEFORE UPDATE ON log_checkpoint
BEGIN SELECT RAISE(ABORT, 'a checkpoint never changes'); END;

-- What was recorded before there was a log. Looks of that time carry no salt, so their hashes are not published: the
-- first look after it commits to them through the stream's chain.
INSERT INTO unlogged (cell, kind, serial, seq, alg, hash) SELECT cell, 1, serial, seq, alg, hash FROM entry;
