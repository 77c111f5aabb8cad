//! Replacement of the file of a document, piece by piece.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use client_domain::AuditStamp;
use client_domain::kyc::{Content, ContentKey, DocumentId, FileExtension};
use client_domain::lifecycle::OpenAccounts;
use document_inspection::Detection;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt as _, stream};
use jiff::Timestamp;
use serde_json::Value;

use crate::clients::Clients;
use crate::commands::replace_content::{ReplaceContent, Replacement};
use crate::commands::submit_document::{DocumentSubmitted, stored_content};
use crate::error::{Error, UploadError};
use crate::execute::{recorded, restored};
use crate::executed::{Decided, Executed, RecordedReply};
use crate::inspection;
use crate::ports::contents::ContentBytes;
use crate::ports::error::StoreError;
use crate::ports::ledger::OrphanCandidate;
use crate::ports::store::ClientRef;
use crate::request::RequestContext;
use crate::request_digest::RequestDigest;
use crate::spine::execution::Recording;
use crate::spine::plan::{Plan, Step};

/// The pieces of an arriving file; an error ends them.
pub type IncomingBytes = BoxStream<'static, Result<Bytes, UploadError>>;

/// The [`Recording`] of an upload, whose digest is known only after the file has arrived.
pub struct ContentRecording<'a> {
    /// The digest of the request.
    pub digest: &'a (dyn Fn(&DocumentId, &Content) -> RequestDigest + Send + Sync),
    /// The message and the data of the reply.
    pub reply: &'a (dyn Fn(&Decided<'_>) -> (String, Value) + Send + Sync),
}

impl std::fmt::Debug for ContentRecording<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ContentRecording").finish_non_exhaustive()
    }
}

impl Clients {
    /// Replaces the file of a document. The file is inspected and stored piece by piece while it arrives.
    ///
    /// # Errors
    ///
    /// Every [`Error`]; nothing was replaced unless [`Error::outcome_is_unknown`].
    pub async fn replace_content(
        &self,
        context: &RequestContext,
        command: ReplaceContent,
        bytes: IncomingBytes,
    ) -> Result<Executed<DocumentSubmitted>, Error> {
        let digest = |document: &DocumentId, content: &Content| {
            let mut digest = RequestDigest::new();
            digest.text(document.as_str());
            digest.update(&content.sha256.0);
            digest
        };
        let reply = |decided: &Decided<'_>| recorded(DocumentSubmitted::of(decided));
        let recording = ContentRecording { digest: &digest, reply: &reply };
        let executed = self.replace_content_as(context, command, bytes, &recording).await?;
        executed.map(restored).transpose()
    }

    /// Replaces the file of a document with the caller's own [`Recording`].
    ///
    /// Nothing is deleted here, whatever the result: an apparent failure may be a commit whose answer was
    /// lost. The garbage collection deletes orphans.
    ///
    /// # Errors
    ///
    /// Every [`Error`]; nothing was replaced unless [`Error::outcome_is_unknown`].
    pub async fn replace_content_as(
        &self,
        context: &RequestContext,
        command: ReplaceContent,
        bytes: IncomingBytes,
        recording: &ContentRecording<'_>,
    ) -> Result<Executed<RecordedReply>, Error> {
        let now = self.admit(context, ReplaceContent::PERMISSION)?.now();
        let stamp = AuditStamp::new(context.caller.actor.clone(), now);
        let document = command.document;
        let client = self.owner_of(&document).await?;
        let old = client.kyc().document(&document).map(|document| document.content.clone());
        let old = old.ok_or_else(|| Error::NotFound(ClientRef::Document(document.clone())))?;
        // A caller who would be refused anyway need not upload a file first. With an idempotency key the
        // upload must proceed, because a repeated request gets its earlier reply.
        if context.idempotency_key.is_none() {
            let tried = client.replace_content(&document, old.clone(), &stamp);
            if let Err(refusal) = tried {
                let accounts = OpenAccounts::Unknown;
                return Err(self.refusal(refusal, &client, &context.caller, accounts, now).await);
            }
        }
        let key = self.keys.content_key(now);
        let inspected = self.store_inspected(&key, old.extension, bytes, now).await?;
        let replacement = stored_content(&inspected, key, old.extension, stamp);
        let digest = (recording.digest)(&document, &replacement);
        let recording = Recording { digest: &|| digest.clone(), reply: recording.reply };
        let client = ClientRef::Document(document.clone());
        let step = Step::change(Replacement { client, document, content: replacement });
        self.carry_out(context, Plan { name: ReplaceContent::NAME, now, step }, &recording).await
    }

    /// Stores a file while it arrives and is inspected.
    async fn store_inspected(
        &self,
        key: &ContentKey,
        extension: FileExtension,
        bytes: IncomingBytes,
        now: Timestamp,
    ) -> Result<Detection, Error> {
        let seen = Arc::new(Mutex::new(Seen::Nothing));
        let bytes = inspecting(bytes, extension, Arc::clone(&seen));
        let stored = self.store_content(key, bytes, now).await;
        let seen = std::mem::replace(&mut *lock(&seen), Seen::Nothing);
        match (seen, stored) {
            (Seen::Rejected(error), _) => Err(error),
            (Seen::Complete(inspected), Ok(())) => Ok(inspected),
            (_, Err(error)) => Err(Error::of_load(error)),
            // A store that did not read to the end has not stored the complete file.
            (Seen::Nothing, Ok(())) => Err(Error::internal()),
        }
    }

    /// Stores a content. It is queued first, because it is an orphan until a commit names it, and a crash may
    /// prevent that.
    pub(crate) async fn store_content(
        &self,
        key: &ContentKey,
        bytes: ContentBytes,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.ledger.queue(&OrphanCandidate { key: key.clone(), since: now }).await?;
        self.contents.put(key, bytes).await
    }
}

/// The result of an inspection.
enum Seen {
    Nothing,
    Rejected(Error),
    Complete(Detection),
}

fn lock(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The stored bytes, inspected on the way. A rejected file ends them with an error, which `seen` holds.
fn inspecting(bytes: IncomingBytes, extension: FileExtension, seen: Arc<Mutex<Seen>>) -> ContentBytes {
    let stopped = |seen: &Mutex<Seen>, error| {
        *lock(seen) = Seen::Rejected(error);
        Err(StoreError::Unavailable(None))
    };
    let state = Some((bytes, inspection::begin(extension)));
    stream::unfold((state, seen), move |(state, seen)| async move {
        let (mut bytes, mut inspection) = state?;
        match bytes.next().await {
            Some(Ok(piece)) => match inspection.push(&piece) {
                Ok(()) => Some((Ok(piece), (Some((bytes, inspection)), seen))),
                Err(reason) => Some((stopped(&seen, Error::ContentRejected(reason)), (None, seen))),
            },
            Some(Err(error)) => Some((stopped(&seen, Error::UploadFailed(error)), (None, seen))),
            None => match inspection.finish() {
                Ok(inspected) => {
                    *lock(&seen) = Seen::Complete(inspected);
                    None
                }
                Err(reason) => Some((stopped(&seen, Error::ContentRejected(reason)), (None, seen))),
            },
        }
    })
    .boxed()
}
