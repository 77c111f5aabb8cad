//! Callers: over HTTP as any program would, or by calling the application.

use std::sync::Arc;

use client_app::{Caller, Clients, IdempotencyKey, RequestContext, RequestId};
use client_wire::{Operations as _, Outcome};
use clients_campaigns::RunError;
use serde::Deserialize as _;

use crate::answer::{Data, Envelope};
use crate::load::Calls;
use crate::request::Requests;
use crate::wire::Wire;

/// The `Authorization` headers of the maker, who onboards clients, and of the checker, who decides on them.
#[derive(Clone, Debug)]
pub(crate) struct Tokens {
    pub(crate) maker: Arc<str>,
    pub(crate) checker: Arc<str>,
}

/// A connection to a service.
#[derive(Debug)]
pub(crate) struct OverHttp {
    wire: Wire,
    tokens: Tokens,
    requests: Arc<Requests>,
}

impl OverHttp {
    /// This many connections to `address:port`.
    pub(crate) async fn several(
        number: usize,
        address: &str,
        tokens: &Tokens,
        requests: &Arc<Requests>,
    ) -> Result<Vec<Self>, RunError> {
        let mut all = Vec::with_capacity(number);
        for _ in 0..number {
            let wire = Wire::open(address).await?;
            all.push(Self { wire, tokens: tokens.clone(), requests: Arc::clone(requests) });
        }
        Ok(all)
    }
}

impl Calls for OverHttp {
    async fn call(&mut self) -> Result<bool, RunError> {
        let Some(request) = self.requests.next() else { return Ok(false) };
        let body = request.body().map_err(RunError::during("a request"))?;
        let token = if request.by_checker { &self.tokens.checker } else { &self.tokens.maker };
        let mut headers = vec![("Authorization", &**token)];
        headers.extend(request.key.as_deref().map(|key| ("Idempotency-Key", key)));
        let answer = self.wire.post(request.path(), &headers, &body).await?;
        Envelope::check(answer, &request.expected).map(|()| true)
    }
}

/// A call of the application, without HTTP.
#[derive(Debug)]
pub(crate) struct Directly {
    clients: Clients,
    maker: Caller,
    checker: Caller,
    requests: Arc<Requests>,
}

impl Directly {
    pub(crate) fn several(
        number: usize,
        clients: &Clients,
        (maker, checker): (&Caller, &Caller),
        requests: &Arc<Requests>,
    ) -> Vec<Self> {
        let one = || Self {
            clients: clients.clone(),
            maker: maker.clone(),
            checker: checker.clone(),
            requests: Arc::clone(requests),
        };
        std::iter::repeat_with(one).take(number).collect()
    }
}

impl Calls for Directly {
    async fn call(&mut self) -> Result<bool, RunError> {
        let Some(request) = self.requests.next() else { return Ok(false) };
        let caller = if request.by_checker { self.checker.clone() } else { self.maker.clone() };
        let answered = if let Some(key) = &request.key {
            let id = RequestId::parse(key).map_err(RunError::during("a request"))?;
            let mut context = RequestContext::new(caller, id);
            context.idempotency_key =
                Some(IdempotencyKey::parse(key).map_err(RunError::during("a request"))?);
            self.clients.command_by_name(request.name, request.data, context).await
        } else {
            self.clients.query_by_name(request.name, request.data, caller).await
        };
        let reply = answered.map_err(|no| RunError::new(format!("{}: {no:?}", request.name)))?;
        if reply.outcome != Outcome::Done {
            return Err(RunError::new("the answer is that of an earlier request"));
        }
        let data = Data::deserialize(&*reply.data).map_err(RunError::during("an answer"))?;
        data.check(&request.expected).map(|()| true)
    }
}
