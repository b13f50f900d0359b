INSERT INTO blob VALUES (1, 'a', NULL, 1, 'image/jpeg', 1, x'0100ff', 1, x'00ff');
INSERT INTO look VALUES (1, 1, 7, 1, 10, NULL, '{}', zeroblob(32));
INSERT INTO body VALUES (0, 1, '{}');
INSERT INTO person VALUES (0, 1, '{}');
INSERT INTO relation VALUES (0, 1, 'guided_by', 2, 0, '{}');
INSERT INTO post VALUES (0, 1, 1, 'head', 0, '{}');
INSERT INTO session VALUES (0, zeroblob(32), 1, NULL, 1, 2);
INSERT INTO setting VALUES (0, 'name', 'x');
INSERT INTO mechanism VALUES (0, 'ab', 'repair', '{}');
