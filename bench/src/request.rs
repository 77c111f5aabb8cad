//! The requests of callers, one after the other.

use std::sync::atomic::{AtomicU64, Ordering};

use clients_campaigns::Seeded;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::answer::Expected;
use crate::back_office::Question;
use crate::person::Person;

/// One request.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// The name of the command or query.
    pub(crate) name: &'static str,
    /// The idempotency key, which a command has and a query does not.
    pub(crate) key: Option<String>,
    /// Whether the checker sends it rather than the maker.
    pub(crate) by_checker: bool,
    pub(crate) data: Map<String, Value>,
    pub(crate) expected: Expected,
}

/// Where requests come from.
#[derive(Debug)]
pub(crate) enum Source {
    /// New people from this number on, up to a maximum.
    Create { first: u64, most: u64 },
    /// Each of these clients, by key, once.
    Approve(Vec<String>),
    /// An approval of each of these clients, by key, is requested once.
    RequestApproval(Vec<String>),
    /// These clients, by key, in no order.
    Get(Vec<String>),
    /// This question about these clients, by key, in no order.
    Ask(Question, Vec<String>),
    /// These searches in turn, with what each must find.
    Search(Vec<(Map<String, Value>, Expected)>),
}

/// A source that many callers take from.
#[derive(Debug)]
pub(crate) struct Requests {
    source: Source,
    /// Distinguishes the idempotency keys of one case from those of others.
    case: String,
    next: AtomicU64,
}

impl Requests {
    pub(crate) const fn new(source: Source, case: String) -> Self {
        Self { source, case, next: AtomicU64::new(0) }
    }

    /// The next request, if there is one.
    pub(crate) fn next(&self) -> Option<Request> {
        let taken = self.next.fetch_add(1, Ordering::Relaxed);
        match &self.source {
            Source::Create { first, most } => (taken < *most).then(|| self.create(Person(first + taken))),
            Source::Approve(keys) => {
                usize::try_from(taken).ok().and_then(|at| keys.get(at)).map(|key| Request {
                    name: "ApproveCustomerCommand",
                    key: Some(format!("{}-{taken}", self.case)),
                    by_checker: true,
                    data: object(
                        json!({ "contactEncodedKey": key, "approvalNotes": "All papers in order." }),
                    ),
                    expected: Expected::Approved(key.clone()),
                })
            }
            Source::RequestApproval(keys) => {
                usize::try_from(taken).ok().and_then(|at| keys.get(at)).map(|key| Request {
                    name: "RequestCustomerApprovalCommand",
                    key: Some(format!("{}-{taken}", self.case)),
                    by_checker: false,
                    data: object(json!({ "contactEncodedKey": key })),
                    expected: Expected::Requested(key.clone()),
                })
            }
            Source::Get(keys) => Seeded::new(taken).one_of(keys).map(|key| Request {
                name: "RetrieveContactByIdQuery",
                key: None,
                by_checker: false,
                data: object(json!({ "contactEncodedKey": key })),
                expected: Expected::Client(key.clone()),
            }),
            Source::Ask(question, keys) => Seeded::new(taken).one_of(keys).map(|key| question.request(key)),
            Source::Search(searches) => {
                let at = usize::try_from(taken).unwrap_or(0).checked_rem(searches.len())?;
                searches.get(at).map(|(data, expected)| Request {
                    name: "RetrieveContactListQuery",
                    key: None,
                    by_checker: false,
                    data: data.clone(),
                    expected: expected.clone(),
                })
            }
        }
    }

    fn create(&self, person: Person) -> Request {
        Request {
            name: "CreateContactCommand",
            key: Some(format!("{}-{}", self.case, person.0)),
            by_checker: false,
            data: person.data(),
            expected: Expected::Created,
        }
    }
}

impl Request {
    pub(crate) const fn path(&self) -> &'static str {
        if self.key.is_some() { "/api/bpm/cmd" } else { "/api/bpm/qry" }
    }

    /// The body.
    pub(crate) fn body(&self) -> Result<Vec<u8>, serde_json::Error> {
        if self.key.is_some() {
            serde_json::to_vec(&Command { command_name: self.name, data: &self.data })
        } else {
            serde_json::to_vec(&Query { query_name: self.name, data: &self.data })
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Command<'a> {
    command_name: &'a str,
    data: &'a Map<String, Value>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Query<'a> {
    query_name: &'a str,
    data: &'a Map<String, Value>,
}

/// The members of an object.
pub(crate) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_client_is_onboarded_or_approved_twice() {
        let people = Requests::new(Source::Create { first: 5, most: 2 }, "c".into());
        let (one, other) = (people.next().unwrap(), people.next().unwrap());
        assert_ne!(one.data["emailAddress"], other.data["emailAddress"]);
        assert_ne!(one.key, other.key);
        assert!(people.next().is_none());
        let clients = Requests::new(Source::Approve(vec!["a".into()]), "c".into());
        assert_eq!(clients.next().unwrap().expected, Expected::Approved("a".into()));
        assert!(clients.next().is_none());
    }

    #[test]
    fn searches_rotate_and_keys_never_run_out() {
        let search = |ids: u64| (Map::new(), Expected::List(std::sync::Arc::new(vec![ids]), None));
        let searches = Requests::new(Source::Search(vec![search(1), search(2)]), "c".into());
        let asked: Vec<_> = (0..3).map(|_| searches.next().unwrap().expected).collect();
        assert_eq!(asked[0], asked[2]);
        assert_ne!(asked[0], asked[1]);
        let keys = Requests::new(Source::Get(vec!["a".into(), "b".into()]), "c".into());
        assert!((0..50).all(|_| keys.next().is_some()));
    }

    #[test]
    fn command_request_has_a_command_name() {
        let body =
            Requests::new(Source::Create { first: 1, most: 1 }, "c".into()).next().unwrap().body().unwrap();
        assert!(
            String::from_utf8(body).unwrap().starts_with(r#"{"commandName":"CreateContactCommand","data":{"#)
        );
    }
}
