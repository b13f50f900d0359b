INSERT INTO letter_gap (cell, body, year, series, low, high, at) VALUES (1, 10, 2026, 'R', 2, 1001, 0);
