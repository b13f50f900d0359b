INSERT INTO erasure VALUES (1, 7, '{}');
