#[cfg(feature = "serde")]
use std::collections::BTreeMap;

use super::field::ClientField;
use super::field_value::FieldValue;
use crate::lifecycle::state::ClientState;

/// The fields whose change waits for a second person, by state.
///
/// What [`ClientField::is_corrected`] names waits in both states, whatever the bank sets: it was part of the
/// approval. In every other state that allows a change the whole client waits for approval anyway.
///
/// ```
/// use client_domain::ClientState;
/// use client_domain::client::{ClientField, TwoPersons};
///
/// let active = TwoPersons::default().with(ClientField::LastName, ClientState::Active).unwrap();
/// assert!(active.needs(ClientField::LastName, ClientState::Active));
/// assert!(!active.needs(ClientField::LastName, ClientState::Approved));
/// assert!(active.needs(ClientField::DateOfBirth, ClientState::Approved), "a correction always does");
/// assert!(TwoPersons::default().with(ClientField::LastName, ClientState::PendingApproval).is_none());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(
    feature = "serde",
    serde(
        try_from = "BTreeMap<ClientState, Vec<ClientField>>",
        into = "BTreeMap<ClientState, Vec<ClientField>>"
    )
)]
pub struct TwoPersons {
    /// One bit for each of [`FieldValue::FIELDS`], for each of [`TwoPersons::STATES`].
    fields: [u32; 2],
}

impl TwoPersons {
    /// The states in which a change can wait.
    pub const STATES: [ClientState; 2] = [ClientState::Approved, ClientState::Active];

    /// Every field in both states.
    pub fn everywhere() -> Self {
        Self { fields: [u32::MAX >> (32 - FieldValue::FIELDS.len()); 2] }
    }

    /// The same with this field in this state; `None` if changes of it cannot wait there.
    #[must_use]
    pub fn with(mut self, field: ClientField, state: ClientState) -> Option<Self> {
        let at = Self::STATES.into_iter().position(|known| known == state)?;
        *self.fields.get_mut(at)? |= bit(field)?;
        Some(self)
    }

    /// Whether a change of this field waits for a second person in this state.
    pub fn needs(self, field: ClientField, state: ClientState) -> bool {
        let at = Self::STATES.into_iter().position(|known| known == state);
        let Some(fields) = at.and_then(|at| self.fields.get(at)) else { return false };
        field.is_corrected() || bit(field).is_some_and(|bit| fields & bit != 0)
    }

    /// The fields that the bank has set for a state, in the order of [`FieldValue::FIELDS`].
    pub fn fields_in(self, state: ClientState) -> impl Iterator<Item = ClientField> {
        let at = Self::STATES.into_iter().position(|known| known == state);
        let fields = at.and_then(|at| self.fields.get(at)).copied().unwrap_or_default();
        FieldValue::FIELDS.into_iter().filter(move |field| bit(*field).is_some_and(|bit| fields & bit != 0))
    }

    /// Whether the bank has set no field.
    pub const fn is_empty(self) -> bool {
        let [approved, active] = self.fields;
        approved | active == 0
    }
}

fn bit(field: ClientField) -> Option<u32> {
    FieldValue::FIELDS.into_iter().position(|known| known == field).map(|at| 1 << at)
}

#[cfg(feature = "serde")]
impl From<TwoPersons> for BTreeMap<ClientState, Vec<ClientField>> {
    fn from(two_persons: TwoPersons) -> Self {
        TwoPersons::STATES.map(|state| (state, two_persons.fields_in(state).collect())).into()
    }
}

#[cfg(feature = "serde")]
impl TryFrom<BTreeMap<ClientState, Vec<ClientField>>> for TwoPersons {
    type Error = &'static str;

    fn try_from(lists: BTreeMap<ClientState, Vec<ClientField>>) -> Result<Self, Self::Error> {
        let mut fields =
            lists.into_iter().flat_map(|(state, fields)| fields.into_iter().map(move |field| (state, field)));
        let all = fields.try_fold(Self::default(), |all, (state, field)| all.with(field, state));
        all.ok_or(
            "changes can wait for a second person in Approved and Active, of fields that can be changed",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_listed_as_they_were_set() {
        for state in TwoPersons::STATES {
            let mut two_persons = TwoPersons::default();
            for (set, field) in FieldValue::FIELDS.into_iter().enumerate() {
                assert_eq!(two_persons.fields_in(state).count(), set);
                two_persons = two_persons.with(field, state).unwrap();
            }
            assert_eq!(two_persons.fields_in(state).collect::<Vec<_>>(), FieldValue::FIELDS);
        }
        assert_eq!(TwoPersons::everywhere().fields_in(ClientState::Active).count(), FieldValue::FIELDS.len());
        assert!(TwoPersons::default().is_empty() && !TwoPersons::everywhere().is_empty());
    }

    #[test]
    fn fields_without_a_value_of_their_own_cannot_wait() {
        for field in [ClientField::ClientState, ClientField::IdentityDocuments, ClientField::Amendments] {
            assert_eq!(TwoPersons::default().with(field, ClientState::Active), None);
            assert!(!TwoPersons::everywhere().needs(field, ClientState::Active));
        }
    }
}
