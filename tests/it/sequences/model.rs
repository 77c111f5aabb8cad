//! The reference model: the rules of the domain, called directly, with as little around them as possible.
//!
//! It knows nothing of stores: clients are a list, who claims what is asked of the clients, an outcome is a line in
//! another list. The expected result of a step is kept beside the state, to be compared with the banks.

use std::collections::BTreeMap;

use client_app::ports::{ClientRef, EventId, HistoryEntry, HistoryValues, OutboxEvent, RequestKey};
use client_app::{ExpiryRound, OnDuplicate, OnLookAlike, OnUnanswered, Policy, RequestId};
use client_domain::client::{Change, ContactPoint};
use client_domain::kyc::{AddressId, DocumentId, KycPolicy, KycRequirements, Requirement};
use client_domain::lifecycle::{Facts, OpenAccounts};
use client_domain::value::{ClientKey, CustomerNumber, Version};
use client_domain::{BankCalendar, ClaimKind, Client};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use super::evidence::{Evidence, Review};
use super::expected::{Done, Expected};
use super::order::{Named, Order};
use super::outbox::Waiting;
use super::query::Query;
use super::samples::{CODES, email, phone};
use super::step::{Choice, Contact, Seen, Sent, Step, Target, Way, What};

#[derive(Clone, Debug)]
pub struct Model {
    pub now: Timestamp,
    pub policy: Policy,
    pub kyc: KycPolicy,
    /// The calendar of the bank, which stays.
    pub calendar: BankCalendar,
    pub clients: Vec<Known>,
    pub(super) waiting: Waiting,
    /// What a relay would get after the last step.
    pub free: Vec<OutboxEvent>,
    pub(super) outcomes: Vec<Outcome>,
    /// Commands with an idempotency key, to be sent again.
    pub(super) sent: Vec<Order>,
    accounts: BTreeMap<ClientKey, OpenAccounts>,
    /// How many keys were made, and how many numbers given.
    keys: u128,
    pub(super) numbers: i64,
    pub steps: usize,
    pub last: Last,
}

#[derive(Clone, Debug)]
pub struct Known {
    pub client: Client,
    /// Oldest line first.
    pub history: Vec<HistoryEntry>,
}

#[derive(Clone, Debug)]
pub struct Outcome {
    pub request: RequestKey,
    pub data: Map<String, Value>,
    /// The step that used the key, and its answer.
    pub step: usize,
    pub done: Done,
}

/// The request of the last step to a bank, and the expected answer.
#[derive(Clone, Debug)]
pub enum Last {
    Begin,
    Command {
        order: Box<Order>,
        expected: Expected,
        before: Option<Box<Client>>,
    },
    Nonsense {
        name: &'static str,
        code: &'static str,
    },
    Query(Query),
    Settings,
    Demand,
    /// The clients that an expiry watch reports, and the number of their documents.
    Watch {
        round: ExpiryRound,
        reported: Vec<ClientKey>,
    },
    Accounts(Option<(ClientKey, OpenAccounts)>),
    Clock,
    Relay {
        until: Timestamp,
        events: Vec<OutboxEvent>,
        delivered: Vec<EventId>,
    },
}

impl Model {
    pub fn new((policy, kyc, calendar): (Policy, KycPolicy, BankCalendar)) -> Self {
        Self {
            now: crate::bank::NOW.parse().unwrap(),
            policy,
            kyc,
            calendar,
            clients: Vec::new(),
            waiting: Waiting::default(),
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
            Step::Demand(kyc) => {
                self.kyc = kyc.clone();
                Last::Demand
            }
            Step::Watch => self.watch(),
            Step::Accounts { of, open } => {
                let key = self.client(Some(*of)).map(|client| client.key().clone());
                self.accounts.extend(key.clone().map(|key| (key, *open)));
                Last::Accounts(key.map(|key| (key, *open)))
            }
            Step::Relay { lease, delivers } => {
                let until = self.now + SignedDuration::from_secs(*lease);
                let events = self.waiting.take(self.now, until);
                let chosen = events.iter().enumerate().filter(|(at, _)| delivers >> (at % 8) & 1 == 1);
                let delivered: Vec<_> = chosen.map(|(_, event)| event.id.clone()).collect();
                self.waiting.forget(&delivered);
                Last::Relay { until, events, delivered }
            }
            query => Last::Query(Query::of(self, query)),
        };
        // The banks are asked in the same way, which leaves a trace where the clock is set back.
        self.free = self.waiting.take(self.now, self.now);
    }

    pub fn today(&self) -> Date {
        self.calendar.day_of(self.now)
    }

    pub fn request_id(&self) -> RequestId {
        RequestId::parse(&format!("step-{}", self.steps)).unwrap()
    }

    /// What the policy requires of this client.
    pub fn demanded_of(&self, client: &Client) -> &[Requirement] {
        self.kyc.required_of(client.snapshot().customer_type)
    }

    pub fn facts(&self, client: &Client) -> Facts {
        let required = self.demanded_of(client).to_vec();
        Facts {
            four_eyes: self.policy.four_eyes,
            approval_needs_request: self.policy.approval_needs_request,
            two_persons: self.kyc.two_persons,
            decisions_need_version: self.policy.decisions_need_version,
            withdrawn: self.is_withdrawn(client),
            returned_as: self.returned_as(client),
            exited_blacklisted: self.exited_blacklisted(client),
            open_accounts: match self.accounts.get(client.key()).copied() {
                None => OpenAccounts::Count(0),
                Some(OpenAccounts::Unanswered) if self.policy.unanswered_accounts == OnUnanswered::Allow => {
                    OpenAccounts::Unknown
                }
                Some(accounts) => accounts,
            },
            kyc: (!required.is_empty()).then(|| KycRequirements { required, today: self.today() }),
            unreviewed_look_alikes: match self.policy.look_alikes {
                OnLookAlike::Review => self.look_alikes_to_review(client),
                OnLookAlike::Off | OnLookAlike::Warn => Vec::new(),
            },
            duplicates: self.duplicates_if_taken_up(client),
        }
    }

    /// The kinds of the values that others have by now, of an application that has ended and may go on.
    fn duplicates_if_taken_up(&self, client: &Client) -> BTreeMap<ClaimKind, Vec<ClientKey>> {
        let again = client.as_taken_up().filter(|_| !self.is_withdrawn(client));
        let claims = again.map(|again| again.claims()).unwrap_or_default();
        let refused = claims.iter().filter(|claim| {
            self.policy.on_duplicate(claim.kind()) == OnDuplicate::Refuse && self.claimed(claim, client.key())
        });
        refused.map(|claim| (claim.kind(), Vec::new())).collect()
    }

    fn is_withdrawn(&self, client: &Client) -> bool {
        let known = self.clients.iter().find(|known| known.client.key() == client.key());
        let last = known.and_then(|known| known.history.last());
        last.is_some_and(|line| line.command == "WithdrawCustomerCommand")
    }

    /// The keys of the clients that look like this one, in their order.
    pub fn look_alikes(&self, client: &Client) -> Vec<ClientKey> {
        let others = self.clients.iter().map(|known| &known.client);
        let alike = others.filter(|other| !client.resemblances(other).is_empty());
        let mut keys: Vec<_> = alike.map(|other| other.key().clone()).collect();
        keys.sort();
        keys
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
        let key = client.map_or_else(|| ClientKey::parse("unknown").unwrap(), |client| client.key().clone());
        let unknown = || CustomerNumber::parse("CUST9000001").unwrap();
        let number = client.map_or_else(unknown, Client::customer_number);
        let (member, text, client) = match target.way {
            Way::Key => ("contactEncodedKey", key.as_str().to_owned(), ClientRef::Key(key)),
            Way::NumberAsKey => ("contactEncodedKey", number.to_string(), ClientRef::Id(number.id())),
            Way::Number => ("customerNumber", number.to_string(), ClientRef::Id(number.id())),
        };
        Named { client, member, text }
    }

    /// A document or an address of a client.
    fn evidence(&self, target: Target, review: &Review) -> Named {
        let place = |all: usize| review.place?.checked_rem(all);
        let client = self.client(target.place);
        match review.evidence {
            Evidence::Document => {
                let documents = client.map(|client| &client.kyc().documents[..]).unwrap_or_default();
                let found = place(documents.len()).map(|place| documents[place].id.clone());
                let id = found.unwrap_or_else(|| DocumentId::from_bits(u128::MAX));
                let text = id.as_str().to_owned();
                Named { client: ClientRef::Document(id), member: "identityId", text }
            }
            Evidence::Address => {
                let addresses = client.map(|client| &client.kyc().addresses[..]).unwrap_or_default();
                let found = place(addresses.len()).map(|place| addresses[place].id.clone());
                let id = found.unwrap_or_else(|| AddressId::from_bits(u128::MAX));
                let text = id.as_str().to_owned();
                Named { client: ClientRef::Address(id), member: "addressId", text }
            }
        }
    }

    /// An open amendment of a client, or one that is not open.
    fn amendment(&self, target: Target, choice: Choice) -> Named {
        let client = self.client(target.place);
        let open = client.map(|client| &client.snapshot().amendments[..]).unwrap_or_default();
        let found = choice.place.and_then(|place| open.get(place.checked_rem(open.len())?));
        let key = client.map_or_else(|| ClientKey::parse("unknown").unwrap(), |client| client.key().clone());
        let text = found.map_or_else(|| format!("{}.99999", key.as_str()), |one| one.id.to_string());
        Named { client: ClientRef::Key(key), member: "amendmentId", text }
    }

    /// Replaces the former state by a change.
    pub(super) fn write(&mut self, change: Change, command: &str, request_id: RequestId, event_id: EventId) {
        let values = HistoryValues { changed: change.values, proposed: change.proposed };
        let entry = HistoryEntry { event: change.event, command: command.to_owned(), request_id, values };
        let mut event = OutboxEvent::of(&entry.event, event_id);
        if let (1, Some(former)) = (entry.event.version.get(), &change.client.snapshot().former_client) {
            event.data["formerContactEncodedKey"] = former.as_str().into();
        }
        self.waiting.push(event);
        match self.clients.iter_mut().find(|known| known.client.key() == change.client.key()) {
            Some(known) => {
                known.client = change.client;
                known.history.push(entry);
            }
            None => self.clients.push(Known { client: change.client, history: vec![entry] }),
        }
    }

    fn order(&self, sent: &Sent) -> Order {
        let version = self.client(sent.target.place).map_or(1, |client| client.version().get());
        let if_match = match sent.seen {
            Seen::Nothing => None,
            Seen::Right => Version::new(version),
            Seen::Before => Version::new(version - 1).or(Version::new(version + 7)),
            Seen::After => Version::new(version + 1),
        };
        // A creation has no earlier version; a step names one now and then nevertheless.
        let sensible = !matches!((&sent.what, sent.seen), (What::Create(_), Seen::Right | Seen::Before));
        let order = Order {
            who: sent.who,
            what: self.meant(&sent.what, sent.target),
            named: match &sent.what {
                What::Review(review) => self.evidence(sent.target, review),
                What::Decide(choice) => self.amendment(sent.target, *choice),
                _ => self.named(sent.target),
            },
            remark: sent.remark,
            code: None,
            key: sent.key,
            expected_version: if_match.filter(|_| sensible),
            dry: sent.dry,
            spoilt: sent.spoilt,
        };
        let code = order.reasoned().and_then(|operation| {
            let listed = self.kyc.reasons.accepted(operation).next().is_some();
            // Mostly what the policy asks for.
            match (listed, sent.code) {
                (true, 0) | (false, 1..) => None,
                (true, code @ 1..4) | (false, code @ 0) => Some(CODES[usize::from(code)]),
                (true, code) => Some(CODES[usize::from(code % 2)]),
            }
        });
        Order { code, ..order }
    }

    /// What is sent: a verification names the value that the client has, unless it names another one.
    fn meant(&self, what: &What, target: Target) -> What {
        match what {
            What::Verify(Contact { point, value: None }) => {
                let live = self.client(target.place).map(|client| point.value(&client.snapshot().details));
                let value = live.map_or_else(
                    || if *point == ContactPoint::Email { email(0) } else { phone(0) },
                    |live| live.as_str().to_owned(),
                );
                What::Verify(Contact { point: *point, value: Some(value) })
            }
            other => other.clone(),
        }
    }

    pub(super) fn fresh(&mut self) -> u128 {
        self.keys += 1;
        self.keys
    }
}
