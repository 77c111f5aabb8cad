//! The queries of the back office that are measured: what the console's pages show first. They have no floor, only a limit in time.

use serde_json::{Value, json};

use crate::answer::Expected;
use crate::request::{Request, object};

/// A query of the back office.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Question {
    /// The name of the case.
    pub(crate) name: &'static str,
    query: &'static str,
    /// What it is asked with, by the key of some client.
    asked: fn(&str) -> Value,
    /// Where the answer has a list that must not be empty, as a JSON pointer.
    shows: &'static str,
    /// How long one in a hundred may take at most, in milliseconds.
    pub(crate) limit_ms: f64,
}

/// Every query. The service keeps a count for ten seconds, so most answers to the counts by state and by branch were not counted; those
/// of the last days were, because each asks for another number of days.
pub(crate) const QUESTIONS: &[Question] = &[
    Question {
        name: "queue page",
        query: "RetrieveWorkQueueQuery",
        asked: |_| json!({ "kind": "Approval", "mine": "hide", "pageSize": 20 }),
        shows: "/data/items",
        limit_ms: 30.0,
    },
    Question {
        name: "counts by state",
        query: "RetrieveCountsQuery",
        asked: |_| json!({ "groupBy": "state" }),
        shows: "/data/groups",
        limit_ms: 150.0,
    },
    Question {
        name: "counts by branch",
        query: "RetrieveCountsQuery",
        asked: |_| json!({ "groupBy": "branch" }),
        shows: "/data/groups",
        limit_ms: 150.0,
    },
    Question {
        name: "counts by state of the last days",
        query: "RetrieveCountsQuery",
        asked: |key| {
            let days = days(key);
            json!({ "groupBy": "state", "filters": [{ "propertyName": "dateCreated", "operator": "LastDays", "value": days }] })
        },
        shows: "/data/groups",
        limit_ms: 150.0,
    },
    Question {
        name: "page of a client",
        query: "RetrieveClientViewQuery",
        asked: |key| json!({ "contactEncodedKey": key }),
        shows: "/data/history/entries",
        limit_ms: 50.0,
    },
];

/// A number of days, another one for most clients.
fn days(key: &str) -> u32 {
    let digits = key.get(..4).and_then(|digits| u32::from_str_radix(digits, 16).ok());
    1 + digits.unwrap_or_default() % 3_650
}

impl Question {
    /// The question about this client, by key.
    pub(crate) fn request(&self, key: &str) -> Request {
        Request {
            name: self.query,
            key: None,
            by_checker: true,
            data: object((self.asked)(key)),
            expected: Expected::Shows(self.shows),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_question_has_a_unique_name_and_is_asked_with_an_object() {
        let names: std::collections::BTreeSet<_> = QUESTIONS.iter().map(|question| question.name).collect();
        assert_eq!(names.len(), QUESTIONS.len());
        for question in QUESTIONS {
            assert!(!question.request("key").data.is_empty(), "{}", question.name);
        }
    }

    #[test]
    fn days_differ_from_client_to_client() {
        assert_eq!((days("0000"), days("000a5"), days("ffff")), (1, 11, 1 + 65_535 % 3_650));
    }
}
