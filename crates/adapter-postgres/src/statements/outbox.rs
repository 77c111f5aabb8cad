//! The statements of the outbox.

use super::statements;

/// What a relay or a person may still have to do with.
macro_rules! open {
    ($row:literal) => {
        concat!($row, ".delivered_at IS NULL AND ", $row, ".discarded_at IS NULL")
    };
}

/// Whether nothing stands in the way of handing it out at the moment `$2`.
macro_rules! free {
    ($row:literal) => {
        concat!(
            "(",
            $row,
            ".buried_at IS NULL AND (",
            $row,
            ".leased_until IS NULL OR ",
            $row,
            ".leased_until <= $2))"
        )
    };
}

macro_rules! event_columns {
    () => {
        "o.client_key, o.version, o.event_id, o.event, o.at, o.data::text AS data, o.failures"
    };
}

statements! {
    /// Takes events. Who holds the first of a client's open events holds them all: two relays never share a
    /// client, and what is locked is left to whoever has locked it.
    ///
    /// `walk` goes from client to client over the index of open events and looks at the first one of each, so that
    /// neither what was delivered nor what waits behind a first one costs anything. It begins anywhere and goes
    /// round once, so that no client is always last and relays do not meet; it looks at no more than 10,000 clients,
    /// so that a statement ends in time however many wait.
    TAKE_EVENTS = concat!(
        "WITH RECURSIVE start AS MATERIALIZED (
            SELECT lpad(to_hex((random() * 4294967295)::bigint), 8, '0') COLLATE \"C\" AS client_key
        ), walk AS (
            SELECT s.client_key, NULL::bigint AS version, NULL::text COLLATE \"C\" AS event_id, false AS free,
                false AS round, 0 AS step
            FROM start s
            UNION ALL
            SELECT n.client_key, n.version, n.event_id, n.free, n.round, w.step + 1
            FROM walk w CROSS JOIN start s CROSS JOIN LATERAL (
                (SELECT o.client_key, o.version, o.event_id, ", free!("o"), " AS free, w.round
                FROM client_outbox o
                WHERE ", open!("o"), " AND o.client_key > w.client_key
                ORDER BY o.client_key, o.version, o.event_id LIMIT 1)
                UNION ALL
                (SELECT o.client_key, o.version, o.event_id, ", free!("o"), ", true
                FROM client_outbox o
                WHERE ", open!("o"), " AND NOT w.round AND o.client_key <= s.client_key
                ORDER BY o.client_key, o.version, o.event_id LIMIT 1)
                LIMIT 1
            ) n
            WHERE w.step < 10000 AND NOT (n.round AND n.client_key > s.client_key)
        ), heads AS MATERIALIZED (
            SELECT o.client_key, w.step
            FROM walk w JOIN client_outbox o
                ON o.client_key = w.client_key AND o.version = w.version AND o.event_id = w.event_id
            WHERE w.free AND ", open!("o"), " AND ", free!("o"), "
            LIMIT $1
            FOR UPDATE OF o SKIP LOCKED
        ), batch AS MATERIALIZED (
            SELECT e.client_key, e.version, e.event_id
            FROM heads h CROSS JOIN LATERAL (
                SELECT q.client_key, q.version, q.event_id, row_number() OVER in_order AS place,
                    bool_and(q.free) OVER in_order AS free
                FROM (
                    SELECT o.client_key, o.version, o.event_id, ", free!("o"), " AS free
                    FROM client_outbox o
                    WHERE o.client_key = h.client_key AND ", open!("o"), "
                    ORDER BY o.client_key, o.version, o.event_id LIMIT $1
                ) q
                WINDOW in_order AS (ORDER BY q.version, q.event_id ROWS UNBOUNDED PRECEDING)
            ) e
            WHERE e.free
            ORDER BY e.place, h.step LIMIT $1
        ), leased AS (
            UPDATE client_outbox o SET leased_until = $3, lease = o.lease + 1 FROM batch b
            WHERE o.client_key = b.client_key AND o.version = b.version AND o.event_id = b.event_id
                AND ", open!("o"), " AND ", free!("o"), "
            RETURNING ", event_columns!(), ", o.lease
        )
        SELECT * FROM leased ORDER BY client_key, version, event_id"
    );

    /// Says what became of events. A delivery counts whoever says it; everything else counts under the lease that
    /// the event was taken under, and ends it, so that nobody has the lease of a dead letter.
    SETTLE_EVENTS = concat!(
        "UPDATE client_outbox o SET
            delivered_at = CASE s.verdict WHEN 'delivered' THEN s.moment END,
            leased_until = CASE s.verdict WHEN 'postponed' THEN s.moment END,
            buried_at = CASE s.verdict WHEN 'buried' THEN s.moment END,
            failures = o.failures + (s.cause IS NOT NULL)::integer,
            cause = coalesce(s.cause, o.cause),
            status = CASE WHEN s.cause IS NULL THEN o.status ELSE s.status END,
            lease = o.lease + 1
        FROM unnest($1::text[], $2::bigint[], $3::text[], $4::timestamptz[], $5::text[], $6::smallint[])
            s (event_id, lease, verdict, moment, cause, status)
        WHERE o.event_id = s.event_id AND ", open!("o"), "
            AND (s.verdict = 'delivered' OR o.lease = s.lease)"
    );

    /// Gives the leases of events back, which are free again at a moment.
    RELEASE_EVENTS = concat!(
        "UPDATE client_outbox o SET leased_until = $3, lease = o.lease + 1
        FROM unnest($1::text[], $2::bigint[]) s (event_id, lease)
        WHERE o.event_id = s.event_id AND ", open!("o"), " AND o.lease = s.lease"
    );

    /// A page of dead letters.
    DEAD_LETTERS = concat!(
        "SELECT ", event_columns!(), ", o.cause, o.status, o.buried_at FROM client_outbox o
        WHERE o.buried_at IS NOT NULL AND ($1::text IS NULL OR o.event_id > $1)
        ORDER BY o.event_id LIMIT $2"
    );

    /// Has dead letters sent again: one, those of a client, or all.
    RESEND_EVENTS = "UPDATE client_outbox SET buried_at = NULL, leased_until = NULL, failures = 0, lease = lease + 1
        WHERE buried_at IS NOT NULL
            AND ($1::text IS NULL OR event_id = $1) AND ($2::text IS NULL OR client_key = $2)";

    /// Gives a dead letter up.
    DISCARD_EVENT = "UPDATE client_outbox SET discarded_at = $2, buried_at = NULL, lease = lease + 1
        WHERE event_id = $1 AND buried_at IS NOT NULL";

    /// Forgets what was delivered before a moment, a few at a time; several may do so at once.
    FORGET_DELIVERED = "DELETE FROM client_outbox o USING (
            SELECT client_key, version, event_id FROM client_outbox WHERE delivered_at < $1
            ORDER BY delivered_at LIMIT $2 FOR UPDATE SKIP LOCKED
        ) old
        WHERE o.client_key = old.client_key AND o.version = old.version AND o.event_id = old.event_id";

    /// What waits.
    BACKLOG = concat!(
        "SELECT (
                SELECT o.at FROM client_outbox o WHERE ", open!("o"), " AND o.buried_at IS NULL
                ORDER BY o.at, o.client_key, o.version LIMIT 1
            ) AS oldest,
            (SELECT count(*) FROM client_outbox WHERE buried_at IS NOT NULL) AS dead"
    );
}
