INSERT INTO identity_erasure (cell, serial, row) VALUES (1, 8, '{}');
