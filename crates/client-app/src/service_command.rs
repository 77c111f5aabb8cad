//! Commands that the service sends itself, such as notices of expiry.

use client_domain::{Actor, EventKind, Permissions};
use jiff::Timestamp;

use crate::caller::Caller;
use crate::clients::Clients;
use crate::error::Error;
use crate::executed::Decided;
use crate::request::{RequestContext, RequestId};
use crate::request_digest::RequestDigest;
use crate::spine::execution::Recording;
use crate::spine::plan::{Plan, Step};

impl Clients {
    /// Executes a command in the name of the service, and returns its event; `None` if there was nothing to do.
    pub(crate) async fn carry_out_as_service(
        &self,
        actor: &str,
        name: &'static str,
        now: Timestamp,
        step: Step,
    ) -> Result<Option<EventKind>, Error> {
        let request_id = RequestId::parse(self.keys.event_id().as_str());
        let (Ok(actor), Ok(request_id)) = (Actor::parse(actor), request_id) else {
            return Err(Error::internal());
        };
        let context = RequestContext::new(Caller::new(actor, Permissions::default()), request_id);
        // Without an idempotency key the digest is not used, and the reply is not stored.
        let reply =
            |decided: &Decided<'_>| (String::new(), decided.event.map(|event| event.kind.name()).into());
        let recording = Recording { digest: &RequestDigest::new, reply: &reply };
        let reply = self.carry_out(&context, Plan { name, now, step }, &recording).await?.into_outcome();
        Ok(reply.data.as_str().and_then(EventKind::parse))
    }
}
