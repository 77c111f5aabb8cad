//! Executing a typed command, and reading its outcome.

use serde_json::Value;

use crate::clients::Clients;
use crate::command::Command;
use crate::error::Error;
use crate::executed::{Decided, Executed};
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
        command.digest(&mut digest);
        let digest = || digest.clone();
        let plan = match self.plan(context, admission, command) {
            Ok(plan) => plan,
            Err(error) => {
                let replayed = self.replay(context, C::NAME, &digest).await?.ok_or(error)?;
                return replayed.map(|reply| restored::<C>(reply.data)).transpose();
            }
        };
        let reply = |decided: &Decided<'_>| {
            // An outcome that cannot be serialised is detected when it is read back.
            let outcome = C::outcome(decided).and_then(|outcome| serde_json::to_value(outcome).ok());
            (String::new(), outcome.unwrap_or(Value::Null))
        };
        let executed = self.carry_out(context, plan, &Recording { digest: &digest, reply: &reply }).await?;
        executed.map(|reply| restored::<C>(reply.data)).transpose()
    }
}

fn restored<C: Command>(data: Value) -> Result<C::Outcome, Error> {
    serde_json::from_value(data).map_err(|error| Error::Internal { cause: Some(error.to_string()) })
}
