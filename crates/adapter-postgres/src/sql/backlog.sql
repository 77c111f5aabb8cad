-- For each receiver: the moment of the oldest open event that is no dead letter, and the number of dead letters.
SELECT 'default' COLLATE "C" AS receiver, (
        SELECT o.at FROM client_outbox o WHERE o.delivered_at IS NULL AND o.discarded_at IS NULL AND o.buried_at IS NULL
        ORDER BY o.at, o.client_key, o.version LIMIT 1
    ) AS oldest,
    (SELECT count(*) FROM client_outbox WHERE buried_at IS NOT NULL) AS dead
UNION ALL
SELECT r.name, (
        SELECT d.at FROM client_delivery d WHERE d.receiver = r.name AND d.buried_at IS NULL AND d.discarded_at IS NULL
        ORDER BY d.at LIMIT 1
    ),
    (SELECT count(*) FROM client_delivery d WHERE d.receiver = r.name AND d.buried_at IS NOT NULL)
FROM client_receiver r;
