//! Operations that fail as those of a service in trouble do.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use client_app::{Caller, Clients, OpenedContent, Readiness, RequestContext};
use client_wire::{BatchFiles, Code, Failure, IncomingContent, Item, Operations, Reply};
use serde_json::{Map, Value};

/// What fails, by the name of the operation.
#[derive(Clone, Debug, Default)]
pub(crate) struct Faults(Arc<Mutex<Trouble>>);

#[derive(Debug, Default)]
struct Trouble {
    codes: BTreeMap<String, Code>,
    /// How many commands may run at the same time, if they are limited.
    places: Option<usize>,
    running: usize,
    most_at_once: usize,
}

impl Faults {
    /// From now on the operation fails with this code. A command whose outcome is unknown was done all the same.
    pub(crate) fn add(&self, operation: &str, code: Code) {
        self.0.lock().unwrap().codes.insert(operation.to_owned(), code);
    }

    /// From now on only so many commands run at the same time, each for a while; one more is refused.
    pub(crate) fn limit(&self, places: usize) {
        let mut trouble = self.0.lock().unwrap();
        (trouble.places, trouble.most_at_once) = (Some(places), 0);
    }

    /// How many commands ran at the same time since they were limited.
    pub(crate) fn most_at_once(&self) -> usize {
        self.0.lock().unwrap().most_at_once
    }

    pub(crate) fn clear(&self) {
        self.0.lock().unwrap().codes.clear();
    }

    fn of(&self, operation: &str) -> Option<Failure> {
        let code = self.0.lock().unwrap().codes.get(operation).copied()?;
        Some(Failure::of(Item::new(code, code.meaning())))
    }

    /// A place for a command, until it is dropped.
    async fn place(&self) -> Result<Option<Place>, Failure> {
        {
            let mut trouble = self.0.lock().unwrap();
            let Some(places) = trouble.places else { return Ok(None) };
            if trouble.running == places {
                let code = Code::TooManyInProgress;
                return Err(Failure::of(Item::new(code, code.meaning())));
            }
            trouble.running += 1;
            trouble.most_at_once = trouble.most_at_once.max(trouble.running);
        }
        let place = Place(self.clone());
        // Others begin meanwhile.
        for _ in 0..9 {
            tokio::task::yield_now().await;
        }
        Ok(Some(place))
    }
}

struct Place(Faults);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.0.lock().unwrap().running -= 1;
    }
}

/// The operations of a bank, with faults.
pub(crate) struct Faulty {
    pub(crate) clients: Clients,
    pub(crate) faults: Faults,
}

type Answer<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Written without the macro of the trait, which the console itself does not need.
impl Operations for Faulty {
    fn known_name(&self, name: &str) -> Option<&'static str> {
        self.clients.known_name(name)
    }

    fn command_by_name<'a, 'b, 'c>(
        &'a self,
        name: &'b str,
        data: Map<String, Value>,
        context: RequestContext,
    ) -> Answer<'c, Result<Reply, Failure>>
    where
        'a: 'c,
        'b: 'c,
        Self: 'c,
    {
        Box::pin(async move {
            let _place = self.faults.place().await?;
            let is_trial = context.dry_run;
            match self.faults.of(name) {
                Some(fault) if fault.items[0].code != Code::OutcomeUnknown => Err(fault),
                fault => {
                    let reply = self.clients.command_by_name(name, data, context).await?;
                    fault.filter(|_| !is_trial).map_or(Ok(reply), Err)
                }
            }
        })
    }

    fn query_by_name<'a, 'b, 'c>(
        &'a self,
        name: &'b str,
        data: Map<String, Value>,
        caller: Caller,
    ) -> Answer<'c, Result<Reply, Failure>>
    where
        'a: 'c,
        'b: 'c,
        Self: 'c,
    {
        Box::pin(async move {
            match self.faults.of(name) {
                Some(fault) => Err(fault),
                None => self.clients.query_by_name(name, data, caller).await,
            }
        })
    }

    fn document_content<'a, 'b, 'c>(
        &'a self,
        document: &'b str,
        caller: Caller,
    ) -> Answer<'c, Result<OpenedContent, Failure>>
    where
        'a: 'c,
        'b: 'c,
        Self: 'c,
    {
        self.clients.document_content(document, caller)
    }

    fn replace_document_content<'a, 'b, 'c>(
        &'a self,
        document: &'b str,
        bytes: IncomingContent,
        context: RequestContext,
    ) -> Answer<'c, Result<Reply, Failure>>
    where
        'a: 'c,
        'b: 'c,
        Self: 'c,
    {
        self.clients.replace_document_content(document, bytes, context)
    }

    fn batch_files(&self) -> Option<&dyn BatchFiles> {
        self.clients.batch_files()
    }

    fn ready<'a, 'c>(&'a self) -> Answer<'c, Readiness>
    where
        'a: 'c,
        Self: 'c,
    {
        Operations::ready(&self.clients)
    }
}
