//! Every statement that does not depend on what is asked: one file each, which can be pasted into the shell of SQLite.

/// Constants from files of their names.
macro_rules! statements {
    ($($name:ident = $file:literal;)*) => {
        $(#[doc = concat!("`sql/", $file, ".sql`")] pub(crate) const $name: &str = include_str!(concat!("sql/", $file, ".sql"));)*

        /// Every statement by name.
        #[cfg(test)]
        pub(crate) const ALL: &[(&str, &str)] = &[$(($file, $name)),*];
    };
}

statements! {
    ADD_CONTENT_PIECE = "add_content_piece";
    ADDRESSES = "addresses";
    BACKLOG = "backlog";
    ADD_BATCH_PIECE = "add_batch_piece";
    ANNOUNCE_BATCH = "announce_batch";
    BATCH_PIECES = "batch_pieces";
    REFUSED_BATCH_PIECES = "refused_batch_pieces";
    BATCH_PROGRESS = "batch_progress";
    BATCH_WAITS = "batch_waits";
    BATCHES = "batches";
    BATCHES_AT_WORK = "batches_at_work";
    BATCHES_WAITING = "batches_waiting";
    BATCH_WAS_DELETED = "batch_was_deleted";
    OPEN_BATCHES = "open_batches";
    KEEP_BATCH_ID = "keep_batch_id";
    START_BATCH_UPLOAD = "start_batch_upload";
    DELETE_BATCH = "delete_batch";
    DELETE_BATCH_PIECES = "delete_batch_pieces";
    ENDED_BATCHES = "ended_batches";
    FIND_BATCH = "find_batch";
    REPLACE_BATCH = "replace_batch";
    SETTLE_BATCH_PIECE = "settle_batch_piece";
    START_BATCH = "start_batch";
    TAKE_BATCH_PIECE = "take_batch_piece";
    BEGIN_EXPORT = "begin_export";
    COPIED_EXPORTS = "copied_exports";
    END_EXPORT = "end_export";
    EXPORTS = "exports";
    CLIENT_VERSION = "client_version";
    CLIENTS_OF_BRANCH = "clients_of_branch";
    COMPLETE_CONTENT = "complete_content";
    CONTENT_EXISTS = "content_exists";
    CONTENT_KEYS = "content_keys";
    CONTENT_PIECE = "content_piece";
    CONTENTS_IN_USE = "contents_in_use";
    COPIED_BATCHES = "copied_batches";
    COPIED_BATCH_PIECES = "copied_batch_pieces";
    COPIED_DELETED_BATCHES = "copied_deleted_batches";
    COPIED_CANDIDATES = "copied_candidates";
    COPIED_CLAIMS = "copied_claims";
    COPIED_CLIENTS = "copied_clients";
    COPIED_DELIVERIES = "copied_deliveries";
    COPIED_EVENTS = "copied_events";
    COPIED_OUTCOMES = "copied_outcomes";
    COPIED_ROWS = "copied_rows";
    COPIED_VIEWS = "copied_views";
    COUNT_DOCUMENTS = "count_documents";
    COUNT_VIEWS = "count_views";
    DEAD_LETTERS = "dead_letters";
    DELETE_CONTENT = "delete_content";
    DELETE_DELIVERED = "delete_delivered";
    DELIVERED_EVENTS = "delivered_events";
    DELETE_DELIVERIES = "delete_deliveries";
    DELETE_OUTCOMES = "delete_outcomes";
    DELETE_VIEW = "delete_view";
    DEQUEUE_CONTENT = "dequeue_content";
    DISCARD_DELIVERY = "discard_delivery";
    DISCARD_EVENT = "discard_event";
    END_DELIVERY = "end_delivery";
    DOCUMENTS = "documents";
    DUE_DOCUMENTS = "due_documents";
    FEW_WORDS = "few_words";
    FIND_BY_ADDRESS = "find_by_address";
    FIND_BY_DOCUMENT = "find_by_document";
    FIND_BY_ID = "find_by_id";
    FIND_BY_KEY = "find_by_key";
    FORGET_RECEIVER = "forget_receiver";
    DELETE_WORDS_PENDING = "delete_words_pending";
    HISTORY = "history";
    LAST_EVENT = "last_event";
    RETURNED_AS = "returned_as";
    ID_TAKEN = "id_taken";
    INDEX_WORDS = "index_words";
    INSERT_CLIENT = "insert_client";
    INSERT_EVENT = "insert_event";
    INSERT_HISTORY = "insert_history";
    INSERT_HISTORY_VALUE = "insert_history_value";
    INSERT_OUTCOME = "insert_outcome";
    INSTALLATION = "installation";
    LEASE_EVENT = "lease_event";
    LEASE_DELIVERY = "lease_delivery";
    LEASED_DELIVERY = "leased_delivery";
    MAKE_INSTALLATION = "make_installation";
    NEXT_NUMBER = "next_number";
    NEXT_OPEN_CLIENT = "next_open_client";
    NEXT_WAITING_CLIENT = "next_waiting_client";
    OPEN_CONTENT = "open_content";
    OPEN_EVENTS = "open_events";
    OUTCOME = "outcome";
    QUEUE_CONTENT = "queue_content";
    QUEUED_CONTENTS = "queued_contents";
    READY = "ready";
    RECEIVERS = "receivers";
    REGISTER_RECEIVER = "register_receiver";
    RELEASE_CLAIM = "release_claim";
    RESEND_DELIVERIES = "resend_deliveries";
    RESEND_EVENTS = "resend_events";
    RESERVE_BLOCK = "reserve_block";
    RIVAL = "rival";
    SAVE_VIEW = "save_view";
    SET_TRASHED = "set_trashed";
    SETTLE_DELIVERY = "settle_delivery";
    SETTLE_EVENT = "settle_event";
    OPEN_SESSION = "open_session";
    FIND_SESSION = "find_session";
    TOUCH_SESSION = "touch_session";
    END_SESSION = "end_session";
    END_SESSIONS_OF = "end_sessions_of";
    END_PROVIDER_SESSION = "end_provider_session";
    END_PROVIDER_SUBJECT = "end_provider_subject";
    REMOVE_ENDED_SESSIONS = "remove_ended_sessions";
    START_CONTENT = "start_content";
    TALLY_BY_PERIOD = "tally_by_period";
    TALLY_BY_REASON = "tally_by_reason";
    TALLY_BY_WAIT = "tally_by_wait";
    TAKE_CLAIM = "take_claim";
    TRASHED_CONTENTS = "trashed_contents";
    UPDATE_CLIENT = "update_client";
    VIEWS_OF = "views_of";
    WORK_ITEMS = "work_items";
    WORK_ITEMS_OF_BRANCH = "work_items_of_branch";
    CLAIM_WORK = "claim_work";
    RELEASE_WORK = "release_work";
    WORK_CLAIM = "work_claim";
    REMOVE_ENDED_CLAIMS = "remove_ended_claims";
    WORDS_PENDING = "words_pending";
    WAITING_EVENTS = "waiting_events";
    WRITE_ADDRESS = "write_address";
    WRITE_DOCUMENT = "write_document";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rusqlite::{Connection, StatementStatus, named_params};

    use super::{
        ALL, BACKLOG, DEAD_LETTERS, DELETE_DELIVERIES, DELIVERED_EVENTS, DISCARD_DELIVERY, END_DELIVERY,
        LEASE_DELIVERY, LEASED_DELIVERY, NEXT_WAITING_CLIENT, RESEND_DELIVERIES, SETTLE_DELIVERY,
        TALLY_BY_PERIOD, TALLY_BY_REASON, TALLY_BY_WAIT, WAITING_EVENTS, WORK_ITEMS, WORK_ITEMS_OF_BRANCH,
    };

    #[test]
    fn every_file_is_a_statement_that_fits_the_schema() {
        let mut connection = Connection::open_in_memory().unwrap();
        crate::migration::run(&mut connection).unwrap();
        for (name, sql) in ALL {
            assert!(sql.starts_with("-- "), "{name} says what it does");
            connection.prepare(sql).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
        let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/sql")).unwrap();
        let files = folder.map(|file| file.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned());
        assert_eq!(files.collect::<BTreeSet<_>>(), ALL.iter().map(|(name, _)| (*name).to_owned()).collect());
    }

    /// The steps of the plan of a statement, which does not depend on its values.
    fn steps(sql: &str) -> Vec<String> {
        let mut connection = Connection::open_in_memory().unwrap();
        crate::migration::run(&mut connection).unwrap();
        let mut plan = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let (mut rows, mut steps) = (plan.raw_query(), Vec::new());
        while let Some(row) = rows.next().unwrap() {
            steps.push(row.get::<_, String>("detail").unwrap().replace("COVERING ", ""));
        }
        steps
    }

    #[test]
    fn tallies_read_by_event_and_time() {
        let lines = "SEARCH client_history USING INDEX client_history_by_event (event=? AND at>? AND at<?)";
        let request = "SEARCH r USING PRIMARY KEY (client_key=? AND version<?)";
        for (sql, requests) in [(TALLY_BY_PERIOD, 0), (TALLY_BY_REASON, 0), (TALLY_BY_WAIT, 1)] {
            let steps = steps(sql);
            let number = |wanted: &str| steps.iter().filter(|step| *step == wanted).count();
            assert_eq!((number(lines), number(request)), (1, requests), "{steps:#?}");
            let clients = steps.iter().filter(|step| step.starts_with("SEARCH c USING ")).count();
            assert_eq!(clients, 1, "{steps:#?}");
            // What is read through is a list of the request, or what the statement has read itself.
            let mut scans = steps.iter().filter_map(|step| step.strip_prefix("SCAN "));
            assert!(
                scans.all(|scan| ["json_each", "m", "h", "l", "(subquery"]
                    .iter()
                    .any(|own| scan.starts_with(own))),
                "{steps:#?}"
            );
        }
    }

    /// Dead letters are few, and what waits for a receiver may be much: where only dead letters are asked for, only their
    /// index is read.
    #[test]
    fn queue_of_a_receiver_is_read_by_its_indexes() {
        let by_key = "USING PRIMARY KEY (client_key=? AND version=? AND event_id=?";
        let one = "USING INDEX client_delivery_by_event (event_id=? AND receiver=?";
        let dead = "SCAN client_delivery USING INDEX client_delivery_dead";
        for (sql, step) in [
            (NEXT_WAITING_CLIENT, "client_delivery_by_receiver (receiver=? AND client_key>?)"),
            (WAITING_EVENTS, "client_delivery USING PRIMARY KEY (client_key=?)"),
            (LEASE_DELIVERY, by_key),
            (LEASED_DELIVERY, by_key),
            (SETTLE_DELIVERY, one),
            (END_DELIVERY, one),
            (DISCARD_DELIVERY, "client_delivery_dead (event_id=? AND receiver=?)"),
            (RESEND_DELIVERIES, dead),
            (DELETE_DELIVERIES, "client_delivery_by_receiver (receiver=?)"),
            (DEAD_LETTERS, "client_delivery_dead ((event_id,receiver)>(?,?))"),
            (BACKLOG, "SCAN d USING INDEX client_delivery_dead"),
            (BACKLOG, "client_delivery_by_age (receiver=?)"),
            (DELIVERED_EVENTS, "client_outbox_by_delivery (delivered_at>? AND delivered_at<?)"),
            (DELIVERED_EVENTS, by_key),
        ] {
            let steps = steps(sql);
            assert!(steps.iter().any(|one| one.contains(step)), "{step}: {steps:#?}");
            // What is read through is an index of dead letters, the few receivers, or what the statement has read itself.
            let mut scans = steps.iter().filter_map(|step| step.strip_prefix("SCAN "));
            let is_small = |scan: &str| scan.contains("_dead") || ["r", "l", "CONSTANT ROW"].contains(&scan);
            assert!(scans.all(is_small), "{steps:#?}");
        }
    }

    /// Clients of fifty branches, each approved after a request. The other columns, the checks and the triggers are not the subject.
    fn approved(clients: i64) -> Connection {
        let mut connection = Connection::open_in_memory().unwrap();
        crate::migration::run(&mut connection).unwrap();
        let rules = "PRAGMA foreign_keys = off; PRAGMA ignore_check_constraints = on";
        connection.execute_batch(rules).unwrap();
        let triggers: Vec<String> = {
            let named = "SELECT 'DROP TRIGGER ' || name FROM sqlite_schema WHERE type = 'trigger'";
            let mut named = connection.prepare(named).unwrap();
            named.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
        };
        connection.execute_batch(&triggers.join(";")).unwrap();
        let fill = |table: &str, given: &[(&str, &str)]| {
            let others = "SELECT name, type = 'INTEGER' FROM pragma_table_info(?1) WHERE \"notnull\" AND dflt_value IS NULL";
            let mut others = connection.prepare(others).unwrap();
            let others = others.query_map([table], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
            let mut columns: Vec<(String, &str)> =
                given.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect();
            for (name, is_number) in others.map(Result::unwrap) {
                if columns.iter().all(|(given, _)| *given != name) {
                    columns.push((name, if is_number { "0" } else { "''" }));
                }
            }
            let (names, values): (Vec<_>, Vec<_>) = columns.into_iter().unzip();
            let statement = format!(
                "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {clients})
                INSERT INTO {table} ({}) SELECT {} FROM c",
                names.join(", "),
                values.join(", ")
            );
            connection.execute(&statement, []).unwrap();
        };
        fill("client", &[("id", "n"), ("client_key", "'c' || n"), ("branch", "'b' || (n % 50)")]);
        for (version, event) in [("1", "'ClientApprovalRequested'"), ("2", "'ClientApproved'")] {
            fill(
                "client_history",
                &[("client_key", "'c' || n"), ("version", version), ("event", event), ("at", version)],
            );
        }
        connection
    }

    #[test]
    fn tally_of_a_branch_looks_up_no_requests_of_others() {
        let connection = approved(1_000);
        let cost = |branch: Option<&str>| {
            let mut tally = connection.prepare(TALLY_BY_WAIT).unwrap();
            let mut found = tally
                .query(named_params! {
                    ":events": r#"["ClientApproved"]"#, ":from": 0, ":until": 9, ":limit": 9_999, ":branch": branch,
                    ":deciding": r#"["ClientApprovalRequested","ClientApproved"]"#,
                    ":requested": "ClientApprovalRequested",
                })
                .unwrap();
            let mut rows = Vec::new();
            while let Some(row) = found.next().unwrap() {
                rows.push(["counted", "read"].map(|name| row.get::<_, i64>(name).unwrap()));
            }
            drop(found);
            (rows, tally.get_status(StatementStatus::VmStep))
        };
        let (all, whole) = cost(None);
        assert_eq!(all, vec![[20, 20]; 50]);
        let (mut own, part) = cost(Some("b7"));
        own.sort_unstable();
        assert_eq!(own, [[0, 980], [20, 20]], "the lines of all others are one group");
        assert!(part * 4 < whole * 3, "{part} of {whole} steps");
    }

    #[test]
    fn page_of_the_work_queue_is_a_range_of_an_index() {
        for (sql, index) in [
            (WORK_ITEMS, "client_work_item_by_age (kind=? AND (since,client_key,item_id)>(?,?,?))"),
            (
                WORK_ITEMS_OF_BRANCH,
                "client_work_item_by_branch (branch=? AND kind=? AND (since,client_key,item_id)>(?,?,?))",
            ),
        ] {
            assert_eq!(steps(sql), [format!("SEARCH client_work_item USING INDEX {index}")]);
        }
    }
}
