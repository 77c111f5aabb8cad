use jiff::Timestamp;
use jiff::civil::Date;

use super::fold;
use crate::client::{Approval, Client};

/// The kinds of values that properties have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PropertyKind {
    /// Text, compared without regard to case and accents.
    Text,
    /// A whole number.
    Number,
    /// A calendar day.
    Date,
    /// A moment.
    Time,
    /// One of a closed list.
    Choice,
    /// An opaque key, compared to the letter.
    Key,
    /// Yes or no.
    YesNo,
}

impl PropertyKind {
    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Date => "date",
            Self::Time => "time",
            Self::Choice => "choice",
            Self::Key => "key",
            Self::YesNo => "yesNo",
        }
    }
}

macro_rules! properties {
    ($($variant:ident = $name:literal, $kind:ident;)*) => {
        /// A property of a client that found clients can be sorted by, named as on the wire.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Property {
            $(#[doc = concat!("`", $name, "`")] $variant,)*
        }

        impl Property {
            /// Every property.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name on the wire, in `camelCase`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What kind of value it has.
            pub const fn kind(self) -> PropertyKind {
                match self { $(Self::$variant => PropertyKind::$kind,)* }
            }
        }
    };
}

properties! {
    Id = "id", Number;
    EncodedKey = "encodedKey", Key;
    CustomerNumber = "customerNumber", Text;
    FirstName = "firstName", Text;
    MiddleName = "middleName", Text;
    LastName = "lastName", Text;
    FullName = "fullName", Text;
    EmailAddress = "emailAddress", Text;
    PhoneNumber = "phoneNumber", Text;
    DateOfBirth = "dateOfBirth", Date;
    Gender = "gender", Choice;
    MaritalStatus = "maritalStatus", Choice;
    Address = "address", Text;
    City = "city", Text;
    State = "state", Text;
    Country = "country", Text;
    IdentificationType = "identificationType", Text;
    IdentificationNumber = "identificationNumber", Text;
    CustomerType = "customerType", Choice;
    ClientState = "clientState", Choice;
    ApprovalStatus = "approvalStatus", Choice;
    IsBlacklisted = "isBlacklisted", YesNo;
    BranchEncodedKey = "branchEncodedKey", Key;
    AccountOfficerId = "accountOfficerId", Number;
    DateCreated = "dateCreated", Time;
    LastModified = "lastModified", Time;
    DateApproved = "dateApproved", Time;
    DateActivated = "dateActivated", Time;
}

/// The value of a property in the form in which it is sorted. No value at all sorts before every value.
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
    /// Reads a name, in any case.
    pub fn parse(raw: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|property| property.name().eq_ignore_ascii_case(raw))
    }

    /// Whether this is a value that the property can have for some client.
    pub const fn fits(self, value: &Sortable) -> bool {
        match value {
            Sortable::Nothing => true,
            Sortable::Day(_) => matches!(self.kind(), PropertyKind::Date),
            Sortable::Moment(_) => matches!(self.kind(), PropertyKind::Time),
            Sortable::Number(_) => {
                matches!(self.kind(), PropertyKind::Number | PropertyKind::YesNo)
                    || matches!(self, Self::CustomerNumber | Self::MaritalStatus | Self::ClientState)
            }
            Sortable::Text(_) => {
                matches!(self.kind(), PropertyKind::Text | PropertyKind::Key)
                    && !matches!(self, Self::CustomerNumber)
                    || matches!(self, Self::Gender | Self::CustomerType | Self::ApprovalStatus)
            }
        }
    }

    /// The value of the property for one client.
    pub fn of(self, client: &Client) -> Sortable {
        let snapshot = client.snapshot();
        let details = &snapshot.details;
        let place = &details.postal_address;
        let text = |text: &str| Sortable::Text(fold(text));
        let number = |number: Option<i64>| number.map_or(Sortable::Nothing, Sortable::Number);
        let moment = |moment: Option<Timestamp>| moment.map_or(Sortable::Nothing, Sortable::Moment);
        match self {
            // The customer number is made from the id, so both sort alike.
            Self::Id | Self::CustomerNumber => Sortable::Number(snapshot.id.get()),
            Self::EncodedKey => Sortable::Text(snapshot.key.as_str().to_owned()),
            Self::FirstName => text(details.first_name.as_str()),
            Self::MiddleName => {
                details.middle_name.as_ref().map_or(Sortable::Nothing, |name| text(name.as_str()))
            }
            Self::LastName => text(details.last_name.as_str()),
            Self::FullName => text(&full_name(client)),
            Self::EmailAddress => text(details.email.as_str()),
            Self::PhoneNumber => text(details.phone.as_str()),
            Self::DateOfBirth => Sortable::Day(snapshot.birth_date.get()),
            Self::Gender => text(snapshot.gender.name()),
            Self::MaritalStatus => number(details.marital_status.map(|status| i64::from(status.number()))),
            Self::Address => text(place.address.as_str()),
            Self::City => text(place.city.as_str()),
            Self::State => text(place.state.as_str()),
            Self::Country => text(place.country.name()),
            Self::IdentificationType => text(snapshot.identification.kind.as_str()),
            Self::IdentificationNumber => text(snapshot.identification.number.as_str()),
            Self::CustomerType => text(snapshot.customer_type.name()),
            Self::ClientState => Sortable::Number(i64::from(snapshot.state.number())),
            Self::ApprovalStatus => {
                snapshot.approval.status().map_or(Sortable::Nothing, |status| text(status.name()))
            }
            Self::IsBlacklisted => Sortable::Number(i64::from(client.is_blacklisted())),
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
        }
    }
}

/// First, middle and last name with single blanks between them.
fn full_name(client: &Client) -> String {
    let details = &client.snapshot().details;
    let middle = details.middle_name.as_ref().map(|name| format!("{name} ")).unwrap_or_default();
    format!("{} {middle}{}", details.first_name, details.last_name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Actor, Client, Stamp, example};

    #[test]
    fn the_values_that_properties_have_fit_them_and_no_others() {
        let maker = Stamp::new(Actor::parse("maker-1").unwrap(), "2026-01-05T09:00:00Z".parse().unwrap());
        let client = Client::onboard(example::application().unwrap(), &maker).client;
        let others = [
            Sortable::Number(1),
            Sortable::Day("2026-01-05".parse().unwrap()),
            Sortable::Moment(maker.at),
            Sortable::Text(String::new()),
        ];
        for property in Property::ALL {
            let value = property.of(&client);
            assert!(property.fits(&value), "{property:?} {value:?}");
            let fitting = others.iter().filter(|other| property.fits(other)).count();
            assert_eq!(fitting, 1, "{property:?}");
        }
    }
}
