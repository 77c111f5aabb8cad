-- Leases events to a relay, oldest first. An open event is neither delivered nor discarded; a free one is no dead
-- letter and not leased. The lease of the first open event of a client is the lease of all its events: two relays
-- never share a client, and a locked row is left to the relay that has locked it.
-- `walk` goes from client to client over the index of open events and reads the first one of each, so that neither
-- delivered events nor those behind a first one cost anything. It begins at a random key and goes round once, so that no
-- client is always last and relays do not meet: keys of before 2026-12 are random, later ones begin with the milliseconds of their
-- creation, of which each order of magnitude before now is as likely, from the last milliseconds to the last ten years; it reads at most 10,000 clients, so that the statement ends
-- in time.
--
-- Parameters: $1 limit, $2 now, $3 end of the lease.
WITH RECURSIVE start AS MATERIALIZED (
    SELECT CASE WHEN random() < 0.5 THEN lpad(to_hex((random() * 4294967295)::bigint), 8, '0')
        ELSE lpad(to_hex((extract(epoch FROM $2::timestamptz) * 1000 - power(10, 11.5 * random()))::bigint), 12, '0')
        END COLLATE "C" AS client_key
), walk AS (
    SELECT s.client_key, NULL::bigint AS version, NULL::text COLLATE "C" AS event_id, false AS free,
        false AS round, 0 AS step
    FROM start s
    UNION ALL
    SELECT n.client_key, n.version, n.event_id, n.free, n.round, w.step + 1
    FROM walk w CROSS JOIN start s CROSS JOIN LATERAL (
        (SELECT o.client_key, o.version, o.event_id,
            (o.buried_at IS NULL AND (o.leased_until IS NULL OR o.leased_until <= $2)) AS free, w.round
        FROM client_outbox o
        WHERE o.delivered_at IS NULL AND o.discarded_at IS NULL AND o.client_key > w.client_key
        ORDER BY o.client_key, o.version, o.event_id LIMIT 1)
        UNION ALL
        (SELECT o.client_key, o.version, o.event_id,
            (o.buried_at IS NULL AND (o.leased_until IS NULL OR o.leased_until <= $2)) AS free, true
        FROM client_outbox o
        WHERE o.delivered_at IS NULL AND o.discarded_at IS NULL AND NOT w.round AND o.client_key <= s.client_key
        ORDER BY o.client_key, o.version, o.event_id LIMIT 1)
        LIMIT 1
    ) n
    WHERE w.step < 10000 AND NOT (n.round AND n.client_key > s.client_key)
), heads AS MATERIALIZED (
    SELECT o.client_key, w.step
    FROM walk w JOIN client_outbox o
        ON o.client_key = w.client_key AND o.version = w.version AND o.event_id = w.event_id
    WHERE w.free AND o.delivered_at IS NULL AND o.discarded_at IS NULL
        AND (o.buried_at IS NULL AND (o.leased_until IS NULL OR o.leased_until <= $2))
    LIMIT $1
    FOR UPDATE OF o SKIP LOCKED
), batch AS MATERIALIZED (
    SELECT e.client_key, e.version, e.event_id
    FROM heads h CROSS JOIN LATERAL (
        SELECT q.client_key, q.version, q.event_id, row_number() OVER in_order AS place,
            bool_and(q.free) OVER in_order AS free
        FROM (
            SELECT o.client_key, o.version, o.event_id,
                (o.buried_at IS NULL AND (o.leased_until IS NULL OR o.leased_until <= $2)) AS free
            FROM client_outbox o
            WHERE o.client_key = h.client_key AND o.delivered_at IS NULL AND o.discarded_at IS NULL
            ORDER BY o.client_key, o.version, o.event_id LIMIT $1
        ) q
        WINDOW in_order AS (ORDER BY q.version, q.event_id ROWS UNBOUNDED PRECEDING)
    ) e
    WHERE e.free
    ORDER BY e.place, h.step LIMIT $1
), leased AS (
    UPDATE client_outbox o SET leased_until = $3, lease = o.lease + 1 FROM batch b
    WHERE o.client_key = b.client_key AND o.version = b.version AND o.event_id = b.event_id
        AND o.delivered_at IS NULL AND o.discarded_at IS NULL
        AND (o.buried_at IS NULL AND (o.leased_until IS NULL OR o.leased_until <= $2))
    RETURNING o.client_key, o.version, o.event_id, o.event, o.at, o.data::text AS data, o.failures, o.lease
)
SELECT * FROM leased ORDER BY client_key, version, event_id;
