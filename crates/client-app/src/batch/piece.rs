use std::fmt;

use jiff::Timestamp;

use super::row::{RowOutcome, RowResult};
use super::state::BatchState;

/// Rows of a batch that are stored, leased and settled together.
#[derive(Clone, PartialEq, Eq)]
pub struct BatchPiece {
    /// Its number in the batch, from 0.
    pub number: u32,
    /// The number of its first row.
    pub first_row: u64,
    /// How many rows it has.
    pub rows: u32,
    /// The rows, each on a line: JSON without line breaks.
    pub content: Vec<u8>,
}

impl fmt::Debug for BatchPiece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchPiece")
            .field("number", &self.number)
            .field("first_row", &self.first_row)
            .field("rows", &self.rows)
            .finish_non_exhaustive()
    }
}

impl BatchPiece {
    /// Its rows with their numbers, in order.
    pub fn numbered_rows(&self) -> impl Iterator<Item = (u64, &[u8])> {
        let lines = self.content.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        (self.first_row..).zip(lines)
    }
}

/// What is done with the pieces of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchWork {
    /// Every row is checked, and nothing is written.
    Check,
    /// Every row is executed.
    Run,
    /// It is found out which rows of begun pieces were done; the others are settled as not tried, so that none is executed.
    Recover,
}

impl BatchWork {
    /// The work for a batch in this state.
    pub const fn of(state: BatchState) -> Option<Self> {
        match state {
            BatchState::Received => Some(Self::Check),
            BatchState::Running => Some(Self::Run),
            BatchState::Stopping => Some(Self::Recover),
            _ => None,
        }
    }

    /// The state of the batch during this work.
    pub const fn state(self) -> BatchState {
        match self {
            Self::Check => BatchState::Received,
            Self::Run => BatchState::Running,
            Self::Recover => BatchState::Stopping,
        }
    }

    /// How far a piece is before this work: 0 received, 1 checked, 2 executed. It is one further afterwards.
    pub const fn stage(self) -> u8 {
        match self {
            Self::Check => 0,
            Self::Run | Self::Recover => 1,
        }
    }

    /// Whether only pieces that were begun are taken.
    pub const fn takes_begun_only(self) -> bool {
        matches!(self, Self::Recover)
    }
}

/// A piece under a lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenPiece {
    /// The piece.
    pub piece: BatchPiece,
    /// The number of the lease. Under an older one nothing is settled.
    pub lease: u64,
    /// When this work on it was first begun; before this lease if an earlier one has ended without a result.
    pub begun_at: Timestamp,
}

/// What became of the rows of a piece.
#[derive(Clone, PartialEq, Eq)]
pub struct SettledPiece {
    /// The results in the order of the rows, in JSON.
    pub results: String,
    /// How many there are of each kind.
    pub counts: RowCounts,
}

impl SettledPiece {
    /// Of these results.
    pub fn of(results: &[RowResult]) -> Self {
        let mut counts = RowCounts::default();
        for result in results {
            *match &result.outcome {
                RowOutcome::Done { .. } => &mut counts.done,
                RowOutcome::AlreadyDone { .. } => &mut counts.already_done,
                RowOutcome::Refused(_) => &mut counts.refused,
                RowOutcome::NotTried => &mut counts.not_tried,
            } += 1;
        }
        Self { results: serde_json::json!(results).to_string(), counts }
    }
}

impl fmt::Debug for SettledPiece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SettledPiece").field("counts", &self.counts).finish_non_exhaustive()
    }
}

/// A piece as it is stored, with its latest results.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPiece {
    /// The piece.
    pub piece: BatchPiece,
    /// How far it is; see [`BatchWork::stage`].
    pub stage: u8,
    /// Its latest results; `None` before the check.
    pub settled: Option<SettledPiece>,
}

impl StoredPiece {
    /// Whether one of its rows was refused.
    pub fn has_refused(&self) -> bool {
        self.settled.as_ref().is_some_and(|settled| settled.counts.refused > 0)
    }

    /// The result of each row; `None` if they cannot be read.
    pub fn results(&self) -> Option<Vec<RowResult>> {
        match &self.settled {
            Some(settled) => serde_json::from_str(&settled.results).ok(),
            None => Some(Vec::new()),
        }
    }

    /// Each row with what became of it. A row that was checked and never executed was refused or not tried; after the end of
    /// its batch it was not tried.
    pub fn outcomes(&self, has_ended: bool) -> impl Iterator<Item = (u64, &[u8], RowOutcome)> {
        let results = self.results().unwrap_or_default();
        let is_executed = self.stage > BatchWork::Check.stage() + 1;
        let outcome = move |number: u64| {
            let result = results.iter().find(|result| result.row == number);
            match result.map(|result| &result.outcome) {
                None => RowOutcome::NotTried,
                Some(RowOutcome::Done { .. }) if !is_executed => RowOutcome::NotTried,
                Some(RowOutcome::Refused(_)) if !is_executed && has_ended => RowOutcome::NotTried,
                Some(outcome) => outcome.clone(),
            }
        };
        self.piece.numbered_rows().map(move |(number, row)| (number, row, outcome(number)))
    }
}

/// How many rows there are of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RowCounts {
    /// Done.
    pub done: u64,
    /// Done by an earlier attempt.
    pub already_done: u64,
    /// Refused.
    pub refused: u64,
    /// Not tried.
    pub not_tried: u64,
}

impl RowCounts {
    /// All of them.
    pub const fn total(self) -> u64 {
        self.done + self.already_done + self.refused + self.not_tried
    }

    /// These and those.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            done: self.done + other.done,
            already_done: self.already_done + other.already_done,
            refused: self.refused + other.refused,
            not_tried: self.not_tried + other.not_tried,
        }
    }
}

/// How far a batch is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BatchProgress {
    /// The rows that have arrived.
    pub rows: u64,
    /// The rows that were checked and not executed.
    pub checked: RowCounts,
    /// The rows that were executed.
    pub executed: RowCounts,
    /// The pieces that wait for their check.
    pub unchecked_pieces: u64,
    /// The pieces that wait for their execution.
    pub unexecuted_pieces: u64,
    /// Those of them that were begun.
    pub begun_pieces: u64,
}

impl BatchProgress {
    /// Adds a piece: the definition, for a storage that has all of them at hand.
    pub fn add(&mut self, piece: &StoredPiece, is_begun: bool) {
        self.rows += u64::from(piece.piece.rows);
        let counts = piece.settled.as_ref().map(|settled| settled.counts).unwrap_or_default();
        match piece.stage {
            0 => self.unchecked_pieces += 1,
            1 => {
                self.checked = self.checked.and(counts);
                self.unexecuted_pieces += 1;
                self.begun_pieces += u64::from(is_begun);
            }
            _ => self.executed = self.executed.and(counts),
        }
    }

    /// Whether nothing is left of this work.
    pub const fn is_over(&self, work: BatchWork) -> bool {
        0 == match work {
            BatchWork::Check => self.unchecked_pieces,
            BatchWork::Run => self.unexecuted_pieces,
            BatchWork::Recover => self.begun_pieces,
        }
    }
}
