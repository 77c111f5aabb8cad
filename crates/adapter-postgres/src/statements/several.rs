//! Several commits in one statement.

use crate::statements::{changing_row, changing_values, fixed_values, statements};

statements! {
    /// Several commits, each of another client. Each is done or not by itself: the keys are answered of those that were.
    /// What happens at the same moment the unique indexes refuse, and then none is done.
    ///
    /// What stands in the way is counted for each, and not looked for with NOT EXISTS: the server would make a join of that,
    /// and read all keys and claims for it where it believes that there are few, as it does before it has looked.
    ///
    /// Whoever commits takes what is unique in the same order, first request keys and then claims, each by their values,
    /// so that two commits wait for each other in turn and not in a circle. Only rows that are replaced come in any order;
    /// if two groups meet in a circle there, the server ends one.
    COMMIT_SEVERAL = concat!(
        "WITH wanted AS MATERIALIZED (
            SELECT w.*, ARRAY(SELECT json_array_elements_text(w.activations_json::json)) AS activations,
                w.makers_json::jsonb AS makers
            FROM unnest(
                $40::text[], $41::bigint[], $42::smallint[], $43::text[], $44::text[], $45::text[], $46::text[],
                $47::text[], $48::text[], $49::text[], $50::text[], $51::text[], $52::smallint[], $53::bigint[],
                $54::text[], $55::text[], $56::text[], $57::timestamptz[], $58::timestamptz[], $59::timestamptz[],
                $60::text[], $61::text[], $62::text[], $63::text[], $64::text[], $65::text[], $66::text[],
                $67::text[], $68::text[], $69::text[], $70::text[], $71::text[], $72::text[], $73::bigint[],
                $74::bigint[], $75::date[], $76::text[], $77::text[], $78::text[], $79::text[], $80::text[],
                $81::text[], $82::text[], $83::timestamptz[], $84::text[], $85::text[], $86::bigint[],
                $23::text[], $24::text[], $25::text[], $26::bytea[], $27::text[], $28::text[], $29::bigint[],
                $30::timestamptz[], $87::text[], $88::text[]
            ) w (client_key, ", changing_values!(), ", ", fixed_values!(), ", activations_json, makers_json, read, outcome_actor, outcome_command,
                outcome_request_key, outcome_fingerprint, outcome_message, outcome_data, outcome_version, outcome_at,
                outcome_attempt, outcome_client)
        ), claims AS MATERIALIZED (
            SELECT * FROM unnest($33::text[], $34::text[], $35::bytea[], $36::bool[])
                c (client_key, kind, digest, exclusive)
        ), possible AS MATERIALIZED (
            SELECT w.client_key, w.read FROM wanted w
            WHERE (
                    SELECT count(*) FROM client_idempotency o
                    WHERE o.actor = w.outcome_actor AND o.command = w.outcome_command
                        AND o.request_key = w.outcome_request_key
                ) = 0 AND (
                    SELECT count(*) FROM claims c JOIN client_claim r ON r.kind = c.kind AND r.digest = c.digest
                    WHERE c.client_key = w.client_key AND c.exclusive AND r.client_key <> c.client_key
                ) = 0
        ), inserted AS (
            INSERT INTO client (client_key, ", changing_row!(), ", ", fixed_values!(), ")
            SELECT client_key, ", changing_row!(), ", ", fixed_values!(), "
            FROM wanted JOIN possible USING (client_key) WHERE possible.read IS NULL
            RETURNING client_key, id
        ), numbered AS (
            INSERT INTO client_number (id, client_key) SELECT id, client_key FROM inserted
        ), updated AS (
            UPDATE client c SET (", changing_row!(), ") = (
                SELECT ", changing_row!(), " FROM wanted w WHERE w.client_key = c.client_key
            )
            FROM possible p WHERE c.client_key = p.client_key AND c.version = p.read
            RETURNING c.client_key
        ), written AS MATERIALIZED (
            SELECT client_key FROM inserted UNION ALL SELECT client_key FROM updated
        ), kept AS (
            INSERT INTO client_idempotency
                (actor, command, request_key, fingerprint, message, data, version, at, attempt, client_key)
            SELECT w.outcome_actor, w.outcome_command, w.outcome_request_key, w.outcome_fingerprint,
                w.outcome_message, w.outcome_data::json, w.outcome_version, w.outcome_at, w.outcome_attempt,
                w.outcome_client
            FROM wanted w JOIN written USING (client_key) WHERE w.outcome_actor IS NOT NULL
            ORDER BY w.outcome_actor, w.outcome_command, w.outcome_request_key
            RETURNING 1
        ), lines AS (
            INSERT INTO client_history
                (client_key, version, event, command, request_id, actor, actor_email, at, from_state, action,
                 to_state, changed, reason, notes, transaction_reference, transaction_date, document_id, address_id)
            SELECT h.* FROM unnest(
                $1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                $8::timestamptz[], $9::smallint[], $10::text[], $11::smallint[], $12::text[], $13::text[],
                $14::text[], $15::text[], $16::date[], $31::text[], $32::text[]
            ) h (client_key) JOIN written w ON w.client_key = h.client_key
        ), events AS (
            INSERT INTO client_outbox (event_id, event, client_key, version, at, data)
            SELECT e.event_id, e.event, e.client_key, e.version, e.at, e.data::json FROM unnest(
                $17::text[], $18::text[], $19::text[], $20::bigint[], $21::timestamptz[], $22::text[]
            ) e (event_id, event, client_key, version, at, data) JOIN written USING (client_key)
        ), given_up AS (
            DELETE FROM client_claim c
            USING written w JOIN unnest($37::text[], $38::text[], $39::bytea[]) r (client_key, kind, digest)
                ON r.client_key = w.client_key
            WHERE c.kind = r.kind AND c.digest = r.digest AND c.client_key = r.client_key
        ), taken AS (
            INSERT INTO client_claim (kind, digest, client_key, exclusive)
            SELECT c.kind, c.digest, c.client_key, c.exclusive
            FROM claims c JOIN written USING (client_key), (SELECT count(*) FROM kept) first
            ORDER BY c.kind, c.digest
            ON CONFLICT ON CONSTRAINT client_claim_pkey DO UPDATE SET exclusive = excluded.exclusive
        ) SELECT client_key FROM written"
    );
}
