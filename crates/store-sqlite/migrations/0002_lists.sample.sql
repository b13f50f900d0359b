INSERT INTO work VALUES (1, 10, 0, 5, 7);
INSERT INTO lane_count VALUES (1, 10, 0, 1);
INSERT INTO due VALUES (1, 0, 5, 7, 'answer', -1);
INSERT INTO counter VALUES (1, 0, 'repair/raised', 20260301, 10, '330106', '', 0, 7, 1);
INSERT INTO outbox VALUES (1, 1, 7, 1, 'notice', 1, -1, 'raise');
INSERT INTO notice VALUES (1, 7, 1, 1, 1, -1, 'raise', 'page');
