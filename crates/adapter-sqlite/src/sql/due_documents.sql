-- Finds the clients with a document whose notice of expiry is due, or was given too early; a day is tolerated. Each
-- part has an index that holds no settled document. `:settled` is the day after the last day of the notice period.
SELECT d.client_key FROM (
    SELECT client_key FROM client_document
    WHERE notice < 2 AND status <> 2 AND expires_on IS NOT NULL AND expires_on <= :horizon
        AND (notice = 0 OR expires_on < :today)
    UNION
    SELECT client_key FROM client_document WHERE notice = 2 AND notice > 0 AND status <> 2 AND expires_on > :today
    UNION
    SELECT client_key FROM client_document WHERE notice = 1 AND notice > 0 AND status <> 2 AND expires_on > :settled
) d JOIN client c ON c.client_key = d.client_key
WHERE c.state NOT IN (5, 7) AND d.client_key > :after
ORDER BY d.client_key LIMIT :limit;
