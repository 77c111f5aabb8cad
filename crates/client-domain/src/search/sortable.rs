use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::Date;

use super::property::{Property, PropertyKind};
use crate::client::{Approval, Client, FullName};
use crate::text::fold;

/// The value of a property in its form for sorting. No value at all sorts before every value.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sortable {
    /// The client has no such value.
    Nothing,
    /// A number, or a choice by its number; no before yes.
    Number(i64),
    /// A calendar day.
    Day(Date),
    /// A moment.
    Moment(Timestamp),
    /// A text, folded, in the order of its code points.
    Text(String),
}

impl std::fmt::Debug for Sortable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Nothing => "Nothing",
            Self::Number(_) => "Number(***)",
            Self::Day(_) => "Day(***)",
            Self::Moment(_) => "Moment(***)",
            Self::Text(_) => "Text(***)",
        })
    }
}

impl Property {
    /// Whether this is a value that the property can have for some client.
    pub const fn fits(self, value: &Sortable) -> bool {
        match value {
            Sortable::Nothing => true,
            Sortable::Day(_) => matches!(self.kind(), PropertyKind::Date),
            Sortable::Moment(_) => matches!(self.kind(), PropertyKind::Time),
            Sortable::Number(_) => {
                matches!(self.kind(), PropertyKind::Number | PropertyKind::YesNo)
                    || matches!(
                        self,
                        Self::CustomerNumber
                            | Self::MaritalStatus
                            | Self::ClientState
                            | Self::DocumentType
                            | Self::DocumentStatus
                    )
            }
            Sortable::Text(_) => {
                matches!(self.kind(), PropertyKind::Text | PropertyKind::Key)
                    && !matches!(self, Self::CustomerNumber)
                    || matches!(
                        self,
                        Self::Gender | Self::CustomerType | Self::ApprovalStatus | Self::KycStatus
                    )
            }
        }
    }

    /// The text of a property for one client, as on the wire; none if it has no value or is not a text.
    pub fn text(self, client: &Client) -> Option<Cow<'_, str>> {
        let snapshot = client.snapshot();
        let details = &snapshot.details;
        let place = &details.postal_address;
        Some(Cow::Borrowed(match self {
            Self::CustomerNumber => return Some(Cow::Owned(client.customer_number().to_string())),
            Self::FullName => return Some(Cow::Owned(FullName::of(details).to_string())),
            Self::FirstName => details.first_name.as_str(),
            Self::MiddleName => details.middle_name.as_ref()?.as_str(),
            Self::LastName => details.last_name.as_str(),
            Self::EmailAddress => details.email.as_str(),
            Self::PhoneNumber => details.phone.as_str(),
            Self::Address => place.address.as_str(),
            Self::City => place.city.as_str(),
            Self::State => place.state.as_str(),
            Self::Country => place.country.name(),
            Self::IdentificationType => snapshot.identification.kind.as_str(),
            Self::IdentificationNumber => snapshot.identification.number.as_str(),
            _ => return None,
        }))
    }

    /// The text of the property for each document or each former name, or the one text of the client.
    pub fn texts(self, client: &Client) -> Vec<Cow<'_, str>> {
        match self {
            Self::DocumentNumber => {
                let documents = client.kyc().documents.iter();
                documents.map(|document| Cow::Borrowed(document.number.as_str())).collect()
            }
            Self::FormerName => {
                client.snapshot().former_names.iter().map(|name| Cow::Owned(name.to_string())).collect()
            }
            _ => self.text(client).into_iter().collect(),
        }
    }

    /// The value of the property for each document or each former name that has one, or the one value of the client.
    ///
    /// ```
    /// use client_domain::search::{Property, Sortable};
    /// use client_domain::{Actor, Client, AuditStamp, example};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let maker = AuditStamp::new(Actor::parse("maker-1")?, "2026-01-05T09:00:00Z".parse()?);
    /// let client = Client::onboard(example::application()?, &maker).client;
    /// assert_eq!(Property::DocumentType.values(&client), []);
    /// let client = client.submit_document(example::passport(&maker)?, &maker)?.client;
    /// assert_eq!(Property::DocumentType.values(&client), [Sortable::Number(2)]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn values(self, client: &Client) -> Vec<Sortable> {
        let documents = client.kyc().documents.iter();
        match self {
            Self::DocumentType => {
                documents.map(|document| Sortable::Number(document.kind.number().into())).collect()
            }
            Self::DocumentStatus => documents
                .map(|document| Sortable::Number(client.status_of(&document.verification).number().into()))
                .collect(),
            Self::DocumentExpiryDate => {
                documents.filter_map(|document| document.validity.expires_on()).map(Sortable::Day).collect()
            }
            Self::DocumentNumber => {
                documents.map(|document| Sortable::Text(self.normal_form(document.number.as_str()))).collect()
            }
            Self::FormerName => {
                self.texts(client).iter().map(|text| Sortable::Text(self.normal_form(text))).collect()
            }
            _ => Some(self.of(client)).filter(|value| *value != Sortable::Nothing).into_iter().collect(),
        }
    }

    /// The value of the property for one client, to sort by; [`Sortable::Nothing`] for a property that is not a
    /// value of the client, or has several.
    pub fn of(self, client: &Client) -> Sortable {
        let snapshot = client.snapshot();
        let details = &snapshot.details;
        let name = |name: &str| Sortable::Text(fold(name));
        let number = |number: Option<i64>| number.map_or(Sortable::Nothing, Sortable::Number);
        let moment = |moment: Option<Timestamp>| moment.map_or(Sortable::Nothing, Sortable::Moment);
        match self {
            // The customer number is derived from the id, so both sort alike.
            Self::Id | Self::CustomerNumber => Sortable::Number(snapshot.id.get()),
            Self::EncodedKey => Sortable::Text(snapshot.key.as_str().to_owned()),
            Self::DateOfBirth => Sortable::Day(snapshot.birth_date.get()),
            Self::Gender => name(snapshot.gender.name()),
            Self::MaritalStatus => number(details.marital_status.map(|status| i64::from(status.number()))),
            Self::CustomerType => name(snapshot.customer_type.name()),
            Self::ClientState => Sortable::Number(i64::from(snapshot.state.number())),
            Self::ApprovalStatus => {
                snapshot.approval.status().map_or(Sortable::Nothing, |status| name(status.name()))
            }
            Self::IsBlacklisted => Sortable::Number(i64::from(client.is_blacklisted())),
            Self::HasOpenAmendment => Sortable::Number(i64::from(!snapshot.amendments.is_empty())),
            Self::FormerClient => snapshot
                .former_client
                .as_ref()
                .map_or(Sortable::Nothing, |key| Sortable::Text(key.as_str().to_owned())),
            Self::BranchEncodedKey => snapshot
                .branch
                .as_ref()
                .map_or(Sortable::Nothing, |key| Sortable::Text(key.as_str().to_owned())),
            Self::AccountOfficerId => {
                number(details.account_officer.map(crate::value::AccountOfficerId::get))
            }
            Self::DateCreated => Sortable::Moment(snapshot.created.at),
            Self::LastModified => Sortable::Moment(snapshot.modified_at),
            Self::DateApproved => moment(match &snapshot.approval {
                Approval::Approved(stamp) => Some(stamp.at),
                _ => None,
            }),
            Self::DateActivated => moment(snapshot.activated_at),
            _ => self.text(client).map_or(Sortable::Nothing, |text| Sortable::Text(self.normal_form(&text))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Actor, AuditStamp, Client, example};

    #[test]
    fn the_values_that_properties_have_fit_them_and_no_others() {
        let maker =
            AuditStamp::new(Actor::parse("maker-1").unwrap(), "2026-01-05T09:00:00Z".parse().unwrap());
        let client = Client::onboard(example::application().unwrap(), &maker).client;
        let others = [
            Sortable::Number(1),
            Sortable::Day("2026-01-05".parse().unwrap()),
            Sortable::Moment(maker.at),
            Sortable::Text(String::new()),
        ];
        for property in Property::ALL.iter().filter(|property| property.is_sortable()) {
            let value = property.of(&client);
            assert!(property.fits(&value), "{property:?} {value:?}");
            let fitting = others.iter().filter(|other| property.fits(other)).count();
            assert_eq!(fitting, 1, "{property:?}");
        }
    }
}
