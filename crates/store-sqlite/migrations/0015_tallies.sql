-- How many rows there are of each table that nothing else counts, and the sum of the upper halves of their sums: kept with every
-- write, so that a row that was deleted, put in or exchanged by hand is noticed. A table that is made anew gets its triggers anew.
CREATE TABLE tally (
  cell INTEGER NOT NULL, name TEXT NOT NULL, n INTEGER NOT NULL, total INTEGER NOT NULL,
  ck INTEGER NOT NULL GENERATED ALWAYS AS (row_sum('tally', cell, name, n, total)) STORED,
  PRIMARY KEY (cell, name)
) WITHOUT ROWID;
INSERT INTO tally (cell, name, n, total) SELECT cell, 'mechanism', count(*), sum(ck >> 32) FROM mechanism GROUP BY cell;
CREATE TRIGGER mechanism_comes AFTER INSERT ON mechanism BEGIN
  INSERT INTO tally (cell, name, n, total) SELECT NEW.cell, 'mechanism', 0, 0 WHERE NOT EXISTS (SELECT 1 FROM tally WHERE cell = NEW.cell AND name = 'mechanism');
  UPDATE tally SET n = n + 1, total = total + (NEW.ck >> 32) WHERE cell = NEW.cell AND name = 'mechanism';
END;
CREATE TRIGGER mechanism_goes AFTER DELETE ON mechanism BEGIN
  UPDATE tally SET n = n - 1, total = total - (OLD.ck >> 32) WHERE cell = OLD.cell AND name = 'mechanism';
END;
INSERT INTO tally (cell, name, n, total) SELECT cell, 'command', count(*), sum(ck >> 32) FROM command GROUP BY cell;
CREATE TRIGGER command_comes AFTER INSERT ON command BEGIN
  INSERT INTO tally (cell, name, n, total) SELECT NEW.cell, 'command', 0, 0 WHERE NOT EXISTS (SELECT 1 FROM tally WHERE cell = NEW.cell AND name = 'command');
  UPDATE tally SET n = n + 1, total = total + (NEW.ck >> 32) WHERE cell = NEW.cell AND name = 'command';
END;
CREATE TRIGGER command_goes AFTER DELETE ON command BEGIN
  UPDATE tally SET n = n - 1, total = total - (OLD.ck >> 32) WHERE cell = OLD.cell AND name = 'command';
END;
CREATE TRIGGER command_turns AFTER UPDATE ON command BEGIN
  UPDATE tally SET total = total + (NEW.ck >> 32) - (OLD.ck >> 32) WHERE cell = NEW.cell AND name = 'command';
END;
INSERT INTO tally (cell, name, n, total) SELECT cell, 'notice', count(*), sum(ck >> 32) FROM notice GROUP BY cell;
CREATE TRIGGER notice_comes AFTER INSERT ON notice BEGIN
  INSERT INTO tally (cell, name, n, total) SELECT NEW.cell, 'notice', 0, 0 WHERE NOT EXISTS (SELECT 1 FROM tally WHERE cell = NEW.cell AND name = 'notice');
  UPDATE tally SET n = n + 1, total = total + (NEW.ck >> 32) WHERE cell = NEW.cell AND name = 'notice';
END;
CREATE TRIGGER notice_goes AFTER DELETE ON notice BEGIN
  UPDATE tally SET n = n - 1, total = total - (OLD.ck >> 32) WHERE cell = OLD.cell AND name = 'notice';
END;
CREATE TRIGGER notice_turns AFTER UPDATE ON notice BEGIN
  UPDATE tally SET total = total + (NEW.ck >> 32) - (OLD.ck >> 32) WHERE cell = NEW.cell AND name = 'notice';
END;
INSERT INTO tally (cell, name, n, total) SELECT cell, 'outbox', count(*), sum(ck >> 32) FROM outbox GROUP BY cell;
CREATE TRIGGER outbox_comes AFTER INSERT ON outbox BEGIN
  INSERT INTO tally (cell, name, n, total) SELECT NEW.cell, 'outbox', 0, 0 WHERE NOT EXISTS (SELECT 1 FROM tally WHERE cell = NEW.cell AND name = 'outbox');
  UPDATE tally SET n = n + 1, total = total + (NEW.ck >> 32) WHERE cell = NEW.cell AND name = 'outbox';
END;
CREATE TRIGGER outbox_goes AFTER DELETE ON outbox BEGIN
  UPDATE tally SET n = n - 1, total = total - (OLD.ck >> 32) WHERE cell = OLD.cell AND name = 'outbox';
END;
CREATE TRIGGER outbox_turns AFTER UPDATE ON outbox BEGIN
  UPDATE tally SET total = total + (NEW.ck >> 32) - (OLD.ck >> 32) WHERE cell = NEW.cell AND name = 'outbox';
END;
INSERT INTO tally (cell, name, n, total) SELECT cell, 'body', count(*), sum(ck >> 32) FROM body GROUP BY cell;
CREATE TRIGGER body_comes AFTER INSERT ON body BEGIN
  INSERT INTO tally (cell, name, n, total) SELECT NEW.cell, 'body', 0, 0 WHERE NOT EXISTS (SELECT 1 FROM tally WHERE cell = NEW.cell AND name = 'body');
  UPDATE tally SET n = n + 1, total = total + (NEW.ck >> 32) WHERE cell = NEW.cell AND name = 'body';
END;
CREATE TRIGGER body_goes AFTER DELETE ON body BEGIN
  UPDATE tally SET n = n - 1, total = total - (OLD.ck >> 32) WHERE cell = OLD.cell AND name = 'body';
END;
CREATE TRIGGER body_turns AFTER UPDATE ON body BEGIN
  UPDATE tally SET total = total + (NEW.ck >> 32) - (OLD.ck >> 32) WHERE cell = NEW.cell AND name = 'body';
END;
INSERT INTO tally (cell, name, n, total) SELECT cell, 'person', count(*), sum(ck >> 32) FROM person GROUP BY cell;
CREATE TRIGGER person_comes AFTER INSERT ON person BEGIN
  INSERT INTO tally (cell, name, n, total) SELECT NEW.cell, 'person', 0, 0 WHERE NOT EXISTS (SELECT 1 FROM tally WHERE cell = NEW.cell AND name = 'person');
  UPDATE tally SET n = n + 1, total = total + (NEW.ck >> 32) WHERE cell = NEW.cell AND name = 'person';
END;
CREATE TRIGGER person_goes AFTER DELETE ON person BEGIN
  UPDATE tally SET n = n - 1, total = total - (OLD.ck >> 32) WHERE cell = OLD.cell AND name = 'person';
END;
CREATE TRIGGER person_turns AFTER UPDATE ON person BEGIN
  UPDATE tally SET total = total + (NEW.ck >> 32) - (OLD.ck >> 32) WHERE cell = NEW.cell AND name = 'person';
END;
INSERT INTO tally (cell, name, n, total) SELECT cell, 'relation', count(*), sum(ck >> 32) FROM relation GROUP BY cell;
CREATE TRIGGER relation_comes AFTER INSERT ON relation BEGIN
  INSERT INTO tally (cell, name, n, total) SELECT NEW.cell, 'relation', 0, 0 WHERE NOT EXISTS (SELECT 1 FROM tally WHERE cell = NEW.cell AND name = 'relation');
  UPDATE tally SET n = n + 1, total = total + (NEW.ck >> 32) WHERE cell = NEW.cell AND name = 'relation';
END;
CREATE TRIGGER relation_goes AFTER DELETE ON relation BEGIN
  UPDATE tally SET n = n - 1, total = total - (OLD.ck >> 32) WHERE cell = OLD.cell AND name = 'relation';
END;
CREATE TRIGGER relation_turns AFTER UPDATE ON relation BEGIN
  UPDATE tally SET total = total + (NEW.ck >> 32) - (OLD.ck >> 32) WHERE cell = NEW.cell AND name = 'relation';
END;
INSERT INTO tally (cell, name, n, total) SELECT cell, 'post', count(*), sum(ck >> 32) FROM post GROUP BY cell;
CREATE TRIGGER post_comes AFTER INSERT ON post BEGIN
  INSERT INTO tally (cell, name, n, total) SELECT NEW.cell, 'post', 0, 0 WHERE NOT EXISTS (SELECT 1 FROM tally WHERE cell = NEW.cell AND name = 'post');
  UPDATE tally SET n = n + 1, total = total + (NEW.ck >> 32) WHERE cell = NEW.cell AND name = 'post';
END;
CREATE TRIGGER post_goes AFTER DELETE ON post BEGIN
  UPDATE tally SET n = n - 1, total = total - (OLD.ck >> 32) WHERE cell = OLD.cell AND name = 'post';
END;
CREATE TRIGGER post_turns AFTER UPDATE ON post BEGIN
  UPDATE tally SET total = total + (NEW.ck >> 32) - (OLD.ck >> 32) WHERE cell = NEW.cell AND name = 'post';
END;
INSERT INTO tally (cell, name, n, total) SELECT cell, 'setting', count(*), sum(ck >> 32) FROM setting GROUP BY cell;
CREATE TRIGGER setting_comes AFTER INSERT ON setting BEGIN
  INSERT INTO tally (cell, name, n, total) SELECT NEW.cell, 'setting', 0, 0 WHERE NOT EXISTS (SELECT 1 FROM tally WHERE cell = NEW.cell AND name = 'setting');
  UPDATE tally SET n = n + 1, total = total + (NEW.ck >> 32) WHERE cell = NEW.cell AND name = 'setting';
END;
CREATE TRIGGER setting_goes AFTER DELETE ON setting BEGIN
  UPDATE tally SET n = n - 1, total = total - (OLD.ck >> 32) WHERE cell = OLD.cell AND name = 'setting';
END;
CREATE TRIGGER setting_turns AFTER UPDATE ON setting BEGIN
  UPDATE tally SET total = total + (NEW.ck >> 32) - (OLD.ck >> 32) WHERE cell = NEW.cell AND name = 'setting';
END;
INSERT INTO tally (cell, name, n, total) SELECT cell, 'set_version', count(*), sum(ck >> 32) FROM set_version GROUP BY cell;
CREATE TRIGGER set_version_comes AFTER INSERT ON set_version BEGIN
  INSERT INTO tally (cell, name, n, total) SELECT NEW.cell, 'set_version', 0, 0 WHERE NOT EXISTS (SELECT 1 FROM tally WHERE cell = NEW.cell AND name = 'set_version');
  UPDATE tally SET n = n + 1, total = total + (NEW.ck >> 32) WHERE cell = NEW.cell AND name = 'set_version';
END;
CREATE TRIGGER set_version_goes AFTER DELETE ON set_version BEGIN
  UPDATE tally SET n = n - 1, total = total - (OLD.ck >> 32) WHERE cell = OLD.cell AND name = 'set_version';
END;
CREATE TRIGGER set_version_turns AFTER UPDATE ON set_version BEGIN
  UPDATE tally SET total = total + (NEW.ck >> 32) - (OLD.ck >> 32) WHERE cell = NEW.cell AND name = 'set_version';
END;
INSERT INTO tally (cell, name, n, total) SELECT cell, 'number_lease', count(*), sum(ck >> 32) FROM number_lease GROUP BY cell;
CREATE TRIGGER number_lease_comes AFTER INSERT ON number_lease BEGIN
  INSERT INTO tally (cell, name, n, total) SELECT NEW.cell, 'number_lease', 0, 0 WHERE NOT EXISTS (SELECT 1 FROM tally WHERE cell = NEW.cell AND name = 'number_lease');
  UPDATE tally SET n = n + 1, total = total + (NEW.ck >> 32) WHERE cell = NEW.cell AND name = 'number_lease';
END;
CREATE TRIGGER number_lease_goes AFTER DELETE ON number_lease BEGIN
  UPDATE tally SET n = n - 1, total = total - (OLD.ck >> 32) WHERE cell = OLD.cell AND name = 'number_lease';
END;
CREATE TRIGGER number_lease_turns AFTER UPDATE ON number_lease BEGIN
  UPDATE tally SET total = total + (NEW.ck >> 32) - (OLD.ck >> 32) WHERE cell = NEW.cell AND name = 'number_lease';
END;
INSERT INTO tally (cell, name, n, total) SELECT cell, 'administration', count(*), sum(ck >> 32) FROM administration GROUP BY cell;
CREATE TRIGGER administration_comes AFTER INSERT ON administration BEGIN
  INSERT INTO tally (cell, name, n, total) SELECT NEW.cell, 'administration', 0, 0 WHERE NOT EXISTS (SELECT 1 FROM tally WHERE cell = NEW.cell AND name = 'administration');
  UPDATE tally SET n = n + 1, total = total + (NEW.ck >> 32) WHERE cell = NEW.cell AND name = 'administration';
END;
INSERT INTO tally (cell, name, n, total) SELECT cell, 'letter_gap', count(*), sum(ck >> 32) FROM letter_gap GROUP BY cell;
CREATE TRIGGER letter_gap_comes AFTER INSERT ON letter_gap BEGIN
  INSERT INTO tally (cell, name, n, total) SELECT NEW.cell, 'letter_gap', 0, 0 WHERE NOT EXISTS (SELECT 1 FROM tally WHERE cell = NEW.cell AND name = 'letter_gap');
  UPDATE tally SET n = n + 1, total = total + (NEW.ck >> 32) WHERE cell = NEW.cell AND name = 'letter_gap';
END;
-- Looks have a chain, which tells everything but a cut at its end: only how many they are.
INSERT INTO tally (cell, name, n, total) SELECT cell, 'look', count(*), 0 FROM look GROUP BY cell;
CREATE TRIGGER look_comes AFTER INSERT ON look BEGIN
  INSERT INTO tally (cell, name, n, total) SELECT NEW.cell, 'look', 0, 0 WHERE NOT EXISTS (SELECT 1 FROM tally WHERE cell = NEW.cell AND name = 'look');
  UPDATE tally SET n = n + 1, total = total + 0 WHERE cell = NEW.cell AND name = 'look';
END;
