//! A small application that does what its name says.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};

use async_trait::async_trait;
use client_app::{Caller, Code, Failure, Item, Operations, Reply, RequestContext};
use client_domain::value::Version;
use serde_json::{Map, Value, json};
use tokio::sync::Semaphore;

pub(crate) struct Fake {
    pub(crate) started: AtomicUsize,
    pub(crate) finished: AtomicUsize,
    /// `Wait` ends when there is a permit.
    pub(crate) gate: Semaphore,
    pub(crate) ready: AtomicBool,
}

impl Default for Fake {
    fn default() -> Self {
        Self {
            started: AtomicUsize::new(0),
            finished: AtomicUsize::new(0),
            gate: Semaphore::new(0),
            ready: AtomicBool::new(true),
        }
    }
}

impl Fake {
    async fn operate(&self, name: &str, data: Map<String, Value>, mut told: Value) -> Result<Reply, Failure> {
        self.started.fetch_add(1, SeqCst);
        let replayed = data.get("replayed") == Some(&Value::Bool(true));
        match name {
            "Wait" => self.gate.acquire().await.expect("the gate is never closed").forget(),
            "Panic" => panic!("marker-panic-payload"),
            "Fail" => {
                let code = data["code"].as_str().expect("a code");
                let code =
                    *Code::ALL.iter().find(|known| known.name() == code).expect("a code of the catalogue");
                return Err(Failure::of(Item::new(code, "as asked for").field("code")));
            }
            name if name.starts_with("Echo") => {}
            _ => return Err(Failure::of(Item::new(Code::UnknownOperation, "No operation has this name."))),
        }
        told["data"] = Value::Object(data);
        self.finished.fetch_add(1, SeqCst);
        let version = name.starts_with("Echo").then(|| Version::new(7)).flatten();
        Ok(Reply { message: "Done.".to_owned(), data: told, version, replayed })
    }
}

fn told(caller: &Caller) -> Value {
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

    async fn command(
        &self,
        name: &str,
        data: Map<String, Value>,
        context: RequestContext,
    ) -> Result<Reply, Failure> {
        let mut told = told(&context.caller);
        told["requestId"] = context.request_id.as_str().into();
        told["idempotencyKey"] =
            context.idempotency_key.as_ref().map(client_app::IdempotencyKey::as_str).into();
        told["ifMatch"] = context.if_match.map(Version::get).into();
        told["dryRun"] = context.dry_run.into();
        self.operate(name, data, told).await
    }

    async fn query(&self, name: &str, data: Map<String, Value>, caller: Caller) -> Result<Reply, Failure> {
        if name == "Big" {
            return Ok(Reply {
                message: "Big.".to_owned(),
                data: Value::String("x".repeat(32 * 1024 * 1024)),
                version: None,
                replayed: false,
            });
        }
        self.operate(name, data, told(&caller)).await
    }

    async fn ready(&self) -> Result<(), Failure> {
        let failure = || Failure::of(Item::new(Code::StoreUnavailable, "not there"));
        if self.ready.load(SeqCst) { Ok(()) } else { Err(failure()) }
    }
}
