//! Every command and query by name, for adapters such as HTTP.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use client_app::commands::ReplaceContent;
use client_app::ports::LogPosition;
use client_app::{
    Caller, Clients, ContentRecording, Decided, Error, OpenedContent, Readiness, Recording, RequestContext,
    Seen, UploadError,
};
use client_domain::kyc::{Content, DocumentId};
use futures_util::StreamExt as _;
use serde_json::{Map, Value};

use crate::batch_files::BatchFiles;
use crate::canonical::digest;
use crate::catalogue;
use crate::code::Code;
use crate::commands::operation::{Request, describe};
use crate::commands::{COMMANDS, STANDALONE, replace_content};
use crate::concealed::concealed;
use crate::export_download::ClientExports;
use crate::failure::{Failure, Item};
use crate::form::Form;
use crate::incoming_content::IncomingContent;
use crate::reply::Reply;
use crate::spec::OperationKind;
use crate::unknown_operation::not_of_kind;
use crate::use_case_error::document_not_found;
use crate::use_case_span::within;

/// Every command and query of the service, by name.
///
/// An adapter authenticates the caller, reads one JSON object, and passes it on with the name of the operation. The
/// implementation checks permissions, parses, decides and commits.
///
/// ```
/// use std::sync::Arc;
///
/// use adapter_inmem::{CountingKeys, FixedClock, MemoryStore};
/// use client_app::{Caller, Clients, RequestContext, RequestId};
/// use client_domain::{Actor, Permissions};
/// use client_wire::Operations;
/// use serde_json::json;
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let clock = Arc::new(FixedClock::new("2026-01-05T09:00:00Z".parse().unwrap()));
/// let clients = Clients::new(Arc::new(MemoryStore::new()), clock, Arc::new(CountingKeys::default()));
///
/// let maker = Caller::new(Actor::parse("maker-1").unwrap(), Permissions::all());
/// let context = RequestContext::new(maker.clone(), RequestId::parse("r-1").unwrap());
/// let data = json!({
///     "firstName": "Adaeze", "lastName": "Okafor", "emailAddress": "adaeze.okafor@example.com",
///     "phoneNumber": "+234 803 123 4567", "dateOfBirth": "1991-04-23", "gender": "Female",
///     "address": "12 Allen Avenue", "city": "Ikeja", "state": "Lagos", "country": "NG",
///     "identificationType": "International Passport", "identificationNumber": "A01234567",
/// });
/// let reply = clients.command_by_name("CreateContactCommand", data.as_object().unwrap().clone(), context).await.unwrap();
/// assert_eq!(reply.data["customerNumber"], "CUST1000001");
///
/// let by_number = json!({ "customerNumber": "CUST1000001" }).as_object().unwrap().clone();
/// let found = clients.query_by_name("RetrieveContactByIdQuery", by_number, maker).await.unwrap();
/// assert_eq!(found.data["clientStateDescription"], "Pending Approval");
/// # });
/// ```
#[async_trait]
pub trait Operations: Send + Sync + 'static {
    /// The name of an operation as the service spells it, if there is one. Logs and metrics use it instead of the text of
    /// the caller.
    fn known_name(&self, name: &str) -> Option<&'static str>;

    /// Executes a command. A command whose future is dropped may have succeeded without an answer, so an adapter polls it
    /// to its end even if the caller has closed the connection.
    async fn command_by_name(
        &self,
        name: &str,
        data: Map<String, Value>,
        context: RequestContext,
    ) -> Result<Reply, Failure>;

    /// Answers a query.
    async fn query_by_name(
        &self,
        name: &str,
        data: Map<String, Value>,
        caller: Caller,
    ) -> Result<Reply, Failure>;

    /// Answers a query from a replica that has what the caller has seen, and says how far that may be behind. Where there is
    /// none, or the query is not one for replicas, it is [`query_by_name`](Self::query_by_name), whose answers have no age.
    async fn query_from_replicas(
        &self,
        name: &str,
        data: Map<String, Value>,
        caller: Caller,
        seen: Seen,
    ) -> Result<(Reply, Option<Duration>), Failure> {
        let _current = seen;
        Ok((self.query_by_name(name, data, caller).await?, None))
    }

    /// The position in the log of the storage for a caller whose command was answered: what the command has written is at or
    /// before it. `None` if there are no replicas, or if the storage does not say.
    async fn log_position(&self) -> Option<LogPosition> {
        None
    }

    /// Opens the file of a document.
    async fn document_content(&self, document: &str, caller: Caller) -> Result<OpenedContent, Failure>;

    /// Replaces the file of a document. The file is read in pieces and never held in memory as a whole. As for a command,
    /// an adapter polls the future to its end even if the caller has closed the connection; `bytes` then ends with a
    /// failure.
    async fn replace_document_content(
        &self,
        document: &str,
        bytes: IncomingContent,
        context: RequestContext,
    ) -> Result<Reply, Failure>;

    /// The files of batches, if this has batches.
    fn batch_files(&self) -> Option<&dyn BatchFiles> {
        None
    }

    /// Exports of clients, if this has them.
    fn exports(&self) -> Option<&dyn ClientExports> {
        None
    }

    /// Whether requests can be answered now, with the result of each check.
    async fn ready(&self) -> Readiness;
}

#[async_trait]
impl Operations for Clients {
    fn known_name(&self, name: &str) -> Option<&'static str> {
        catalogue::find(name).map(|spec| spec.name)
    }

    async fn command_by_name(
        &self,
        name: &str,
        data: Map<String, Value>,
        context: RequestContext,
    ) -> Result<Reply, Failure> {
        within(
            self.known_name(name),
            Box::pin(async move {
                if let Some(operation) = STANDALONE.iter().find(|operation| operation.spec.name == name) {
                    let spec = operation.spec;
                    self.admit(&context, spec.permission)
                        .map_err(|error| Failure::of_error(error, &context.caller))?;
                    return (operation.perform)(self, Form::new(spec.fields, &data), &context).await;
                }
                let operation = COMMANDS.iter().find(|operation| operation.spec.name == name);
                let operation = operation.ok_or_else(|| not_of_kind(name, OperationKind::Command))?;
                let spec = operation.spec;
                let failure = |error| Failure::of_error(error, &context.caller);
                let admission = self.admit(&context, spec.permission).map_err(failure)?;
                let digest = || digest(&data);
                let request = Request::new(self, &context, admission);
                let executed = match (operation.parse)(Form::new(spec.fields, &data), &request) {
                    Ok(plan) => {
                        let reply = |decided: &Decided<'_>| operation.recorded(decided);
                        let recording = Recording { digest: &digest, reply: &reply };
                        self.carry_out(&context, plan, &recording).await.map_err(failure)?
                    }
                    // A command that cannot be parsed today may have succeeded under earlier settings.
                    Err(invalid) => {
                        self.replay(&context, spec.name, &digest).await.map_err(failure)?.ok_or(invalid)?
                    }
                };
                let mut reply = Reply::of(executed);
                reply.data = concealed(spec.name, reply.data, &context.caller);
                Ok(reply)
            }),
        )
        .await
    }

    async fn query_by_name(
        &self,
        name: &str,
        data: Map<String, Value>,
        caller: Caller,
    ) -> Result<Reply, Failure> {
        within(self.known_name(name), async move {
            let operation =
                catalogue::find_query(name).ok_or_else(|| not_of_kind(name, OperationKind::Query))?;
            let spec = operation.spec;
            if let Some(missing) = spec.permission.filter(|permission| !caller.may(*permission)) {
                return Err(Failure::of_error(Error::PermissionMissing(vec![missing]), &caller));
            }
            let mut reply = (operation.answer)(self, Form::new(spec.fields, &data), &caller).await?;
            reply.data = concealed(spec.name, reply.data, &caller);
            Ok(reply)
        })
        .await
    }

    async fn query_from_replicas(
        &self,
        name: &str,
        data: Map<String, Value>,
        caller: Caller,
        seen: Seen,
    ) -> Result<(Reply, Option<Duration>), Failure> {
        let asks_of_client = catalogue::find(name).is_some_and(|spec| spec.asks_of_client());
        if seen.version.is_some() && !asks_of_client {
            let message = "Only a query about one client takes this header.";
            return Err(Failure::of(Item::new(Code::HeaderNotApplicable, message).field("Read-Version")));
        }
        if !self.has_replicas() {
            return Ok((self.query_by_name(name, data, caller).await?, None));
        }
        let reading = self.reading_from_replicas(seen);
        let reply = reading.clients().query_by_name(name, data, caller).await?;
        Ok((reply, reading.age()))
    }

    async fn log_position(&self) -> Option<LogPosition> {
        Self::log_position(self).await
    }

    async fn document_content(&self, document: &str, caller: Caller) -> Result<OpenedContent, Failure> {
        within(Some("IdentityDocumentContent"), async move {
            let failure = |error| Failure::of_error(error, &caller);
            let Ok(document) = DocumentId::parse(document) else {
                // A caller without the permission learns nothing, not even the form of an id.
                let unknown = Failure::of(document_not_found());
                let missing = Error::PermissionMissing(vec![client_domain::Permission::KycRead]);
                let may = caller.may(client_domain::Permission::KycRead);
                return Err(if may { unknown } else { failure(missing) });
            };
            self.open_content(&document, &caller).await.map_err(failure)
        })
        .await
    }

    async fn replace_document_content(
        &self,
        document: &str,
        bytes: IncomingContent,
        context: RequestContext,
    ) -> Result<Reply, Failure> {
        within(
            Some(replace_content::SPEC.name),
            Box::pin(async move {
                let failure = |error| Failure::of_error(error, &context.caller);
                let spec = &replace_content::SPEC;
                self.admit(&context, spec.permission).map_err(failure)?;
                let document = DocumentId::parse(document).map_err(|_| Failure::of(document_not_found()))?;
                let bytes =
                    bytes.map(|piece| piece.map_err(|failure| Arc::new(failure) as UploadError)).boxed();
                let digest = |document: &DocumentId, content: &Content| {
                    digest(&replace_content::canonical(document, content))
                };
                let reply = |decided: &Decided<'_>| {
                    let mut data = replace_content::reply(decided);
                    describe(&mut data, decided, &[]);
                    (replace_content::MESSAGE.to_owned(), Value::Object(data))
                };
                let recording = ContentRecording { digest: &digest, reply: &reply };
                let command = ReplaceContent { document };
                let executed =
                    self.replace_content_as(&context, command, bytes, &recording).await.map_err(failure)?;
                let mut reply = Reply::of(executed);
                reply.data = concealed(spec.name, reply.data, &context.caller);
                Ok(reply)
            }),
        )
        .await
    }

    fn batch_files(&self) -> Option<&dyn BatchFiles> {
        Some(self)
    }

    fn exports(&self) -> Option<&dyn ClientExports> {
        self.export_rules().is_some().then_some(self)
    }

    async fn ready(&self) -> Readiness {
        Self::ready(self).await
    }
}
