-- Counts the clients whose search text or address matches, up to a bound.
SELECT count(*) AS clients FROM (SELECT 1 FROM client_word WHERE client_word MATCH :words LIMIT :bound);
