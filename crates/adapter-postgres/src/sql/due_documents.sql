-- Finds the clients with a document whose notice of expiry is due, or was given too early; a day is tolerated. Each
-- part has an index that holds no settled document.
--
-- Parameters: $1 today, $2 last day of the notice period, $3 client_key to go on after, or null, $4 limit.
SELECT d.client_key FROM (
    SELECT client_key FROM client_document
    WHERE notice < 2 AND status <> 2 AND expires_on IS NOT NULL AND expires_on <= $2
        AND (notice = 0 OR expires_on < $1)
    UNION
    SELECT client_key FROM client_document WHERE notice = 2 AND status <> 2 AND expires_on > $1
    UNION
    SELECT client_key FROM client_document WHERE notice = 1 AND status <> 2 AND expires_on > $2 + 1
) d JOIN client c ON c.client_key = d.client_key
WHERE c.state NOT IN (5, 7) AND ($3::text IS NULL OR d.client_key > $3)
ORDER BY d.client_key LIMIT $4;
