//! The parts that pages are made of.

use crate::language::Language;
use crate::record::Record;
use crate::sentence::{Reason, Sentence};
use crate::url;

/// A name and a value.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    pub(crate) label: String,
    pub(crate) value: String,
    /// The moment, where the value is one.
    pub(crate) at: Option<String>,
    /// Where it leads, if it is another client.
    pub(crate) path: Option<String>,
}

impl Pair {
    pub(crate) const fn new(label: String, value: String) -> Self {
        Self { label, value, at: None, path: None }
    }

    /// A name and a moment.
    pub(crate) fn at(label: String, raw: &str) -> Self {
        Self { label, value: moment(raw), at: Some(raw.to_owned()), path: None }
    }
}

/// A value before and after.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) label: String,
    pub(crate) before: String,
    pub(crate) after: String,
    /// Whether the value before is not the one in force any more.
    pub(crate) conflict: bool,
}

/// Something that can be done, or the reasons why not.
#[derive(Clone, Debug)]
pub(crate) struct Offer {
    pub(crate) slug: String,
    pub(crate) path: String,
    pub(crate) label: String,
    pub(crate) allowed: bool,
    pub(crate) reasons: Vec<Reason>,
}

/// What can be done, and what cannot be done now.
#[derive(Clone, Debug, Default)]
pub(crate) struct Offers {
    pub(crate) possible: Vec<Offer>,
    pub(crate) impossible: Vec<Offer>,
}

impl Offers {
    pub(crate) fn new(offers: Vec<Offer>) -> Self {
        let (possible, impossible) = offers.into_iter().partition(|offer| offer.allowed);
        Self { possible, impossible }
    }

    pub(crate) fn has_any(&self) -> bool {
        !self.possible.is_empty() || !self.impossible.is_empty()
    }

    /// For templates, which name the offers of an item as those of a page.
    pub(crate) const fn borrow(&self) -> &Self {
        self
    }
}

/// One thing of a panel, such as a document.
#[derive(Clone, Debug, Default)]
pub(crate) struct Item {
    pub(crate) title: String,
    pub(crate) path: Option<String>,
    pub(crate) badge: String,
    pub(crate) facts: Vec<Pair>,
    pub(crate) changes: Vec<Change>,
    pub(crate) offers: Offers,
}

/// A part of a page with a heading: its things, or the sentences of a read that failed.
#[derive(Clone, Debug)]
pub(crate) struct Panel {
    pub(crate) id: &'static str,
    pub(crate) title: String,
    pub(crate) refused: Vec<Sentence>,
    /// What is said if there is nothing.
    pub(crate) empty: String,
    pub(crate) items: Vec<Item>,
    pub(crate) curl: String,
}

/// What every page about a client says of it first.
#[derive(Clone, Debug)]
pub(crate) struct ClientHead {
    pub(crate) name: String,
    pub(crate) number: String,
    pub(crate) path: String,
    pub(crate) state: String,
    /// The name of the state on the wire.
    pub(crate) state_name: String,
    pub(crate) version: u64,
}

impl ClientHead {
    pub(crate) fn new(language: &Language, client: &Record) -> Self {
        let names = [client.text("firstName"), client.text("middleName"), client.text("lastName")];
        let names: Vec<_> = names.into_iter().filter(|name| !name.is_empty()).collect();
        let state = client.text("clientStateDescription").replace(' ', "");
        Self {
            name: names.join(" "),
            number: client.text("customerNumber"),
            path: url::client(&client.text("encodedKey")),
            state: language.word("state", &state),
            state_name: state,
            version: client.number("version").unwrap_or_default(),
        }
    }
}

/// The members of an object with a value, by these names.
pub(crate) fn pairs(language: &Language, record: &Record, names: &[&str]) -> Vec<Pair> {
    let present = names.iter().filter(|name| !record.text(name).is_empty());
    present.map(|name| pair(language, name, &record.text(name))).collect()
}

/// A value as people read it, with its name.
fn pair(language: &Language, name: &str, value: &str) -> Pair {
    let label = language.word("field", name);
    let value = match name {
        "dateCreated" | "lastModified" | "requestDate" | "createdAt" | "verifiedAt" | "uploadedAt"
        | "proposedAt" => {
            return Pair::at(label, value);
        }
        "formerContactEncodedKey" | "returnedAsContactEncodedKey" => {
            return Pair { path: Some(url::client(value)), ..Pair::new(label, language.text("client.show")) };
        }
        "dateOfBirth" => value.get(..10).unwrap_or(value).to_owned(),
        "contentSize" => value.parse::<u64>().map_or_else(|_| value.to_owned(), size),
        _ => words(language, name, value),
    };
    Pair::new(label, value)
}

/// A value of a member or a property as people say it: the word for a choice that the wire has as a number or a name.
pub(crate) fn words(language: &Language, name: &str, value: &str) -> String {
    match name {
        "clientState" => language.word("state", value),
        "kycStatus" => language.word("kyc", value),
        "approvalStatus" => language.word("approval", value),
        "documentStatus" => language.word("status", value),
        "documentType" => language.word("choice.identityType", value),
        "isBlacklisted" => language.word("flag", value),
        _ => language.word(&format!("choice.{name}"), value),
    }
}

/// A moment to the minute, in UTC.
pub(crate) fn moment(raw: &str) -> String {
    raw.get(..16).map_or_else(|| raw.to_owned(), |short| format!("{} UTC", short.replace('T', " ")))
}

fn size(bytes: u64) -> String {
    if bytes < 1024 { format!("{bytes} B") } else { format!("{} KiB", bytes.div_ceil(1024)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_shown_to_the_minute() {
        assert_eq!(moment("2026-01-05T09:00:12.345Z"), "2026-01-05 09:00 UTC");
        assert_eq!(moment("soon"), "soon");
    }
}
