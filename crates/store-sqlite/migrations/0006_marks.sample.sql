INSERT INTO mark VALUES (1, 'published', '', 1, 7, '');
