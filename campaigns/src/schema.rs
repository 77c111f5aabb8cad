//! The one place that knows the tables: what a campaign asks the database, and what its rogues do to it.

/// What an inventory holds: clients, lines, events, claims and keys. PostgreSQL and SQLite have the same tables.
pub const TABLES: [&str; 5] = [CLIENTS, LINES, EVENTS, CLAIMS, KEYS];

/// Client, version, state, town.
pub const CLIENTS: &str = "SELECT client_key, version, state, city FROM client";

/// Client, version, request, state after, command, actor, event; by client and version.
pub const LINES: &str = "SELECT client_key, version, request_id, to_state, command, actor, event \
     FROM client_history ORDER BY client_key, version";

/// Client, version, event; one row for each event.
pub const EVENTS: &str = "SELECT client_key, version, event FROM client_outbox";

/// Client, kind; one row for each claim.
pub const CLAIMS: &str = "SELECT client_key, kind FROM client_claim";

/// The number of clients.
pub const COUNT_CLIENTS: &str = "SELECT count(*) FROM client";

/// The clients whose folded columns and claims an earlier release has computed.
pub const COUNT_STALE: &str = "SELECT count(*) FROM client \
     WHERE normal_form < (SELECT max(normal_form) FROM client) OR normal_form_version <> version";

/// The clients whose former names are to be taken from the values of their history.
pub const COUNT_UNKNOWN_FORMER_NAMES: &str = "SELECT count(*) FROM client WHERE former_names IS NULL";

/// The clients with an approved passport that they do not claim, but ought to: the claim is the digest of kind and number.
pub const COUNT_UNCLAIMED_DOCUMENTS: &str = "SELECT count(DISTINCT d.client_key) FROM client_document d \
     JOIN client c USING (client_key) WHERE d.status = 1 AND d.kind = 2 AND c.state NOT IN (5, 7) AND NOT EXISTS ( \
         SELECT FROM client_claim t WHERE t.client_key = d.client_key AND t.kind = 'identification' \
             AND t.digest = sha256(convert_to('internationalpassport' || chr(31) || d.number_folded, 'UTF8')))";

/// The items of the work queue that do not wait, and those that wait and are not in the queue.
pub const COUNT_WRONG_WORK_ITEMS: &str = "SELECT count(*) FROM ( \
         (SELECT client_key, kind, item_id, since, branch FROM client_waiting \
             EXCEPT SELECT client_key, kind, item_id, since, branch FROM client_work_item) \
         UNION ALL (SELECT client_key, kind, item_id, since, branch FROM client_work_item \
             EXCEPT SELECT client_key, kind, item_id, since, branch FROM client_waiting)) AS wrong";

/// Actor, command, key.
pub const KEYS: &str = "SELECT actor, command, request_key FROM client_idempotency";

/// Forgets the outcome of every row of a batch as soon as it is stored: the fault that the outcome guards against.
pub const FORGET_ROWS: &str = "CREATE FUNCTION forget_row() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
         DELETE FROM client_idempotency WHERE actor = NEW.actor AND command = NEW.command AND request_key = NEW.request_key; \
         RETURN NULL; END $$; \
     CREATE TRIGGER forget_row AFTER INSERT ON client_idempotency FOR EACH ROW \
         WHEN (NEW.request_key LIKE 'batch-%') EXECUTE FUNCTION forget_row()";

/// Request and client of every line that rows of this batch have made.
pub fn lines_of_batch(id: &str) -> String {
    format!("SELECT request_id, client_key FROM client_history WHERE request_id LIKE 'batch-{id}-%'")
}

/// Client and town of those whose town begins like this.
pub fn clients_by_city(prefix: &str) -> String {
    format!("SELECT client_key, city FROM client WHERE city LIKE '{prefix}%'")
}

/// The number of effects of clients that hang up, by the prefix of their tags.
pub const EFFECTS_OF_HANG_UPS: &str = "SELECT count(*) FROM client_history WHERE request_id LIKE 'h-%'";

/// The sessions in the middle of a transaction that do nothing.
pub const IDLE_IN_TRANSACTION: &str = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'clients' \
     AND backend_type = 'client backend' AND state LIKE 'idle in transaction%'";

/// The sessions of the service.
pub const SESSIONS: &str = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'client-service'";

/// What each client claims while it is neither rejected nor exited, and how often at most: an identification and an e-mail
/// address also in the form in which the release before claims them, if that is another one.
pub const CLAIMED: [(&str, usize); 3] = [("email", 2), ("identification", 2), ("phone", 1)];

/// What a client that has returned claims besides, unless it is rejected: its former record.
pub const FORMER: &str = "formerClient";

/// The state of a rejected client.
pub const REJECTED: i64 = 5;

/// The states in which a client claims no value: rejected, exited.
pub const CLAIMLESS: [i64; 2] = [REJECTED, 7];

/// The command whose effect is a new client, and not a line of the one that it names.
pub const RETURN: &str = "ReturnCustomerCommand";

/// The commands that make their caller a maker of the client.
pub const TOUCHES: [&str; 9] = [
    "CreateContactCommand",
    RETURN,
    "UpdateContactCommand",
    "RequestCustomerApprovalCommand",
    "CreateIdentityDocumentCommand",
    "CreateAddressInformationCommand",
    "UndoRejectCustomerCommand",
    "BlacklistCustomerCommand",
    "UndoBlacklistCustomerCommand",
];

/// Where each command that moves a client takes it.
pub const LEADS_TO: [(&str, i64); 9] = [
    ("CreateContactCommand", 3),
    (RETURN, 3),
    ("ApproveCustomerCommand", 4),
    ("RejectCustomerCommand", 5),
    ("UndoRejectCustomerCommand", 3),
    ("RecordCustomerTransactionCommand", 1),
    ("BlacklistCustomerCommand", 6),
    ("UndoBlacklistCustomerCommand", 3),
    ("ExitCustomerCommand", 7),
];

/// Looks at a client and a moment later approves it, whatever happened between: the fault that a version guards
/// against. The database refuses a version without its line of history, so it is an operator, who switches triggers off.
pub fn approve_without_looking_again(client: &str) -> String {
    format!(
        "SET session_replication_role = replica; DO $$ BEGIN \
         IF (SELECT state FROM client WHERE client_key = '{client}') = 3 THEN \
             PERFORM pg_sleep(0.3); \
             UPDATE client SET state = 4, version = version + 1, approval = 'Approved', approval_by = 'rogue', \
                 approval_at = now(), modified_at = greatest(now(), created_at) WHERE client_key = '{client}'; \
         END IF; END $$"
    )
}

/// Copies of some clients, each this often, with all that belongs to them. Their keys begin with eight times `c`.
pub fn clone_clients(templates: u64, each: u64) -> String {
    format!(
        "SET session_replication_role = replica; DO $$ DECLARE own text; columns text; expressions text; BEGIN \
         CREATE TEMPORARY TABLE template AS SELECT client_key, row_number() OVER (ORDER BY version, client_key) AS r \
             FROM client WHERE state NOT IN (5, 7) ORDER BY version, client_key LIMIT {templates}; \
         FOREACH own IN ARRAY ARRAY['client', 'client_number', 'client_history', 'client_outbox', 'client_claim'] LOOP \
             SELECT string_agg(quote_ident(column_name), ', '), string_agg(CASE column_name \
                 WHEN 'client_key' THEN '''cccccccc'' || lpad(to_hex(n.n), 24, ''0'')' \
                 WHEN 'id' THEN '500000000 + n.n' \
                 WHEN 'event_id' THEN 'md5(t.event_id || n.n)' \
                 WHEN 'digest' THEN 'sha256(t.digest || convert_to(n.n::text, ''UTF8''))' \
                 WHEN 'email' THEN 'n.n || ''@clone.example''' \
                 WHEN 'email_folded' THEN 'n.n || ''@clone.example''' \
                 WHEN 'identification_number' THEN '''K'' || lpad(n.n::text, 8, ''0'')' \
                 WHEN 'identification_number_folded' THEN '''k'' || lpad(n.n::text, 8, ''0'')' \
                 ELSE 't.' || quote_ident(column_name) END, ', ') INTO columns, expressions \
             FROM information_schema.columns \
                 WHERE table_schema = 'public' AND table_name = own AND is_generated = 'NEVER'; \
             EXECUTE format('INSERT INTO %1$I (%2$s) SELECT %3$s FROM %1$I t JOIN template m USING (client_key), \
                 LATERAL (SELECT (m.r - 1) * {each} + g AS n FROM generate_series(1, {each}) g) n', \
                 own, columns, expressions); \
         END LOOP; END $$"
    )
}

/// The clients that can be copied: those that are neither rejected nor exited.
pub const COUNT_TEMPLATES: &str = "SELECT count(*) FROM client WHERE state NOT IN (5, 7)";

/// The number of copies.
pub const COUNT_CLONES: &str = "SELECT count(*) FROM client WHERE client_key LIKE 'cccccccc%'";

/// Table and column of everything in which a release must leave a client as it is: not what it computes from the rest.
pub const COLUMNS_OF_CLONES: &str = "SELECT table_name, column_name FROM information_schema.columns \
     WHERE table_schema = 'public' AND table_name IN ('client', 'client_number', 'client_history', 'client_outbox') \
         AND column_name !~ 'folded|normal|passport|search_text|former|makers|phone_entered|contact_entries' \
     ORDER BY 1, 2";

/// The digest of a column of the copies.
pub fn digest_of_clones(table: &str, column: &str) -> String {
    format!(
        "SELECT sum(hashtextextended(client_key || coalesce(\"{column}\"::text, '-'), 1)::numeric) FROM {table} \
         WHERE client_key LIKE 'cccccccc%'"
    )
}

/// Removes the copies from every table that has clients.
pub const REMOVE_CLONES: &str = "SET session_replication_role = replica; DO $$ DECLARE own text; BEGIN \
     FOR own IN SELECT c.table_name FROM information_schema.columns c JOIN information_schema.tables t \
         USING (table_schema, table_name) WHERE table_schema = 'public' AND c.column_name = 'client_key' \
             AND t.table_type = 'BASE TABLE' LOOP \
         EXECUTE format('DELETE FROM %I WHERE client_key LIKE ''cccccccc%%''', own); \
     END LOOP; END $$";

/// The version of the schema.
pub const SCHEMA_VERSION: &str = "SELECT coalesce(max(version), 0) FROM _sqlx_migrations WHERE success";
