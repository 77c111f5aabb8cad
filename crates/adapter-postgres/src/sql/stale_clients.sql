-- Finds clients whose normal forms are to be recomputed, or whose former names are to be taken from the history. An index has
-- exactly the former, another exactly the latter; a condition with OR would use neither.
--
-- Parameters: $1 client_key to go on after, $2 limit.
SELECT client_key FROM (
    (
        SELECT client_key FROM client
        WHERE (normal_form < 2 OR normal_form_version <> version) AND client_key > $1
        ORDER BY client_key LIMIT $2
    ) UNION (
        SELECT client_key FROM client WHERE former_names IS NULL AND client_key > $1
        ORDER BY client_key LIMIT $2
    )
) stale
ORDER BY client_key LIMIT $2;
