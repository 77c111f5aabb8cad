//! The column of a property.

use client_domain::search::Property;

use super::current::document_is_current;

/// A property as a column that sorts as the domain does.
#[derive(Clone, Copy)]
pub(super) struct Column {
    /// The column, or an expression over columns.
    pub(super) sql: &'static str,
    /// What its values are.
    pub(super) kind: Kind,
    /// Whether a client may have no such value.
    pub(super) nullable: bool,
}

/// What the values of a property are, in the order in which the domain sorts kinds of values.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Number,
    Day,
    Moment,
    Text,
}

/// The column of a property. Texts are stored as the domain folds them, and compared by code points.
pub(super) const fn column(property: Property) -> Column {
    use Kind::{Day, Moment, Number, Text};
    match property {
        Property::Id | Property::CustomerNumber => required("c.id", Number),
        Property::EncodedKey => required("c.client_key", Text),
        Property::FirstName => required("c.first_name_folded", Text),
        Property::MiddleName => optional("c.middle_name_folded", Text),
        Property::LastName => required("c.last_name_folded", Text),
        Property::FullName => required("c.full_name_folded", Text),
        // Without an order: a client may have several.
        Property::FormerName => optional("c.former_names_folded", Text),
        Property::EmailAddress => required("c.email_folded", Text),
        // Digits and a plus fold to themselves.
        Property::PhoneNumber => required("c.phone", Text),
        Property::DateOfBirth => required("c.birth_date", Day),
        // A few known words of ASCII letters: to fold them is to lower their case.
        Property::Gender => required("lower(c.gender)", Text),
        Property::CustomerType => required("lower(c.customer_type)", Text),
        Property::ApprovalStatus => optional("lower(c.approval)", Text),
        Property::MaritalStatus => optional("c.marital_status", Number),
        Property::Address => required("c.address_folded", Text),
        Property::City => required("c.city_folded", Text),
        Property::State => required("c.region_folded", Text),
        Property::Country => required("c.country_folded", Text),
        Property::IdentificationType => required("c.identification_type_folded", Text),
        Property::IdentificationNumber => required("c.identification_number_folded", Text),
        Property::ClientState => required("c.state", Number),
        Property::IsBlacklisted => required("(c.state = 6)", Number),
        Property::HasOpenAmendment => required("c.has_open_amendment", Number),
        Property::FormerClient => optional("c.former_client", Text),
        Property::BranchEncodedKey => optional("c.branch", Text),
        Property::AccountOfficerId => optional("c.account_officer", Number),
        Property::DateCreated => required("c.created_at", Moment),
        Property::LastModified => required("c.modified_at", Moment),
        Property::DateApproved => {
            optional("(CASE WHEN c.approval = 'Approved' THEN c.approval_at END)", Moment)
        }
        Property::DateActivated => optional("c.activated_at", Moment),
        // Of a document `d`.
        Property::DocumentType => required("d.kind", Number),
        Property::DocumentNumber => required("d.number_folded", Text),
        Property::DocumentExpiryDate => optional("d.expires_on", Day),
        Property::DocumentStatus => required(
            concat!(
                "(CASE WHEN d.status = 1 AND NOT (",
                document_is_current!(),
                ") THEN 3 ELSE d.status END)"
            ),
            Number,
        ),
        // The domain rewrites an age as days of birth, the number of a branch as its key, and the KYC status as documents.
        Property::Age | Property::BranchId | Property::KycStatus => optional("NULL", Number),
    }
}

const fn required(sql: &'static str, kind: Kind) -> Column {
    Column { sql, kind, nullable: false }
}

const fn optional(sql: &'static str, kind: Kind) -> Column {
    Column { sql, kind, nullable: true }
}
