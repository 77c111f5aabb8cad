//! Which predicates an index serves.

use jiff::civil::Date;

use super::condition::Asked;
use super::cost::is_indexed;
use super::criterion::{Criterion, TextMatch};
use super::predicate::Predicate;
use super::property::Property;
use super::sortable::Sortable;
use crate::kyc::KycStatus;
use crate::text::is_passport_spelling;

impl Predicate {
    /// Whether a storage has an index that serves this predicate. A search for another one reads the clients one by one, in its order,
    /// until its page is full, and every client where too few match.
    ///
    /// It depends on the conditions and not on the data: an index serves a state, however many clients are in it.
    ///
    /// ```
    /// use client_domain::search::{Predicate, field};
    /// use jiff::civil::date;
    ///
    /// let today = date(2026, 1, 5);
    /// let ikeja = field::CITY.equals("Ikeja");
    /// assert!(!ikeja.clone().check()?.is_indexed(today));
    /// assert!(ikeja.and(field::LAST_NAME.starts_with("oka")).check()?.is_indexed(today));
    /// assert!(Predicate::every_client().is_indexed(today));
    /// # Ok::<(), client_domain::search::Faults>(())
    /// ```
    pub fn is_indexed(&self, today: Date) -> bool {
        match self {
            // The index of the order serves all clients. A part that all clients meet is no condition.
            Self::All(all) => {
                self.is_everyone() || all.iter().any(|one| !one.is_everyone() && one.is_indexed(today))
            }
            // A storage finds documents and KYC statuses by an index of their own only where they must hold.
            Self::Any(any) => any.iter().all(|one| one.is_indexed(today) && !one.asks_documents()),
            Self::Not(other) => match other.as_ref() {
                Self::Not(same) => same.is_indexed(today),
                Self::All(all) => all.is_empty(),
                Self::Where(condition) => {
                    let asked = condition.asked(today);
                    Asked { negated: !asked.negated, ..asked }.is_indexed()
                }
                _ => false,
            },
            Self::Where(condition) => condition.asked(today).is_indexed(),
            Self::Mentions(word) => word.spellings().all(has_parts),
        }
    }

    /// Whether it has no condition.
    fn is_everyone(&self) -> bool {
        matches!(self, Self::All(all) if all.iter().all(Self::is_everyone))
    }

    /// Whether a condition is about documents.
    fn asks_documents(&self) -> bool {
        match self {
            Self::All(several) | Self::Any(several) => several.iter().any(Self::asks_documents),
            Self::Not(other) => other.asks_documents(),
            Self::Where(condition) => {
                condition.property().is_of_documents() || condition.property() == Property::KycStatus
            }
            Self::Mentions(_) => false,
        }
    }
}

impl Asked<'_> {
    fn is_indexed(&self) -> bool {
        let property = self.property;
        match self.criterion.as_ref() {
            // Clients without a document have no entry in the index of statuses.
            Criterion::Kyc(asked) => asked.statuses.contains(&KycStatus::None) == self.negated,
            Criterion::Empty => self.negated && property == Property::FormerClient,
            _ if self.negated => false,
            // Only clients that have an open amendment are in its index.
            Criterion::OneOf(values) if property == Property::HasOpenAmendment => {
                !values.contains(&Sortable::Number(0))
            }
            Criterion::OneOf(_) | Criterion::Within(_) => has_values(property),
            Criterion::Text { how, any_of } => {
                let is_beginning = matches!(how, TextMatch::Equals | TextMatch::StartsWith);
                let by_itself = is_beginning && has_texts(property);
                let is_served = |text: &String| {
                    (by_itself && !is_short_spelling(property, text)) || is_in_words(property, text)
                };
                // A longer list is compared with each client.
                let is_list = *how == TextMatch::Equals && any_of.len() > MAX_IN_WORDS;
                (by_itself || !is_list) && any_of.iter().all(is_served)
            }
            Criterion::Exactly(text) => {
                has_texts(property) || is_in_words(property, &property.normal_form(text))
            }
        }
    }
}

/// Whether the index of words finds the text.
fn is_in_words(property: Property, text: &str) -> bool {
    // The parts of an address have an index of their own, which knows no words.
    (property == Property::Address && has_parts(text))
        || property.is_in_search_text() && text.split_whitespace().any(has_parts)
}

/// Whether the text has a part that the index of parts knows: three letters or digits, or two beside a sign.
fn has_parts(text: &str) -> bool {
    let longest =
        text.split(|c: char| !c.is_alphanumeric()).map(|part| part.chars().count()).max().unwrap_or(0);
    is_indexed(text) && longest >= 2
}

/// Whether the name may be the spelling of another one in a passport, which only the index of words finds, and is too short for
/// it.
fn is_short_spelling(property: Property, text: &str) -> bool {
    property == Property::LastName && !is_indexed(text) && is_passport_spelling(text)
}

/// How many texts of a list are found by the index of words; more are compared with each client.
const MAX_IN_WORDS: usize = 3;

/// Whether an index has the values of this property.
const fn has_values(property: Property) -> bool {
    matches!(
        property,
        Property::Id
            | Property::CustomerNumber
            | Property::EncodedKey
            | Property::FormerClient
            | Property::BranchEncodedKey
            | Property::BranchId
            | Property::ClientState
            | Property::DateCreated
            | Property::DateOfBirth
            | Property::Age
            | Property::HasOpenAmendment
            | Property::DocumentExpiryDate
    ) || has_texts(property)
}

/// Whether an index has the beginnings of these texts.
const fn has_texts(property: Property) -> bool {
    matches!(
        property,
        Property::LastName
            | Property::EmailAddress
            | Property::PhoneNumber
            | Property::IdentificationNumber
            | Property::DocumentNumber
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::{Filter, Word, field};

    fn is_served(filter: &Filter) -> bool {
        filter.clone().check().unwrap().is_indexed(jiff::civil::date(2026, 1, 5))
    }

    #[test]
    fn an_index_serves_a_conjunction_with_one_condition_and_a_disjunction_of_only_such() {
        let (city, name) = (|| field::CITY.equals("Ikeja"), || field::LAST_NAME.starts_with("oka"));
        assert!(is_served(&city().and(name())));
        assert!(!is_served(&city().or(name())));
        assert!(is_served(&field::EMAIL_ADDRESS.equals("a@b.co").or(name())));
        assert!(!is_served(&(!name())));
        assert!(is_served(&(!!name())));
    }

    #[test]
    fn an_index_serves_what_the_book_says() {
        for filter in [
            field::CLIENT_STATE.equals("Active"),
            field::BRANCH_ENCODED_KEY.equals("ikeja-01"),
            field::KYC_STATUS.equals("Verified"),
            !field::KYC_STATUS.equals("None"),
            field::HAS_OPEN_AMENDMENT.equals(true),
            field::FIRST_NAME.is_in(["Adaeze", "Ngozi"]),
            field::LAST_NAME.is_in(["Ng", "Oka", "Eze", "Obi", "Ojo"]),
            field::AGE.at_least(18),
            field::DATE_CREATED.last_days(7),
            field::DOCUMENT_EXPIRY_DATE.next_days(30),
            field::DOCUMENT_NUMBER.starts_with("A1"),
            field::FIRST_NAME.contains("ada"),
            field::LAST_NAME.equals("Ng"),
            field::EMAIL_ADDRESS.ends_with("@example.com"),
            field::ADDRESS.contains("12 broad"),
            field::ADDRESS.ends_with("Street"),
            field::FORMER_CLIENT.is_not_empty(),
        ] {
            assert!(is_served(&filter), "{filter:?}");
        }
        for filter in [
            field::FIRST_NAME.contains("ng"),
            field::FIRST_NAME.not_contains("ada"),
            field::ADDRESS.contains("ng"),
            field::CITY.equals("Ikeja"),
            field::GENDER.equals("Male"),
            field::LAST_MODIFIED.last_days(7),
            field::DOCUMENT_NUMBER.contains("111"),
            field::BRANCH_ENCODED_KEY.is_empty(),
            !field::CLIENT_STATE.equals("Active"),
            field::KYC_STATUS.equals("None"),
            !field::KYC_STATUS.equals("Verified"),
            field::HAS_OPEN_AMENDMENT.equals(false),
            field::FIRST_NAME.is_in(["Adaeze", "Ngozi", "Chidi", "Emeka"]),
            field::DOCUMENT_NUMBER.equals("A1234567").or(field::LAST_NAME.equals("Okafor")),
            field::KYC_STATUS.equals("Verified").or(field::LAST_NAME.equals("Okafor")),
            field::LAST_NAME.equals("Ae"),
            field::ADDRESS.contains("---"),
        ] {
            assert!(!is_served(&filter), "{filter:?}");
        }
        let words = |term| Predicate::of_words(Word::read(term).unwrap());
        let today = jiff::civil::date(2026, 1, 5);
        assert!(words("ada ng").is_indexed(today) && !words("ng").is_indexed(today));
        assert!(!words("---").is_indexed(today) && words("a.b-12").is_indexed(today));
        // No filter is no condition.
        let with_none = Predicate::All(vec![words("ng"), Predicate::every_client()]);
        assert!(
            !with_none.is_indexed(today) && Predicate::All(vec![Predicate::every_client()]).is_indexed(today)
        );
    }
}
