//! A person who is onboarded during a measurement, identified by a running number: in Rust for callers, and in SQL for the
//! baseline, which creates the same kind of people.

use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use serde_json::{Map, Value, json};

use crate::template::Mark;

const FIRST: [&str; 10] =
    ["Adaeze", "Chinedu", "Ngozi", "Emeka", "Amina", "Musa", "Fatima", "Yusuf", "Blessing", "Samuel"];
const LAST: [&str; 10] = ["Oka", "Ade", "Bal", "Eze", "Nwo", "Abu", "Ogu", "Ola", "Dan", "Ibe"];
const LAST_END: [&str; 10] = ["for", "bayo", "ogun", "ewu", "kanu", "bakare", "olami", "mba", "chi", "nnadi"];
const BIRTH_FIRST: Date = date(1950, 1, 1);
const BIRTH_DAYS: u64 = 18_262;
const BIRTH_STEP: u64 = 7_919;

/// The person with this number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Person(pub(crate) u64);

impl Person {
    fn pick(self, among: &[&'static str; 10], place: u32) -> &'static str {
        let at = usize::try_from(self.0 / 10_u64.pow(place) % 10).unwrap_or(0);
        among.get(at).copied().unwrap_or_default()
    }

    pub(crate) fn first_name(self) -> &'static str {
        self.pick(&FIRST, 0)
    }

    pub(crate) fn last_name(self) -> String {
        format!("{}{}", self.pick(&LAST, 1), self.pick(&LAST_END, 2))
    }

    pub(crate) fn email(self) -> String {
        format!("n{}@example.com", self.0)
    }

    pub(crate) fn phone(self) -> String {
        format!("+234{}", 7_000_000_000 + self.0)
    }

    pub(crate) fn identification_number(self) -> String {
        format!("Q{}", self.0)
    }

    /// The dates of fifty years, in no order.
    pub(crate) fn birth_date(self) -> String {
        let days = i64::try_from(self.0.wrapping_mul(BIRTH_STEP) % BIRTH_DAYS).unwrap_or_default();
        BIRTH_FIRST.saturating_add(days.days()).to_string()
    }

    pub(crate) fn branch(self) -> String {
        format!("branch-{}", self.0 % 100)
    }

    /// The data of the command that onboards this person.
    pub(crate) fn data(self) -> Map<String, Value> {
        let data = json!({
            "firstName": self.first_name(), "lastName": self.last_name(), "emailAddress": self.email(),
            "phoneNumber": self.phone(), "dateOfBirth": self.birth_date(), "gender": "Female",
            "address": "12 Allen Avenue", "city": "Ikeja", "state": "Lagos", "country": "Nigeria",
            "identificationType": "International Passport", "identificationNumber": self.identification_number(),
            "customerType": "Individual", "maritalStatus": 2, "accountOfficerId": 17,
            "branchEncodedKey": self.branch(),
        });
        match data {
            Value::Object(members) => members,
            _ => Map::new(),
        }
    }

    /// This person's texts, and the SQL of those of the person with the number `:n`.
    pub(crate) fn marks(self) -> Vec<Mark> {
        let array = |names: [&str; 10], place: u32| {
            format!("(ARRAY['{}'])[1 + (:n::bigint / {} % 10)::int]", names.join("','"), 10_u64.pow(place))
        };
        let (first, last) = (array(FIRST, 0), format!("{} || {}", array(LAST, 1), array(LAST_END, 2)));
        let both = |text: &str, sql: &str| {
            [Mark::new(text, format!("({sql})")), Mark::new(text.to_lowercase(), format!("lower({sql})"))]
        };
        let mut marks = vec![
            Mark::new(self.email(), "'n' || :n::text || '@example.com'"),
            Mark::new(self.phone(), "'+234' || (7000000000 + :n::bigint)::text"),
            Mark::new(self.branch(), "'branch-' || (:n::bigint % 100)::text"),
            Mark::new(
                self.birth_date(),
                format!("(date '{BIRTH_FIRST}' + (:n::bigint * {BIRTH_STEP} % {BIRTH_DAYS})::int)::text"),
            ),
        ];
        marks.extend(both(&self.identification_number(), "'Q' || :n::text"));
        marks.extend(both(&self.last_name(), &last));
        marks.extend(both(self.first_name(), &first));
        marks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persons_are_reproducible_and_distinct() {
        assert_eq!(Person(123).data(), Person(123).data());
        let (one, other) = (Person(123), Person(1123));
        assert_eq!((one.first_name(), one.last_name()), (other.first_name(), other.last_name()));
        assert!(
            one.email() != other.email()
                && one.phone() != other.phone()
                && one.identification_number() != other.identification_number()
        );
        assert_eq!((one.first_name(), one.last_name().as_str()), ("Emeka", "Balbayo"));
        assert!(one.birth_date() != other.birth_date());
    }

    #[test]
    fn no_text_of_a_person_is_a_part_of_an_earlier_one() {
        let marks = Person(987_654_321).marks();
        for (at, mark) in marks.iter().enumerate() {
            assert!(marks[at + 1..].iter().all(|later| !later.text.starts_with(&mark.text)), "{mark:?}");
        }
    }
}
