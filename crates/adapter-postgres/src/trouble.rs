//! What went wrong, without the values it went wrong with.

use std::fmt;
use std::io::ErrorKind;

use client_app::ports::StoreError;
use sqlx::postgres::{PgDatabaseError, PgSeverity};

use crate::sqlstate;

/// Every constraint of the schema by name, and what its violation means in words.
pub(crate) const CONSTRAINTS: &[(&str, &str)] = &[
    (CLIENT_PKEY, "a client whose key is taken"),
    (CLIENT_NUMBER_PKEY, "a client whose id is taken"),
    (CLAIM_EXCLUSIVE, "a claim that another client has"),
    (CLAIM_PKEY, "a claim that the client has already"),
    (IDEMPOTENCY_PKEY, "an idempotency key that was used"),
    ("client_key_length", "a client with a key of no or of too many characters"),
    ("client_id_positive", "a client whose id is not positive"),
    ("client_version_positive", "a client whose version is not positive"),
    ("client_state_known", "a client in a state that there is none of"),
    ("client_choices_known", "a client with a choice that there is none of"),
    ("client_approval_whole", "a client with a part of an approval"),
    ("client_approval_fits_state", "a client whose approval does not go with the state"),
    ("client_activation_fits_state", "a client whose activation does not go with the state"),
    (
        "client_approved_by_another",
        "a client approved by somebody who has touched it since its last decision",
    ),
    ("client_modified_after_creation", "a client modified before it was created"),
    ("client_version_by_one", "a client whose version does not follow the one before"),
    ("client_onboarded_for_good", "a client with another origin than before"),
    ("client_version_has_line", "a version of a client without a line of history"),
    ("client_history_line_has_version", "a line of history that is not of the version of its client"),
    ("client_lifecycle_edge_pkey", "an edge of the lifecycle that is there already"),
    ("client_claim_kind_known", "a claim of a kind that there is none of"),
    ("client_claim_digest_length", "a claim whose digest is of another length"),
    ("client_history_pkey", "a line of history that is there already"),
    ("client_history_client_fkey", "a line of history of nobody"),
    ("client_history_edge_fkey", "a line of history that the lifecycle does not know"),
    ("client_history_version_positive", "a line of history whose version is not positive"),
    ("client_history_action_or_same", "a line of history whose state changes without an action"),
    ("client_history_state_known", "a line of history with a state that there is none of"),
    ("client_history_transaction_whole", "a line of history with a part of a transaction"),
    ("client_history_append_only", "a line of history that was to be changed"),
    ("client_history_about_one_paper", "a line of history about two papers"),
    ("client_document_pkey", "a document that is there already"),
    ("client_document_client_fkey", "a document of nobody"),
    ("client_document_choices_known", "a document with a choice that there is none of"),
    ("client_document_content_whole", "a document with a part of a file"),
    ("client_document_ends_after_it_begins", "a document that ends before it begins"),
    ("client_document_notice_of_an_end", "a document of whose end was told and that has none"),
    ("client_document_review_whole", "a document with a part of a review"),
    ("client_document_reviewed_by_another", "a document reviewed by whoever handed it in"),
    ("client_document_reviewed_by_another_person", "a document reviewed by a person who submitted it"),
    (
        "client_document_reviewed_by_no_uploader",
        "a document reviewed by a person who uploaded a former file of it",
    ),
    ("client_document_reviewed_for_good", "a document that was reviewed and was to be changed"),
    ("client_document_kept", "a document that was to be thrown away"),
    ("client_address_pkey", "an address that is there already"),
    ("client_address_client_fkey", "an address of nobody"),
    ("client_address_choices_known", "an address with a choice that there is none of"),
    ("client_address_review_whole", "an address with a part of a review"),
    ("client_address_reviewed_by_another", "an address reviewed by whoever handed it in"),
    ("client_address_reviewed_by_another_person", "an address reviewed by the person who submitted it"),
    ("client_address_reviewed_for_good", "an address that was reviewed and was to be changed"),
    ("client_address_kept", "an address that was to be thrown away"),
    ("client_content_pkey", "a content whose key is taken"),
    ("client_content_size_possible", "a content with a size that cannot be"),
    ("client_content_key_length", "a content with a key of another length"),
    ("client_content_whole_for_good", "a whole content that was to be changed"),
    ("client_content_candidate_pkey", "a content that is queued already"),
    ("client_content_candidate_key_length", "a queued content with a key of another length"),
    ("client_installation_pkey", "an installation that is there already"),
    ("client_installation_one_row", "a second installation"),
    ("client_installation_id_length", "an installation with an id of another length"),
    ("client_installation_unchanged", "an installation that was to be changed"),
    ("client_content_piece_pkey", "a piece of a content that is there already"),
    ("client_content_piece_content_fkey", "a piece of a content that is not there"),
    ("client_content_piece_place_possible", "a piece of a content at a place that cannot be"),
    ("client_content_piece_unchanged", "a piece of a content that was to be changed"),
    ("client_outbox_pkey", "an event that is there already"),
    ("client_outbox_version_positive", "an event whose version is not positive"),
    ("client_outbox_one_end", "an event that came to two ends"),
    ("client_outbox_failures_counted", "an event whose failures do not add up"),
    ("client_outbox_cause_whole", "an event with a part of a failure"),
    ("client_outbox_discarded_for_good", "an event that was given up and was to be changed"),
    ("client_outbox_unchanged", "an event that was to be changed"),
    ("client_outbox_kept", "an event that was to be thrown away undelivered"),
    ("client_outbox_not_truncated", "events that were to be thrown away"),
    ("client_idempotency_fingerprint_length", "an outcome whose fingerprint is of another length"),
    ("client_idempotency_version_positive", "an outcome whose version is not positive"),
];
const CLIENT_PKEY: &str = "client_pkey";
const CLIENT_NUMBER_PKEY: &str = "client_number_pkey";
const CLAIM_EXCLUSIVE: &str = "client_claim_exclusive";
const CLAIM_PKEY: &str = "client_claim_pkey";
const IDEMPOTENCY_PKEY: &str = "client_idempotency_pkey";

/// What a failed statement means.
#[derive(Clone, Debug)]
pub(crate) enum Trouble {
    /// Something is there already that another commit has written: look which.
    Collision,
    /// The server asks to try again: nothing was written.
    Again(Cause),
    /// The server cannot be used now: nothing was written.
    Unavailable(Cause),
    /// Somebody else keeps a lock for too long: nothing was written.
    Locked(Cause),
    /// The server gave up in time: nothing was written.
    GaveUp(Cause),
    /// The connection was closed before all of the statement was written into it. Its last part is what makes the
    /// server commit, so nothing was written.
    Unsent(Cause),
    /// The server takes no command, whoever sends it, for want of room or of rights: nothing was written.
    Refused(Cause),
    /// The server is not the one that commands go to, or no longer: nothing was written, and another connection may lead
    /// to the one that is.
    ReadOnly(Cause),
    /// The connection broke after the statement was sent: what became of it is not known.
    Lost(Cause),
    /// The statement was sent and not answered: what became of it is not known, and it may be at work still.
    Silent(Cause),
    /// What was written or read cannot be.
    Corrupt(String),
}

/// The cause of a failure for the log: codes and names, and nothing of what was written or asked.
#[derive(Clone, Debug)]
pub(crate) struct Cause(String);

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Cause {}

impl Cause {
    pub(crate) fn new(words: impl Into<String>) -> Self {
        Self(words.into())
    }

    /// The cause in words that hold no value: what a server says about a statement can quote its parameters.
    pub(crate) fn of(error: &sqlx::Error) -> Self {
        Self(match error {
            sqlx::Error::Database(error) => {
                let code = error.code().unwrap_or_default();
                match (sqlstate::words(&code), error.constraint().or(error.table())) {
                    (Some(words), _) => format!("{words} (SQLSTATE {code})"),
                    (None, Some(place)) => format!("SQLSTATE {code} at {place}"),
                    (None, None) => format!("SQLSTATE {code}"),
                }
            }
            sqlx::Error::Io(error) => match error.kind() {
                ErrorKind::ConnectionRefused => {
                    "nothing listens at this address (connection refused)".to_owned()
                }
                kind => format!("connection: {kind:?}"),
            },
            sqlx::Error::Tls(_) => "the connection could not be encrypted as asked for (TLS)".to_owned(),
            sqlx::Error::ColumnDecode { index, .. } => format!("column {index}"),
            _ => "the driver".to_owned(),
        })
    }
}

impl Trouble {
    /// Reads what came of a statement that was sent.
    pub(crate) fn of(error: &sqlx::Error) -> Self {
        let cause = Cause::of(error);
        match error {
            sqlx::Error::Database(database) => match database.try_downcast_ref::<PgDatabaseError>() {
                Some(database) => Self::told(database, cause),
                None => Self::Unavailable(cause),
            },
            // Only a write ends like this; a read ends with the end of the file, or with a reset.
            sqlx::Error::Io(error) if error.kind() == ErrorKind::BrokenPipe => Self::Unsent(cause),
            sqlx::Error::ColumnDecode { .. }
            | sqlx::Error::ColumnNotFound(_)
            | sqlx::Error::ColumnIndexOutOfBounds { .. }
            | sqlx::Error::TypeNotFound { .. }
            | sqlx::Error::Encode(_)
            | sqlx::Error::Decode(_) => Self::Corrupt(format!("a value that cannot be read ({cause})")),
            _ => Self::Lost(cause),
        }
    }

    /// Reads what the server said. As a rule it said it in the end, so nothing was written.
    fn told(error: &PgDatabaseError, cause: Cause) -> Self {
        // It ends the session with this, and nobody knows how far the statement had come.
        if matches!(error.severity(), PgSeverity::Fatal | PgSeverity::Panic) {
            return Self::Lost(cause);
        }
        match error.code() {
            "40001" | "40P01" => Self::Again(cause),
            "55P03" => Self::Locked(cause),
            "57014" => Self::GaveUp(cause),
            "25006" => Self::ReadOnly(cause),
            "42501" => Self::Refused(cause),
            code if code.starts_with("53") || code.starts_with("58") => Self::Refused(cause),
            "23505" => match error.constraint() {
                Some(CLIENT_PKEY | CLIENT_NUMBER_PKEY | CLAIM_EXCLUSIVE | IDEMPOTENCY_PKEY) => {
                    Self::Collision
                }
                constraint => Self::Corrupt(violated(constraint)),
            },
            code if code.starts_with("23") => Self::Corrupt(violated(error.constraint())),
            code if code.starts_with("22") => {
                Self::Corrupt(format!("a value that PostgreSQL refuses ({code})"))
            }
            _ => Self::Unavailable(cause),
        }
    }

    /// Whether a read that ended like this is worth a second attempt, on a connection that was checked.
    pub(crate) const fn may_repeat_read(&self) -> bool {
        matches!(self, Self::Lost(_) | Self::Silent(_) | Self::Unsent(_) | Self::ReadOnly(_) | Self::Again(_))
    }

    /// What a read answers.
    pub(crate) fn of_read(self) -> StoreError {
        match self {
            Self::Locked(cause) | Self::GaveUp(cause) => StoreError::TimedOut(Some(Box::new(cause))),
            Self::Again(cause)
            | Self::Unavailable(cause)
            | Self::Refused(cause)
            | Self::ReadOnly(cause)
            | Self::Unsent(cause)
            | Self::Lost(cause)
            | Self::Silent(cause) => StoreError::Unavailable(Some(Box::new(cause))),
            Self::Collision => corrupt("a collision in a read"),
            Self::Corrupt(what) => StoreError::Corrupt { what },
        }
    }

    /// What a write answers that is not tried again. Only a lost connection leaves it open whether the write was
    /// done; a statement that the server itself ended has written nothing.
    pub(crate) fn of_write(self) -> StoreError {
        match self {
            Self::Lost(cause) | Self::Silent(cause) => StoreError::TimedOut(Some(Box::new(cause))),
            Self::Again(cause)
            | Self::Unavailable(cause)
            | Self::Refused(cause)
            | Self::ReadOnly(cause)
            | Self::Unsent(cause)
            | Self::Locked(cause)
            | Self::GaveUp(cause) => StoreError::Unavailable(Some(Box::new(cause))),
            Self::Collision => corrupt("a collision that cannot be explained"),
            Self::Corrupt(what) => StoreError::Corrupt { what },
        }
    }
}

fn violated(constraint: Option<&str>) -> String {
    let known = CONSTRAINTS.iter().find(|(name, _)| Some(*name) == constraint);
    known.map_or_else(|| "a row that the schema refuses".to_owned(), |(_, words)| (*words).to_owned())
}

pub(crate) fn corrupt(what: impl Into<String>) -> StoreError {
    StoreError::Corrupt { what: what.into() }
}
