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

// Commits.
pub(crate) const COMMIT_INSERT: &str = include_str!("sql/commit_insert.sql");
pub(crate) const COMMIT_INSERT_DOCUMENTS: &str = include_str!("sql/commit_insert_documents.sql");
pub(crate) const COMMIT_UPDATE: &str = include_str!("sql/commit_update.sql");
pub(crate) const COMMIT_UPDATE_DOCUMENTS: &str = include_str!("sql/commit_update_documents.sql");
pub(crate) const COMMIT_OUTCOME: &str = include_str!("sql/commit_outcome.sql");
pub(crate) const COMMIT_GROUP: &str = include_str!("sql/commit_group.sql");
pub(crate) const EXPLAIN_REFUSAL: &str = include_str!("sql/explain_refusal.sql");

// Reads of clients.
pub(crate) const FIND_BY_KEY: &str = include_str!("sql/find_by_key.sql");
pub(crate) const FIND_BY_KEYS: &str = include_str!("sql/find_by_keys.sql");
pub(crate) const FIND_BY_ID: &str = include_str!("sql/find_by_id.sql");
pub(crate) const FIND_BY_DOCUMENT: &str = include_str!("sql/find_by_document.sql");
pub(crate) const FIND_BY_ADDRESS: &str = include_str!("sql/find_by_address.sql");
pub(crate) const LOAD_BY_KEY: &str = include_str!("sql/load_by_key.sql");
pub(crate) const LOAD_BY_KEYS: &str = include_str!("sql/load_by_keys.sql");
pub(crate) const LOAD_BY_ID: &str = include_str!("sql/load_by_id.sql");
pub(crate) const LOAD_BY_DOCUMENT: &str = include_str!("sql/load_by_document.sql");
pub(crate) const LOAD_BY_ADDRESS: &str = include_str!("sql/load_by_address.sql");
pub(crate) const CLAIMED: &str = include_str!("sql/claimed.sql");
pub(crate) const HISTORY: &str = include_str!("sql/history.sql");
pub(crate) const ACTIVITY: &str = include_str!("sql/activity.sql");
pub(crate) const ACTIVITY_OF_BRANCH: &str = include_str!("sql/activity_of_branch.sql");
pub(crate) const CLIENTS_OF_BRANCH: &str = include_str!("sql/clients_of_branch.sql");
pub(crate) const DUE_DOCUMENTS: &str = include_str!("sql/due_documents.sql");
pub(crate) const CONTENTS_IN_USE: &str = include_str!("sql/contents_in_use.sql");

// Copies.
pub(crate) const COPIED_ROWS: &str = include_str!("sql/copied_rows.sql");
pub(crate) const COPY_CANDIDATES: &str = include_str!("sql/copy_candidates.sql");
pub(crate) const COPY_CLAIMS: &str = include_str!("sql/copy_claims.sql");
pub(crate) const COPY_EVENTS: &str = include_str!("sql/copy_events.sql");
pub(crate) const COPY_OUTCOMES: &str = include_str!("sql/copy_outcomes.sql");
pub(crate) const LAST_NUMBER: &str = include_str!("sql/last_number.sql");
pub(crate) const SET_NEXT_BLOCK: &str = include_str!("sql/set_next_block.sql");

// Ids.
pub(crate) const NEXT_BLOCK: &str = include_str!("sql/next_block.sql");
pub(crate) const BLOCK_IN_USE: &str = include_str!("sql/block_in_use.sql");

// Normal forms.
pub(crate) const STALE_CLIENTS: &str = include_str!("sql/stale_clients.sql");
pub(crate) const RECOMPUTE: &str = include_str!("sql/recompute.sql");

// Outcomes.
pub(crate) const DELETE_OUTCOMES: &str = include_str!("sql/delete_outcomes.sql");

// Outbox.
pub(crate) const TAKE_EVENTS: &str = include_str!("sql/take_events.sql");
pub(crate) const SETTLE_EVENTS: &str = include_str!("sql/settle_events.sql");
pub(crate) const RELEASE_EVENTS: &str = include_str!("sql/release_events.sql");
pub(crate) const DEAD_LETTERS: &str = include_str!("sql/dead_letters.sql");
pub(crate) const RESEND_EVENTS: &str = include_str!("sql/resend_events.sql");
pub(crate) const DISCARD_EVENT: &str = include_str!("sql/discard_event.sql");
pub(crate) const DELETE_DELIVERED: &str = include_str!("sql/delete_delivered.sql");
pub(crate) const BACKLOG: &str = include_str!("sql/backlog.sql");

// Contents.
pub(crate) const PUT_SMALL_CONTENT: &str = include_str!("sql/put_small_content.sql");
pub(crate) const START_CONTENT: &str = include_str!("sql/start_content.sql");
pub(crate) const ADD_CONTENT_PIECE: &str = include_str!("sql/add_content_piece.sql");
pub(crate) const COMPLETE_CONTENT: &str = include_str!("sql/complete_content.sql");
pub(crate) const OPEN_CONTENT: &str = include_str!("sql/open_content.sql");
pub(crate) const CONTENT_PIECE: &str = include_str!("sql/content_piece.sql");
pub(crate) const CONTENT_KEYS: &str = include_str!("sql/content_keys.sql");
pub(crate) const CONTENT_EXISTS: &str = include_str!("sql/content_exists.sql");
pub(crate) const DELETE_CONTENT: &str = include_str!("sql/delete_content.sql");

// Content ledger.
pub(crate) const QUEUE_CONTENT: &str = include_str!("sql/queue_content.sql");
pub(crate) const QUEUED_CONTENTS: &str = include_str!("sql/queued_contents.sql");
pub(crate) const TRASHED_CONTENTS: &str = include_str!("sql/trashed_contents.sql");
pub(crate) const SET_TRASHED: &str = include_str!("sql/set_trashed.sql");
pub(crate) const DEQUEUE_CONTENTS: &str = include_str!("sql/dequeue_contents.sql");
pub(crate) const COUNT_DOCUMENTS: &str = include_str!("sql/count_documents.sql");
pub(crate) const MAKE_INSTALLATION: &str = include_str!("sql/make_installation.sql");
pub(crate) const INSTALLATION: &str = include_str!("sql/installation.sql");

// Sessions.
pub(crate) const OPEN_SESSION: &str = include_str!("sql/open_session.sql");
pub(crate) const FIND_SESSION: &str = include_str!("sql/find_session.sql");
pub(crate) const TOUCH_SESSION: &str = include_str!("sql/touch_session.sql");
pub(crate) const END_SESSION: &str = include_str!("sql/end_session.sql");
pub(crate) const END_SESSIONS_OF: &str = include_str!("sql/end_sessions_of.sql");
pub(crate) const END_PROVIDER_SESSION: &str = include_str!("sql/end_provider_session.sql");
pub(crate) const END_PROVIDER_SUBJECT: &str = include_str!("sql/end_provider_subject.sql");
pub(crate) const REMOVE_ENDED_SESSIONS: &str = include_str!("sql/remove_ended_sessions.sql");
pub(crate) const BEGIN_SIGN_IN: &str = include_str!("sql/begin_sign_in.sql");
pub(crate) const TAKE_SIGN_IN: &str = include_str!("sql/take_sign_in.sql");
pub(crate) const REMOVE_ENDED_SIGN_INS: &str = include_str!("sql/remove_ended_sign_ins.sql");

// Server and connections.
pub(crate) const SERVER: &str = include_str!("sql/server.sql");
pub(crate) const SCHEMA: &str = include_str!("sql/schema.sql");
pub(crate) const SCHEMA_VERSION: &str = include_str!("sql/schema_version.sql");
pub(crate) const READY: &str = include_str!("sql/ready.sql");
pub(crate) const SERVER_TIME: &str = include_str!("sql/server_time.sql");
pub(crate) const WRITABLE: &str = include_str!("sql/writable.sql");
pub(crate) const BACKEND: &str = include_str!("sql/backend.sql");
pub(crate) const BACKENDS_AT_WORK: &str = include_str!("sql/backends_at_work.sql");
pub(crate) const CONFIRM: &str = include_str!("sql/confirm.sql");

/// Every statement by name, for tests and for the database administrator.
pub(crate) const ALL: &[(&str, &str)] = &[
    ("COPIED_ROWS", COPIED_ROWS),
    ("COPY_CANDIDATES", COPY_CANDIDATES),
    ("COPY_CLAIMS", COPY_CLAIMS),
    ("COPY_EVENTS", COPY_EVENTS),
    ("COPY_OUTCOMES", COPY_OUTCOMES),
    ("LAST_NUMBER", LAST_NUMBER),
    ("SET_NEXT_BLOCK", SET_NEXT_BLOCK),
    ("COMMIT_INSERT", COMMIT_INSERT),
    ("COMMIT_INSERT_DOCUMENTS", COMMIT_INSERT_DOCUMENTS),
    ("COMMIT_UPDATE", COMMIT_UPDATE),
    ("COMMIT_UPDATE_DOCUMENTS", COMMIT_UPDATE_DOCUMENTS),
    ("COMMIT_OUTCOME", COMMIT_OUTCOME),
    ("COMMIT_GROUP", COMMIT_GROUP),
    ("EXPLAIN_REFUSAL", EXPLAIN_REFUSAL),
    ("FIND_BY_KEY", FIND_BY_KEY),
    ("FIND_BY_KEYS", FIND_BY_KEYS),
    ("FIND_BY_ID", FIND_BY_ID),
    ("FIND_BY_DOCUMENT", FIND_BY_DOCUMENT),
    ("FIND_BY_ADDRESS", FIND_BY_ADDRESS),
    ("LOAD_BY_KEY", LOAD_BY_KEY),
    ("LOAD_BY_KEYS", LOAD_BY_KEYS),
    ("LOAD_BY_ID", LOAD_BY_ID),
    ("LOAD_BY_DOCUMENT", LOAD_BY_DOCUMENT),
    ("LOAD_BY_ADDRESS", LOAD_BY_ADDRESS),
    ("CLAIMED", CLAIMED),
    ("HISTORY", HISTORY),
    ("DUE_DOCUMENTS", DUE_DOCUMENTS),
    ("CONTENTS_IN_USE", CONTENTS_IN_USE),
    ("NEXT_BLOCK", NEXT_BLOCK),
    ("BLOCK_IN_USE", BLOCK_IN_USE),
    ("STALE_CLIENTS", STALE_CLIENTS),
    ("RECOMPUTE", RECOMPUTE),
    ("DELETE_OUTCOMES", DELETE_OUTCOMES),
    ("TAKE_EVENTS", TAKE_EVENTS),
    ("SETTLE_EVENTS", SETTLE_EVENTS),
    ("RELEASE_EVENTS", RELEASE_EVENTS),
    ("DEAD_LETTERS", DEAD_LETTERS),
    ("RESEND_EVENTS", RESEND_EVENTS),
    ("DISCARD_EVENT", DISCARD_EVENT),
    ("DELETE_DELIVERED", DELETE_DELIVERED),
    ("BACKLOG", BACKLOG),
    ("OPEN_SESSION", OPEN_SESSION),
    ("FIND_SESSION", FIND_SESSION),
    ("TOUCH_SESSION", TOUCH_SESSION),
    ("END_SESSION", END_SESSION),
    ("END_SESSIONS_OF", END_SESSIONS_OF),
    ("END_PROVIDER_SESSION", END_PROVIDER_SESSION),
    ("END_PROVIDER_SUBJECT", END_PROVIDER_SUBJECT),
    ("REMOVE_ENDED_SESSIONS", REMOVE_ENDED_SESSIONS),
    ("BEGIN_SIGN_IN", BEGIN_SIGN_IN),
    ("TAKE_SIGN_IN", TAKE_SIGN_IN),
    ("REMOVE_ENDED_SIGN_INS", REMOVE_ENDED_SIGN_INS),
    ("PUT_SMALL_CONTENT", PUT_SMALL_CONTENT),
    ("START_CONTENT", START_CONTENT),
    ("ADD_CONTENT_PIECE", ADD_CONTENT_PIECE),
    ("COMPLETE_CONTENT", COMPLETE_CONTENT),
    ("OPEN_CONTENT", OPEN_CONTENT),
    ("CONTENT_PIECE", CONTENT_PIECE),
    ("CONTENT_KEYS", CONTENT_KEYS),
    ("CONTENT_EXISTS", CONTENT_EXISTS),
    ("DELETE_CONTENT", DELETE_CONTENT),
    ("QUEUE_CONTENT", QUEUE_CONTENT),
    ("QUEUED_CONTENTS", QUEUED_CONTENTS),
    ("TRASHED_CONTENTS", TRASHED_CONTENTS),
    ("SET_TRASHED", SET_TRASHED),
    ("DEQUEUE_CONTENTS", DEQUEUE_CONTENTS),
    ("COUNT_DOCUMENTS", COUNT_DOCUMENTS),
    ("MAKE_INSTALLATION", MAKE_INSTALLATION),
    ("INSTALLATION", INSTALLATION),
    ("SERVER", SERVER),
    ("SCHEMA", SCHEMA),
    ("SCHEMA_VERSION", SCHEMA_VERSION),
    ("READY", READY),
    ("SERVER_TIME", SERVER_TIME),
    ("WRITABLE", WRITABLE),
    ("BACKEND", BACKEND),
    ("BACKENDS_AT_WORK", BACKENDS_AT_WORK),
    ("CONFIRM", CONFIRM),
];

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
            assert!(text.contains(&format!(", {number}, $45\n")));
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
            ALL.iter().filter(|(name, _)| name.starts_with("FIND_") || name.starts_with("LOAD_"))
        {
            assert_eq!(columns(text), columns(super::FIND_BY_KEY), "{name}");
        }
    }
}
