//! How many clients there are, or how much waits, in groups.

use client_domain::search::Property;
use client_wire::Failure;
use serde_json::{Map, Value};

use crate::command::field::Choice;
use crate::part::{Pair, moment};
use crate::record::Record;
use crate::sentence::Sentence;
use crate::visit::Visit;

/// What clients can be counted by, each with the property whose values the groups tell.
const GROUPINGS: [(&str, Property); 3] = [
    ("state", Property::ClientState),
    ("branch", Property::BranchEncodedKey),
    ("kycStatus", Property::KycStatus),
];

/// The numbers of groups, and when they were counted; or why they could not be counted.
pub(crate) struct Counts {
    pub(crate) groups: Vec<Pair>,
    /// When they were counted.
    pub(crate) as_of: String,
    pub(crate) moment: String,
    /// Whether there may be more.
    pub(crate) at_least: bool,
    pub(crate) refused: Vec<Sentence>,
}

/// The groupings that the person may use, the chosen one selected; the first one unless another one is named.
pub(crate) fn groupings(visit: &Visit, chosen: &str) -> Vec<Choice> {
    let open = GROUPINGS.iter().filter(|(_, property)| visit.caller().may(property.permission()));
    let names: Vec<_> = open.map(|(name, _)| *name).collect();
    let chosen = names.iter().find(|name| **name == chosen).or(names.first()).copied();
    let choice = |name: &str| Choice {
        value: name.to_owned(),
        label: visit.language.word("count", name),
        selected: Some(name) == chosen,
    };
    names.into_iter().map(choice).collect()
}

impl Counts {
    /// The clients that a search finds, in groups. Groups without clients are left out.
    pub(crate) async fn of_clients(visit: &Visit, by: &str, search: Value) -> Self {
        let found = ask(visit, by, search).await;
        let label = |group: &Record| match by {
            "state" => {
                let state = group.text("clientStateDescription").replace(' ', "");
                visit.language.word("state", &state)
            }
            "kycStatus" => visit.language.word("kyc", &group.text("kycStatus")),
            _ if group.has("branchEncodedKey") => group.text("branchEncodedKey"),
            _ => visit.text("count.nobranch"),
        };
        Self::new(visit, found, |group| group.number("count").is_some_and(|number| number > 0), label)
    }

    /// The numbers of the groups that are shown, or why there are none.
    fn new(
        visit: &Visit,
        found: Result<Record, Failure>,
        is_shown: impl Fn(&Record) -> bool,
        label: impl Fn(&Record) -> String,
    ) -> Self {
        let (found, refused) = match found {
            Ok(found) => (found, Vec::new()),
            Err(failure) => (Record::default(), visit.sentences(&failure)),
        };
        let pair = |group: &Record| Pair::new(label(group), group.text("count"));
        let as_of = found.text("asOf");
        Self {
            groups: found.records("groups").iter().filter(|group| is_shown(group)).map(pair).collect(),
            moment: moment(&as_of),
            as_of,
            at_least: found.flag("atLeast"),
            refused,
        }
    }
}

/// What waits, by kind and age.
pub(crate) struct Waiting {
    /// The ages of one kind.
    pub(crate) counts: Counts,
    /// How much waits of each kind.
    kinds: Vec<(String, u64)>,
}

impl Waiting {
    /// Of this search, which may be of one branch.
    pub(crate) async fn of(visit: &Visit, kind: &str, search: Value) -> Self {
        let found = ask(visit, "waitingAge", search).await;
        let mut kinds: Vec<(String, u64)> = Vec::new();
        for group in found.iter().flat_map(|found| found.records("groups")) {
            let (name, number) = (group.text("kind"), group.number("count").unwrap_or_default());
            match kinds.iter_mut().find(|(known, _)| *known == name) {
                Some((_, sum)) => *sum += number,
                None => kinds.push((name, number)),
            }
        }
        let label = |group: &Record| match group.text("waitingAge") {
            age if age.is_empty() => visit.text("count.expiring"),
            age => visit.language.word("waitingAge", &age),
        };
        let counts = Counts::new(visit, found, |group| group.text("kind") == kind, label);
        Self { counts, kinds }
    }

    /// How much waits of a kind, with a plus if it may be more.
    pub(crate) fn number(&self, kind: &str) -> Option<String> {
        let (_, number) = self.kinds.iter().find(|(known, _)| known == kind)?;
        Some(format!("{number}{}", if self.counts.at_least { "+" } else { "" }))
    }
}

async fn ask(visit: &Visit, by: &str, search: Value) -> Result<Record, Failure> {
    let mut data = Map::new();
    if let Value::Object(members) = search {
        // The order, the page and the columns of a list say nothing about which clients.
        let of_page = ["pageSize", "cursor", "sort", "fields"];
        data.extend(members.into_iter().filter(|(name, _)| !of_page.contains(&name.as_str())));
    }
    data.insert("groupBy".to_owned(), by.into());
    visit.ask("RetrieveCountsQuery", Value::Object(data)).await
}
