//! Commands and queries of the service, by name, as the signed-in person.

use client_app::{IdempotencyKey, RequestContext, RequestId};
use client_domain::value::Version;
use client_wire::{Code, Failure, Item, Reply};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::fields::Fields;
use crate::posted::foreign;
use crate::recent_proof;
use crate::visit::Visit;

/// How a command is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Everything is checked and nothing is written.
    DryRun,
    /// It is done.
    Commit,
}

/// A command as it would be sent over HTTP.
pub(crate) struct Sent<'a> {
    pub(crate) name: &'static str,
    pub(crate) data: &'a Map<String, Value>,
    /// The version of the client that the person has seen.
    pub(crate) version: Option<u64>,
    /// Makes a second click safe.
    pub(crate) key: Option<&'a str>,
    pub(crate) mode: Mode,
}

impl Visit {
    /// The answer to a query.
    pub(crate) async fn ask<T: DeserializeOwned>(
        &self,
        name: &'static str,
        data: Value,
    ) -> Result<T, Failure> {
        let data = match data {
            Value::Object(data) => data,
            _ => Map::new(),
        };
        let reply = self.console.operations.query_by_name(name, data, self.caller().clone()).await?;
        read(name, reply.data.into_value())
    }

    /// The reply to a command.
    pub(crate) async fn tell(&self, sent: Sent<'_>) -> Result<Reply, Failure> {
        if sent.mode == Mode::Commit
            && let Some(missing) = recent_proof::missing(self, sent.name)
        {
            return Err(missing);
        }
        let context = self.context(sent.version, sent.key, sent.mode)?;
        self.console.operations.command_by_name(sent.name, sent.data.clone(), context).await
    }

    /// The context of a command of this person.
    pub(crate) fn context(
        &self,
        version: Option<u64>,
        key: Option<&str>,
        mode: Mode,
    ) -> Result<RequestContext, Failure> {
        let request_id = match &self.request_id {
            Some(id) => id.clone(),
            None => RequestId::parse(&(self.console.random)()).map_err(|_| internal("a request id"))?,
        };
        let key = key.map(IdempotencyKey::parse).transpose().map_err(|_| foreign())?;
        Ok(RequestContext {
            batch_row: None,
            caller: self.caller().clone(),
            request_id,
            // A dry run has no outcome that could be answered again.
            idempotency_key: key.filter(|_| mode == Mode::Commit),
            expected_version: version.and_then(Version::new),
            dry_run: mode == Mode::DryRun,
        })
    }

    /// The key of a form that is shown again: that of the form before, so that a repeat after an unknown outcome does it
    /// once; another one if that key belongs to another command.
    pub(crate) fn key_after(&self, fields: &Fields, refused: Option<&Failure>) -> String {
        let is_used = refused.is_some_and(|failure| failure.has(Code::IdempotencyKeyReused));
        let key = fields.text("key").filter(|key| !is_used && IdempotencyKey::parse(key).is_ok());
        key.map_or_else(|| (self.console.random)(), str::to_owned)
    }
}

/// The data of an answer, as the page needs it.
fn read<T: DeserializeOwned>(name: &str, data: Value) -> Result<T, Failure> {
    serde_json::from_value(data).map_err(|error| internal(&format!("the answer of {name}: {error}")))
}

fn internal(what: &str) -> Failure {
    let item = Item::new(Code::Internal, Code::Internal.meaning());
    Failure { cause: Some(format!("the console cannot read {what}")), ..Failure::of(item) }
}
