use serde::{Deserialize, Serialize};

/// What became of one row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowResult {
    /// The number of the row in the file; the first one is 1.
    pub row: u64,
    /// What became of it.
    pub outcome: RowOutcome,
}

/// What became of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RowOutcome {
    /// It was done; in a check, it would be done.
    Done {
        /// The key of its client; `None` in a check that would create one.
        client: Option<String>,
    },
    /// An earlier attempt of the same row has done it. Its answer was lost, and its outcome was found under its key.
    AlreadyDone {
        /// The key of its client.
        client: Option<String>,
    },
    /// It was refused, for these reasons; never empty.
    Refused(Vec<RowError>),
    /// It was not tried.
    NotTried,
}

/// One reason why a row was refused. It never holds the rejected value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowError {
    /// The code on the wire.
    pub code: String,
    /// The field, if it is about one.
    pub field: Option<String>,
    /// The reason in words.
    pub message: String,
}
