//! The searches that are measured, each as a caller asks it and as the best SQL that we could write for it by hand.

use clients_campaigns::{Cluster, RunError};
use serde_json::{Value, json};

use crate::template::{Script, literal};

/// How many different values each search is asked with.
pub(crate) const DRAWS: u64 = 16;
/// What a list shows of a client.
const SHOWN: &str =
    "client_key, id, first_name, last_name, email, phone, state, branch, created_at, modified_at, version";
/// The usual order, and one more than a page to know whether others follow.
const NEWEST: &str = "ORDER BY created_at DESC, id DESC LIMIT 51";
/// How many of them a caller sees.
pub(crate) const PAGE: usize = 50;

/// A client of the data set whose texts are searched for, and a place near the end of the list of all.
#[derive(Clone, Debug, Default)]
pub(crate) struct Draw {
    id: u64,
    email: String,
    phone: String,
    identification: String,
    first: String,
    last: String,
    branch: String,
    /// A cursor, and the moment and the number of the client that it stands behind.
    pub(crate) cursor: String,
    pub(crate) behind: (String, u64),
}

/// A search.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Search {
    pub(crate) name: &'static str,
    /// Whether it is asked how many there are in all.
    pub(crate) total: bool,
    /// What a caller asks.
    asked: fn(&Draw) -> Value,
    /// The condition of the same by hand.
    by_hand: fn(&Draw) -> String,
}

fn one(property: &str, operator: &str, value: &str) -> Value {
    json!({ "filters": [{ "propertyName": property, "operator": operator, "value": value }] })
}

fn middle(name: &str) -> &str {
    name.get(1..).unwrap_or_default()
}

fn beginning(name: &str) -> &str {
    name.get(..6).unwrap_or(name)
}

/// Every search, most of them held by an index.
pub(crate) const SEARCHES: &[Search] = &[
    Search {
        name: "number",
        total: false,
        asked: |draw| one("customerNumber", "Equals", &format!("CUST{}", 1_000_000 + draw.id)),
        by_hand: |draw| format!("id = {}", draw.id),
    },
    Search {
        name: "e-mail",
        total: false,
        asked: |draw| one("emailAddress", "Equals", &draw.email),
        by_hand: |draw| format!("email_folded = {}", literal(&draw.email)),
    },
    Search {
        name: "phone",
        total: false,
        asked: |draw| one("phoneNumber", "Equals", &draw.phone),
        by_hand: |draw| format!("phone = {}", literal(&draw.phone)),
    },
    Search {
        name: "identification",
        total: false,
        asked: |draw| one("identificationNumber", "Equals", &draw.identification),
        by_hand: |draw| {
            format!("identification_number_folded = {}", literal(&draw.identification.to_lowercase()))
        },
    },
    Search {
        name: "state and branch",
        total: false,
        asked: |draw| json!({ "status": [1], "branchEncodedKey": draw.branch }),
        by_hand: |draw| format!("state = 1 AND branch = {}", literal(&draw.branch)),
    },
    Search {
        name: "state and branch, counted",
        total: true,
        asked: |draw| json!({ "status": [1], "branchEncodedKey": draw.branch }),
        by_hand: |draw| format!("state = 1 AND branch = {}", literal(&draw.branch)),
    },
    Search {
        name: "last-name prefix",
        total: false,
        asked: |draw| one("lastName", "StartsWith", beginning(&draw.last)),
        by_hand: |draw| format!("last_name_folded LIKE {}", literal(&format!("{}%", beginning(&draw.last)))),
    },
    Search {
        name: "one word",
        total: false,
        asked: |draw| json!({ "searchTerm": draw.last }),
        by_hand: |draw| format!("search_text LIKE {}", literal(&format!("%{}%", draw.last))),
    },
    Search {
        name: "two words",
        total: false,
        asked: |draw| json!({ "searchTerm": format!("{} {}", draw.first, draw.last) }),
        by_hand: |draw| {
            let word = |word: &str| format!("search_text LIKE {}", literal(&format!("%{word}%")));
            format!("{} AND {}", word(&draw.first), word(&draw.last))
        },
    },
    Search {
        name: "contains",
        total: false,
        asked: |draw| one("lastName", "Contains", middle(&draw.last)),
        by_hand: |draw| {
            let part = literal(&format!("%{}%", middle(&draw.last)));
            format!("last_name_folded LIKE {part} AND search_text LIKE {part}")
        },
    },
    Search {
        name: "one of three",
        total: false,
        asked: |draw| {
            let condition = |property: &str, operator: &str, value: &str| json!({ "propertyName": property, "operator": operator, "value": value });
            json!({ "filters": [{ "logic": "or", "filters": [
                condition("emailAddress", "Equals", &draw.email),
                condition("phoneNumber", "Equals", &draw.phone),
                condition("lastName", "StartsWith", &draw.last),
            ] }] })
        },
        by_hand: |draw| {
            format!(
                "(email_folded = {} OR phone = {} OR last_name_folded LIKE {})",
                literal(&draw.email),
                literal(&draw.phone),
                literal(&format!("{}%", draw.last))
            )
        },
    },
    Search {
        name: "deep page by cursor",
        total: false,
        asked: |draw| json!({ "cursor": draw.cursor }),
        by_hand: |draw| {
            format!("(created_at, id) < ({}::timestamptz, {})", literal(&draw.behind.0), draw.behind.1)
        },
    },
];

impl Search {
    /// What a caller asks.
    pub(crate) fn asked(&self, draw: &Draw) -> Value {
        let mut asked = (self.asked)(draw);
        if let Some(members) = asked.as_object_mut() {
            members.insert("pageSize".to_owned(), PAGE.into());
            members.insert("includeTotal".to_owned(), self.total.into());
        }
        asked
    }

    fn sql(&self, draw: &Draw) -> String {
        let condition = (self.by_hand)(draw);
        let total = if self.total {
            format!(", (SELECT count(*) FROM client WHERE {condition}) AS total")
        } else {
            String::new()
        };
        format!("SELECT {SHOWN}{total} FROM client WHERE {condition} {NEWEST}")
    }

    /// For pgbench, with the values in the text, so that the server plans each with its value in view and only once.
    pub(crate) fn script(&self, draw: &Draw) -> Script {
        Script { text: format!("{};\n", self.sql(draw)), variables: Vec::new() }
    }

    /// What must be found, by the SQL that was written by hand: numbers of clients, and how many there are in all.
    pub(crate) async fn found(
        &self,
        cluster: &Cluster,
        draws: &[Draw],
    ) -> Result<Vec<(Vec<u64>, Option<u64>)>, RunError> {
        let one = |draw: &Draw| {
            // Counted separately, because an empty page has a total too.
            let count = format!("(SELECT count(*) FROM client WHERE {})", (self.by_hand)(draw));
            let total = if self.total { count.as_str() } else { "''" };
            format!("SELECT coalesce(string_agg(x.id::text, ','), ''), {total} FROM ({}) x", self.sql(draw))
        };
        let asked: Vec<String> = draws.iter().map(one).collect();
        let rows = cluster.sql(&asked.join("; ")).await?;
        let read = |row: &Vec<String>| {
            let ids = row.first().into_iter().flat_map(|ids| ids.split(',')).filter_map(|id| id.parse().ok());
            (ids.take(PAGE).collect(), row.get(1).and_then(|total| total.parse().ok()))
        };
        Ok(rows.iter().map(read).collect())
    }
}

/// Draws clients from all over the data set, all of whom have a branch.
pub(crate) async fn draws(cluster: &Cluster, clients: u64) -> Result<Vec<Draw>, RunError> {
    let numbers: Vec<String> =
        (0..DRAWS).map(|draw| (draw * (clients / DRAWS) / 10 * 10 + 7).to_string()).collect();
    let ask = format!(
        "SELECT id, email, phone, identification_number, first_name_folded, last_name_folded, branch \
         FROM client WHERE id IN ({}) ORDER BY id",
        numbers.join(", ")
    );
    let rows = cluster.sql(&ask).await?;
    let draw = |row: &Vec<String>| {
        let text = |at: usize| row.get(at).cloned().unwrap_or_default();
        Draw {
            id: text(0).parse().unwrap_or_default(),
            email: text(1),
            phone: text(2),
            identification: text(3),
            first: text(4),
            last: text(5),
            branch: text(6),
            ..Draw::default()
        }
    };
    Ok(rows.iter().map(draw).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw() -> Draw {
        Draw { id: 777, last: "okafor".into(), branch: "branch-7".into(), ..Draw::default() }
    }

    #[test]
    fn every_search_has_a_unique_name_and_says_whether_it_counts() {
        let names: std::collections::BTreeSet<_> = SEARCHES.iter().map(|search| search.name).collect();
        assert_eq!(names.len(), SEARCHES.len());
        for search in SEARCHES {
            assert_eq!(search.asked(&draw())["includeTotal"], search.total, "{}", search.name);
            assert_eq!(search.sql(&draw()).contains("count(*)"), search.total, "{}", search.name);
        }
    }

    #[test]
    fn sql_limit_is_one_more_than_the_page() {
        let state_and_branch = SEARCHES.iter().find(|search| search.name == "state and branch").unwrap();
        assert!(state_and_branch.sql(&draw()).ends_with(
            "WHERE state = 1 AND branch = E'branch-7' ORDER BY created_at DESC, id DESC LIMIT 51"
        ));
        assert_eq!(state_and_branch.asked(&draw())["pageSize"], 50);
    }
}
