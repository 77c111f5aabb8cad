//! Which predicates an index serves.

use jiff::civil::Date;

use super::condition::Asked;
use super::cost::is_indexed;
use super::criterion::{Criterion, TextMatch};
use super::predicate::Predicate;
use super::property::Property;

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
            // The index of the order serves all clients.
            Self::All(all) => all.is_empty() || all.iter().any(|one| one.is_indexed(today)),
            Self::Any(any) => any.iter().all(|one| one.is_indexed(today)),
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
            Self::Mentions(word) => word.spellings().all(is_indexed),
        }
    }
}

impl Asked<'_> {
    fn is_indexed(&self) -> bool {
        let property = self.property;
        match self.criterion.as_ref() {
            Criterion::Kyc(_) => true,
            // What is not one of these states is one of the others.
            Criterion::OneOf(_) if property == Property::ClientState => true,
            Criterion::Empty => self.negated && property == Property::FormerClient,
            _ if self.negated => false,
            Criterion::OneOf(_) | Criterion::Within(_) => has_values(property),
            Criterion::Text { how, any_of } => {
                let is_beginning = matches!(how, TextMatch::Equals | TextMatch::StartsWith);
                (is_beginning && has_texts(property)) || any_of.iter().all(|text| is_in_words(property, text))
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
    (property == Property::Address && is_indexed(text))
        || property.is_in_search_text() && text.split_whitespace().any(is_indexed)
}

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

    fn is_served(filter: Filter) -> bool {
        filter.check().unwrap().is_indexed(jiff::civil::date(2026, 1, 5))
    }

    #[test]
    fn an_index_serves_a_conjunction_with_one_condition_and_a_disjunction_of_only_such() {
        let (city, name) = (|| field::CITY.equals("Ikeja"), || field::LAST_NAME.starts_with("oka"));
        assert!(is_served(city().and(name())));
        assert!(!is_served(city().or(name())));
        assert!(is_served(field::EMAIL_ADDRESS.equals("a@b.co").or(name())));
        assert!(!is_served(!name()));
        assert!(is_served(!!name()));
    }

    #[test]
    fn an_index_serves_what_the_book_says() {
        for filter in [
            field::CLIENT_STATE.equals("Active"),
            !field::CLIENT_STATE.equals("Active"),
            field::BRANCH_ENCODED_KEY.equals("ikeja-01"),
            field::KYC_STATUS.equals("None"),
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
            assert!(is_served(filter.clone()), "{filter:?}");
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
        ] {
            assert!(!is_served(filter.clone()), "{filter:?}");
        }
        let words = |term| Predicate::of_words(Word::read(term).unwrap());
        let today = jiff::civil::date(2026, 1, 5);
        assert!(words("ada ng").is_indexed(today) && !words("ng").is_indexed(today));
    }
}
