-- Leases events of one receiver to a relay, as take_events does for the default one; nothing where the receiver is not
-- registered.
--
-- Parameters: $1 limit, $2 now, $3 end of the lease, $4 receiver.
WITH RECURSIVE start AS MATERIALIZED (
    SELECT CASE WHEN random() < 0.5 THEN lpad(to_hex((random() * 4294967295)::bigint), 8, '0')
        ELSE lpad(to_hex((extract(epoch FROM $2::timestamptz) * 1000 - power(10, 11.5 * random()))::bigint), 12, '0')
        END COLLATE "C" AS client_key
    FROM client_receiver r WHERE r.name = $4
), walk AS (
    SELECT s.client_key, NULL::bigint AS version, NULL::text COLLATE "C" AS event_id, false AS free,
        false AS round, 0 AS step
    FROM start s
    UNION ALL
    SELECT n.client_key, n.version, n.event_id, n.free, n.round, w.step + 1
    FROM walk w CROSS JOIN start s CROSS JOIN LATERAL (
        (SELECT d.client_key, d.version, d.event_id,
            (d.buried_at IS NULL AND (d.leased_until IS NULL OR d.leased_until <= $2)) AS free, w.round
        FROM client_delivery d
        WHERE d.receiver = $4 AND d.discarded_at IS NULL AND d.client_key > w.client_key
        ORDER BY d.client_key, d.version, d.event_id LIMIT 1)
        UNION ALL
        (SELECT d.client_key, d.version, d.event_id,
            (d.buried_at IS NULL AND (d.leased_until IS NULL OR d.leased_until <= $2)) AS free, true
        FROM client_delivery d
        WHERE d.receiver = $4 AND d.discarded_at IS NULL AND NOT w.round AND d.client_key <= s.client_key
        ORDER BY d.client_key, d.version, d.event_id LIMIT 1)
        LIMIT 1
    ) n
    WHERE w.step < 10000 AND NOT (n.round AND n.client_key > s.client_key)
), heads AS MATERIALIZED (
    SELECT d.client_key, w.step
    FROM walk w JOIN client_delivery d
        ON d.client_key = w.client_key AND d.version = w.version AND d.event_id = w.event_id
    WHERE w.free AND d.receiver = $4 AND d.discarded_at IS NULL
        AND (d.buried_at IS NULL AND (d.leased_until IS NULL OR d.leased_until <= $2))
    LIMIT $1
    FOR UPDATE OF d SKIP LOCKED
), batch AS MATERIALIZED (
    SELECT e.client_key, e.version, e.event_id
    FROM heads h CROSS JOIN LATERAL (
        SELECT q.client_key, q.version, q.event_id, row_number() OVER in_order AS place,
            bool_and(q.free) OVER in_order AS free
        FROM (
            SELECT d.client_key, d.version, d.event_id,
                (d.buried_at IS NULL AND (d.leased_until IS NULL OR d.leased_until <= $2)) AS free
            FROM client_delivery d
            WHERE d.client_key = h.client_key AND d.receiver = $4 AND d.discarded_at IS NULL
            ORDER BY d.client_key, d.version, d.event_id LIMIT $1
        ) q
        WINDOW in_order AS (ORDER BY q.version, q.event_id ROWS UNBOUNDED PRECEDING)
    ) e
    WHERE e.free
    ORDER BY e.place, h.step LIMIT $1
), leased AS (
    UPDATE client_delivery d SET leased_until = $3, lease = d.lease + 1 FROM batch b
    WHERE d.client_key = b.client_key AND d.version = b.version AND d.event_id = b.event_id
        AND d.receiver = $4 AND d.discarded_at IS NULL
        AND (d.buried_at IS NULL AND (d.leased_until IS NULL OR d.leased_until <= $2))
    RETURNING d.client_key, d.version, d.event_id, d.failures, d.lease
)
SELECT l.client_key, l.version, l.event_id, o.event, o.at, o.data::text AS data, l.failures, l.lease
FROM leased l JOIN client_outbox o
    ON o.client_key = l.client_key AND o.version = l.version AND o.event_id = l.event_id
ORDER BY l.client_key, l.version, l.event_id;
