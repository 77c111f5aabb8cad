-- For each receiver: the moment of the oldest open event that is no dead letter, and the number of dead letters. The plus keeps the
-- count from reading all that waits for the receiver, in the index of receivers.
SELECT 'default' AS receiver, (
        SELECT min(at) FROM client_outbox WHERE delivered_at IS NULL AND discarded_at IS NULL AND buried_at IS NULL
    ) AS oldest,
    (SELECT count(*) FROM client_outbox WHERE buried_at IS NOT NULL) AS dead
UNION ALL
SELECT r.name, (
        SELECT min(d.at) FROM client_delivery d
        WHERE d.receiver = r.name AND d.buried_at IS NULL AND d.discarded_at IS NULL
    ),
    (SELECT count(*) FROM client_delivery d WHERE +d.receiver = r.name AND d.buried_at IS NOT NULL)
FROM client_receiver r;
