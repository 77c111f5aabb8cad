use async_trait::async_trait;
use bytes::Bytes;
use client_app::batch::{Batch, BatchFormat, BatchId, BatchUpload, BegunUpload, StoredPiece, UploadedFile};
use client_app::queries::GetBatchPieces;
use client_app::{Caller, Clients, Error, RequestContext};
use client_domain::Permission;
use client_domain::kyc::Sha256;
use futures_util::lock::Mutex;
use futures_util::{StreamExt as _, TryStreamExt as _, future, stream};
use serde_json::json;
use sha2::Digest as _;

use super::download::Writing;
use super::rows::Rows;
use super::upload_fault::file;
use crate::batch_files::{BatchDownload, BatchFileKind, BatchFiles, CSV, WORKBOOK};
use crate::code::Code;
use crate::failure::{Failure, Item};
use crate::incoming_content::IncomingContent;
use crate::reply::{Outcome, Reply};
use crate::row_file::FinishedFile;

/// Only one workbook is in memory at a time.
static ONE_WORKBOOK: Mutex<()> = Mutex::new(());

/// How many pieces of a download are read at a time.
const PIECES: usize = 4;

#[async_trait]
impl BatchFiles for Clients {
    async fn receive_batch(
        &self,
        batch: &str,
        bytes: IncomingContent,
        context: RequestContext,
    ) -> Result<Reply, Failure> {
        let failure = |error| Failure::of_error(error, &context.caller);
        self.admit(&context, Permission::Batches).map_err(failure)?;
        if context.expected_version.is_some() {
            return Err(failure(Error::VersionNotApplicable));
        }
        let id = BatchId::parse(batch).map_err(|_| failure(Error::BatchNotFound))?;
        let begun = self.begin_batch_upload(&context, &id).await.map_err(failure)?;
        let (batch, outcome) = match begun {
            BegunUpload::There(batch) => (*batch, Outcome::Replayed),
            BegunUpload::Begun(upload) => {
                let received = receive(self, *upload, bytes, &context).await?;
                (received, Outcome::Done)
            }
        };
        let rows = batch.content.as_ref().map(|content| content.rows);
        let data = json!({ "batchId": batch.id.as_str(), "state": batch.state.name(), "rows": rows });
        let message = "Batch received successfully.".to_owned();
        Ok(Reply { message, data: data.into(), version: None, outcome })
    }

    async fn batch_file(
        &self,
        batch: &str,
        kind: BatchFileKind,
        caller: Caller,
    ) -> Result<BatchDownload, Failure> {
        let failure = |error| Failure::of_error(error, &caller);
        if !caller.may(Permission::Batches) {
            return Err(failure(Error::PermissionMissing(vec![Permission::Batches])));
        }
        let id = BatchId::parse(batch).map_err(|_| failure(Error::BatchNotFound))?;
        let page = |from| GetBatchPieces { batch: id.clone(), from, limit: PIECES };
        let (batch, first) = self.query(&caller, page(0)).await.map_err(failure)?;
        let (media_type, ending) = match batch.form.format {
            BatchFormat::Csv => (CSV, "csv"),
            BatchFormat::NdJson => ("application/x-ndjson", "ndjson"),
            BatchFormat::Xlsx => (WORKBOOK, "xlsx"),
        };
        let file_name = format!("{id}-{}.{ending}", kind.name());
        let writing = Writing::new(batch, kind).map_err(failure)?;
        let download = Download { clients: self.clone(), caller, id, stage: Stage::Head(writing, first) };
        let bytes = stream::try_unfold(download, Download::step);
        let bytes = bytes.try_filter(|bytes| future::ready(!bytes.is_empty())).boxed();
        Ok(BatchDownload { bytes, media_type, file_name })
    }
}

/// A file with rows of a batch on its way to the caller.
struct Download {
    clients: Clients,
    caller: Caller,
    id: BatchId,
    stage: Stage,
}

/// What comes next.
enum Stage {
    Head(Writing, Vec<StoredPiece>),
    Pieces(Writing, Vec<StoredPiece>),
    Finished(FinishedFile),
    Over,
}

impl Download {
    /// One step; its bytes may be none yet.
    async fn step(self) -> Result<Option<(Bytes, Self)>, Error> {
        let Self { clients, caller, id, stage } = self;
        let (bytes, stage) = match stage {
            Stage::Head(mut writing, first) => (writing.head()?.into(), Stage::Pieces(writing, first)),
            Stage::Pieces(writing, page) if page.is_empty() => {
                (Bytes::new(), writing.finish().await?.map_or(Stage::Over, Stage::Finished))
            }
            Stage::Pieces(mut writing, page) => {
                let mut bytes = Vec::new();
                for piece in &page {
                    bytes.extend(writing.piece(piece)?);
                }
                let from = page.last().map_or(0, |piece| piece.piece.number + 1);
                let query = GetBatchPieces { batch: id.clone(), from, limit: PIECES };
                let (_, next) = clients.query(&caller, query).await?;
                (bytes.into(), Stage::Pieces(writing, next))
            }
            Stage::Finished(mut file) => match file.next() {
                Some(piece) => (piece?, Stage::Finished(file)),
                None => return Ok(None),
            },
            Stage::Over => return Ok(None),
        };
        Ok(Some((bytes, Self { clients, caller, id, stage })))
    }
}

/// Receives a file. If it cannot be received, the rows that have arrived are deleted; they are personal data.
async fn receive(
    clients: &Clients,
    mut upload: BatchUpload,
    bytes: IncomingContent,
    context: &RequestContext,
) -> Result<Batch, Failure> {
    let failure = |error| Failure::of_error(error, &context.caller);
    let received = match read(clients, &mut upload, bytes, context).await {
        Ok(file) => upload.finish(file).await.map_err(failure),
        Err(failure) => Err(failure),
    };
    if received.is_err() {
        upload.abandon().await;
    }
    received
}

fn another() -> Failure {
    let message = "Another workbook is being read. Send this one again in a moment.";
    Failure::of(Item::new(Code::TooManyInProgress, message))
}

async fn read(
    clients: &Clients,
    upload: &mut BatchUpload,
    mut bytes: IncomingContent,
    context: &RequestContext,
) -> Result<UploadedFile, Failure> {
    let failure = |error| Failure::of_error(error, &context.caller);
    let max = clients.batch_rules().map_or(0, |rules| rules.max_bytes);
    let mut reading = Rows::new(&upload.batch().form)?;
    let mut hasher = sha2::Sha256::new();
    let mut rows = Vec::new();
    let mut length = 0_u64;
    while let Some(piece) = bytes.next().await {
        let piece = piece?;
        length += piece.len() as u64;
        if length > max {
            return Err(failure(Error::BatchTooLarge { max, unit: "bytes" }));
        }
        hasher.update(&piece);
        // A large piece has many rows, which are not all held.
        for part in piece.chunks(64 * 1024) {
            reading.push(part, &mut rows)?;
            for row in rows.drain(..) {
                upload.add(&row).await.map_err(failure)?;
            }
        }
    }
    // A workbook is in memory as a whole from here to its last row.
    let one = (upload.batch().form.format == BatchFormat::Xlsx)
        .then(|| ONE_WORKBOOK.try_lock().ok_or_else(another));
    let _one = one.transpose()?;
    let head = reading.finish(&mut rows)?;
    for row in rows.drain(..) {
        upload.add(&row).await.map_err(failure)?;
    }
    if upload.rows() == 0 {
        return Err(file("The file has no row."));
    }
    let sha256 = Sha256(hasher.finalize().into());
    Ok(UploadedFile { sha256, columns: head.columns, needs: head.needs, command: head.command })
}
