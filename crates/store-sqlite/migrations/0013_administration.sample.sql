INSERT INTO administration (cell, n, row) VALUES (0, 1, '{}');
