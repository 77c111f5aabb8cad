//! Searches for clients, as they are asked and as the domain answers them.

use client_domain::search::{Direction, Order, Predicate, Property, Word};
use client_domain::{BankCalendar, Client, ClientState, Permission, Permissions};
use jiff::Span;
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::expected::Refused;
use super::model::Model;
use super::order::{object, wrong};
use super::query::{Answer, Query};
use super::samples::{BRANCHES, Who};
use super::step::Step;

/// Filters on what clients have submitted, some of them also on former names.
const KYC_FILTERS: [&str; 21] = [
    r#"[{"propertyName":"kycStatus","operator":"Equals","value":"None"}]"#,
    r#"[{"propertyName":"kycStatus","operator":"Equals","value":"Incomplete"}]"#,
    r#"[{"propertyName":"kycStatus","operator":"Equals","value":"Pending"}]"#,
    r#"[{"propertyName":"kycStatus","operator":"Equals","value":"Verified"}]"#,
    r#"[{"propertyName":"kycStatus","operator":"Equals","value":"Expired"}]"#,
    r#"[{"propertyName":"kycStatus","operator":"NotIn","value":["none","VERIFIED"]}]"#,
    r#"[{"propertyName":"documentType","operator":"In","value":[1,"Other"]}]"#,
    r#"[{"propertyName":"documentType","operator":"NotEquals","value":"International Passport"}]"#,
    r#"[{"propertyName":"documentNumber","operator":"Contains","value":"a01"}]"#,
    r#"[{"propertyName":"documentNumber","operator":"StartsWith","value":"I%_\\"}]"#,
    r#"[{"propertyName":"documentNumber","operator":"NotContains","value":"٣ 李"}]"#,
    r#"[{"propertyName":"documentNumber","operator":"EqualsCaseSensitive","value":"a-01 234567"}]"#,
    r#"[{"propertyName":"documentExpiryDate","operator":"NextDays","value":30}]"#,
    r#"[{"propertyName":"documentExpiryDate","operator":"Before","value":"2026-01-05"}]"#,
    r#"[{"propertyName":"documentExpiryDate","operator":"Today"}]"#,
    r#"[{"propertyName":"documentExpiryDate","operator":"IsEmpty"}]"#,
    r#"[{"propertyName":"documentStatus","operator":"Equals","value":"Approved"}]"#,
    r#"[{"propertyName":"documentStatus","operator":"NotIn","value":["Pending",2]}]"#,
    r#"[{"propertyName":"documentNumber","operator":"IsEmpty"},{"propertyName":"formerName","operator":"IsNotEmpty"}]"#,
    r#"[{"propertyName":"kycStatus","operator":"NotEquals","value":"Verified"},{"propertyName":"formerName","operator":"Contains","value":"o"}]"#,
    r#"[{"propertyName":"documentType","operator":"NotEquals","value":1},{"propertyName":"formerName","operator":"NotContains","value":"e"}]"#,
];

#[derive(Clone, Debug)]
pub struct List {
    pub who: Who,
    pub term: Option<&'static str>,
    pub states: Vec<ClientState>,
    pub branch: Option<usize>,
    /// A range of dates, as days before now.
    pub created: Option<(i64, i64)>,
    /// The condition on their KYC evidence.
    pub kyc_filter: Option<&'static str>,
    pub sort: Vec<(Property, Direction)>,
    pub page_size: usize,
    pub by_cursor: bool,
    pub total: bool,
}

impl List {
    pub fn query(&self, model: &Model) -> Query {
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
        let asked = self.kyc_filter.map(|kyc_filter| serde_json::from_str::<Value>(kyc_filter).unwrap());
        set("filters", asked.clone());
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
        let kyc_filter: Predicate = asked.map_or_else(Predicate::every_client, |asked| {
            client_wire::predicate::read(&asked, "filters", &Permissions::all(), &BankCalendar::utc())
                .unwrap()
        });
        let kyc_filter = kyc_filter.with_kyc_policy(&model.kyc);
        let wanted = |client: &&Client| {
            let created = model.calendar.day_of(client.snapshot().created.at);
            let branch = client.snapshot().branch.as_ref().map(|key| key.as_str());
            words
                .iter()
                .all(|word| Predicate::Mentions(word.clone()).evaluate(client, jiff::civil::Date::ZERO))
                && (self.states.is_empty() || self.states.contains(&client.state()))
                && self.branch.is_none_or(|at| branch == Some(BRANCHES[at]))
                && kyc_filter.evaluate(client, today)
                && period.is_none_or(|(first, last)| first <= created && created <= last)
        };
        let order = Order::by(self.sort.clone()).unwrap_or_default();
        let mut found: Vec<_> = model.clients.iter().map(|known| &known.client).filter(wanted).collect();
        found.sort_by(|one, other| order.compare(&order.position(one), &order.position(other)));
        // Only words and filters look at former names.
        let asked_of_names = Predicate::All(
            words.iter().cloned().map(Predicate::Mentions).chain([kyc_filter.clone()]).collect(),
        );
        let shown = |client: &Client| {
            json!([client.key().as_str(), asked_of_names.finds_by_former_name(client, today)])
        };
        let values = found.into_iter().map(shown).collect();
        let members = &["contactEncodedKey", "foundByFormerName"][..];
        let closed = self.kyc_filter.is_some() && !self.who.caller().may(Permission::KycRead);
        let expected = if closed {
            Answer::Refused(Refused::of(vec![wrong("permission_missing", "filters[0].propertyName")]))
        } else {
            Answer::Pages { list: "contacts", members, values, by_cursor: self.by_cursor }
        };
        Query { who: self.who, name: "RetrieveContactListQuery", data: object(data), expected }
    }
}

pub fn list() -> impl Strategy<Value = List> {
    // Words in the spellings of people, and some that stumble over quoting.
    let terms = vec!["okafor", "OKAFÖR 80", "cust1000001", "zoe", "example", "%", "_", "'", "nobody at all"];
    let direction = select(vec![Direction::Ascending, Direction::Descending]);
    let sort = vec((select(Property::sortable().collect::<Vec<_>>()), direction), 0..4)
        .prop_filter("a property twice", |keys| {
            keys.iter().enumerate().all(|(at, key)| keys.iter().take(at).all(|other| other.0 != key.0))
        });
    let filters = (
        weighted(0.4, select(terms)),
        prop_oneof![2 => Just(Vec::new()), 1 => vec(select(&ClientState::ALL[..]), 1..4)],
        weighted(0.2, 0..BRANCHES.len()),
        weighted(0.2, (0..3_i64, 0..3_i64).prop_map(|(days, more)| (days + more, days))),
        weighted(0.5, select(KYC_FILTERS.to_vec())),
    );
    let who = select(vec![Who::Clerk, Who::Maker, Who::Checker]);
    (who, filters, sort, select(vec![1, 2, 3, 50]), any::<bool>(), any::<bool>()).prop_map(
        |(who, (term, states, branch, created, kyc_filter), sort, page_size, by_cursor, total)| List {
            who,
            term,
            states,
            branch,
            created,
            kyc_filter,
            sort,
            page_size,
            by_cursor,
            total,
        },
    )
}

pub fn refused_list() -> impl Strategy<Value = Step> {
    select(vec![
        (r#"{"pageSize":0}"#, "out_of_range", "pageSize"),
        (r#"{"pageSize":101}"#, "out_of_range", "pageSize"),
        (r#"{"state":"Approved"}"#, "unknown_member", "state"),
        (r#"{"status":["Sleeping"]}"#, "choice", "status[0]"),
        (r#"{"searchTerm":"a","searchText":"b"}"#, "exactly_one", "searchTerm"),
        (r#"{"cursor":"x"}"#, "cursor_invalid", "cursor"),
        (r#"{"startDate":"2026-01-05","endDate":"2026-01-04"}"#, "end_before_start", "endDate"),
    ])
    .prop_map(|(members, code, field)| Step::RefusedList { members, code, field })
}
