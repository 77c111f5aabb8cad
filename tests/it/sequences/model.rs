//! The reference: the rules of the domain, driven directly, and as little around them as can be.
//!
//! It knows nothing of stores: clients are a list, who claims what is asked of the clients, an outcome is a line in
//! another list. What a step must lead to is kept beside the state, for the banks to be held against.

use std::collections::{BTreeMap, BTreeSet};

use client_app::ports::{ClientRef, EventId, HistoryEntry, OutboxEvent, RequestKey};
use client_app::{OnDuplicate, Policy, RequestId};
use client_domain::client::Decision;
use client_domain::lifecycle::{Facts, OpenAccounts};
use client_domain::value::{ClientId, ClientKey, CustomerNumber, Version};
use client_domain::{Client, Refusal, Stamp};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::expected::{Done, Expected, Refused, created, duplicate, refused, told};
use super::order::{Named, Order, object, wrong};
use super::query::Query;
use super::step::{Seen, Sent, Step, Target, Way, What};

#[derive(Clone, Debug)]
pub struct Model {
    pub now: Timestamp,
    pub policy: Policy,
    pub clients: Vec<Known>,
    waiting: Vec<Waiting>,
    /// What a relay would get after the last step.
    pub free: Vec<OutboxEvent>,
    outcomes: Vec<Outcome>,
    /// Commands with an idempotency key, to be sent again.
    sent: Vec<Order>,
    accounts: BTreeMap<ClientKey, OpenAccounts>,
    /// How many keys were made, and how many numbers given.
    keys: u128,
    numbers: i64,
    pub steps: usize,
    pub last: Last,
}

#[derive(Clone, Debug)]
pub struct Known {
    pub client: Client,
    /// Oldest line first.
    pub history: Vec<HistoryEntry>,
}

/// An event that nobody has delivered yet.
#[derive(Clone, Debug)]
struct Waiting {
    event: OutboxEvent,
    leased_until: Option<Timestamp>,
}

#[derive(Clone, Debug)]
struct Outcome {
    request: RequestKey,
    data: Map<String, Value>,
    /// Which step had it, and what it had answered.
    step: usize,
    done: Done,
}

/// What the last step asks of a bank, and what it must answer.
#[derive(Clone, Debug)]
pub enum Last {
    Begin,
    Command { order: Box<Order>, expected: Expected, before: Option<Box<Client>> },
    Nonsense { name: &'static str, code: &'static str },
    Query(Query),
    Settings,
    Accounts(Option<(ClientKey, OpenAccounts)>),
    Clock,
    Relay { until: Timestamp, events: Vec<OutboxEvent>, delivered: Vec<EventId> },
}

impl Model {
    pub fn new(policy: Policy) -> Self {
        Self {
            now: crate::bank::NOW.parse().unwrap(),
            policy,
            clients: Vec::new(),
            waiting: Vec::new(),
            free: Vec::new(),
            outcomes: Vec::new(),
            sent: Vec::new(),
            accounts: BTreeMap::new(),
            keys: 0,
            numbers: 0,
            steps: 0,
            last: Last::Begin,
        }
    }

    pub fn take(&mut self, step: &Step) {
        self.steps += 1;
        self.last = match step {
            Step::Send(sent) => {
                let order = self.order(sent);
                self.command(order)
            }
            Step::Again { which, by, remark, dry } => match self.sent.len() {
                0 => Last::Clock,
                all => {
                    let mut order = self.sent[which % all].clone();
                    order.who = by.unwrap_or(order.who);
                    order.remark = remark.unwrap_or(order.remark);
                    order.dry |= dry;
                    self.command(order)
                }
            },
            Step::Nonsense { name, code } => Last::Nonsense { name, code },
            Step::Clock(microseconds) => {
                self.now += SignedDuration::from_micros(*microseconds);
                Last::Clock
            }
            Step::Settings(policy) => {
                self.policy = *policy;
                Last::Settings
            }
            Step::Accounts { of, open } => {
                let key = self.client(Some(*of)).map(|client| client.key().clone());
                self.accounts.extend(key.clone().map(|key| (key, *open)));
                Last::Accounts(key.map(|key| (key, *open)))
            }
            Step::Relay { lease, delivers } => {
                let until = self.now + SignedDuration::from_secs(*lease);
                let events = self.take_events(until);
                let chosen = events.iter().enumerate().filter(|(at, _)| delivers >> (at % 8) & 1 == 1);
                let delivered: Vec<_> = chosen.map(|(_, event)| event.id.clone()).collect();
                self.waiting.retain(|waiting| !delivered.contains(&waiting.event.id));
                Last::Relay { until, events, delivered }
            }
            query => Last::Query(Query::of(self, query)),
        };
        // The banks are asked in the same way, which leaves a trace where the clock is set back.
        self.free = self.take_events(self.now);
    }

    pub fn today(&self) -> Date {
        self.now.to_zoned(TimeZone::UTC).date()
    }

    pub fn request_id(&self) -> RequestId {
        RequestId::parse(&format!("step-{}", self.steps)).unwrap()
    }

    pub fn facts(&self, key: &ClientKey) -> Facts {
        Facts {
            four_eyes: self.policy.four_eyes,
            approval_needs_request: self.policy.approval_needs_request,
            open_accounts: self.accounts.get(key).copied().unwrap_or(OpenAccounts::Count(0)),
            kyc: None,
        }
    }

    /// The client at this place; places go round.
    pub fn client(&self, place: Option<usize>) -> Option<&Client> {
        let place = place?.checked_rem(self.clients.len())?;
        self.clients.get(place).map(|known| &known.client)
    }

    pub fn known(&self, client: &ClientRef) -> Option<&Known> {
        self.clients.iter().find(|known| match client {
            ClientRef::Key(key) => known.client.key() == key,
            ClientRef::Id(id) => known.client.id() == *id,
            ClientRef::Document(id) => known.client.kyc().document(id).is_some(),
            ClientRef::Address(id) => known.client.kyc().address(id).is_some(),
        })
    }

    pub fn named(&self, target: Target) -> Named {
        let client = self.client(target.place);
        let key = client.map_or_else(|| ClientKey::parse("nobody").unwrap(), |client| client.key().clone());
        let nobody = || CustomerNumber::parse("CUST9000001").unwrap();
        let number = client.map_or_else(nobody, Client::customer_number);
        let (member, text, client) = match target.way {
            Way::Key => ("contactEncodedKey", key.as_str().to_owned(), ClientRef::Key(key)),
            Way::NumberAsKey => ("contactEncodedKey", number.to_string(), ClientRef::Id(number.id())),
            Way::Number => ("customerNumber", number.to_string(), ClientRef::Id(number.id())),
        };
        Named { client, member, text }
    }

    /// What is in the outbox and nobody's, and the events after which no earlier one of the same client waits.
    fn take_events(&mut self, until: Timestamp) -> Vec<OutboxEvent> {
        let now = self.now;
        let mut held_up = BTreeSet::new();
        let mut taken = Vec::new();
        for waiting in &mut self.waiting {
            if waiting.leased_until.is_some_and(|end| now < end) {
                held_up.insert(waiting.event.client.clone());
            } else if !held_up.contains(&waiting.event.client) {
                waiting.leased_until = Some(until);
                taken.push(waiting.event.clone());
            }
        }
        taken
    }

    fn order(&self, sent: &Sent) -> Order {
        let version = self.client(sent.target.place).map_or(1, |client| client.version().get());
        let if_match = match sent.seen {
            Seen::Nothing => None,
            Seen::Right => Version::new(version),
            Seen::Before => Version::new(version - 1).or(Version::new(version + 7)),
            Seen::After => Version::new(version + 1),
        };
        // Whoever creates can have seen no version; it is said now and then all the same.
        let sensible = !matches!((&sent.what, sent.seen), (What::Create(_), Seen::Right | Seen::Before));
        Order {
            who: sent.who,
            what: sent.what.clone(),
            named: self.named(sent.target),
            remark: sent.remark,
            key: sent.key,
            if_match: if_match.filter(|_| sensible),
            dry: sent.dry,
            spoilt: sent.spoilt,
        }
    }

    fn command(&mut self, order: Order) -> Last {
        if order.key.is_some() {
            self.sent.push(order.clone());
        }
        let before = self.known(&order.named.client).map(|known| known.client.clone());
        let before = before.filter(|_| !matches!(order.what, What::Create(_)));
        let expected = self.answer(&order, before.as_ref());
        let expected = match expected {
            Ok(Expected::Done { mut done, replayed_from: None }) if order.dry => {
                done.version = None;
                done.members.insert("dryRun".to_owned(), true.into());
                Expected::Done { done, replayed_from: None }
            }
            Ok(expected) => expected,
            Err(refused) => Expected::Refused(refused),
        };
        Last::Command { order: Box::new(order), expected, before: before.map(Box::new) }
    }

    fn answer(&mut self, order: &Order, before: Option<&Client>) -> Result<Expected, Refused> {
        let caller = order.who.caller();
        if !caller.may(order.permission()) {
            return Err(Refused::permission());
        }
        let broken = order.wrong(self.today());
        if !broken.is_empty() {
            return Err(Refused::of(broken));
        }
        let event_id = EventId::from_bits(self.fresh());
        let stamp = Stamp::new(caller.actor, self.now);
        let (decision, after, members) = if let What::Create(applicant) = &order.what {
            if order.if_match.is_some() {
                return Err(Refused::of(vec![wrong("header_not_applicable", "If-Match")]));
            }
            let key = ClientKey::from_bits(self.fresh());
            self.numbers += i64::from(!order.dry);
            if let Some(earlier) = self.earlier(order)? {
                return Ok(earlier);
            }
            let id = ClientId::new(if order.dry { 1 } else { self.numbers }).unwrap();
            let change = Client::onboard(order.application(applicant, key, id, self.today()), &stamp);
            let members = created(&change.client, order.dry);
            (Decision::Changed(Box::new(change.clone())), change.client, members)
        } else {
            if let Some(earlier) = self.earlier(order)? {
                return Ok(earlier);
            }
            let nobody = || Refused::of(vec![wrong("client_not_found", "contactEncodedKey")]);
            let client = before.ok_or_else(nobody)?;
            self.check_version(order, client)?;
            let decision = self.decide(order, client, &stamp).map_err(|refusal| refused(&refusal))?;
            let change = decision.clone().change();
            let after = change.as_ref().map_or(client, |change| &change.client).clone();
            let changed = change.map(|change| change.event.changed).unwrap_or_default();
            let changed: Vec<_> = changed.iter().map(|field| field.name()).collect();
            let members = told(order, &after, &changed);
            (decision, after, members)
        };
        let change = decision.change();
        let take: Vec<_> = change.iter().flat_map(|change| change.client.claims()).collect();
        let had = before.map(Client::claims).unwrap_or_default();
        let taken: BTreeSet<_> = take
            .into_iter()
            .filter(|claim| !had.contains(claim))
            .filter(|claim| self.claimed(claim, after.key()))
            .map(|claim| claim.kind())
            .collect();
        let policy = self.policy;
        let of = |wanted| taken.iter().copied().filter(move |kind| policy.on_duplicate(*kind) == wanted);
        let refusals: Vec<_> = of(OnDuplicate::Refuse).map(duplicate).collect();
        if !refusals.is_empty() {
            let mut reasons: Vec<_> = refusals.iter().map(|(code, field)| wrong(code, field)).collect();
            reasons.sort();
            return Err(Refused::of(reasons));
        }
        let warnings = of(OnDuplicate::Warn).map(|kind| duplicate(kind).0).collect();
        let done = Done { members, version: Some(after.version()), warnings };
        if !order.dry {
            if let Some(change) = change {
                let entry = HistoryEntry {
                    event: change.event,
                    command: order.name().to_owned(),
                    request_id: self.request_id(),
                };
                self.waiting
                    .push(Waiting { event: OutboxEvent::of(&entry.event, event_id), leased_until: None });
                match self.clients.iter_mut().find(|known| known.client.key() == after.key()) {
                    Some(known) => {
                        known.client = after;
                        known.history.push(entry);
                    }
                    None => self.clients.push(Known { client: after, history: vec![entry] }),
                }
            }
            self.outcomes.extend(order.request_key().map(|request| Outcome {
                request,
                data: order.data(),
                step: self.steps,
                done: done.clone(),
            }));
        }
        Ok(Expected::Done { done, replayed_from: None })
    }

    fn decide(&self, order: &Order, client: &Client, stamp: &Stamp) -> Result<Decision, Refusal> {
        if let Some(action) = order.action() {
            let change = client.perform(action, order.grounds(), &self.facts(client.key()), stamp)?;
            return Ok(Decision::Changed(Box::new(change)));
        }
        match &order.what {
            What::Update(change) => client.update(order.patch(change), stamp),
            What::Transaction(n) => client.record_transaction(order.transaction(*n), stamp),
            _ => Ok(Decision::Changed(Box::new(client.request_approval(order.notes(), stamp)?))),
        }
    }

    /// What the idempotency key has led to already.
    fn earlier(&self, order: &Order) -> Result<Option<Expected>, Refused> {
        let request = order.request_key();
        let Some(outcome) = self.outcomes.iter().find(|outcome| Some(&outcome.request) == request.as_ref())
        else {
            return Ok(None);
        };
        if outcome.data != order.data() {
            return Err(Refused::of(vec![wrong("idempotency_key_reused", "Idempotency-Key")]));
        }
        Ok(Some(Expected::Done { done: outcome.done.clone(), replayed_from: Some(outcome.step) }))
    }

    fn check_version(&self, order: &Order, client: &Client) -> Result<(), Refused> {
        let Some(seen) = order.if_match.filter(|seen| *seen != client.version()) else {
            return Ok(());
        };
        let known = self.known(&ClientRef::Key(client.key().clone())).unwrap();
        let since = known.history.iter().filter(|line| line.event.version > seen);
        let changed: BTreeSet<_> =
            since.flat_map(|line| &line.event.changed).map(|field| field.name()).collect();
        let details = json!({ "currentVersion": client.version().get(), "changedFields": changed });
        Err(Refused { reasons: vec![wrong("stale_version", "If-Match")], details: object(details) })
    }

    /// Whether somebody else claims the same.
    fn claimed(&self, claim: &client_domain::Claim, except: &ClientKey) -> bool {
        let mut others = self.clients.iter().filter(|known| known.client.key() != except);
        others.any(|known| known.client.claims().contains(claim))
    }

    fn fresh(&mut self) -> u128 {
        self.keys += 1;
        self.keys
    }
}
