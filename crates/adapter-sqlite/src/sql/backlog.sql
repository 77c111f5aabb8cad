-- The moment of the oldest open event that is no dead letter, and the number of dead letters.
SELECT (
        SELECT min(at) FROM client_outbox WHERE delivered_at IS NULL AND discarded_at IS NULL AND buried_at IS NULL
    ) AS oldest,
    (SELECT count(*) FROM client_outbox WHERE buried_at IS NOT NULL) AS dead;
