//! The driving port: what an adapter such as HTTP calls.

use async_trait::async_trait;
use serde_json::{Map, Value};

use crate::contents::{IncomingBytes, OpenedContent};
use crate::{Caller, Failure, Readiness, Reply, RequestContext};

/// Every command and query of the service, by name.
///
/// An adapter authenticates the caller, reads one JSON object and hands it over with the operation's name;
/// everything else (permissions, parsing, deciding, committing) happens behind this trait.
#[async_trait]
pub trait Operations: Send + Sync + 'static {
    /// The name of an operation as the service spells it, if there is one: what may be logged and counted, which
    /// a caller's own text may not.
    fn known_name(&self, name: &str) -> Option<&'static str>;

    /// Does a command. Dropping the future may leave the command done but unanswered, so an adapter runs it
    /// to its end even when the caller has hung up.
    async fn command(
        &self,
        name: &str,
        data: Map<String, Value>,
        context: RequestContext,
    ) -> Result<Reply, Failure>;

    /// Answers a query.
    async fn query(&self, name: &str, data: Map<String, Value>, caller: Caller) -> Result<Reply, Failure>;

    /// Opens the file of a document.
    async fn document_content(&self, document: &str, caller: Caller) -> Result<OpenedContent, Failure>;

    /// Puts another file in the place of a document's. It is read piece by piece and never held as a whole. As with a
    /// command, an adapter lets it run to its end even when the caller has hung up; then the bytes end with an error.
    async fn replace_document_content(
        &self,
        document: &str,
        bytes: IncomingBytes,
        context: RequestContext,
    ) -> Result<Reply, Failure>;

    /// Whether requests can be answered now, check by check.
    async fn ready(&self) -> Readiness;
}
