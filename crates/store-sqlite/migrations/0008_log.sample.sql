-- The queue holds the entry of the first sample: the migration put it there.
INSERT INTO log_leaf VALUES (0, 0, 1, 1, 7, 1, 1, zeroblob(32));
INSERT INTO log_node VALUES (0, 1, 0, zeroblob(32));
INSERT INTO log_checkpoint VALUES (0, 1, zeroblob(32), 1, 'note');
