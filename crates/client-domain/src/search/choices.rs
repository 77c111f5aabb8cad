use super::operand::Value;
use super::property::Property;
use super::sortable::Sortable;
use crate::kyc::{DocumentKind, KycStatus};
use crate::text::fold;
use crate::value::Invalid;

/// The choices of a property: their names, and their numbers where the wire has numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choices {
    /// The names on the wire.
    pub names: &'static [&'static str],
    /// The numbers, one for each name, or no number at all.
    pub numbers: &'static [i64],
}

const fn named(names: &'static [&'static str]) -> Choices {
    Choices { names, numbers: &[] }
}

impl Property {
    /// The choices of a property of kind `Choice`.
    ///
    /// ```
    /// use client_domain::search::Property;
    ///
    /// assert_eq!(Property::Gender.choices().unwrap().names, ["Male", "Female", "Other"]);
    /// assert!(Property::LastName.choices().is_none());
    /// ```
    pub const fn choices(self) -> Option<Choices> {
        Some(match self {
            Self::Gender => named(&["Male", "Female", "Other"]),
            Self::CustomerType => named(&["Individual", "Corporate"]),
            Self::ApprovalStatus => named(&["Pending", "Approved", "Rejected"]),
            Self::KycStatus => named(KycStatus::NAMES),
            Self::MaritalStatus => {
                Choices { names: &["Single", "Married", "Divorced", "Widowed"], numbers: &[1, 2, 3, 4] }
            }
            Self::ClientState => Choices {
                names: &["Active", "PendingApproval", "Approved", "Rejected", "BlackListed", "Exited"],
                numbers: &[1, 3, 4, 5, 6, 7],
            },
            Self::DocumentType => Choices { names: DocumentKind::NAMES, numbers: DocumentKind::NUMBERS },
            Self::DocumentStatus => {
                Choices { names: &["PENDING", "APPROVED", "REJECTED", "OUTDATED"], numbers: &[0, 1, 2, 3] }
            }
            _ => return None,
        })
    }
}

impl Choices {
    /// Reads a name, without regard to case and blanks, or a number: the name, and the value that clients
    /// have.
    pub(super) fn read(self, value: &Value) -> Result<(&'static str, Sortable), Invalid> {
        let plain = |text: &str| text.replace(char::is_whitespace, "").to_ascii_lowercase();
        let at = match value {
            Value::Number(number) => self.numbers.iter().position(|known| known == number),
            Value::Text(text) => self.names.iter().position(|known| plain(known) == plain(text)),
            _ => None,
        };
        let name = at.and_then(|at| self.names.get(at)).ok_or(Invalid::Choice { choices: self.names })?;
        let number = at.and_then(|at| self.numbers.get(at));
        Ok((name, number.map_or_else(|| Sortable::Text(fold(name)), |number| Sortable::Number(*number))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::ApprovalStatus;
    use crate::lifecycle::ClientState;
    use crate::search::PropertyKind;
    use crate::value::{CustomerType, Gender, MaritalStatus};

    #[test]
    fn every_choice_of_the_domain_is_there_and_no_other() {
        let known = |property: Property, of: Vec<(&'static str, Option<i64>)>| {
            let choices = property.choices().unwrap();
            let mut listed: Vec<_> = choices
                .names
                .iter()
                .enumerate()
                .map(|(at, name)| (*name, choices.numbers.get(at).copied()))
                .collect();
            let mut of = of;
            listed.sort_unstable();
            of.sort_unstable();
            assert_eq!(listed, of, "{property:?}");
        };
        known(Property::Gender, Gender::ALL.map(|one| (one.name(), None)).to_vec());
        known(Property::CustomerType, CustomerType::ALL.map(|one| (one.name(), None)).to_vec());
        known(Property::ApprovalStatus, ApprovalStatus::ALL.map(|one| (one.name(), None)).to_vec());
        let numbered = |name, number: u8| (name, Some(i64::from(number)));
        known(
            Property::MaritalStatus,
            MaritalStatus::ALL.map(|one| numbered(one.name(), one.number())).to_vec(),
        );
        known(Property::ClientState, ClientState::ALL.map(|one| numbered(one.name(), one.number())).to_vec());
        for property in Property::ALL {
            assert_eq!(property.choices().is_some(), property.kind() == PropertyKind::Choice, "{property:?}");
        }
    }

    #[test]
    fn names_are_read_in_any_case_and_numbers_where_there_are_some() {
        let states = Property::ClientState.choices().unwrap();
        for spelling in [Value::from("pending approval"), Value::from("PENDINGAPPROVAL"), Value::from(3)] {
            assert_eq!(states.read(&spelling), Ok(("PendingApproval", Sortable::Number(3))));
        }
        for wrong in [Value::from(0), Value::from("All"), Value::from("3"), Value::Other, Value::from("")] {
            assert!(states.read(&wrong).is_err());
        }
        assert!(Property::Gender.choices().unwrap().read(&Value::from(1)).is_err());
    }
}
