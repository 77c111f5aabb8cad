//! Generated predicates and orders.

use client_domain::Client;
use client_domain::search::{Direction, Order, Predicate, Property, Value, Word};
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};
use store_conformance::fixtures::conditions;

use crate::population::text;

/// Conditions, words and groups of them; which values are compared with is decided by the clients there are.
#[derive(Clone, Debug)]
pub(crate) enum Plan {
    Condition(Vec<Property>, Index, Index, Index, Vec<String>),
    Words(String),
    Group(u8, Vec<Plan>),
}

pub(crate) fn plan() -> impl Strategy<Value = Plan> {
    let texts = prop::collection::vec(text(), 2);
    // A third of them is about documents.
    let properties = prop_oneof![2 => Just(Property::ALL.to_vec()), 1 => Just(of_documents().collect())];
    let condition = (properties, any::<Index>(), any::<Index>(), any::<Index>(), texts).prop_map(
        |(of, property, operator, value, texts)| Plan::Condition(of, property, operator, value, texts),
    );
    let leaf = prop_oneof![5 => condition, 1 => text().prop_map(Plan::Words)].boxed();
    let groups = leaf.clone().prop_recursive(4, 12, 4, |inner| {
        (0..3_u8, prop::collection::vec(inner, 0..4)).prop_map(|(logic, parts)| Plan::Group(logic, parts))
    });
    prop_oneof![leaf, groups]
}

pub(crate) fn of_documents() -> impl Iterator<Item = Property> {
    let all = Property::ALL.iter().copied();
    all.filter(|property| property.is_of_documents() || *property == Property::KycStatus)
}

impl Plan {
    pub(crate) fn predicate(&self, clients: &[Client]) -> Predicate {
        match self {
            Self::Words(term) => {
                let words = Word::split(term).unwrap_or_default();
                Predicate::All(words.into_iter().map(Predicate::Mentions).collect())
            }
            Self::Group(logic, parts) => {
                let parts: Vec<_> = parts.iter().map(|part| part.predicate(clients)).collect();
                match logic {
                    0 => Predicate::All(parts),
                    1 => Predicate::Any(parts),
                    _ => Predicate::Not(Box::new(Predicate::Any(parts))),
                }
            }
            Self::Condition(properties, property, operator, value, texts) => {
                let property = *property.get(properties);
                let operator = *operator.get(property.kind().operators());
                let mut values = conditions::values(property, clients);
                values.extend(texts.iter().map(|text| Value::from(text.as_str())));
                let all = conditions::with(property, operator, &values);
                if all.is_empty() { Predicate::every_client() } else { value.get(&all).clone() }
            }
        }
    }
}

pub(crate) fn order() -> impl Strategy<Value = Order> {
    let directions = prop::array::uniform3(select(&[Direction::Ascending, Direction::Descending][..]));
    let sortable: Vec<_> = Property::sortable().collect();
    (subsequence(sortable, 1..=3).prop_shuffle(), directions).prop_map(|(properties, directions)| {
        Order::by(properties.into_iter().zip(directions).collect()).unwrap()
    })
}
