//! Which item of the work queue a request means.

use client_app::commands::WorkItemRef;
use client_domain::Invalid;
use client_domain::client::{AmendmentId, WorkKind};
use client_domain::kyc::{AddressId, DocumentId};

use crate::code::Code;
use crate::commands::client_ref::client_ref;
use crate::failure::Item;
use crate::form::Form;
use crate::shape;
use crate::spec::{FieldSpec, Shape};

/// The names of the kinds of work.
pub(crate) const KINDS: &[&str] = &["Approval", "Document", "Address", "Amendment", "Expiring"];
pub(crate) const KIND: FieldSpec = FieldSpec::required(
    "kind",
    Shape::Choice(KINDS),
    "What waits: the approval of a client, the review of a document or an address, a decision about an amendment, or \
     the successor of an approved document that expires soon.",
);
/// The members that name an item, of which a request has one.
const WAYS: &[&str] = &["contactEncodedKey", "identityId", "addressId", "amendmentId"];

/// The members of a request that names an item.
pub(crate) const FIELDS: &[FieldSpec] = &[
    FieldSpec::exactly_one(
        WAYS,
        "contactEncodedKey",
        shape::KEY,
        "The client whose approval was requested: its key or its customer number.",
    ),
    FieldSpec::exactly_one(
        WAYS,
        "identityId",
        shape::HEX_ID,
        "The document whose review is pending, or that expires soon.",
    ),
    FieldSpec::exactly_one(WAYS, "addressId", shape::HEX_ID, "The address whose review is pending."),
    FieldSpec::exactly_one(WAYS, "amendmentId", shape::AMENDMENT_ID, "The open amendment."),
];

/// Reads a kind of work.
pub(crate) fn kind(raw: &str) -> Result<WorkKind, Invalid> {
    WorkKind::parse(raw).ok_or(Invalid::Choice { choices: KINDS })
}

/// Reads the item that a request names.
pub(crate) fn item(form: &mut Form<'_>) -> Option<WorkItemRef> {
    let client = form.optional("contactEncodedKey", client_ref).map(WorkItemRef::Approval);
    let document = form.optional("identityId", DocumentId::parse).map(WorkItemRef::Document);
    let address = form.optional("addressId", AddressId::parse).map(WorkItemRef::Address);
    let amendment = form.optional("amendmentId", AmendmentId::parse).map(WorkItemRef::Amendment);
    if WAYS.iter().filter(|name| !form.is_absent(name)).count() != 1 {
        let message =
            "Exactly one of contactEncodedKey, identityId, addressId and amendmentId must be given.";
        form.fail_whole(Item::new(Code::ExactlyOne, message).detail("fields", WAYS.to_vec()));
    }
    client.or(document).or(address).or(amendment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn description_lists_every_kind() {
        assert!(WorkKind::ALL.into_iter().map(WorkKind::name).eq(KINDS.iter().copied()));
    }
}
