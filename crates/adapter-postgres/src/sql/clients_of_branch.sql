-- Whether a branch has at least so many clients: it counts no further.
--
-- Parameters: $1 branch, $2 the number.
SELECT count(*) >= $2 AS is_large FROM (SELECT 1 FROM client WHERE branch = $1 LIMIT $2) c;
