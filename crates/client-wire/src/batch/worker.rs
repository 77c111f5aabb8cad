//! Executes the rows of batches. A row is a command like any other, sent by the uploader.

use client_app::batch::{BatchWork, PieceAtWork, RowCounts, RowError, RowOutcome, RowResult};
use client_app::{BatchRow, Clients, Error, IdempotencyKey, RequestContext, RequestId};
use futures_util::{StreamExt as _, stream};
use sha2::{Digest as _, Sha256};

use super::row_request::{self, RowRequest};
use crate::canonical::digest;
use crate::code::Code;
use crate::failure::{Failure, Item};
use crate::operations::Operations as _;
use crate::reply::{Outcome, Reply};
use crate::status::Status;

/// A result holds at most as many reasons of one row.
const MAX_ERRORS: usize = 10;

/// Takes pieces of batches by lease, executes their rows, and stores what became of each.
///
/// The row that was done and its change are one commit: the commit stores the outcome under the key of the row, which
/// follows from the batch, the number and the text of the row. If the process ends between the commit and the result of the
/// piece, the piece is taken again when its lease has ended, and the row is found done under its key. So no row is lost and
/// none is done twice.
#[derive(Clone, Debug)]
pub struct BatchWorker {
    clients: Clients,
    rows_at_once: usize,
    settled: fn(BatchWork, RowCounts),
}

impl BatchWorker {
    /// A worker that executes so many rows at a time, so that other requests go first.
    pub fn new(clients: Clients, rows_at_once: usize) -> Self {
        Self { clients, rows_at_once: rows_at_once.max(1), settled: |_, _| {} }
    }

    /// The same, which reports what became of the rows of each piece.
    #[must_use]
    pub fn reporting_to(self, settled: fn(BatchWork, RowCounts)) -> Self {
        Self { settled, ..self }
    }

    /// Works on one piece; returns whether there was one.
    ///
    /// # Errors
    ///
    /// The storage failed. What was begun is repeated when its lease has ended.
    pub async fn round(&self) -> Result<bool, Error> {
        let Some(piece) = self.clients.take_batch_piece().await? else { return Ok(false) };
        let rows = piece.taken.piece.numbered_rows();
        let outcomes: Vec<_> = rows.map(|(number, row)| self.result(&piece, number, row)).collect();
        // In any order, so that a row that takes long keeps no other one from beginning.
        let results: Vec<_> = stream::iter(outcomes).buffer_unordered(self.rows_at_once).collect().await;
        // A row whose outcome is not known leaves the whole piece to the next lease, which finds the other rows done.
        if let Some(mut results) = results.into_iter().collect::<Option<Vec<_>>>() {
            results.sort_unstable_by_key(|result| result.row);
            let counts = self.clients.settle_batch_piece(&piece, &results).await?;
            if let Some(counts) = counts {
                (self.settled)(piece.work, counts);
            }
        }
        Ok(true)
    }

    async fn result(&self, piece: &PieceAtWork, number: u64, row: &[u8]) -> Option<RowResult> {
        let outcome = match row_request::read(&piece.batch, row) {
            Ok(request) => self.outcome(piece, number, row, request).await?,
            // It was refused before anything of it was tried.
            Err(_) if piece.work == BatchWork::Recover => RowOutcome::NotTried,
            Err(failure) => refused(&failure),
        };
        Some(RowResult { row: number, outcome })
    }

    async fn outcome(
        &self,
        piece: &PieceAtWork,
        number: u64,
        row: &[u8],
        request: RowRequest,
    ) -> Option<RowOutcome> {
        let context = context(piece, number, row, request.expected_version)?;
        if piece.work == BatchWork::Recover {
            let digest = || digest(&request.data);
            // A worker that was taken for dead may still be about to commit the row. It then finds it settled.
            let found = self.clients.forestall(&context, request.operation.spec.name, &digest).await.ok()?;
            return Some(match found {
                Some(found) => RowOutcome::AlreadyDone { client: client_of(&found.into_outcome().data) },
                None if piece.outcomes_are_gone => outcome_unknown(),
                None => RowOutcome::NotTried,
            });
        }
        if piece.outcomes_are_gone {
            return Some(outcome_unknown());
        }
        if !piece.may_begin(self.clients.batch_time()) {
            return None;
        }
        let name = request.operation.spec.name;
        match self.clients.command_by_name(name, request.data, context).await {
            Ok(reply) => Some(done(&reply)),
            Err(failure) if failure.has(Code::DuplicateQuota) => Some(not_checked()),
            Err(failure) if may_repeat(piece, &failure) => {
                let (batch, codes) = (piece.batch.id.as_str(), failure.codes());
                tracing::warn!(batch, row = number, ?codes, "a row of a batch is left to the next lease");
                None
            }
            Err(failure) => Some(refused(&failure)),
        }
    }
}

/// The context of a row: it runs as the uploader, under a key of its own.
fn context(
    piece: &PieceAtWork,
    number: u64,
    row: &[u8],
    expected_version: Option<client_domain::value::Version>,
) -> Option<RequestContext> {
    let batch = &piece.batch;
    let digest = client_domain::kyc::Sha256(Sha256::digest(row).into()).to_string();
    let digits: String = digest.chars().take(32).collect();
    let key = IdempotencyKey::parse(&format!("batch-{}-{number}-{digits}", batch.id)).ok()?;
    let dry_run = piece.work == BatchWork::Check;
    Some(RequestContext {
        caller: batch.uploader.clone(),
        request_id: RequestId::parse(&format!("batch-{}-{number}", batch.id)).ok()?,
        idempotency_key: (!dry_run).then_some(key),
        expected_version,
        dry_run,
        batch_row: Some(BatchRow {
            confirmed: !dry_run,
            second_person: batch.second_person().map(|person| person.id.clone()),
        }),
    })
}

fn done(reply: &Reply) -> RowOutcome {
    let client = client_of(&reply.data);
    match reply.outcome {
        Outcome::Done | Outcome::Recovered => RowOutcome::Done { client },
        Outcome::Replayed => RowOutcome::AlreadyDone { client },
    }
}

fn outcome_unknown() -> RowOutcome {
    let message =
        "An earlier attempt was begun so long ago that its outcome may be deleted; look whether it was done.";
    refused(&Failure::of(Item::new(Code::OutcomeUnknown, message)))
}

/// The checks of the uploader have met as many duplicates as a day allows. The check of the batch ends, and does not wait for
/// the next day.
fn not_checked() -> RowOutcome {
    let message = "The row was not checked: the checks of your batches have met as many duplicates as the bank allows in a day. \
        Check a new batch tomorrow, or let this one be confirmed; then the row is tried.";
    refused(&Failure::of(Item::new(Code::DuplicateQuota, message)))
}

fn client_of(data: &serde_json::Value) -> Option<String> {
    data.get("contactEncodedKey").and_then(|key| key.as_str()).map(str::to_owned)
}

/// Whether the row is left to the next lease. The check of a batch does not wait for the ledger. A row of which it is not known
/// whether it was done is never refused for that: its uploader would send it again.
fn may_repeat(piece: &PieceAtWork, failure: &Failure) -> bool {
    let is_check_of_accounts = piece.work == BatchWork::Check && failure.has(Code::AccountsUnavailable);
    let is_unknown = failure.status == Status::UnknownOutcome;
    is_unknown || (passes(failure) && piece.may_repeat && !is_check_of_accounts)
}

/// Whether the same row may be done later, without a change of it.
fn passes(failure: &Failure) -> bool {
    matches!(
        failure.status,
        Status::Unavailable | Status::UnknownOutcome | Status::RequestTimeout | Status::TooManyRequests
    )
}

fn refused(failure: &Failure) -> RowOutcome {
    let errors = failure.items.iter().take(MAX_ERRORS).map(|item| RowError {
        code: item.code.name().to_owned(),
        field: item.field.clone(),
        message: item.message.clone(),
    });
    RowOutcome::Refused(errors.collect())
}
