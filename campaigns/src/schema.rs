//! The one place that knows the tables: what a campaign asks the database, and what its rogues do to it.

/// Client, version, state, town.
pub const CLIENTS: &str = "SELECT client_key, version, state, city FROM client";

/// Client, version, request, state after, command, actor, event; by client and version.
pub const LINES: &str = "SELECT client_key, version, request_id, to_state, command, actor, event \
     FROM client_history ORDER BY client_key, version";

/// Client, version, event; one row for each event.
pub const EVENTS: &str = "SELECT client_key, version, event FROM client_outbox";

/// Client, kind; one row for each claim.
pub const CLAIMS: &str = "SELECT client_key, kind FROM client_claim";

/// Actor, command, key.
pub const KEYS: &str = "SELECT actor, command, request_key FROM client_idempotency";

/// The number of effects of clients that hang up, by the prefix of their tags.
pub const EFFECTS_OF_HANG_UPS: &str = "SELECT count(*) FROM client_history WHERE request_id LIKE 'h-%'";

/// The sessions in the middle of a transaction that do nothing.
pub const IDLE_IN_TRANSACTION: &str = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'clients' \
     AND backend_type = 'client backend' AND state LIKE 'idle in transaction%'";

/// The sessions of the service.
pub const SESSIONS: &str = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'client-service'";

/// What each client claims while it is neither rejected nor exited.
pub const CLAIMED: [&str; 3] = ["email", "identification", "phone"];

/// The states in which a client claims nothing: rejected, exited.
pub const CLAIMLESS: [i64; 2] = [5, 7];

/// The commands that make their caller a maker of the client.
pub const TOUCHES: [&str; 7] = [
    "CreateContactCommand",
    "UpdateContactCommand",
    "RequestCustomerApprovalCommand",
    "CreateIdentityDocumentCommand",
    "CreateAddressInformationCommand",
    "BlacklistCustomerCommand",
    "UndoBlacklistCustomerCommand",
];

/// Where each command that moves a client takes it.
pub const LEADS_TO: [(&str, i64); 7] = [
    ("CreateContactCommand", 3),
    ("ApproveCustomerCommand", 4),
    ("RejectCustomerCommand", 5),
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
