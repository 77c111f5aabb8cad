//! A small application: the name of an operation says what it does.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};

use async_trait::async_trait;
use bytes::Bytes;
use client_app::ports::LogPosition;
use client_app::{Caller, Check, CheckName, CheckState, OpenedContent, Readiness, RequestContext};
use client_domain::kyc::{MediaType, Sha256};
use client_domain::value::Version;
use client_wire::{Code, Failure, IncomingContent, Item, Operations, Outcome, Reply};
use futures_util::StreamExt as _;
use serde_json::{Map, Value, json};
use tokio::sync::Semaphore;

pub(crate) struct Fake {
    pub(crate) started: AtomicUsize,
    pub(crate) finished: AtomicUsize,
    /// `Wait` ends when there is a permit.
    pub(crate) gate: Semaphore,
    pub(crate) ready: AtomicBool,
    /// Whether the position of the log is never told.
    pub(crate) log_is_silent: AtomicBool,
    pub(crate) contents: Mutex<HashMap<String, Vec<u8>>>,
}

impl Default for Fake {
    fn default() -> Self {
        Self {
            started: AtomicUsize::new(0),
            finished: AtomicUsize::new(0),
            gate: Semaphore::new(0),
            ready: AtomicBool::new(true),
            log_is_silent: AtomicBool::new(false),
            contents: Mutex::default(),
        }
    }
}

impl Fake {
    async fn operate(
        &self,
        name: &str,
        data: Map<String, Value>,
        mut context_json: Value,
    ) -> Result<Reply, Failure> {
        self.started.fetch_add(1, SeqCst);
        let replayed = data.get("replayed") == Some(&Value::Bool(true));
        let outcome = if replayed { Outcome::Replayed } else { Outcome::Done };
        match name {
            "Wait" => self.gate.acquire().await.expect("the gate is never closed").forget(),
            "Panic" => panic!("marker-panic-payload"),
            "Fail" => {
                let code = data["code"].as_str().expect("a code");
                let code =
                    *Code::ALL.iter().find(|known| known.name() == code).expect("a code of the catalogue");
                return Err(Failure::of(Item::new(code, "as requested").field("code")));
            }
            name if name.starts_with("Echo") || name == "CreateIdentityDocumentCommand" => {}
            _ => return Err(Failure::of(Item::new(Code::UnknownOperation, "No operation has this name."))),
        }
        context_json["data"] = Value::Object(data);
        self.finished.fetch_add(1, SeqCst);
        let version = name.starts_with("Echo").then(|| Version::new(7)).flatten();
        Ok(Reply { message: "Done.".to_owned(), data: context_json.into(), version, outcome })
    }
}

fn caller_json(caller: &Caller) -> Value {
    json!({
        "sub": caller.actor.id.as_str(),
        "email": caller.actor.email.as_ref().map(client_domain::value::EmailAddress::as_str),
        "branch": caller.branch.as_ref().map(client_domain::value::BranchKey::as_str),
        "permissions": caller.permissions.iter().map(client_domain::Permission::name).collect::<Vec<_>>(),
    })
}

#[async_trait]
impl Operations for Fake {
    fn known_name(&self, name: &str) -> Option<&'static str> {
        ["Wait", "Panic", "Fail", "Echo", "EchoCounted", "Big"].into_iter().find(|known| *known == name)
    }

    async fn command_by_name(
        &self,
        name: &str,
        data: Map<String, Value>,
        context: RequestContext,
    ) -> Result<Reply, Failure> {
        let mut context_json = caller_json(&context.caller);
        context_json["requestId"] = context.request_id.as_str().into();
        context_json["idempotencyKey"] =
            context.idempotency_key.as_ref().map(client_app::IdempotencyKey::as_str).into();
        context_json["ifMatch"] = context.expected_version.map(Version::get).into();
        context_json["dryRun"] = context.dry_run.into();
        self.operate(name, data, context_json).await
    }

    async fn query_by_name(
        &self,
        name: &str,
        data: Map<String, Value>,
        caller: Caller,
    ) -> Result<Reply, Failure> {
        if name == "Big" {
            return Ok(Reply {
                message: "Big.".to_owned(),
                data: Value::String("x".repeat(32 * 1024 * 1024)).into(),
                version: None,
                outcome: Outcome::Done,
            });
        }
        self.operate(name, data, caller_json(&caller)).await
    }

    async fn document_content(&self, document: &str, _caller: Caller) -> Result<OpenedContent, Failure> {
        let content = self.contents.lock().unwrap().get(document).cloned();
        let content = content
            .ok_or_else(|| Failure::of(Item::new(Code::DocumentNotFound, "No document has this id.")))?;
        let pieces: Vec<_> = content.chunks(1000).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
        Ok(OpenedContent {
            bytes: futures_util::stream::iter(pieces).boxed(),
            media_type: MediaType::Pdf,
            size: content.len() as u64,
            sha256: Sha256([7; 32]),
            file_name: "other-1.pdf".to_owned(),
        })
    }

    async fn replace_document_content(
        &self,
        document: &str,
        mut bytes: IncomingContent,
        context: RequestContext,
    ) -> Result<Reply, Failure> {
        self.started.fetch_add(1, SeqCst);
        let (mut whole, mut longest) = (Vec::new(), 0);
        while let Some(piece) = bytes.next().await {
            let piece = piece?;
            longest = longest.max(piece.len());
            whole.extend_from_slice(&piece);
        }
        let data = json!({
            "size": whole.len(),
            "longestPiece": longest,
            "idempotencyKey": context.idempotency_key.as_ref().map(client_app::IdempotencyKey::as_str),
            "ifMatch": context.expected_version.map(Version::get),
        });
        self.contents.lock().unwrap().insert(document.to_owned(), whole);
        self.finished.fetch_add(1, SeqCst);
        Ok(Reply {
            message: "Done.".to_owned(),
            data: data.into(),
            version: Version::new(7),
            outcome: Outcome::Done,
        })
    }

    async fn log_position(&self) -> Option<LogPosition> {
        if self.log_is_silent.load(SeqCst) {
            std::future::pending::<()>().await;
        }
        None
    }

    async fn ready(&self) -> Readiness {
        let commands = if self.ready.load(SeqCst) {
            CheckState::Ok
        } else {
            CheckState::Failed("Commands are refused.".to_owned())
        };
        let clock = CheckState::Warning("The clock is slow.".to_owned());
        Readiness::new(vec![
            Check::new(CheckName::Clock, clock),
            Check::new(CheckName::Reads, CheckState::Ok),
            Check::new(CheckName::Commands, commands),
        ])
    }
}
