//! The clients that a person has chosen: by their boxes in the list, or all that a search finds.

use std::time::Duration;

use client_wire::{Code, Failure, Item};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::fields::Fields;
use crate::record::Record;
use crate::search::Search;
use crate::visit::Visit;

/// How many clients one command is given for at most.
pub(crate) const MOST: u64 = 10_000;
/// How many clients a page of the list has at most.
const PAGE: u64 = 100;
const LIST: &str = "RetrieveContactListQuery";
/// The fields that say which clients were chosen, besides those of a search.
pub(crate) const PICK: &str = "pick";
const ALL: &str = "all";
/// The search that found them is sent again, each field with this in front of its name: a member of a command may have the name of
/// one, such as `state`, and the form of the list may have been changed since it was sent.
const SEARCH: &str = "search-";
/// Says that a search was sent with that name. Without it, a form of another release means a search that is not read here, and an empty
/// one would find every client.
const SEARCHED: &str = "kept-search";
/// How many clients the person was told of.
const SHOWN: &str = "shown";
const YES: &str = "yes";
/// How long it may take to find all clients of a search.
const WALK_TIMEOUT: Duration = Duration::from_secs(25);

/// A client and its version, as the person has seen it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pick {
    pub(crate) key: String,
    pub(crate) version: u64,
}

impl Pick {
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (key, version) = text.split_once(':')?;
        Some(Self { key: key.to_owned(), version: version.parse().ok()? })
    }

    pub(crate) fn text(&self) -> String {
        format!("{}:{}", self.key, self.version)
    }
}

/// The clients that were chosen by their boxes, each once.
pub(crate) fn picked(fields: &Fields) -> Vec<Pick> {
    let mut picks: Vec<Pick> = Vec::new();
    for pick in fields.all(PICK).filter_map(Pick::read) {
        if picks.iter().all(|known| known.key != pick.key) {
            picks.push(pick);
        }
    }
    picks
}

/// The clients that a person has chosen.
pub(crate) enum Chosen {
    Picked(Vec<Pick>),
    /// All that a search finds.
    Found(Box<Search>),
}

impl Chosen {
    /// The choice that a form sends.
    pub(crate) fn read(fields: &Fields) -> Self {
        if !fields.has(ALL) {
            return Self::Picked(picked(fields));
        }
        if !fields.has(SEARCHED) {
            return Self::Picked(Vec::new());
        }
        let own = fields
            .texts
            .iter()
            .filter_map(|(name, value)| Some((name.strip_prefix(SEARCH)?.to_owned(), value.clone())));
        let search = Search::read(&Fields { texts: own.collect(), ..Fields::default() });
        Self::Found(Box::new(search))
    }

    /// The fields with which the same clients are chosen again.
    pub(crate) fn kept(&self) -> Vec<(String, String)> {
        match self {
            Self::Picked(picks) => picks.iter().map(|pick| (PICK.to_owned(), pick.text())).collect(),
            Self::Found(search) => all_of(search),
        }
    }

    /// Whether these are as many as the person was told of. Those that were chosen by their boxes are named by the form itself.
    pub(crate) fn is_as_shown(&self, fields: &Fields, clients: &[Pick]) -> bool {
        let shown = fields.text(SHOWN).and_then(|count| count.parse::<usize>().ok());
        matches!(self, Self::Picked(_)) || shown == Some(clients.len())
    }

    /// How many there are; from [`MOST`] on there may be more than it says.
    pub(crate) async fn count(&self, visit: &Visit) -> Result<u64, Failure> {
        match self {
            Self::Picked(picks) => Ok(picks.len() as u64),
            Self::Found(search) => {
                let found: Record = visit.ask(LIST, query(visit, search, 1, "bounded").await?).await?;
                Ok(found.number("totalCount").unwrap_or_default())
            }
        }
    }

    /// Each of them with its version; refused if there are too many, or if it takes too long to find them.
    pub(crate) async fn clients(&self, visit: &Visit) -> Result<Vec<Pick>, Failure> {
        match self {
            Self::Picked(picks) => Ok(picks.clone()),
            Self::Found(search) => {
                timeout(WALK_TIMEOUT, walk(visit, search)).await.unwrap_or_else(|_| Err(late()))
            }
        }
    }
}

/// The fields with which all that this search finds are chosen.
pub(crate) fn all_of(search: &Search) -> Vec<(String, String)> {
    let fields = search.fields().into_iter().map(|(name, value)| (format!("{SEARCH}{name}"), value));
    let marks = [ALL, SEARCHED].map(|mark| (mark.to_owned(), YES.to_owned()));
    marks.into_iter().chain(fields).collect()
}

async fn walk(visit: &Visit, search: &Search) -> Result<Vec<Pick>, Failure> {
    let mut data = query(visit, search, PAGE, "none").await?;
    let mut clients: Vec<Pick> = Vec::new();
    loop {
        let found: Record = visit.ask(LIST, data.clone()).await?;
        clients.extend(found.records("contacts").iter().map(pick));
        if clients.len() as u64 > MOST {
            return Err(too_many());
        }
        let cursor = found.text("nextCursor");
        match data.as_object_mut() {
            Some(members) if !cursor.is_empty() => members.insert("cursor".to_owned(), cursor.into()),
            _ => return Ok(clients),
        };
    }
}

/// A client of the list, with the version that it shows.
pub(crate) fn pick(client: &Record) -> Pick {
    Pick { key: client.text("contactEncodedKey"), version: client.number("version").unwrap_or_default() }
}

/// The catalogue of properties.
pub(crate) async fn search_fields(visit: &Visit) -> Result<Vec<Record>, Failure> {
    let found: Record = visit.ask("RetrieveSearchFieldsQuery", json!({})).await?;
    Ok(found.records("properties"))
}

async fn query(visit: &Visit, search: &Search, size: u64, totals: &str) -> Result<Value, Failure> {
    let mut data = search.data(&search_fields(visit).await?);
    if let Some(members) = data.as_object_mut() {
        members.insert("pageSize".to_owned(), json!(size));
        members.insert("totals".to_owned(), totals.into());
    }
    Ok(data)
}

fn late() -> Failure {
    Failure::of(Item::new(Code::RequestTimeout, Code::RequestTimeout.meaning()))
}

fn too_many() -> Failure {
    Failure::of(Item::new(Code::OutOfRange, Code::OutOfRange.meaning()).detail("max", MOST))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(texts: &[(&str, &str)]) -> Fields {
        let texts = texts.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Fields { texts: texts.collect(), ..Fields::default() }
    }

    #[test]
    fn a_client_is_chosen_once_with_the_version_that_was_seen() {
        let texts = ["a:1", "b:2", "a:3", "c", "d:x", ""].map(|text| (PICK, text));
        let texts: Vec<_> = picked(&fields(&texts)).iter().map(Pick::text).collect();
        assert_eq!(texts, ["a:1", "b:2"]);
    }

    #[test]
    fn a_search_is_chosen_again_by_fields_that_no_command_has() {
        let sent = [("term", "oka"), ("state", "Active"), ("p1", "city"), ("o1", "Equals"), ("v1", "Ikeja")];
        let more = [("kept", "{}"), ("pick", "a:1"), ("cursor", "c"), ("csrf", "s"), ("sort", "city")];
        let search = Search::read(&fields(&[&sent[..], &more[..]].concat()));
        let kept = Chosen::Found(Box::new(search)).kept();
        let names: Vec<_> = kept.iter().map(|(name, _)| name.as_str()).collect();
        let condition = ["search-p0", "search-o0", "search-v0"];
        assert_eq!(names[..4], ["all", "kept-search", "search-term", "search-state"]);
        assert_eq!((&names[4..7], &names[7..]), (&condition[..], &["search-kept"][..]));
        // The form of a command has members of the same names.
        let mut again: Vec<_> = kept.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        again.extend([("action", "update"), ("state", "Lagos"), ("city", "Ikeja")]);
        let Chosen::Found(search) = Chosen::read(&fields(&again)) else { panic!("no search") };
        assert_eq!((search.conditions.len(), &*search.conditions[0].value), (1, "Ikeja"));
        assert_eq!((search.states, search.term), (vec!["Active".to_owned()], "oka".to_owned()));
    }

    #[test]
    fn form_of_another_release_does_not_choose_every_client() {
        for form in [
            &[("all", "yes"), ("state", "Active"), ("term", "okafor")][..],
            &[("all", "yes"), ("search-term", "okafor")],
        ] {
            assert!(matches!(Chosen::read(&fields(form)), Chosen::Picked(picks) if picks.is_empty()));
        }
        let found =
            Chosen::read(&fields(&[("all", "yes"), ("kept-search", "yes"), ("search-term", "okafor")]));
        let Chosen::Found(search) = &found else { panic!("a search was sent") };
        assert_eq!(search.term, "okafor");
        let kept = found.kept();
        assert!(kept.contains(&("kept-search".to_owned(), "yes".to_owned())), "{kept:?}");
    }
}
