//! Every statement that does not depend on what is asked: one file each, which can be pasted into psql.
//!
//! The comment at the top of a file says what the statement does and names its parameters. The server checks each of
//! them in a test, and the test suite executes every one; see decision 42. Only searches are built at run time, in
//! [`crate::search`].

use sqlx::Postgres;
use sqlx::postgres::PgArguments;
use sqlx::query::Query;

/// A statement with its values.
pub(crate) type Statement<'q> = Query<'q, Postgres, PgArguments>;

/// Constants from files.
macro_rules! statements {
    ($($name:ident = $file:literal;)*) => {
        $(pub(crate) const $name: &str = include_str!(concat!("sql/", $file, ".sql"));)*

        /// Every statement by name, for tests and for the database administrator.
        pub(crate) const ALL: &[(&str, &str)] = &[$((stringify!($name), $name)),*];

        /// Every statement by the name of its file, for metrics and traces.
        pub(crate) const NAMED: &[(&str, &str)] = &[$(($file, $name)),*];
    };
}

statements! {
    // Commits.
    COMMIT_INSERT = "commit_insert";
    COMMIT_INSERT_DOCUMENTS = "commit_insert_documents";
    COMMIT_UPDATE = "commit_update";
    COMMIT_UPDATE_DOCUMENTS = "commit_update_documents";
    COMMIT_OUTCOME = "commit_outcome";
    COMMIT_GROUP = "commit_group";
    EXPLAIN_REFUSAL = "explain_refusal";

    // Reads of clients.
    FIND_BY_KEY = "find_by_key";
    FIND_BY_KEYS = "find_by_keys";
    FIND_BY_ID = "find_by_id";
    FIND_BY_DOCUMENT = "find_by_document";
    FIND_BY_ADDRESS = "find_by_address";
    LOAD_BY_KEY = "load_by_key";
    LOAD_BY_KEYS = "load_by_keys";
    LOAD_BY_ID = "load_by_id";
    LOAD_BY_DOCUMENT = "load_by_document";
    LOAD_BY_ADDRESS = "load_by_address";
    CLAIMED = "claimed";
    HISTORY = "history";
    ACTIVITY = "activity";
    ACTIVITY_OF_BRANCH = "activity_of_branch";
    CLIENTS_OF_BRANCH = "clients_of_branch";
    TALLY_BY_PERIOD = "tally_by_period";
    TALLY_BY_REASON = "tally_by_reason";
    TALLY_BY_WAIT = "tally_by_wait";
    DUE_DOCUMENTS = "due_documents";
    CONTENTS_IN_USE = "contents_in_use";
    NEWEST_SINCE = "newest_since";

    // Copies.
    COPIED_ROWS = "copied_rows";
    COPY_BATCHES = "copy_batches";
    COPY_BATCH_PIECES = "copy_batch_pieces";
    COPY_DELETED_BATCHES = "copy_deleted_batches";
    COPY_CANDIDATES = "copy_candidates";
    COPY_CLAIMS = "copy_claims";
    COPY_DELIVERIES = "copy_deliveries";
    COPY_EVENTS = "copy_events";
    COPY_EXPORTS = "copy_exports";
    COPY_OUTCOMES = "copy_outcomes";
    COPY_RECEIVERS = "copy_receivers";
    COPY_VIEWS = "copy_views";
    LAST_NUMBER = "last_number";
    SET_NEXT_BLOCK = "set_next_block";

    // Ids.
    NEXT_BLOCK = "next_block";
    BLOCK_IN_USE = "block_in_use";

    // Normal forms.
    STALE_CLIENTS = "stale_clients";
    RECOMPUTE = "recompute";

    // Outcomes.
    DELETE_OUTCOMES = "delete_outcomes";

    // Outbox.
    TAKE_EVENTS = "take_events";
    SETTLE_EVENTS = "settle_events";
    RELEASE_EVENTS = "release_events";
    DEAD_LETTERS = "dead_letters";
    RESEND_EVENTS = "resend_events";
    DISCARD_EVENT = "discard_event";
    DELETE_DELIVERED = "delete_delivered";
    BACKLOG = "backlog";

    // Receivers besides the default one.
    REGISTER_RECEIVER = "register_receiver";
    FORGET_RECEIVER = "forget_receiver";
    DELETE_DELIVERIES = "delete_deliveries";
    RECEIVERS = "receivers";
    TAKE_DELIVERIES = "take_deliveries";
    SETTLE_DELIVERIES = "settle_deliveries";
    RELEASE_DELIVERIES = "release_deliveries";
    RESEND_DELIVERIES = "resend_deliveries";
    DISCARD_DELIVERY = "discard_delivery";

    // Contents.
    PUT_SMALL_CONTENT = "put_small_content";
    START_CONTENT = "start_content";
    ADD_CONTENT_PIECE = "add_content_piece";
    COMPLETE_CONTENT = "complete_content";
    OPEN_CONTENT = "open_content";
    CONTENT_PIECE = "content_piece";
    CONTENT_KEYS = "content_keys";
    CONTENT_EXISTS = "content_exists";
    DELETE_CONTENT = "delete_content";

    // Content ledger.
    QUEUE_CONTENT = "queue_content";
    QUEUED_CONTENTS = "queued_contents";
    TRASHED_CONTENTS = "trashed_contents";
    SET_TRASHED = "set_trashed";
    DEQUEUE_CONTENTS = "dequeue_contents";
    COUNT_DOCUMENTS = "count_documents";
    MAKE_INSTALLATION = "make_installation";
    INSTALLATION = "installation";

    // Sessions.
    OPEN_SESSION = "open_session";
    FIND_SESSION = "find_session";
    TOUCH_SESSION = "touch_session";
    END_SESSION = "end_session";
    END_SESSIONS_OF = "end_sessions_of";
    END_PROVIDER_SESSION = "end_provider_session";
    END_PROVIDER_SUBJECT = "end_provider_subject";
    REMOVE_ENDED_SESSIONS = "remove_ended_sessions";
    REMOVE_ENDED_SIGN_INS = "remove_ended_sign_ins";

    // Saved views.
    SAVE_VIEW = "save_view";
    DELETE_VIEW = "delete_view";
    VIEWS_OF = "views_of";

    // Exports.
    START_EXPORT = "start_export";
    END_EXPORT = "end_export";
    EXPORTS = "exports";

    // Batches.
    ANNOUNCE_BATCH = "announce_batch";
    CHECK_ANNOUNCEMENT = "check_announcement";
    WITHDRAW_BATCH = "withdraw_batch";
    READ_BATCH = "read_batch";
    FIND_BATCH = "find_batch";
    BATCHES = "batches";
    BATCHES_AT_WORK = "batches_at_work";
    BATCHES_WAITING = "batches_waiting";
    REPLACE_BATCH = "replace_batch";
    START_BATCH_UPLOAD = "start_batch_upload";
    DELETE_BATCH_PIECES = "delete_batch_pieces";
    ADD_BATCH_PIECE = "add_batch_piece";
    TAKE_BATCH_PIECE = "take_batch_piece";
    SETTLE_BATCH_PIECE = "settle_batch_piece";
    START_BATCH = "start_batch";
    BATCH_PIECES = "batch_pieces";
    REFUSED_BATCH_PIECES = "refused_batch_pieces";
    REMOVE_BATCHES = "remove_batches";

    // Work queue.
    WORK_ITEMS = "work_items";
    WORK_ITEMS_OF_BRANCH = "work_items_of_branch";
    CLAIM_WORK = "claim_work";
    RELEASE_WORK = "release_work";
    WORK_CLAIMS = "work_claims";
    REMOVE_ENDED_CLAIMS = "remove_ended_claims";

    // Replicas.
    LOG_POSITION = "log_position";
    LOG_SYSTEM = "log_system";
    REPLICA_STATE = "replica_state";

    // Server and connections.
    SERVER = "server";
    SCHEMA = "schema";
    SCHEMA_VERSION = "schema_version";
    READY = "ready";
    SERVER_TIME = "server_time";
    WRITABLE = "writable";
    START_SESSION = "start_session";
    POOLED_SESSION = "pooled_session";
    MIGRATION_LOCK_HOLDER = "migration_lock_holder";
    BACKENDS_AT_WORK = "backends_at_work";
    CONFIRM = "confirm";
    COMMITS_HELD = "commits_held";
    SYNCHRONOUS_STANDBYS = "synchronous_standbys";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::ALL;

    #[test]
    fn every_file_is_in_the_list_under_its_name() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/sql");
        let mut files = BTreeSet::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap().to_uppercase();
            files.insert((name, std::fs::read_to_string(path).unwrap()));
        }
        let listed = ALL.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        assert_eq!(files, listed);
        assert_eq!(files.len(), ALL.len(), "a statement is listed twice");
    }

    /// The comment at the top, and the statement.
    fn parts(text: &str) -> (String, String) {
        let (comment, statement): (Vec<_>, Vec<_>) = text.lines().partition(|line| line.starts_with("--"));
        (comment.join("\n"), statement.join("\n"))
    }

    fn parameters(text: &str) -> BTreeSet<u32> {
        let digits = |rest: &str| rest.chars().take_while(char::is_ascii_digit).collect::<String>();
        text.split('$').skip(1).filter_map(|rest| digits(rest).parse().ok()).collect()
    }

    #[test]
    fn the_comment_of_a_statement_names_its_parameters_from_the_first_to_the_last() {
        for (name, text) in ALL {
            let (comment, statement) = parts(text);
            let used = parameters(&statement);
            assert!(comment.starts_with("-- "), "{name} has no comment");
            assert_eq!(parameters(&comment), used, "{name}");
            assert_eq!(used.last().map_or(0, |last| *last as usize), used.len(), "{name} leaves one out");
        }
    }

    /// The CTE with this name, without the numbers of its parameters and without line breaks.
    fn cte(text: &str, name: &str) -> String {
        let (_, statement) = parts(text);
        let start = statement.find(&format!("{name} AS")).unwrap();
        let (_, rest) = statement.split_at(start);
        let cte = rest.split("\n)").next().unwrap();
        let mut numbered = cte.split('$');
        let first = numbered.next().unwrap().to_owned();
        let digit = |c: char| c.is_ascii_digit();
        let cte = numbered.fold(first, |text, rest| text + "$" + rest.trim_start_matches(digit));
        cte.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The files repeat each other, because each is whole. The parts that they share must stay the same.
    #[test]
    fn the_statements_of_a_single_commit_share_their_parts() {
        use super::{
            COMMIT_INSERT, COMMIT_INSERT_DOCUMENTS, COMMIT_OUTCOME, COMMIT_UPDATE, COMMIT_UPDATE_DOCUMENTS,
        };
        let of_clients = [COMMIT_INSERT_DOCUMENTS, COMMIT_UPDATE, COMMIT_UPDATE_DOCUMENTS];
        for part in ["known", "rivals", "outcomes", "lines", "events", "released", "taken"] {
            for text in of_clients {
                assert_eq!(cte(text, part), cte(COMMIT_INSERT, part), "{part}");
            }
        }
        for part in ["known", "outcomes", "lines", "events"] {
            assert_eq!(cte(COMMIT_OUTCOME, part), cte(COMMIT_INSERT, part), "{part}");
        }
        for part in ["documents", "addresses", "dequeued", "queued"] {
            assert_eq!(cte(COMMIT_UPDATE_DOCUMENTS, part), cte(COMMIT_INSERT_DOCUMENTS, part), "{part}");
        }
        assert_eq!(cte(COMMIT_UPDATE, "written"), cte(COMMIT_UPDATE_DOCUMENTS, "written"));
        assert_eq!(cte(COMMIT_INSERT, "written"), cte(COMMIT_INSERT_DOCUMENTS, "written"));
    }

    /// The default receiver has its deliveries in `client_outbox`, every other one in `client_delivery`, and both the same rules.
    #[test]
    fn every_receiver_is_delivered_to_by_the_same_statements() {
        use super::{
            DISCARD_DELIVERY, DISCARD_EVENT, RELEASE_DELIVERIES, RELEASE_EVENTS, RESEND_DELIVERIES,
            RESEND_EVENTS, TAKE_DELIVERIES, TAKE_EVENTS,
        };
        let words = |text: &str| {
            let text = text
                .replace("client_delivery d", "client_outbox o")
                .replace("client_delivery", "client_outbox");
            let text = text.replace(" d.", " o.").replace("(d.", "(o.").replace(" OF d ", " OF o ");
            let text = text.replace("o.delivered_at IS NULL AND o.discarded_at", "o.discarded_at");
            let text = text.replace("delivered_at IS NULL AND discarded_at", "discarded_at");
            let words: Vec<_> = text.split_whitespace().collect();
            let mut text = words.join(" ");
            for receiver in
                ["o.receiver = $ AND ", " AND o.receiver = $", "receiver = $ AND ", " AND receiver = $"]
            {
                text = text.replace(receiver, "");
                for number in 3..=5 {
                    text = text.replace(&receiver.replace('$', &format!("${number}")), "");
                }
            }
            text
        };
        for part in ["walk", "heads", "batch"] {
            assert_eq!(words(&cte(TAKE_DELIVERIES, part)), words(&cte(TAKE_EVENTS, part)), "{part}");
        }
        for (other, default) in [
            (RELEASE_DELIVERIES, RELEASE_EVENTS),
            (RESEND_DELIVERIES, RESEND_EVENTS),
            (DISCARD_DELIVERY, DISCARD_EVENT),
        ] {
            assert_eq!(words(&parts(other).1), words(&parts(default).1));
        }
    }

    /// The number of the normal form is a constant of the statements, so that an index knows it too.
    #[test]
    fn statements_name_the_normal_form_of_the_domain() {
        use super::{COMMIT_GROUP, COMMIT_INSERT, COMMIT_INSERT_DOCUMENTS, RECOMPUTE, STALE_CLIENTS};
        let number = client_domain::text::NORMAL_FORM;
        let stale = format!("normal_form < {number} OR normal_form_version <> version");
        assert!(STALE_CLIENTS.contains(&stale));
        let index = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/0015_stale_normal_forms.sql");
        assert!(std::fs::read_to_string(index).unwrap().contains(&stale));
        assert!(COMMIT_GROUP.contains(&format!("former_client, {number}, version\n")));
        assert!(RECOMPUTE.contains(&format!("last_name_passport, {number}, w.version, ")));
        for text in [COMMIT_INSERT, COMMIT_INSERT_DOCUMENTS] {
            assert!(text.contains(&format!(", {number}, $46\n")));
        }
    }

    #[test]
    fn every_read_of_a_client_has_the_same_columns() {
        let columns = |text: &str| {
            let (_, statement) = parts(text);
            let start = statement.find("c.client_key, c.version").unwrap();
            let end = statement.find("AS addresses").unwrap();
            statement[start..end].split_whitespace().collect::<Vec<_>>().join(" ")
        };
        for (name, text) in
            ALL.iter().filter(|(name, _)| name.starts_with("FIND_BY_") || name.starts_with("LOAD_BY_"))
        {
            assert_eq!(columns(text), columns(super::FIND_BY_KEY), "{name}");
        }
    }
}
