-- What is kept for a time only is found by its time, so that a bounded purge never reads the whole table.
CREATE INDEX command_at ON command (cell, at);
CREATE INDEX session_expires ON session (cell, expires);
