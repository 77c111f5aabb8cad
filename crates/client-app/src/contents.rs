//! Files of documents as streams: uploading one without base64, and downloading one.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use client_domain::Stamp;
use client_domain::kyc::{Content, ContentKey, DocumentId, FileExtension, MediaType, Sha256};
use client_domain::{Client, Permission};
use document_inspection::{ContentRejection, Detection};
use futures_util::stream::BoxStream;
use futures_util::{StreamExt as _, stream};
use jiff::Timestamp;
use serde_json::json;
use sha2::{Digest as _, Sha256 as Hasher};

use crate::clients::permit;
use crate::command::{Command, not_found};
use crate::commands::create_identity_document::content;
use crate::commands::replace_content::ReplaceContent;
use crate::failure::{During, unanswered};
use crate::inspection;
use crate::ports::{ClientRef, ContentBytes, OrphanCandidate, StoreError};
use crate::reply::members;
use crate::{Caller, Clients, Code, Failure, Item, Reply, RequestContext};

/// The pieces of a file as they arrive; an error ends them.
pub type IncomingBytes = BoxStream<'static, Result<Bytes, Failure>>;

/// A file to be sent.
pub struct OpenedContent {
    /// Its bytes. They end with an error where they are not those that were handed in.
    pub bytes: ContentBytes,
    /// What it is.
    pub media_type: MediaType,
    /// How many bytes it has.
    pub size: u64,
    /// The SHA-256 of its bytes.
    pub sha256: Sha256,
    /// A name for it, made here of letters, digits and hyphens.
    pub file_name: String,
}

impl std::fmt::Debug for OpenedContent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenedContent").field("size", &self.size).finish_non_exhaustive()
    }
}

impl Clients {
    /// Opens the file of a document.
    pub(crate) async fn open_document(&self, raw: &str, caller: &Caller) -> Result<OpenedContent, Failure> {
        permit(caller, Permission::KycRead)?;
        let (client, id) = self.of_document(raw).await?;
        let document =
            client.kyc().document(&id).ok_or_else(|| not_found(&ClientRef::Document(id.clone())))?;
        let content = &document.content;
        let opened = self.contents.open(&content.key).await;
        let bytes = opened.map_err(|error| unanswered(&error, During::Query))?.ok_or_else(|| missing(&id))?;
        Ok(OpenedContent {
            bytes: verified(bytes, content.size, content.sha256),
            media_type: content.media_type(),
            size: content.size,
            sha256: content.sha256,
            file_name: format!("{}-{}{}", document.kind.slug(), id, content.extension.name()),
        })
    }

    /// Replaces the file of a document. The file is inspected and stored piece by piece while it arrives, and only
    /// then the command is executed.
    ///
    /// Nothing is deleted here, however the command ends: what one attempt takes for a failure may be a commit whose
    /// answer was lost. Orphans are left to garbage collection.
    pub(crate) async fn replace_document(
        &self,
        raw: &str,
        bytes: IncomingBytes,
        context: RequestContext,
    ) -> Result<Reply, Failure> {
        let now = self.clock.now();
        let stamp = Stamp::new(context.caller.actor.clone(), now);
        let (client, id) = self.of_document(raw).await?;
        let old = client.kyc().document(&id).map(|document| document.content.clone());
        let old = old.ok_or_else(|| not_found(&ClientRef::Document(id.clone())))?;
        // Whoever would be refused anyway need not send a file first; a repeated request is to be answered as before.
        if context.idempotency_key.is_none() {
            let tried = client.replace_content(&id, old.clone(), &stamp);
            if let Err(refusal) = tried {
                return Err(self.refusal(&refusal, &client, &context.caller, now).await);
            }
        }
        let key = self.keys.content_key(now);
        let inspected = self.keep_inspected(&key, old.extension, bytes, now).await?;
        let replacing = content(&inspected, key, old.extension, stamp);
        self.put_in_place(id, replacing, now, context).await
    }

    async fn put_in_place(
        &self,
        document: DocumentId,
        content: Content,
        now: Timestamp,
        request: RequestContext,
    ) -> Result<Reply, Failure> {
        // What two requests under one idempotency key must have in common.
        let data = members(json!({
            "identityId": document.as_str(),
            "size": content.size,
            "sha256": content.sha256.to_string(),
        }));
        let command = ReplaceContent { client: ClientRef::Document(document.clone()), document, content };
        self.execute(Command::Existing(Box::new(command)), &data, now, request).await
    }

    /// Keeps a file while it arrives and is looked at.
    async fn keep_inspected(
        &self,
        key: &ContentKey,
        extension: FileExtension,
        bytes: IncomingBytes,
        now: Timestamp,
    ) -> Result<Detection, Failure> {
        let seen = Arc::new(Mutex::new(Seen::Nothing));
        let bytes = inspecting(bytes, extension, Arc::clone(&seen));
        let kept = self.store_content(key, bytes, now).await;
        let seen = std::mem::replace(&mut *lock(&seen), Seen::Nothing);
        match (seen, kept) {
            (Seen::Rejected(failure), _) => Err(failure),
            (Seen::Whole(inspected), Ok(())) => Ok(inspected),
            (_, Err(error)) => Err(unanswered(&error, During::Load)),
            // A store that did not read to the end has not kept it whole.
            (Seen::Nothing, Ok(())) => Err(crate::command::internal()),
        }
    }

    /// Stores a content. It is queued first: until a commit names it, it may be an orphan, whatever is killed when.
    pub(crate) async fn store_content(
        &self,
        key: &ContentKey,
        bytes: ContentBytes,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.ledger.queue(&OrphanCandidate { key: key.clone(), since: now }).await?;
        self.contents.put(key, bytes).await
    }

    async fn of_document(&self, raw: &str) -> Result<(Client, DocumentId), Failure> {
        let unknown =
            || Failure::of(Item::new(Code::DocumentNotFound, "No document has this id.").field("identityId"));
        let id = DocumentId::parse(raw).map_err(|_| unknown())?;
        let found = self.store.find(&ClientRef::Document(id.clone())).await;
        let found = found.map_err(|error| unanswered(&error, During::Query))?;
        found.map(|client| (client, id)).ok_or_else(unknown)
    }
}

/// What is told of a document whose file is gone. It does not pass by itself, so it is no 503; and it is no 404, which
/// would say that the document has none. For the log it is named by the document: what a file is called may be personal.
fn missing(document: &DocumentId) -> Failure {
    let item = Item::new(
        Code::ContentMissing,
        "The file of this document is missing in the storage of the bank. Tell the operators of the service; the file \
         can be restored from a backup, or another one submitted with a new document.",
    );
    let cause = Some(format!("the file of the document {document} is not in the storage of files"));
    Failure { cause, ..Failure::of(item.field("identityId")) }
}

/// What an inspection has come to.
enum Seen {
    Nothing,
    Rejected(Failure),
    Whole(Detection),
}

fn lock(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The bytes as they are kept, looked at on the way; what is not fit ends them with an error, and is told in `seen`.
fn inspecting(bytes: IncomingBytes, extension: FileExtension, seen: Arc<Mutex<Seen>>) -> ContentBytes {
    let stopped = |seen: &Mutex<Seen>, failure| {
        *lock(seen) = Seen::Rejected(failure);
        Err(StoreError::Unavailable(None))
    };
    let state = Some((bytes, inspection::begin(extension)));
    stream::unfold((state, seen), move |(state, seen)| async move {
        let (mut bytes, mut inspection) = state?;
        match bytes.next().await {
            Some(Ok(piece)) => match inspection.push(&piece) {
                Ok(()) => Some((Ok(piece), (Some((bytes, inspection)), seen))),
                Err(reason) => Some((stopped(&seen, rejected(reason)), (None, seen))),
            },
            Some(Err(failure)) => Some((stopped(&seen, failure), (None, seen))),
            None => match inspection.finish() {
                Ok(inspected) => {
                    *lock(&seen) = Seen::Whole(inspected);
                    None
                }
                Err(reason) => Some((stopped(&seen, rejected(reason)), (None, seen))),
            },
        }
    })
    .boxed()
}

fn rejected(reason: ContentRejection) -> Failure {
    Failure::of(inspection::rejected(reason).field("content"))
}

/// The bytes, which end with an error where they are not those that were handed in. The last piece is held back until
/// that is known, so that nobody who counts the bytes takes them for whole.
fn verified(bytes: ContentBytes, size: u64, sha256: Sha256) -> ContentBytes {
    struct State {
        bytes: ContentBytes,
        hasher: Hasher,
        left: u64,
        over: bool,
    }
    let state = State { bytes, hasher: Hasher::new(), left: size, over: false };
    let wrong = || StoreError::Corrupt { what: "a file that is not what was handed in".to_owned() };
    stream::unfold(state, move |mut state| async move {
        if state.over {
            return None;
        }
        let piece = match state.bytes.next().await {
            Some(Ok(piece)) => piece,
            Some(Err(error)) => {
                state.over = true;
                return Some((Err(error), state));
            }
            None => {
                state.over = true;
                let whole = state.left == 0 && state.hasher.clone().finalize()[..] == sha256.0[..];
                return if whole { None } else { Some((Err(wrong()), state)) };
            }
        };
        state.hasher.update(&piece);
        let length = piece.len() as u64;
        let ends = length == state.left;
        let fits = length <= state.left && (!ends || state.hasher.clone().finalize()[..] == sha256.0[..]);
        state.left = state.left.saturating_sub(length);
        state.over = !fits;
        Some((if fits { Ok(piece) } else { Err(wrong()) }, state))
    })
    .boxed()
}
