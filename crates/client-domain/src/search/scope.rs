//! The states and branches that a predicate is limited to.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::condition::Asked;
use super::criterion::Criterion;
use super::predicate::Predicate;
use super::property::Property;
use super::sortable::Sortable;
use crate::lifecycle::ClientState;
use crate::value::BranchKey;

/// States and branches, which a store counts by an index alone; `None` for all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// Only clients in these states.
    pub states: Option<BTreeSet<ClientState>>,
    /// Only clients of these branches.
    pub branches: Option<BTreeSet<BranchKey>>,
}

impl Predicate {
    /// The predicate in two parts, both of which must hold: the states and branches that it is limited to, and the rest,
    /// which is [`Predicate::every_client`] if nothing is left.
    ///
    /// ```
    /// use client_domain::ClientState;
    /// use client_domain::search::{Predicate, field};
    ///
    /// let today = "2026-02-01".parse()?;
    /// let active = Predicate::in_states([ClientState::Active]);
    /// let (scope, rest) = active.clone().scoped(today);
    /// assert_eq!(scope.states, Some([ClientState::Active].into()));
    /// assert_eq!((scope.branches, rest), (None, Predicate::every_client()));
    ///
    /// let city = field::CITY.equals("Ikeja").check()?;
    /// let (scope, rest) = Predicate::All(vec![active, city.clone()]).scoped(today);
    /// assert_eq!((scope.states.map(|states| states.len()), rest), (Some(1), Predicate::All(vec![city])));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn scoped(self, today: Date) -> (Scope, Self) {
        let (mut scope, mut rest) = (Scope::default(), Vec::new());
        scope.take(self, &mut rest, today);
        (scope, Self::All(rest))
    }
}

impl Scope {
    /// Takes the conditions that it knows, and leaves the others.
    fn take(&mut self, predicate: Predicate, rest: &mut Vec<Predicate>, today: Date) {
        match predicate {
            Predicate::All(all) => all.into_iter().for_each(|one| self.take(one, rest, today)),
            Predicate::Where(condition) => {
                if !self.limit(&condition.asked(today)) {
                    rest.push(Predicate::Where(condition));
                }
            }
            other => rest.push(other),
        }
    }

    /// Whether the condition names states or branches, which it is limited to from then on.
    fn limit(&mut self, asked: &Asked<'_>) -> bool {
        let Criterion::OneOf(values) = asked.criterion.as_ref() else { return false };
        match asked.property {
            Property::ClientState if !asked.negated => {
                let state = |value: &Sortable| match value {
                    Sortable::Number(number) => ClientState::from_number(*number),
                    _ => None,
                };
                limit(&mut self.states, values.iter().filter_map(state).collect());
                true
            }
            Property::BranchEncodedKey if !asked.negated => {
                let branch = |value: &Sortable| match value {
                    // A text that is not stored as it is belongs to no client.
                    Sortable::Text(key) => BranchKey::parse(key).ok().filter(|branch| branch.as_str() == key),
                    _ => None,
                };
                limit(&mut self.branches, values.iter().filter_map(branch).collect());
                true
            }
            _ => false,
        }
    }
}

fn limit<T: Ord>(limited: &mut Option<BTreeSet<T>>, to: BTreeSet<T>) {
    *limited = Some(match limited.take() {
        Some(before) => before.into_iter().filter(|one| to.contains(one)).collect(),
        None => to,
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::{Filter, field};

    fn scoped(filter: &Filter) -> (Scope, Predicate) {
        filter.check().unwrap().scoped(Date::ZERO)
    }

    #[test]
    fn states_and_branches_of_several_conditions_are_those_of_all() {
        let filter = field::CLIENT_STATE
            .is_in(vec![ClientState::Active, ClientState::Exited])
            .and(field::BRANCH_ENCODED_KEY.equals("ikeja-01"))
            .and(field::CLIENT_STATE.equals(ClientState::Active));
        let (scope, rest) = scoped(&filter);
        assert_eq!(scope.states, Some([ClientState::Active].into()));
        assert_eq!(scope.branches, Some([BranchKey::parse("ikeja-01").unwrap()].into()));
        assert_eq!(rest, Predicate::every_client());
    }

    #[test]
    fn other_conditions_are_left() {
        for filter in [
            !field::CLIENT_STATE.equals(ClientState::Active),
            field::CLIENT_STATE.not_equals(ClientState::Active),
            field::CLIENT_STATE.equals(ClientState::Active).or(field::CITY.equals("Ikeja")),
            field::BRANCH_ENCODED_KEY.is_empty(),
            field::CITY.equals("Ikeja"),
        ] {
            let predicate = filter.check().unwrap();
            let (scope, rest) = scoped(&filter);
            assert_eq!(scope, Scope::default(), "{predicate:?}");
            let Predicate::All(rest) = rest else { panic!() };
            assert_eq!(rest, [predicate]);
        }
    }
}
