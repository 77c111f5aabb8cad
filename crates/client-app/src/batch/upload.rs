use client_domain::Permissions;
use client_domain::kyc::Sha256;

use super::aggregate::{Batch, BatchContent, Requester};
use super::id::BatchId;
use super::piece::BatchPiece;
use super::state::{BatchAction, BatchState};
use crate::clients::Clients;
use crate::error::Error;
use crate::request::RequestContext;

/// A piece has at most as many rows: what a person who pauses a batch waits for.
const PIECE_ROWS: u32 = 100;
/// A piece has at most as many bytes, or one row.
const PIECE_BYTES: usize = 256 * 1024;

/// An upload that begins.
#[derive(Debug)]
pub enum BegunUpload {
    /// The file may be sent.
    Begun(Box<BatchUpload>),
    /// The file is there already: the same one, as the id of the batch says.
    There(Box<Batch>),
}

/// Receives the rows of a file, of which no more than a piece is in memory.
pub struct BatchUpload {
    clients: Clients,
    context: RequestContext,
    batch: Batch,
    upload: String,
    piece: BatchPiece,
    rows: u64,
}

impl std::fmt::Debug for BatchUpload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BatchUpload")
            .field("batch", &self.batch)
            .field("rows", &self.rows)
            .finish_non_exhaustive()
    }
}

/// What is known of a file when its last byte has arrived.
#[derive(Clone, Debug)]
pub struct UploadedFile {
    /// The digest of its bytes.
    pub sha256: Sha256,
    /// The names of its columns.
    pub columns: Vec<String>,
    /// The permissions that its rows need.
    pub needs: Permissions,
    /// The command of every row, if it is the same; else the rows name several, or one that there is not.
    pub command: Option<String>,
}

impl Clients {
    /// Begins the upload of the file of a batch. An earlier upload that has not ended adds nothing any more.
    ///
    /// # Errors
    ///
    /// [`Error::BatchNotFound`] for a batch of another caller, too; [`Error::BatchRefused`] for one that was stopped.
    pub async fn begin_batch_upload(
        &self,
        context: &RequestContext,
        id: &BatchId,
    ) -> Result<BegunUpload, Error> {
        let batches = &self.batch_office()?.batches;
        let own = |batch: &Batch| batch.uploader.actor.id == context.caller.actor.id;
        for _ in 0..ATTEMPTS {
            let found = batches.batch(id).await.map_err(Error::of_load)?;
            let batch = found.filter(own).ok_or(Error::BatchNotFound)?;
            if batch.content.is_some() {
                return Ok(BegunUpload::There(Box::new(batch)));
            }
            // Whether the upload will be allowed is known before its first byte.
            self.after(&batch, BatchAction::Receive, Requester::Person(&context.caller))?;
            let upload = self.keys.event_id().as_str().to_owned();
            let begun = Batch {
                upload: Some(upload.clone()),
                version: batch.version + 1,
                // A file may be on its way when the time of its batch is over.
                moved_at: self.batch_time(),
                ..batch.clone()
            };
            if batches.begin_upload(&begun, batch.version).await.map_err(Error::of_load)? {
                let piece = BatchPiece { number: 0, first_row: 1, rows: 0, content: Vec::new() };
                let (clients, context) = (self.clone(), context.clone());
                let upload = BatchUpload { clients, context, batch: begun, upload, piece, rows: 0 };
                return Ok(BegunUpload::Begun(Box::new(upload)));
            }
        }
        Err(Error::Contended { last: None })
    }
}

/// How often a change of a batch is tried that others change at the same time.
pub(crate) const ATTEMPTS: usize = 8;

impl BatchUpload {
    /// The batch whose file it is.
    pub fn batch(&self) -> &Batch {
        &self.batch
    }

    /// Adds the next row: JSON without line breaks.
    ///
    /// # Errors
    ///
    /// [`Error::BatchTooLarge`]; [`Error::BatchRefused`] if a later upload has begun.
    pub async fn add(&mut self, row: &[u8]) -> Result<(), Error> {
        let max = self.clients.batch_office()?.rules.max_rows;
        if self.rows >= max {
            return Err(Error::BatchTooLarge { max, unit: "rows" });
        }
        let is_full = self.piece.rows >= PIECE_ROWS || self.piece.content.len() + row.len() >= PIECE_BYTES;
        if is_full && self.piece.rows > 0 {
            self.store().await?;
        }
        self.rows += 1;
        self.piece.rows += 1;
        self.piece.content.extend_from_slice(row);
        self.piece.content.push(b'\n');
        Ok(())
    }

    /// How many rows were added.
    pub const fn rows(&self) -> u64 {
        self.rows
    }

    /// Ends the upload: from now on the batch has its rows.
    ///
    /// # Errors
    ///
    /// [`Error::BatchContentDiffers`] if it is another file than the one that was announced.
    pub async fn finish(&mut self, file: UploadedFile) -> Result<Batch, Error> {
        if file.sha256 != self.batch.sha256 {
            return Err(Error::BatchContentDiffers);
        }
        if self.piece.rows > 0 {
            self.store().await?;
        }
        let UploadedFile { columns, needs, command, .. } = file;
        let content = BatchContent { rows: self.rows, columns, needs, command };
        let received = Batch { content: Some(content), ..self.batch.clone() };
        let received =
            self.clients.after(&received, BatchAction::Receive, Requester::Person(&self.context.caller))?;
        let batches = &self.clients.batch_office()?.batches;
        // Whatever happened to the storage meanwhile: what is executed is the file, and nothing beside it.
        let stored = batches.find_batch(&self.batch.id).await.map_err(Error::of_load)?;
        if stored.is_none_or(|(_, progress)| progress.rows != self.rows) {
            return Err(Self::superseded());
        }
        let replaced = batches.replace_batch(&received, self.batch.version).await;
        if replaced.map_err(Error::of_commit)? { Ok(received) } else { Err(Self::superseded()) }
    }

    /// Deletes the rows that have arrived, if no other upload has begun and the file was not received. Where that fails, they
    /// are deleted with the batch, which was never received.
    pub async fn abandon(self) {
        let Ok(office) = self.clients.batch_office() else { return };
        let abandoned = Batch { upload: None, version: self.batch.version + 1, ..self.batch.clone() };
        drop(office.batches.begin_upload(&abandoned, self.batch.version).await);
    }

    async fn store(&mut self) -> Result<(), Error> {
        let batches = &self.clients.batch_office()?.batches;
        let added = batches.add_piece(&self.batch.id, &self.upload, &self.piece).await;
        if !added.map_err(Error::of_load)? {
            return Err(Self::superseded());
        }
        let next = BatchPiece {
            number: self.piece.number + 1,
            first_row: self.piece.first_row + u64::from(self.piece.rows),
            rows: 0,
            content: std::mem::take(&mut self.piece.content),
        };
        self.piece = next;
        self.piece.content.clear();
        Ok(())
    }

    /// A later upload of the same file has begun, or the batch was stopped.
    fn superseded() -> Error {
        let (state, action) = (BatchState::Announced, BatchAction::Receive);
        Error::BatchRefused(super::aggregate::BatchRefusal::State { state, action })
    }
}
