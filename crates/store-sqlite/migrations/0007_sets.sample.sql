INSERT INTO set_version VALUES (0, 'duties', 1, 10, NULL, 4, 1);
INSERT INTO set_row VALUES (0, 'duties', 1, 1, 'a', '{}');
