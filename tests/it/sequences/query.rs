//! What is asked, and what the model knows of the answer.

use client_domain::lifecycle::{Operation, explain};
use client_domain::search::{Order, Predicate, Word};
use client_domain::{Client, ClientState, Permission};
use jiff::Span;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use super::expected::Refused;
use super::made_up::{BRANCHES, Who};
use super::model::Model;
use super::order::{Named, object, wrong};
use super::step::{List, Step};

#[derive(Clone, Debug)]
pub struct Query {
    pub who: Who,
    pub name: &'static str,
    pub data: Map<String, Value>,
    pub expected: Answer,
}

#[derive(Clone, Debug)]
pub enum Answer {
    Refused(Refused),
    /// One answer with these members.
    Members(Map<String, Value>),
    /// An action, whether it is allowed, and what stands in the way.
    Actions(Vec<Value>),
    /// All pages together: the list of this name, these values of this member, in this order.
    Pages {
        list: &'static str,
        member: &'static str,
        values: Vec<Value>,
        by_cursor: bool,
    },
}

impl Query {
    pub fn of(model: &Model, step: &Step) -> Self {
        match step {
            Step::ShowOne { who, target } => {
                let named = model.named(*target);
                let field = if named.member == "customerNumber" { named.member } else { "contactEncodedKey" };
                let shown = |client: &Client| Answer::Members(shown(client));
                Self::of_one(model, *who, "RetrieveContactByIdQuery", &named, field, shown)
            }
            Step::ShowActions { who, target } => {
                let named = model.named(*target);
                let actions = |client: &Client| Answer::Actions(actions(model, client, *who));
                Self::of_one(model, *who, "RetrieveContactActionsQuery", &named, "contactEncodedKey", actions)
            }
            Step::ShowHistory { who, target, page_size } => {
                let named = model.named(*target);
                let lines = |_: &Client| {
                    let known = model.known(&named.client).unwrap();
                    let versions = known.history.iter().rev().map(|line| line.event.version.get().into());
                    let values = versions.collect();
                    Answer::Pages { list: "entries", member: "version", values, by_cursor: true }
                };
                let name = "RetrieveContactHistoryQuery";
                let mut query = Self::of_one(model, *who, name, &named, "contactEncodedKey", lines);
                query.data.insert("pageSize".to_owned(), (*page_size).into());
                if !who.caller().may(Permission::History) {
                    query.expected = Answer::Refused(Refused::permission());
                }
                query
            }
            Step::ShowList(list) => list.query(model),
            Step::RefusedList { members, code, field } => Self {
                who: Who::Clerk,
                name: "RetrieveContactListQuery",
                data: serde_json::from_str(members).unwrap(),
                expected: Answer::Refused(Refused::of(vec![wrong(code, field)])),
            },
            other => panic!("no query: {other:?}"),
        }
    }

    fn of_one(
        model: &Model,
        who: Who,
        name: &'static str,
        named: &Named,
        field: &str,
        answer: impl Fn(&Client) -> Answer,
    ) -> Self {
        let nobody = || Answer::Refused(Refused::of(vec![wrong("client_not_found", field)]));
        let expected = model.known(&named.client).map_or_else(nobody, |known| answer(&known.client));
        Self { who, name, data: object(json!({ named.member: named.text })), expected }
    }
}

fn shown(client: &Client) -> Map<String, Value> {
    let snapshot = client.snapshot();
    let allowed = Operation::allowed_in(client.state()).into_iter().map(Operation::name);
    object(json!({
        "encodedKey": client.key().as_str(),
        "id": client.id().get(),
        "customerNumber": client.customer_number().to_string(),
        "lastName": snapshot.details.last_name.as_str(),
        "emailAddress": snapshot.details.email.as_str(),
        "clientState": client.state().number(),
        "version": client.version().get(),
        "approvalStatus": snapshot.approval.status().map(client_domain::client::ApprovalStatus::name),
        "lastModified": snapshot.modified_at.to_string(),
        "allowedActions": allowed.collect::<Vec<_>>(),
    }))
}

fn actions(model: &Model, client: &Client, who: Who) -> Vec<Value> {
    let caller = who.caller();
    explain(client, &caller.actor, &caller.permissions, &model.facts(client.key()))
        .into_iter()
        .map(|told| {
            let unmet: Vec<_> = told.unmet.iter().map(client_domain::Unmet::code).collect();
            json!([told.operation.name(), told.is_allowed(), told.to.map(ClientState::name), unmet])
        })
        .collect()
}

impl List {
    fn query(&self, model: &Model) -> Query {
        let today = model.today();
        let day = |days: i64| today.checked_sub(Span::new().days(days)).unwrap();
        let period = self.created.map(|(first, last)| (day(first), day(last)));
        let mut data = json!({ "pageSize": self.page_size, "includeTotal": self.total });
        let mut set = |name: &str, value: Option<Value>| {
            data.as_object_mut().unwrap().extend(value.map(|value| (name.to_owned(), value)));
        };
        set("searchTerm", self.term.map(Value::from));
        set("branchEncodedKey", self.branch.map(|at| BRANCHES[at].into()));
        set("startDate", period.map(|(first, _)| first.to_string().into()));
        set("endDate", period.map(|(_, last)| last.to_string().into()));
        let states = self.states.iter().enumerate();
        let spelt = states.map(
            |(at, state)| {
                if at % 2 == 0 { Value::from(state.number()) } else { state.name().into() }
            },
        );
        set("status", Some(spelt.collect()));
        let sort = self.sort.iter().map(
            |(property, direction)| json!({ "propertyName": property.name(), "direction": direction.name() }),
        );
        set("sort", Some(sort.collect()));

        let words: Vec<_> = self.term.map(|term| Word::split(term).unwrap()).unwrap_or_default();
        let wanted = |client: &&Client| {
            let created = client.snapshot().created.at.to_zoned(TimeZone::UTC).date();
            let branch = client.snapshot().branch.as_ref().map(|key| key.as_str());
            words
                .iter()
                .all(|word| Predicate::Mentions(word.clone()).evaluate(client, jiff::civil::Date::ZERO))
                && (self.states.is_empty() || self.states.contains(&client.state()))
                && self.branch.is_none_or(|at| branch == Some(BRANCHES[at]))
                && period.is_none_or(|(first, last)| first <= created && created <= last)
        };
        let order = Order::by(self.sort.clone()).unwrap_or_default();
        let mut found: Vec<_> = model.clients.iter().map(|known| &known.client).filter(wanted).collect();
        found.sort_by(|one, other| order.compare(&order.position(one), &order.position(other)));
        let values = found.into_iter().map(|client| client.key().as_str().into()).collect();
        let member = "contactEncodedKey";
        Query {
            who: Who::Clerk,
            name: "RetrieveContactListQuery",
            data: object(data),
            expected: Answer::Pages { list: "contacts", member, values, by_cursor: self.by_cursor },
        }
    }
}
