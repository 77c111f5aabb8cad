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

/// What became of a row, without the particulars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowKind {
    /// It was done.
    Done,
    /// An earlier attempt has done it.
    AlreadyDone,
    /// It was refused.
    Refused,
    /// It was not tried.
    NotTried,
}

impl RowKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Done, Self::AlreadyDone, Self::Refused, Self::NotTried];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::AlreadyDone => "alreadyDone",
            Self::Refused => "refused",
            Self::NotTried => "notTried",
        }
    }

    /// Reads a name.
    ///
    /// ```
    /// use client_app::batch::RowKind;
    ///
    /// assert_eq!(RowKind::parse("notTried"), Some(RowKind::NotTried));
    /// assert_eq!(RowKind::parse("NotTried"), None);
    /// ```
    pub fn parse(raw: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == raw)
    }
}

impl RowOutcome {
    /// Its kind.
    pub const fn kind(&self) -> RowKind {
        match self {
            Self::Done { .. } => RowKind::Done,
            Self::AlreadyDone { .. } => RowKind::AlreadyDone,
            Self::Refused(_) => RowKind::Refused,
            Self::NotTried => RowKind::NotTried,
        }
    }
}
