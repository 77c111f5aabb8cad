use std::cell::OnceCell;
use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{Word, search_text};
use crate::client::Client;
use crate::lifecycle::ClientState;
use crate::value::BranchKey;

/// A condition on clients. It can only be built valid, so every adapter can take it as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Predicate {
    /// Every one of these holds; of none, that is everybody.
    All(Vec<Self>),
    /// The client is in one of these states.
    InState(BTreeSet<ClientState>),
    /// The client belongs to this branch.
    OfBranch(BranchKey),
    /// The client was created in this period.
    Created(Period),
    /// The search text of the client holds this word.
    Mentions(Word),
}

/// A period of whole days, UTC; both ends are included, and an end that is not there is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Period {
    first: Option<Date>,
    last: Option<Date>,
}

impl Period {
    /// Puts two days in order; none if the last lies before the first.
    pub fn new(first: Option<Date>, last: Option<Date>) -> Option<Self> {
        match (first, last) {
            (Some(first), Some(last)) if last < first => None,
            _ => Some(Self { first, last }),
        }
    }

    /// The first day.
    pub const fn first(&self) -> Option<Date> {
        self.first
    }

    /// The last day.
    pub const fn last(&self) -> Option<Date> {
        self.last
    }

    fn holds(&self, day: Date) -> bool {
        self.first.is_none_or(|first| first <= day) && self.last.is_none_or(|last| day <= last)
    }
}

impl Predicate {
    /// The predicate that holds for everybody.
    pub const fn everybody() -> Self {
        Self::All(Vec::new())
    }

    /// What the predicate means: whether it holds for this client.
    ///
    /// ```
    /// use client_domain::search::{Predicate, Word};
    /// use client_domain::{Actor, Client, Stamp, example};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let maker = Stamp::new(Actor::parse("maker-1")?, "2026-01-05T09:00:00Z".parse()?);
    /// let client = Client::onboard(example::application()?, &maker).client;
    /// let words = Word::split("OKAFOR 0803-123")?.into_iter().map(Predicate::Mentions).collect();
    /// assert!(!Predicate::All(words).holds(&client), "the number is stored with its country code");
    /// let words = Word::split("OKAFOR 803-123")?.into_iter().map(Predicate::Mentions).collect();
    /// assert!(Predicate::All(words).holds(&client));
    /// # Ok(())
    /// # }
    /// ```
    pub fn holds(&self, client: &Client) -> bool {
        let text = OnceCell::new();
        self.decide(client, &|word| word.occurs_in(text.get_or_init(|| search_text(client))))
    }

    /// The same, for somebody who keeps the search texts of clients beside them.
    pub fn holds_with(&self, client: &Client, search_text: &str) -> bool {
        self.decide(client, &|word| word.occurs_in(search_text))
    }

    fn decide(&self, client: &Client, mentions: &dyn Fn(&Word) -> bool) -> bool {
        let snapshot = client.snapshot();
        match self {
            Self::All(all) => all.iter().all(|predicate| predicate.decide(client, mentions)),
            Self::InState(states) => states.contains(&snapshot.state),
            Self::OfBranch(branch) => snapshot.branch.as_ref() == Some(branch),
            Self::Created(period) => period.holds(snapshot.created.at.to_zoned(TimeZone::UTC).date()),
            Self::Mentions(word) => mentions(word),
        }
    }
}
