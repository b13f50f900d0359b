INSERT INTO matter VALUES (1, 7, 1, zeroblob(32), 2026, 1, 'repair', 'ab', '330106', 'received', 1, 10, 1, 2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO entry VALUES (1, 7, 1, zeroblob(16), 1, zeroblob(32), '{}');
INSERT INTO vault VALUES (1, 7, 1, 2, x'0100ff');
INSERT INTO matter_key VALUES (1, 7, x'0100ff', x'0100ff', 1);
INSERT INTO letter VALUES (1, 7, 1, 1, 'receipt', 10, 'R', 2026, 1);
INSERT INTO letter_series VALUES (1, 10, 2026, 'R', 1);
INSERT INTO command VALUES (1, 'public', 'k', zeroblob(32), 7, 1);
INSERT INTO number_lease VALUES (1, 2026, 11);
INSERT INTO sequence VALUES (1, 'outbox', 1);
