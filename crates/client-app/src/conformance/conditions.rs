//! Conditions on every property by every operator, with values that lie close to those of a crowd.
//!
//! ```
//! use client_app::conformance::conditions;
//! use client_app::conformance::fixtures::{applicant, maker};
//! use client_domain::Client;
//! use client_domain::search::{Operator, Property};
//!
//! let crowd = [Client::onboard(applicant(1), &maker(0)).client];
//! let values = conditions::values(Property::LastName, &crowd);
//! let conditions = conditions::with(Property::LastName, Operator::Equals, &values);
//! assert!(conditions.iter().any(|one| one.evaluate(&crowd[0], "2026-01-05".parse().unwrap())));
//! ```

use client_domain::Client;
use client_domain::search::{Data, Filter, Operator, Predicate, Property, PropertyKind, Sortable, Takes};
use jiff::ToSpan as _;
use jiff::civil::date;

/// How many values of each property are tried at most.
const MOST_VALUES: usize = 9;

/// Values to compare a property with: what clients have, the same in other spellings, what lies right beside it,
/// and what no client has.
pub fn values(property: Property, crowd: &[Client]) -> Vec<Data> {
    let mut own: Vec<_> = crowd.iter().flat_map(|client| property.values(client)).collect();
    own.sort();
    own.dedup();
    let step = (own.len() / 3).max(1);
    let some = own.iter().step_by(step);
    let mut values: Vec<Data> = match property.kind() {
        PropertyKind::Text => {
            let texts: Vec<_> = crowd.iter().flat_map(|client| property.texts(client)).collect();
            texts.iter().step_by((texts.len() / 2).max(1)).flat_map(|text| spellings(text)).collect()
        }
        PropertyKind::Number => {
            some.flat_map(beside).chain([-1, 35, 75, i64::MIN, i64::MAX].map(Data::from)).collect()
        }
        PropertyKind::Date | PropertyKind::Time => {
            let ends = [date(1, 1, 1), date(1952, 2, 29), date(9999, 12, 31)].map(Data::from);
            some.flat_map(beside).chain(ends).collect()
        }
        PropertyKind::Key => some
            .flat_map(|key| match key {
                Sortable::Text(key) => vec![Data::from(key.as_str()), Data::from(key.to_uppercase())],
                _ => Vec::new(),
            })
            .collect(),
        PropertyKind::Choice => property
            .choices()
            .map_or(&[][..], |choices| choices.names)
            .iter()
            .map(|name| Data::from(*name))
            .collect(),
        PropertyKind::YesNo => vec![Data::from(true), Data::from(false)],
    };
    if property.kind() == PropertyKind::Text {
        values.truncate(MOST_VALUES - 3);
        values.extend(["%", "_", "zzz"].map(Data::from));
    }
    values
}

/// A text as it is, in other spellings, and parts of it.
fn spellings(text: &str) -> Vec<Data> {
    let letters: Vec<_> = text.chars().collect();
    let part = |from: usize, to: usize| letters.iter().take(to).skip(from).collect::<String>();
    let length = letters.len();
    let parts = [
        text.to_uppercase(),
        part(0, 2),
        text.to_owned(),
        part(length.saturating_sub(2), length),
        part(1, 3),
    ];
    parts.into_iter().filter(|text| !text.trim().is_empty()).map(Data::from).collect()
}

/// A value, and those right before and after it.
fn beside(value: &Sortable) -> Vec<Data> {
    match value {
        Sortable::Number(number) => [-1, 0, 1].map(|step| Data::from(number.saturating_add(step))).to_vec(),
        Sortable::Day(day) => [-1, 0, 1].map(|step| Data::from(day.saturating_add(step.days()))).to_vec(),
        Sortable::Moment(moment) => {
            let day = moment.to_zoned(jiff::tz::TimeZone::UTC).date();
            let near = [-1_i64, 0, 1].map(|step| Data::from(*moment + step.microseconds()));
            near.into_iter().chain([Data::from(day)]).collect()
        }
        Sortable::Nothing | Sortable::Text(_) => Vec::new(),
    }
}

/// The conditions that a property, an operator and these values make. A pair that is in the wrong order makes none.
pub fn with(property: Property, operator: Operator, values: &[Data]) -> Vec<Predicate> {
    let operands: Vec<Data> = match operator.takes() {
        Takes::Nothing => vec![Data::Null],
        Takes::One => values.to_vec(),
        Takes::Two => values.windows(2).map(|pair| Data::List(pair.to_vec())).collect(),
        Takes::Many => vec![
            Data::List(values.iter().take(1).cloned().collect()),
            Data::List(values.iter().step_by(2).cloned().collect()),
        ],
        Takes::Days => [1, 30, 20_000].map(Data::from).to_vec(),
    };
    let operands = operands.into_iter().filter(|operand| *operand != Data::List(Vec::new()));
    operands.filter_map(|value| Filter::Condition { property, operator, value }.check().ok()).collect()
}

/// Every condition on every property that the values of this crowd make.
pub fn all(crowd: &[Client]) -> Vec<Predicate> {
    let of = |property: Property| {
        let values = values(property, crowd);
        property.kind().operators().iter().flat_map(move |operator| with(property, *operator, &values))
    };
    Property::ALL.iter().copied().flat_map(of).collect()
}
