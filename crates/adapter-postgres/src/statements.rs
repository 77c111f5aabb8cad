//! Every statement that does not depend on what is asked, as text that is there when the program is built.
//!
//! One way throughout: plain statements with bound values. The database checks each of them in a test, and the
//! suite executes every one. Only searches are put together at run time, in [`crate::search`].

pub(crate) mod contents;
pub(crate) mod ledger;
pub(crate) mod outbox;
mod papers;
pub(crate) mod reads;
pub(crate) mod several;

use papers::papers;
use reads::outcome_columns;

/// A statement and its name, for tests and for people who look after the database.
pub(crate) type Named = (&'static str, &'static str);

macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $text:expr;)*) => {
        $($(#[$doc])* pub(crate) const $name: &str = $text;)*

        /// Every statement of this file.
        pub(crate) const ALL: &[$crate::statements::Named] = &[$((stringify!($name), $name),)*];
    };
}

pub(crate) use statements;

/// Every statement, of every file.
pub(crate) fn all() -> Vec<Named> {
    [ALL, several::ALL, reads::ALL, outbox::ALL, contents::ALL, ledger::ALL].concat()
}

/// The columns that a change may write, in the order in which they are bound after the key.
macro_rules! changing_values {
    () => {
        "version, state, first_name, middle_name, last_name, email, phone, address, city, region, country,
         marital_status, account_officer, approval, approval_by, approval_by_email, approval_at, activated_at,
         modified_at, first_name_folded, middle_name_folded, last_name_folded, full_name_folded, email_folded,
         address_folded, city_folded, region_folded, country_folded, identification_type_folded,
         identification_number_folded, search_text, approval_by_normal, makers_version"
    };
}
pub(crate) use changing_values;

/// What is written once, in the order in which it is bound; the role of the service may not change it.
macro_rules! fixed_values {
    () => {
        "id, birth_date, gender, identification_type, identification_number, customer_type, branch, created_by,
         created_by_email, created_at"
    };
}
pub(crate) use fixed_values;

/// All that a change may write.
macro_rules! changing_row {
    () => {
        concat!(changing_values!(), ", activations, makers")
    };
}
pub(crate) use changing_row;

/// What stands in the way of a commit, as far as the statement can see when it begins. It saves the common
/// refusals an error; what it cannot see, because it happens at the same moment, the unique indexes refuse.
macro_rules! guards {
    () => {
        "WITH known AS MATERIALIZED (
            SELECT FROM client_idempotency WHERE actor = $23 AND command = $24 AND request_key = $25
        ), rivals AS MATERIALIZED (
            SELECT FROM unnest($33::text[], $34::bytea[], $35::bool[]) t (kind, digest, exclusive)
            JOIN client_claim r ON r.kind = t.kind AND r.digest = t.digest
            WHERE t.exclusive AND r.client_key <> $38
        ), "
    };
}

/// Outcome, history and events. Each selects from `written`, which has one row exactly if the commit goes on:
/// a client that is stale then leaves nothing behind.
macro_rules! told {
    ($attempt:literal, $client:literal) => {
        concat!(
            ", kept AS (
            INSERT INTO client_idempotency
                (actor, command, request_key, fingerprint, message, data, version, at, attempt, client_key)
            SELECT $23, $24, $25, $26, $27, $28::text::json, $29, $30, ",
            $attempt,
            ", ",
            $client,
            " FROM written WHERE $23 IS NOT NULL
            RETURNING 1
        ), lines AS (
            INSERT INTO client_history
                (client_key, version, event, command, request_id, actor, actor_email, at, from_state, action,
                 to_state, changed, reason, notes, transaction_reference, transaction_date, document_id, address_id)
            SELECT h.* FROM written, unnest(
                $1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                $8::timestamptz[], $9::smallint[], $10::text[], $11::smallint[], $12::text[], $13::text[],
                $14::text[], $15::text[], $16::date[], $31::text[], $32::text[]
            ) h
        ), events AS (
            INSERT INTO client_outbox (event_id, event, client_key, version, at, data)
            SELECT e.event_id, e.event, e.client_key, e.version, e.at, e.data::json FROM written, unnest(
                $17::text[], $18::text[], $19::text[], $20::bigint[], $21::timestamptz[], $22::text[]
            ) e (event_id, event, client_key, version, at, data)
        )"
        )
    };
}

/// The claims given up and taken. They wait for `kept`, and are taken in the order of their values: whoever
/// commits locks in the same order, so that two commits wait for each other in turn and not in a circle.
macro_rules! claims {
    () => {
        ", given_up AS (
            DELETE FROM client_claim c USING written, unnest($36::text[], $37::bytea[]) r (kind, digest)
            WHERE c.kind = r.kind AND c.digest = r.digest AND c.client_key = $38
        ), taken AS (
            INSERT INTO client_claim (kind, digest, client_key, exclusive)
            SELECT t.kind, t.digest, $38, t.exclusive
            FROM written, (SELECT count(*) FROM kept) first,
                unnest($33::text[], $34::bytea[], $35::bool[]) t (kind, digest, exclusive)
            ORDER BY t.kind, t.digest
            ON CONFLICT ON CONSTRAINT client_claim_pkey DO UPDATE SET exclusive = excluded.exclusive
        )"
    };
}

/// Somebody new, and the number.
macro_rules! insert {
    () => {
        concat!(
            "written AS (
            INSERT INTO client (client_key, ",
            changing_row!(),
            ", ",
            fixed_values!(),
            ")
            SELECT
                $38, $39, $40, $41, $42, $43, $44, $45, $46, $47, $48, $49, $50, $51, $52, $53, $54,
                $55, $56, $57, $58, $59, $60, $61, $62, $63, $64, $65, $66, $67, $68, $69, $70, $71,
                $72, $73::text::jsonb, $74, $75, $76, $77, $78, $79, $80, $81, $82, $83
            WHERE NOT EXISTS (SELECT FROM known) AND NOT EXISTS (SELECT FROM rivals)
            RETURNING 1
        ), numbered AS (
            INSERT INTO client_number (id, client_key) SELECT $74, $38 FROM written
        )"
        )
    };
}

/// The version that was read, replaced.
macro_rules! update {
    () => {
        concat!(
            "written AS (
            UPDATE client SET (",
            changing_row!(),
            ") = (
                $39, $40, $41, $42, $43, $44, $45, $46, $47, $48, $49, $50, $51, $52, $53, $54, $55,
                $56, $57, $58, $59, $60, $61, $62, $63, $64, $65, $66, $67, $68, $69, $70, $71, $72,
                $73::text::jsonb
            )
            WHERE client_key = $38 AND version = $74
                AND NOT EXISTS (SELECT FROM known) AND NOT EXISTS (SELECT FROM rivals)
            RETURNING 1
        )"
        )
    };
}

macro_rules! done {
    () => {
        " SELECT EXISTS (SELECT FROM written) AS done"
    };
}

statements! {
    /// A commit with somebody new.
    COMMIT_NEW = concat!(guards!(), insert!(), told!("$84", "$85"), claims!(), done!());

    /// A commit that replaces the version that was read. The guarded write comes first, and everything else
    /// selects from it.
    COMMIT_CHANGE = concat!(guards!(), update!(), told!("$75", "$76"), claims!(), done!());

    /// The same with papers.
    COMMIT_PAPERS = concat!(guards!(), update!(), told!("$75", "$76"), claims!(), papers!("$77", "$78", "$79", "$80"), done!());

    /// A commit with somebody new who has papers already.
    COMMIT_NEW_PAPERS = concat!(guards!(), insert!(), told!("$84", "$85"), claims!(), papers!("$86", "$87", "$88", "$89"), done!());

    /// A commit of an outcome without a client.
    COMMIT_OUTCOME = concat!(
        "WITH known AS MATERIALIZED (
            SELECT FROM client_idempotency WHERE actor = $23 AND command = $24 AND request_key = $25
        ), written AS MATERIALIZED (
            SELECT 1 WHERE NOT EXISTS (SELECT FROM known)
        )",
        told!("$33", "$34"), done!()
    );

    /// Why a commit was not done.
    EXPLAIN_REFUSAL = concat!(
        "SELECT ", outcome_columns!(), ",
            (SELECT c.version FROM client c WHERE c.client_key = $4) AS client_version,
            EXISTS (SELECT FROM client_number n WHERE n.id = $5) AS number_taken,
            ARRAY(
                SELECT DISTINCT t.kind
                FROM unnest($6::text[], $7::bytea[], $8::bool[]) t (kind, digest, exclusive)
                JOIN client_claim r ON r.kind = t.kind AND r.digest = t.digest
                WHERE t.exclusive AND r.client_key <> $4
            ) AS rivals
        FROM (SELECT) one
        LEFT JOIN client_idempotency o ON o.actor = $1 AND o.command = $2 AND o.request_key = $3"
    );

    /// Which claims others have.
    CLAIMED = "SELECT DISTINCT t.kind FROM unnest($1::text[], $2::bytea[]) t (kind, digest)
        JOIN client_claim r ON r.kind = t.kind AND r.digest = t.digest
        WHERE $3::text IS NULL OR r.client_key <> $3";

    /// Clients who have a document of whose end something is to be told, or was told too early: a day is tolerated. Each
    /// part has an index that holds no document which is long settled.
    DUE_DOCUMENTS = "SELECT d.client_key FROM (
            SELECT client_key FROM client_document
            WHERE notice < 2 AND status <> 2 AND expires_on IS NOT NULL AND expires_on <= $2
                AND (notice = 0 OR expires_on < $1)
            UNION
            SELECT client_key FROM client_document WHERE notice = 2 AND status <> 2 AND expires_on > $1
            UNION
            SELECT client_key FROM client_document WHERE notice = 1 AND status <> 2 AND expires_on > $2 + 1
        ) d JOIN client c ON c.client_key = d.client_key
        WHERE c.state NOT IN (5, 7) AND ($3::text IS NULL OR d.client_key > $3)
        ORDER BY d.client_key LIMIT $4";

    /// Which contents some document mentions.
    CONTENTS_IN_USE = "SELECT DISTINCT d.content_key FROM client_document d WHERE d.content_key = ANY($1)";

    /// A part of a history, newest line first.
    HISTORY = "SELECT version, event, command, request_id, actor, actor_email, at, from_state, to_state, changed,
            reason, notes, transaction_reference, transaction_date, document_id, address_id
        FROM client_history
        WHERE client_key = $1 AND ($2::bigint IS NULL OR version < $2) AND ($3::bigint IS NULL OR version > $3)
        ORDER BY version DESC LIMIT $4";

    /// The first number of a block that nobody has taken a number of.
    NEXT_BLOCK = "SELECT nextval('client_number_block') AS first";

    /// Whether a number of a block is somebody's, who was not given it from a block.
    BLOCK_IN_USE = "SELECT max(id) AS last FROM client_number WHERE id BETWEEN $1 AND $2";

    /// Whether everything is there and can be written.
    READY = "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on' AS read_only,
            EXISTS (SELECT FROM client) AS answers";

    /// Whether this session may write.
    WRITES = "SELECT current_setting('transaction_read_only') = 'off' AS writes";

    /// What time it is by the server's own clock.
    SERVER_TIME = "SELECT clock_timestamp() AS at";

    /// Whether the schema is there, and whether this role may read up to where it is.
    SCHEMA = "SELECT to_regclass('client') IS NOT NULL AS present,
            coalesce(has_table_privilege(to_regclass('_sqlx_migrations')::oid, 'SELECT'), false) AS readable";

    /// The last migration that was run.
    SCHEMA_VERSION = "SELECT coalesce(max(version), 0) AS version FROM _sqlx_migrations WHERE success";

    /// Forgets outcomes older than a moment, a few at a time.
    FORGET_OUTCOMES = "DELETE FROM client_idempotency o USING (
            SELECT actor, command, request_key FROM client_idempotency WHERE at < $1
            ORDER BY at LIMIT $2
        ) old
        WHERE o.actor = old.actor AND o.command = old.command AND o.request_key = old.request_key";

    /// The process of the server at the other end of this connection.
    BACKEND = "SELECT pid, backend_start AS started FROM pg_stat_activity WHERE pid = pg_backend_pid()";

    /// Which of these processes of the server are there and do not rest.
    BACKENDS_AT_WORK = "SELECT pid, backend_start AS started FROM pg_stat_activity
        WHERE pid = ANY($1) AND state IS DISTINCT FROM 'idle'";

    /// Has the server confirm something that is written nowhere but in its log, as it confirms a commit.
    CONFIRM = "SELECT pg_logical_emit_message(true, 'clients', '')";

    /// What must be true of the server.
    SERVER = "SELECT current_setting('server_version_num')::integer AS version,
            current_setting('server_encoding') AS encoding,
            current_setting('fsync') AS fsync,
            current_setting('full_page_writes') AS full_page_writes,
            current_setting('synchronous_commit') AS synchronous_commit";
}
