//! Clients that may be the same person.

use std::collections::BTreeSet;

use crate::claim::{Claim, ClaimKind};
use crate::client::Client;
use crate::search::{Faults, Filter, Predicate, field};
use crate::text::{latin_passport, name, number};

/// What two clients have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resemblance {
    /// First and last name, in either order and also as passports write them, and the date of birth.
    NameAndBirthDate,
    /// The phone number.
    Phone,
    /// The number of the identification.
    Identification,
    /// The number of a submitted document, with a document or the identification of the other client.
    Document,
}

impl Resemblance {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::NameAndBirthDate, Self::Phone, Self::Identification, Self::Document];

    /// The name on the wire, in `camelCase`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NameAndBirthDate => "nameAndBirthDate",
            Self::Phone => "phone",
            Self::Identification => "identification",
            Self::Document => "document",
        }
    }
}

impl Client {
    /// What this client and another have in common; nothing, if the other is this client.
    ///
    /// The states of the two do not matter: a person who was rejected, blacklisted or has left may apply again.
    ///
    /// ```
    /// use client_domain::value::{ClientKey, EmailAddress};
    /// use client_domain::{Actor, AuditStamp, Client, Resemblance, example};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let maker = AuditStamp::new(Actor::parse("maker-1")?, "2026-01-05T09:00:00Z".parse()?);
    /// let client = Client::onboard(example::application()?, &maker).client;
    ///
    /// let mut again = example::application()?;
    /// again.key = ClientKey::parse("another")?;
    /// again.details.email = EmailAddress::parse("ada@example.com")?;
    /// (again.details.first_name, again.details.last_name) = (again.details.last_name, again.details.first_name);
    /// let again = Client::onboard(again, &maker).client;
    ///
    /// assert!(client.resemblances(&again).contains(&Resemblance::NameAndBirthDate));
    /// assert!(client.resemblances(&client).is_empty());
    /// # Ok(())
    /// # }
    /// ```
    pub fn resemblances(&self, other: &Self) -> BTreeSet<Resemblance> {
        if self.key() == other.key() {
            return BTreeSet::new();
        }
        let (one, two) = (self.snapshot(), other.snapshot());
        let (own, others) = (Numbers::of(self), Numbers::of(other));
        let common = |resemblance| match resemblance {
            Resemblance::NameAndBirthDate => one.birth_date == two.birth_date && have_one_name(self, other),
            Resemblance::Phone => one.details.phone == two.details.phone,
            Resemblance::Identification => own.identification == others.identification,
            Resemblance::Document => {
                own.documents.contains(&others.identification)
                    || others.documents.contains(&own.identification)
                    || !own.documents.is_disjoint(&others.documents)
            }
        };
        Resemblance::ALL.into_iter().filter(|resemblance| common(*resemblance)).collect()
    }

    /// The searches that together find every client with a resemblance, and perhaps others; each can use an index.
    /// [`Client::resemblances`] decides about each client that they find.
    ///
    /// # Errors
    ///
    /// [`Faults`] if a value cannot be searched for, which would be a defect.
    pub fn look_alike_searches(&self) -> Result<Vec<Predicate>, Faults> {
        let snapshot = self.snapshot();
        let details = &snapshot.details;
        let (first, last) = (details.first_name.as_str(), details.last_name.as_str());
        let numbers = self.numbers();
        [
            field::DATE_OF_BIRTH.on(snapshot.birth_date.get()).and(field::LAST_NAME.is_in(vec![first, last])),
            field::PHONE_NUMBER.equals(details.phone.as_str()),
            field::IDENTIFICATION_NUMBER.is_in(numbers.clone()),
            field::DOCUMENT_NUMBER.is_in(numbers),
        ]
        .iter()
        .map(Filter::check)
        .collect()
    }
}

impl Client {
    /// The kinds of the claims that both clients have.
    pub fn shared_claims(&self, other: &Self) -> BTreeSet<ClaimKind> {
        let own = self.claims();
        other.claims().iter().filter(|claim| own.contains(claim)).map(Claim::kind).collect()
    }

    /// The searches that together find every other client with a claim of this kind that this client has, and perhaps
    /// others; each can use an index. [`Client::shared_claims`] decides about each client that they find.
    ///
    /// # Errors
    ///
    /// [`Faults`] if a value cannot be searched for, which would be a defect.
    pub fn holder_searches(&self, kind: ClaimKind) -> Result<Vec<Predicate>, Faults> {
        let details = &self.snapshot().details;
        let filters = match kind {
            ClaimKind::Identification => {
                let numbers = self.numbers();
                vec![
                    field::IDENTIFICATION_NUMBER.is_in(numbers.clone()),
                    field::DOCUMENT_NUMBER.is_in(numbers),
                ]
            }
            ClaimKind::Email => vec![field::EMAIL_ADDRESS.equals(details.email.as_str())],
            // A claim is on the digits alone.
            ClaimKind::Phone => {
                let digits = details.phone.digits();
                vec![field::PHONE_NUMBER.is_in(vec![digits.to_owned(), format!("+{digits}")])]
            }
            ClaimKind::FormerClient => {
                let former = self.snapshot().former_client.iter();
                former.map(|key| field::FORMER_CLIENT.equals(key.as_str())).collect()
            }
        };
        filters.iter().map(Filter::check).collect()
    }

    /// The numbers of the identification and of the documents.
    fn numbers(&self) -> Vec<String> {
        let documents = self.kyc().documents.iter().map(|document| &document.number);
        let mut numbers = vec![self.snapshot().identification.number.as_str().to_owned()];
        numbers.extend(documents.map(|number| number.as_str().to_owned()));
        numbers.dedup();
        numbers
    }
}

/// Whether first and last name are the same, in either order.
fn have_one_name(one: &Client, other: &Client) -> bool {
    let parts = |client: &Client| {
        let details = &client.snapshot().details;
        [&details.first_name, &details.last_name].map(|part| spellings(part.as_str()))
    };
    let ([first, last], [other_first, other_last]) = (parts(one), parts(other));
    let is_same = |one: &BTreeSet<String>, other: &BTreeSet<String>| !one.is_disjoint(other);
    (is_same(&first, &other_first) && is_same(&last, &other_last))
        || (is_same(&first, &other_last) && is_same(&last, &other_first))
}

/// A part of a name as the searches by last name find it: in its normal form, and as passports write it.
fn spellings(part: &str) -> BTreeSet<String> {
    latin_passport(part).into_iter().chain([name(part)]).collect()
}

/// The document numbers of a client as searches compare them.
struct Numbers {
    identification: String,
    documents: BTreeSet<String>,
}

impl Numbers {
    fn of(client: &Client) -> Self {
        Self {
            identification: number(client.snapshot().identification.number.as_str()),
            documents: client.kyc().documents.iter().map(|one| number(one.number.as_str())).collect(),
        }
    }
}

crate::conversions::display_name!(Resemblance);
