//! Executing a typed command, and reading its outcome.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::clients::Clients;
use crate::command::Command;
use crate::error::Error;
use crate::executed::{Decided, Executed, RecordedReply};
use crate::request::RequestContext;
use crate::request_digest::RequestDigest;
use crate::spine::execution::Recording;

impl Clients {
    /// Executes a command.
    ///
    /// Dropping the future may leave the command done but unanswered; with an idempotency key it can be
    /// repeated safely.
    ///
    /// # Errors
    ///
    /// Every [`Error`]; nothing was written unless [`Error::outcome_is_unknown`].
    pub async fn execute<C: Command>(
        &self,
        context: &RequestContext,
        command: C,
    ) -> Result<Executed<C::Outcome>, Error> {
        let admission = self.admit(context, C::PERMISSION)?;
        let mut digest = RequestDigest::new();
        // The digest is read only with an idempotency key.
        if context.idempotency_key.is_some() {
            command.digest(&mut digest);
        }
        let digest = || digest.clone();
        let plan = match self.plan(context, admission, command) {
            Ok(plan) => plan,
            Err(error) => {
                let replayed = self.replay(context, C::NAME, &digest).await?.ok_or(error)?;
                return replayed.map(restored).transpose();
            }
        };
        let reply = |decided: &Decided<'_>| recorded(C::outcome(decided));
        let executed = self.carry_out(context, plan, &Recording { digest: &digest, reply: &reply }).await?;
        executed.map(restored).transpose()
    }
}

/// The message and the data that are recorded for the outcome of a typed command.
pub(crate) fn recorded(outcome: Option<impl Serialize>) -> (String, Value) {
    // An outcome that cannot be serialised is detected when it is read back.
    let data = outcome.and_then(|outcome| serde_json::to_value(outcome).ok());
    (String::new(), data.unwrap_or(Value::Null))
}

/// The outcome of a typed command that [`recorded`] wrote.
pub(crate) fn restored<O: DeserializeOwned>(reply: RecordedReply) -> Result<O, Error> {
    serde_json::from_value(reply.data).map_err(|error| Error::Internal { cause: Some(error.to_string()) })
}
