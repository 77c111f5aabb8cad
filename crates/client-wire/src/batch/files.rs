use async_trait::async_trait;
use bytes::Bytes;
use client_app::batch::{Batch, BatchFormat, BatchId, BatchUpload, BegunUpload, UploadedFile};
use client_app::queries::GetBatchPieces;
use client_app::{Caller, Clients, Error, RequestContext};
use client_domain::Permission;
use client_domain::kyc::Sha256;
use futures_util::{StreamExt as _, stream};
use serde_json::json;
use sha2::Digest as _;

use super::download::Writing;
use super::rows::Rows;
use super::upload_fault::file;
use crate::batch_files::{BatchDownload, BatchFileKind, BatchFiles};
use crate::failure::Failure;
use crate::incoming_content::IncomingContent;
use crate::reply::{Outcome, Reply};

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
            BatchFormat::Csv => ("text/csv; charset=utf-8", "csv"),
            BatchFormat::NdJson => ("application/x-ndjson", "ndjson"),
        };
        let file_name = format!("{id}-{}.{ending}", kind.name());
        let writing = Writing { batch, kind };
        let head = stream::iter([Ok(Bytes::from(writing.head()))]);
        let state = (self.clone(), caller.clone(), writing, Some(first));
        let pieces = stream::unfold(Some(state), move |state| {
            let id = id.clone();
            async move {
                let (clients, caller, writing, page) = state?;
                let page = page.filter(|page| !page.is_empty())?;
                let bytes: Vec<u8> = page.iter().flat_map(|piece| writing.piece(piece)).collect();
                let from = page.last().map_or(0, |piece| piece.piece.number + 1);
                let query = GetBatchPieces { batch: id, from, limit: PIECES };
                Some(match clients.query(&caller, query).await {
                    Ok((_, next)) => (Ok(Bytes::from(bytes)), Some((clients, caller, writing, Some(next)))),
                    Err(error) => (Err(error), None),
                })
            }
        });
        Ok(BatchDownload { bytes: head.chain(pieces).boxed(), media_type, file_name })
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
    let head = reading.finish(&mut rows)?;
    for row in rows.drain(..) {
        upload.add(&row).await.map_err(failure)?;
    }
    if upload.rows() == 0 {
        return Err(file("The file has no row."));
    }
    let sha256 = Sha256(hasher.finalize().into());
    Ok(UploadedFile { sha256, columns: head.columns, needs: head.needs })
}
