//! Batches: lists of commands that one person uploads as a file, and that the service executes row by row.
//!
//! A row is a command like any other: it has its own permission, idempotency key, version, line of history and event, and
//! nothing but the command spine commits it. What is new here is the list: its life, its rows in pieces, and what became of
//! each row.
//!
//! | module | purpose |
//! | --- | --- |
//! | [`access`] | the port and the settings, and which batches a caller sees |
//! | [`state`] | the lifecycle table of batches |
//! | [`aggregate`] | a batch, and what people and the service may do with it |
//! | [`form`] | how the rows of a file are written |
//! | [`piece`] | rows that are stored, leased and settled together |
//! | [`row`] | what became of a row |
//! | [`upload`] | receives the rows of a file |
//! | [`work`] | leases pieces, and settles them |

pub(crate) mod access;
pub(crate) mod aggregate;
pub(crate) mod form;
pub(crate) mod id;
pub(crate) mod piece;
pub(crate) mod row;
pub(crate) mod rules;
pub(crate) mod state;
pub(crate) mod stored;
pub(crate) mod upload;
pub(crate) mod work;

#[cfg(test)]
mod tests;

pub use aggregate::{Batch, BatchContent, BatchRefusal, Confirmation, Requester};
pub use form::{BatchForm, BatchFormat, ColumnMapping};
pub use id::BatchId;
pub use piece::{BatchPiece, BatchProgress, BatchWork, RowCounts, SettledPiece, StoredPiece, TakenPiece};
pub use row::{RowError, RowKind, RowOutcome, RowResult};
pub use rules::BatchRules;
pub use state::{BATCH_TRANSITIONS, BatchAction, BatchRole, BatchState, BatchTransition};
pub use upload::{BatchUpload, BegunUpload, UploadedFile};
pub use work::PieceAtWork;
