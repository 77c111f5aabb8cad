//! One of the systems under test: the application on a store, with a clock and keys that are the same for all.

use std::collections::BTreeSet;
use std::sync::Arc;

use adapter_inmem::{CountingKeys, FixedClock, MemoryAccounts, MemoryContents};
use client_app::ports::{
    ClientRef, ClientStore, ContentLedger, DocumentContents as _, HistoryEntry, HistoryPage, Outbox,
    OutboxEvent, ReceiverName, TakenEvent, Verdict,
};
use client_app::{Clients, ExpiryRound, Report, RequestContext};
use client_domain::kyc::ContentKey;
use client_domain::value::{ClientKey, Version};
use client_domain::{ClaimKind, Client};
use client_wire::{Failure, Operations as _, Reply};
use futures_util::TryStreamExt as _;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::model::{Last, Model};
use super::order::object;
use super::query::{Answer, Query};
use super::samples::Who;

/// No sequence makes as many of anything.
const ALL: usize = 1_000;

pub struct Bank {
    pub name: &'static str,
    store: Arc<dyn ClientStore>,
    outbox: Arc<dyn Outbox>,
    ledger: Arc<dyn ContentLedger>,
    clients: Clients,
    clock: FixedClock,
    accounts: MemoryAccounts,
    contents: MemoryContents,
}

/// The result of a step at a bank, and the state afterwards: equal for equal banks.
#[derive(Debug, Default, PartialEq)]
pub struct Seen {
    /// One for a command; one for each page of a query.
    pub answers: Vec<Result<Reply, Failure>>,
    /// The client that the step was about.
    pub client: Option<Client>,
    /// Newest line first.
    pub history: Vec<HistoryEntry>,
    /// Which of the claims that the client had before any client has now, itself included.
    pub claimed: BTreeSet<ClaimKind>,
    /// Which of the claims that it has now others have as well.
    pub shared: BTreeSet<ClaimKind>,
    /// Key and version of every client.
    pub versions: Vec<(String, Value)>,
    /// What a relay would get, by client and version.
    pub events: Vec<OutboxEvent>,
    /// What the expiry watch of this step reported.
    pub round: Option<ExpiryRound>,
    /// The clients that it reported, with their histories.
    pub reported_clients: Vec<(Option<Client>, Vec<HistoryEntry>)>,
    /// What the relay of this step got.
    pub taken: Vec<OutboxEvent>,
    /// A report, after some of the steps: its name, and the answer.
    pub report: Option<(&'static str, Result<Reply, Failure>)>,
}

impl Bank {
    pub fn open<S: ClientStore + Outbox + ContentLedger + 'static>(
        name: &'static str,
        store: S,
        model: &Model,
    ) -> Self {
        let store = Arc::new(store);
        let (clock, accounts) = (FixedClock::new(model.now), MemoryAccounts::default());
        let contents = MemoryContents::new();
        let clients = Clients::new(store.clone(), Arc::new(clock.clone()), Arc::new(CountingKeys::default()))
            .with_accounts(Arc::new(accounts.clone()))
            .with_contents(Arc::new(contents.clone()), store.clone())
            .with_calendar(model.calendar.clone());
        Self {
            name,
            store: store.clone(),
            outbox: store.clone(),
            ledger: store,
            clients,
            clock,
            accounts,
            contents,
        }
    }

    /// Repeats the last step of the model, and reads the result.
    pub async fn take(&mut self, model: &Model) -> Seen {
        let mut seen = Seen::default();
        self.clock.set(model.now);
        self.clients = self.clients.clone().with_policy(model.policy).with_kyc_policy(model.kyc.clone());
        match &model.last {
            Last::Command { order, before, .. } => {
                let context = order.context(model.request_id());
                let answer = self.clients.command_by_name(order.name(), order.data(), context).await;
                let new = answer.as_ref().ok().and_then(|reply| reply.data["id"].as_i64());
                let new = new.and_then(|id| model.clients.iter().find(|one| one.client.id().get() == id));
                let about = before.as_deref().or(new.map(|known| &known.client));
                if let Some(client) = about {
                    let key = client.key();
                    seen.client = self.store.find(&ClientRef::Key(key.clone())).await.unwrap();
                    seen.history = self.history(key).await;
                    let now = seen.client.as_ref().map(Client::claims).unwrap_or_default();
                    seen.claimed = self.store.claimed(&client.claims(), None).await.unwrap();
                    seen.shared = self.store.claimed(&now, Some(key)).await.unwrap();
                }
                seen.answers = vec![answer];
            }
            Last::Nonsense { name, .. } => {
                let context = RequestContext::new(Who::Maker.caller(), model.request_id());
                seen.answers = vec![self.clients.command_by_name(name, Map::new(), context).await];
            }
            Last::Query(query) => seen.answers = self.ask(query).await,
            Last::Accounts(Some((key, open))) => self.accounts.set(key.clone(), *open),
            Last::Watch { reported, .. } => {
                seen.round = Some(self.clients.watch_expiry().await.unwrap());
                for key in reported {
                    let found = self.store.find(&ClientRef::Key(key.clone())).await.unwrap();
                    let history = self.history(key).await;
                    seen.reported_clients.push((found, history));
                }
            }
            Last::Relay { until, delivered, .. } => {
                let taken = self.outbox.take(&ReceiverName::DEFAULT, ALL, model.now, *until).await.unwrap();
                let accepted = taken.iter().filter(|taken| delivered.contains(&taken.event.id));
                let settled: Vec<_> =
                    accepted.map(|taken| taken.settle(Verdict::Delivered { at: model.now })).collect();
                assert_eq!(settled.len(), delivered.len(), "what is delivered was taken");
                self.outbox.settle(&ReceiverName::DEFAULT, &settled).await.unwrap();
                seen.taken = in_order(events(taken));
            }
            Last::Begin | Last::Settings | Last::Demand | Last::Accounts(None) | Last::Clock => {}
        }
        seen.report = self.report(model).await;
        seen.versions = self.versions().await;
        // Leased until now, so the lease has ended.
        seen.events = in_order(events(
            self.outbox.take(&ReceiverName::DEFAULT, ALL, model.now, model.now).await.unwrap(),
        ));
        seen
    }

    /// The client with this key, and its history.
    pub async fn look_at(&self, client: &Client) -> (Option<Client>, Vec<HistoryEntry>) {
        let found = self.store.find(&ClientRef::Id(client.id())).await.unwrap();
        (found, self.history(client.key()).await)
    }

    /// Every file that is stored, and whether a document names it. What none names is queued for garbage collection, and
    /// nothing else is.
    pub async fn files(&self) -> Vec<(ContentKey, Vec<u8>, bool)> {
        let keys = self.contents.keys(None, ALL).await.unwrap();
        let used = self.store.contents_in_use(&keys).await.unwrap();
        let queued = self.ledger.queued(Timestamp::MAX, None, ALL).await.unwrap();
        let mut files = Vec::new();
        for key in keys {
            let pieces = self.contents.open(&key).await.unwrap().unwrap();
            let bytes = pieces.try_collect::<Vec<_>>().await.unwrap().concat();
            let used = used.contains(&key);
            assert_ne!(used, queued.contains(&key), "a file is named by a document, or queued");
            files.push((key, bytes, used));
        }
        files
    }

    async fn history(&self, client: &ClientKey) -> Vec<HistoryEntry> {
        let all = HistoryPage { before: None, after: None, events: &[], limit: ALL, with_values: true };
        self.store.history(client, all).await.unwrap()
    }

    async fn versions(&self) -> Vec<(String, Value)> {
        let query = Query {
            who: Who::Clerk,
            name: "RetrieveContactListQuery",
            data: object(json!({ "pageSize": 100, "includeTotal": false })),
            expected: Answer::Members(Map::new()),
        };
        let mut versions = Vec::new();
        for reply in self.ask(&query).await {
            for contact in reply.unwrap().data["contacts"].as_array().unwrap() {
                let key = contact["contactEncodedKey"].as_str().unwrap().to_owned();
                versions.push((key, contact["version"].clone()));
            }
        }
        versions.sort_by(|one, other| one.0.cmp(&other.0));
        versions
    }

    /// One report after another, each after so many steps that all of them are few.
    async fn report(&self, model: &Model) -> Option<(&'static str, Result<Reply, Failure>)> {
        const STEPS: usize = 12;
        let place = model.steps.is_multiple_of(STEPS).then(|| model.steps / STEPS + model.clients.len())?;
        let report = Report::ALL[place % Report::ALL.len()].name();
        let data = object(json!({ "report": report }));
        let answer = self.clients.query_by_name("RetrieveReportQuery", data, Who::Maker.caller()).await;
        Some((report, answer))
    }

    /// Every page, by cursor or by number.
    async fn ask(&self, query: &Query) -> Vec<Result<Reply, Failure>> {
        let mut data = query.data.clone();
        let mut answers = Vec::new();
        loop {
            let answer = self.clients.query_by_name(query.name, data.clone(), query.who.caller()).await;
            let next = answer.as_ref().ok().map(|reply| reply.data["nextCursor"].clone());
            answers.push(answer);
            let next = next.filter(|next| !next.is_null());
            let (Some(next), Answer::Pages { by_cursor, .. }) = (next, &query.expected) else {
                return answers;
            };
            assert!(answers.len() < ALL, "the pages have no end");
            if *by_cursor {
                data.insert("cursor".to_owned(), next);
            } else {
                data.insert("pageNumber".to_owned(), (answers.len() + 1).into());
            }
        }
    }
}

fn events(taken: Vec<TakenEvent>) -> Vec<OutboxEvent> {
    taken.into_iter().map(|taken| taken.event).collect()
}

/// The port promises an order within each client only.
fn in_order(mut events: Vec<OutboxEvent>) -> Vec<OutboxEvent> {
    let place =
        |event: &OutboxEvent| -> (String, Version) { (event.client.as_str().to_owned(), event.version) };
    // A stable sort by client shows whether the versions came in order.
    events.sort_by_key(|event| place(event).0);
    assert!(events.is_sorted_by_key(place), "the events of one client came out of order");
    events
}
