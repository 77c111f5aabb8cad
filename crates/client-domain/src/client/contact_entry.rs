//! Who entered the phone number and the e-mail address in force.

use super::contact_point::{ContactPoint, ContactValue};
use super::details::Details;
use crate::actor::ActorId;
use crate::person::Person;

/// Who entered a phone number or an e-mail address that is in force, or proposed it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct ContactEntry {
    /// The value as it is in force.
    pub value: ContactValue,
    /// The person who entered the number or the address first, as far as it is known.
    pub by: Person,
    /// The person who entered its present spelling, if that is another.
    pub spelled_by: Option<Person>,
}

impl ContactEntry {
    /// Whether this person entered the value or its spelling.
    pub fn is_of(&self, actor: &ActorId) -> bool {
        let person = Person::of(actor);
        self.by == person || self.spelled_by.as_ref() == Some(&person)
    }
}

/// Who entered the phone number and the e-mail address. Unlike the makers it survives every decision. It is unknown for
/// values that an earlier release has written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "camelCase", try_from = "StoredEntries")
)]
pub struct ContactEntries {
    mobile: Option<ContactEntry>,
    email: Option<ContactEntry>,
}

impl ContactEntries {
    /// The entries as a storage adapter has stored them, without those of values that are no longer in force: a release
    /// that does not know the entries has replaced those.
    pub fn restore(stored: impl IntoIterator<Item = ContactEntry>, details: &Details) -> Self {
        let mut all = Self::default();
        for entry in stored {
            let point = entry.value.point();
            if entry.value.is_same(&point.value(details)) {
                *all.place(point) = Some(ContactEntry { value: point.value(details), ..entry });
            }
        }
        all
    }

    /// Who entered the value in force; `None` if that is not known.
    pub const fn of(&self, point: ContactPoint) -> Option<&ContactEntry> {
        match point {
            ContactPoint::Mobile => self.mobile.as_ref(),
            ContactPoint::Email => self.email.as_ref(),
        }
    }

    /// The entries that are known.
    pub fn iter(&self) -> impl Iterator<Item = &ContactEntry> {
        ContactPoint::ALL.into_iter().filter_map(|point| self.of(point))
    }

    /// Records that this person entered a value that comes into force. Another spelling of a value has two people: who
    /// entered a number does not lose that by a second person's blank, capital letter or country code.
    pub(super) fn enter(&mut self, value: ContactValue, by: &ActorId) {
        let by = Person::of(by);
        let place = self.place(value.point());
        *place = Some(match place.take() {
            Some(first) if first.value.is_same(&value) => {
                let spelled_by = (first.by != by).then_some(by);
                ContactEntry { value, by: first.by, spelled_by }
            }
            // The number in force is the one with the country, so it is the entry of the person who has given that.
            Some(first) if first.value.may_be_same(&value) => {
                let spelled_by = (first.by != by).then_some(first.by);
                ContactEntry { value, by, spelled_by }
            }
            Some(_) | None => ContactEntry { value, by, spelled_by: None },
        });
    }

    /// The entries of a client whose values are copied from a former record: who entered a value there has entered it
    /// here too. Where that is not known, it is the person who copies it.
    pub(super) fn copied(former: &Self, copier: Self) -> Self {
        Self { mobile: former.mobile.clone().or(copier.mobile), email: former.email.clone().or(copier.email) }
    }

    const fn place(&mut self, point: ContactPoint) -> &mut Option<ContactEntry> {
        match point {
            ContactPoint::Mobile => &mut self.mobile,
            ContactPoint::Email => &mut self.email,
        }
    }
}

/// What was stored: each of the two could be an entry of the other.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredEntries {
    mobile: Option<ContactEntry>,
    email: Option<ContactEntry>,
}

#[cfg(feature = "serde")]
impl TryFrom<StoredEntries> for ContactEntries {
    type Error = &'static str;

    fn try_from(stored: StoredEntries) -> Result<Self, Self::Error> {
        let StoredEntries { mobile, email } = stored;
        let is_of = |entry: &Option<ContactEntry>, point| {
            entry.as_ref().is_none_or(|entry| entry.value.point() == point)
        };
        if is_of(&mobile, ContactPoint::Mobile) && is_of(&email, ContactPoint::Email) {
            Ok(Self { mobile, email })
        } else {
            Err("a phone number stands where the entry of an e-mail address belongs, or the other way round")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> ActorId {
        ActorId::parse(text).unwrap()
    }

    fn email(text: &str) -> ContactValue {
        ContactValue::parse(ContactPoint::Email, text).unwrap()
    }

    fn who(entries: &ContactEntries) -> Option<(&str, Option<&str>)> {
        let entry = entries.of(ContactPoint::Email)?;
        Some((entry.by.as_str(), entry.spelled_by.as_ref().map(Person::as_str)))
    }

    #[test]
    fn another_spelling_has_two_people_and_another_value_one() {
        let mut entries = ContactEntries::default();
        let (plain, capital, other) =
            (email("ada@example.com"), email("Ada@Example.com"), email("eve@example.com"));
        entries.enter(plain.clone(), &id("First"));
        assert_eq!(who(&entries), Some(("first", None)));
        entries.enter(capital, &id("second"));
        assert_eq!(who(&entries), Some(("first", Some("second"))));
        let entry = entries.of(ContactPoint::Email).unwrap();
        assert!(entry.is_of(&id("FIRST")) && entry.is_of(&id("second")) && !entry.is_of(&id("third")));
        entries.enter(plain, &id("first"));
        assert_eq!(who(&entries), Some(("first", None)));
        entries.enter(other, &id("third"));
        assert_eq!(who(&entries), Some(("third", None)));
        assert_eq!(entries.of(ContactPoint::Mobile), None);
    }

    #[test]
    fn number_with_its_country_is_another_spelling() {
        let mobile = |text: &str| ContactValue::parse(ContactPoint::Mobile, text).unwrap();
        let spellings = ["08031234999", "+2348031234999", "8031234999", "2348031234999"];
        for (typed, other) in spellings.iter().flat_map(|one| spellings.iter().map(move |two| (*one, *two))) {
            let mut entries = ContactEntries::default();
            entries.enter(mobile(typed), &id("first"));
            entries.enter(mobile(other), &id("second"));
            let entry = entries.of(ContactPoint::Mobile).unwrap();
            assert!(entry.is_of(&id("first")) && entry.is_of(&id("second")), "{typed} and {other}");
            entries.enter(mobile("+2348031234998"), &id("third"));
            assert!(!entries.of(ContactPoint::Mobile).unwrap().is_of(&id("first")));
        }
        // The person who has given the country keeps the entry when a third one spells the number in another way.
        let mut entries = ContactEntries::default();
        for (typed, by) in
            [("08031234999", "first"), ("+2348031234999", "second"), ("2348031234999", "third")]
        {
            entries.enter(mobile(typed), &id(by));
        }
        let entry = entries.of(ContactPoint::Mobile).unwrap();
        assert!(entry.is_of(&id("second")) && entry.is_of(&id("third")));
    }
}
