use super::key::AddressId;
use super::verification::Verification;
use crate::actor::{ActorId, AuditStamp};
use crate::value::{AddressLine, AddressSupplement, Country, PlaceName, PostalCode};

/// An address of a client, as it is submitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressDraft {
    /// A fresh id.
    pub id: AddressId,
    /// Street, house.
    pub line1: AddressLine,
    /// Flat, floor.
    pub line2: Option<AddressSupplement>,
    /// Town or city.
    pub city: PlaceName,
    /// State, province or region.
    pub state: PlaceName,
    /// The country.
    pub country: Country,
    /// The postal code, where there is one.
    pub postal_code: Option<PostalCode>,
}

/// An address of a client as evidence, with its review. It is separate from the postal address in the
/// client's details.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct AddressInformation {
    /// The id; it never changes.
    pub id: AddressId,
    /// Street, house.
    pub line1: AddressLine,
    /// Flat, floor.
    pub line2: Option<AddressSupplement>,
    /// Town or city.
    pub city: PlaceName,
    /// State, province or region.
    pub state: PlaceName,
    /// The country.
    pub country: Country,
    /// The postal code, where there is one.
    pub postal_code: Option<PostalCode>,
    /// Who submitted it, and when.
    pub submitted: AuditStamp,
    /// The progress of its review.
    pub verification: Verification,
}

impl AddressInformation {
    /// The draft as an address whose review is pending.
    pub(crate) fn of(draft: AddressDraft, stamp: &AuditStamp) -> Self {
        Self {
            id: draft.id,
            line1: draft.line1,
            line2: draft.line2,
            city: draft.city,
            state: draft.state,
            country: draft.country,
            postal_code: draft.postal_code,
            submitted: stamp.clone(),
            verification: Verification::Pending,
        }
    }

    /// Whether this actor submitted it, and so does not review it.
    pub fn is_of(&self, actor: &ActorId) -> bool {
        self.submitted.by.id.is_same_person(actor)
    }
}
