-- Saves a view in the place of the one of the same person with the same name, unless there are too many others.
--
-- Parameters: $1 owner, $2 name, $3 owner_email, $4 shared, $5 search, $6 columns, $7 saved_at, $8 the maximum of one person,
--   $9 the maximum of shared ones.
WITH others AS (
    SELECT (SELECT count(*) FROM client_saved_view WHERE owner = $1 AND name <> $2) AS own,
        (SELECT count(*) FROM client_saved_view WHERE shared AND (owner, name) <> ($1, $2)) AS shared
), saved AS (
    INSERT INTO client_saved_view (owner, name, owner_email, shared, search, columns, saved_at)
    SELECT $1, $2, $3::text, $4::boolean, $5::text, $6::text, $7::timestamptz FROM others WHERE own < $8 AND (NOT $4 OR others.shared < $9)
    ON CONFLICT (owner, name) DO UPDATE
        SET owner_email = excluded.owner_email, shared = excluded.shared, search = excluded.search,
            columns = excluded.columns, saved_at = excluded.saved_at
    RETURNING 1
)
SELECT EXISTS (SELECT 1 FROM saved) AS is_saved, own < $8 AS has_room FROM others;
