//! The requests of a sequence.

use std::fmt;

use serde_json::{Value, json};

use super::comparison::placeholder;
use crate::{Actor, Order, Seeded, applicant};

/// One request, in words that both sides understand.
#[derive(Clone)]
pub(super) enum Step {
    /// A command.
    Command(Order),
    /// A query: its caller, its name and its data.
    Query(Actor, &'static str, Value),
}

impl Step {
    /// The name of the command or query.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Command(order) => order.command,
            Self::Query(_, query, _) => query,
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Command(Order { by, key, if_match, data, command, .. }) => {
                write!(f, "{by:?} {command} {data}, key {key}, if-match {if_match:?}")
            }
            Self::Query(by, query, data) => write!(f, "{by:?} {query} {data}"),
        }
    }
}

/// The steps that follow from a seed: up to four clients of a branch that no other sequence uses.
pub(super) struct Sequence {
    number: u64,
    random: Seeded,
    left: u64,
    at: u64,
    created: u64,
    last: Option<Order>,
}

const COMMANDS: [&str; 10] = [
    "ApproveCustomerCommand",
    "RejectCustomerCommand",
    "UndoRejectCustomerCommand",
    "RequestCustomerApprovalCommand",
    "BlacklistCustomerCommand",
    "UndoBlacklistCustomerCommand",
    "ExitCustomerCommand",
    "ReturnCustomerCommand",
    "RecordCustomerTransactionCommand",
    "UpdateContactCommand",
];

/// Texts that are fine, odd, or wrong.
const TEXTS: [&str; 14] = [
    "Abuja",
    "Abuja",
    "Ikeja",
    "Lagos",
    "okafor",
    "jos",
    "  Jos ",
    "Ọ̀ṣun",
    "O'Brien; --",
    "100%_\\",
    "",
    "x",
    "a\u{0}b",
    "Ünïcode ß 漢字 🙂",
];

impl Sequence {
    pub(super) fn new(number: u64, mut random: Seeded) -> Self {
        let left = 10 + random.below(51);
        Self { number, random, left, at: 0, created: 0, last: None }
    }

    pub(super) fn next(&mut self) -> Option<Step> {
        self.left = self.left.checked_sub(1)?;
        self.at += 1;
        Some(match self.random.below(100) {
            _ if self.at == 1 => self.create(),
            0..12 => self.create(),
            12..70 => self.command(),
            // The same again, as it was or with another value.
            70..76 => self.again(),
            _ => self.query(),
        })
    }

    fn tag(&self) -> String {
        format!("s{}-{}", self.number, self.at)
    }

    fn actor(&mut self) -> Actor {
        *self.random.one_of(&Actor::ALL).unwrap_or(&Actor::Maker)
    }

    /// One of the first clients, or now and then one that is not there.
    fn client(&mut self) -> String {
        let there = self.created.clamp(1, 3) + u64::from(self.random.chance(5));
        let at = self.random.below(there);
        placeholder(usize::try_from(at).unwrap_or_default())
    }

    fn text(&mut self) -> &'static str {
        self.random.one_of(&TEXTS).copied().unwrap_or_default()
    }

    fn create(&mut self) -> Step {
        self.created += 1;
        // Few enough people that some apply twice.
        let person = format!("s{}-p{}", self.number, self.random.below(6));
        let mut data = applicant(&person);
        set(&mut data, "branchEncodedKey", json!(self.branch()));
        if self.at > 1 && self.random.chance(10) {
            let text = self.text();
            let name =
                *self.random.one_of(&["firstName", "city", "emailAddress", "country"]).unwrap_or(&"city");
            set(&mut data, name, json!(text));
        }
        if self.random.chance(5) {
            set(&mut data, "nobodyKnows", json!(1));
        }
        let by = if self.random.chance(80) || self.at == 1 { Actor::Maker } else { self.actor() };
        self.order(Order::new(self.tag(), by, "CreateContactCommand", data))
    }

    fn command(&mut self) -> Step {
        let command = self.random.one_of(&COMMANDS).copied().unwrap_or("ApproveCustomerCommand");
        let client = self.client();
        let mut more = match command {
            "RejectCustomerCommand" => json!({ "rejectionReason": "Made up." }),
            "UndoRejectCustomerCommand"
            | "BlacklistCustomerCommand"
            | "UndoBlacklistCustomerCommand"
            | "ExitCustomerCommand" => json!({ "reason": "Made up." }),
            "ReturnCustomerCommand" => self.comeback(),
            "RecordCustomerTransactionCommand" => {
                json!({ "transactionReference": format!("T{}", self.random.below(3)) })
            }
            "UpdateContactCommand" => self.update(),
            _ => json!({}),
        };
        if self.random.chance(8) {
            let text = self.text();
            let name =
                *self.random.one_of(&["notes", "approvalNotes", "reason", "comment"]).unwrap_or(&"notes");
            set(&mut more, name, json!(text));
        }
        let by = if self.random.chance(60) { Actor::Checker } else { self.actor() };
        let mut order = Order::about(self.tag(), by, command, &client, more);
        order.if_match = self.random.chance(15).then(|| 1 + self.random.below(6));
        self.order(order)
    }

    /// With the values of the former record, or with others.
    fn comeback(&mut self) -> Value {
        let mut data = if self.random.chance(50) { self.update() } else { json!({}) };
        set(&mut data, "reason", json!("Made up."));
        data
    }

    fn update(&mut self) -> Value {
        let mut data = json!({});
        for _ in 0..=self.random.below(3) {
            let text = self.text();
            let person = format!("s{}-p{}@example.com", self.number, self.random.below(5));
            let (name, value) = match self.random.below(6) {
                0 => ("city", json!(text)),
                1 => ("lastName", json!(text)),
                2 => ("middleName", if self.random.chance(50) { Value::Null } else { json!(text) }),
                3 => ("emailAddress", json!(person)),
                4 => ("maritalStatus", json!(self.random.below(6))),
                _ => ("accountOfficerId", json!(self.random.below(9))),
            };
            set(&mut data, name, value);
        }
        data
    }

    fn again(&mut self) -> Step {
        let Some(mut order) = self.last.clone() else { return self.query() };
        match self.random.below(3) {
            0 => set(&mut order.data, "notes", json!("Something else.")),
            1 => order.by = self.actor(),
            _ => {}
        }
        Step::Command(Order { tag: self.tag(), ..order })
    }

    fn query(&mut self) -> Step {
        let (by, client) = (self.actor(), self.client());
        let key = json!({ "contactEncodedKey": client });
        match self.random.below(6) {
            0 => Step::Query(by, "RetrieveContactByIdQuery", key),
            1 => Step::Query(by, "RetrieveContactByIdQuery", json!({ "id": client.replace("client", "id") })),
            2 => Step::Query(by, "RetrieveContactHistoryQuery", key),
            3 => Step::Query(by, "RetrieveContactActionsQuery", key),
            _ => Step::Query(by, "RetrieveContactListQuery", self.list()),
        }
    }

    /// A list of this sequence's own clients.
    fn list(&mut self) -> Value {
        let mut data = json!({ "branchEncodedKey": self.branch(), "pageSize": 1 + self.random.below(5) });
        if self.random.chance(40) {
            let text = self.text();
            set(&mut data, "searchTerm", json!(text));
        }
        if self.random.chance(30) {
            let states = [0, 1, 3, 3, 4, 5, 6, 7, 8];
            set(&mut data, "status", json!([self.random.one_of(&states)]));
        }
        if self.random.chance(60) {
            let some: Vec<Value> = (0..=self.random.below(2)).map(|_| self.condition()).collect();
            let logic = self.random.one_of(&["and", "or"]).copied();
            let grouped = json!([{ "logic": logic, "filters": some }]);
            set(&mut data, "filters", if self.random.chance(40) { grouped } else { json!(some) });
        }
        if self.random.chance(40) {
            let fields = ["lastName", "city", "middleName", "clientState", "dateCreated"];
            let field = self.random.one_of(&fields).copied();
            let direction = if self.random.chance(50) { "asc" } else { "desc" };
            set(&mut data, "sort", json!([{ "propertyName": field, "direction": direction }]));
        }
        data
    }

    /// Mostly one that fits its property.
    fn condition(&mut self) -> Value {
        let text = ["LastName", "city", "emailAddress", "middleName", "fullName", "state"];
        let other = ["clientState", "id", "dateCreated", "isBlacklisted", "nothing"];
        let among: &[&str] = if self.random.chance(95) { &text } else { &other };
        let operators =
            ["Equals", "EqualsCaseSensitive", "Contains", "NotContains", "StartsWith", "EndsWith"];
        let more = ["NotEquals", "IsEmpty", "IsNotEmpty", "GreaterThan"];
        let among_operators: &[&str] = if self.random.chance(75) { &operators } else { &more };
        let property = self.random.one_of(among).copied().unwrap_or_default();
        let operator = self.random.one_of(among_operators).copied().unwrap_or_default();
        let mut condition = json!({ "propertyName": property, "operator": operator });
        if !operator.starts_with("Is") {
            let text = self.text();
            set(&mut condition, "value", json!(text));
        }
        condition
    }

    fn branch(&self) -> String {
        format!("seq-{}", self.number)
    }

    fn order(&mut self, order: Order) -> Step {
        self.last = Some(order.clone());
        Step::Command(order)
    }
}

fn set(data: &mut Value, name: &str, value: Value) {
    if let Some(members) = data.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
}
