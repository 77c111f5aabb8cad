-- The moment of the oldest open event that is no dead letter, and the number of dead letters.
SELECT (
        SELECT o.at FROM client_outbox o WHERE o.delivered_at IS NULL AND o.discarded_at IS NULL AND o.buried_at IS NULL
        ORDER BY o.at, o.client_key, o.version LIMIT 1
    ) AS oldest,
    (SELECT count(*) FROM client_outbox WHERE buried_at IS NOT NULL) AS dead;
