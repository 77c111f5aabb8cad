-- Whether a branch has at least so many clients: it counts no further.
SELECT count(*) >= :many AS is_large FROM (SELECT 1 FROM client WHERE branch = :branch LIMIT :many);
