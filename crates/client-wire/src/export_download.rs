//! What an adapter asks of exports.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use client_app::export::{Export, ExportFormat};
use client_app::{Caller, Clients, Error};
use client_domain::Permission;
use client_domain::kyc::Sha256;
use sha2::Digest as _;

use crate::batch_files::{CSV, WORKBOOK};
use crate::export_writing::ExportWriting;
use crate::failure::Failure;
use crate::operation_request::OperationRequest;
use crate::queries::export_request;
use crate::row_file::FinishedFile;

/// Exports of clients, for adapters such as HTTP.
#[async_trait]
pub trait ClientExports: Send + Sync {
    /// Begins an export, which this body of JSON describes. Its line is in the log then.
    async fn begin(&self, body: &[u8], caller: Caller) -> Result<ExportDownload, Failure>;

    /// How long an export may take, from its beginning on.
    fn time_limit(&self) -> Duration;
}

/// A file with exported clients, piece by piece.
///
/// An adapter takes [`next`](Self::next) to the end, hands every piece over, and then says
/// [`complete`](Self::complete), before its reader can take the file for complete; or
/// [`break_off`](Self::break_off). It is never in memory as a whole.
pub struct ExportDownload {
    export: Export,
    format: ExportFormat,
    caller: Caller,
    stage: Stage,
    rows: u64,
    bytes: u64,
    hasher: sha2::Sha256,
}

/// What comes next.
enum Stage {
    Head(ExportWriting),
    Clients(ExportWriting),
    Finished(FinishedFile),
    Over,
}

impl ExportDownload {
    /// The id of the export.
    pub fn id(&self) -> String {
        self.export.id().to_string()
    }

    /// The `changedSince` of the next incremental load.
    pub fn next_changed_since(&self) -> String {
        self.export.next_changed_since().to_string()
    }

    /// How long it may take.
    pub const fn time_limit(&self) -> Duration {
        self.export.time_limit()
    }

    /// The media type of the file.
    pub const fn media_type(&self) -> &'static str {
        match self.format {
            ExportFormat::Csv => CSV,
            ExportFormat::NdJson => "application/x-ndjson",
            ExportFormat::Xlsx => WORKBOOK,
        }
    }

    /// A name for the file, without personal data.
    pub fn file_name(&self) -> String {
        format!("clients-{}.{}", self.export.id(), self.format.name())
    }

    /// The next bytes; `None` after the last.
    ///
    /// # Errors
    ///
    /// The storage failed, or the time is over. Nothing comes after an error.
    pub async fn next(&mut self) -> Option<Result<Bytes, Error>> {
        loop {
            match self.step().await {
                Ok(Some(bytes)) if bytes.is_empty() => {}
                Ok(Some(bytes)) => {
                    self.hasher.update(&bytes);
                    self.bytes += bytes.len() as u64;
                    return Some(Ok(bytes));
                }
                Ok(None) => return None,
                Err(error) => {
                    self.stage = Stage::Over;
                    return Some(Err(error));
                }
            }
        }
    }

    /// One step; its bytes may be none yet.
    async fn step(&mut self) -> Result<Option<Bytes>, Error> {
        Ok(match std::mem::replace(&mut self.stage, Stage::Over) {
            Stage::Head(mut writing) => {
                let head = writing.head()?;
                self.stage = Stage::Clients(writing);
                Some(head.into())
            }
            Stage::Clients(mut writing) => {
                if let Some(clients) = self.export.next().await {
                    let clients = clients?;
                    self.rows += clients.len() as u64;
                    let lines = writing.lines(&clients, &self.caller)?;
                    self.stage = Stage::Clients(writing);
                    Some(lines.into())
                } else {
                    let tail = writing.tail(&self.id(), self.rows, &self.next_changed_since());
                    self.stage = writing.finish().await?.map_or(Stage::Over, Stage::Finished);
                    Some(tail.into())
                }
            }
            Stage::Finished(mut file) => {
                let piece = file.next().transpose()?;
                self.stage = Stage::Finished(file);
                piece
            }
            Stage::Over => None,
        })
    }

    /// Records that every byte was handed over; returns the SHA-256 of all of them.
    ///
    /// # Errors
    ///
    /// The log failed. The reader must not take the file for complete then.
    pub async fn complete(&mut self) -> Result<[u8; 32], Error> {
        let sha256 = self.sha256();
        self.export.complete(self.rows, self.bytes, sha256).await?;
        Ok(sha256.0)
    }

    /// Records that the file broke off.
    pub async fn break_off(&mut self) {
        let sha256 = self.sha256();
        self.export.break_off(self.rows, self.bytes, sha256).await;
    }

    fn sha256(&self) -> Sha256 {
        Sha256(self.hasher.clone().finalize().into())
    }
}

impl fmt::Debug for ExportDownload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExportDownload").field("export", &self.export).finish_non_exhaustive()
    }
}

#[async_trait]
impl ClientExports for Clients {
    async fn begin(&self, body: &[u8], caller: Caller) -> Result<ExportDownload, Failure> {
        let failure = |error| Failure::of_error(error, &caller);
        // A caller without the permissions learns nothing of its request.
        let needs = [Permission::Export, Permission::Read];
        let missing: Vec<_> = needs.into_iter().filter(|permission| !caller.may(*permission)).collect();
        if !missing.is_empty() {
            return Err(failure(Error::PermissionMissing(missing)));
        }
        let data = OperationRequest::members(body)?;
        let form = export_request::read(&data, &caller, self.calendar())?;
        let format = form.request.format;
        let writing = ExportWriting::new(format, form.columns, form.delimiter).map_err(failure)?;
        let export = self.begin_export(&caller, form.request).await.map_err(failure)?;
        let hasher = sha2::Sha256::new();
        let stage = Stage::Head(writing);
        Ok(ExportDownload { export, format, caller, stage, rows: 0, bytes: 0, hasher })
    }

    fn time_limit(&self) -> Duration {
        self.export_rules().copied().unwrap_or_default().time_limit
    }
}
