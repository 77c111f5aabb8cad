-- Finds clients whose normal forms are to be recomputed; an index has exactly those.
--
-- Parameters: $1 client_key to go on after, $2 limit.
SELECT client_key FROM client
WHERE (normal_form < 2 OR normal_form_version <> version) AND client_key > $1
ORDER BY client_key LIMIT $2;
