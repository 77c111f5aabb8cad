use client_domain::search::Property;

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

impl Column {
    /// Whether its values are numbers.
    pub(super) fn is_number(self) -> bool {
        self.kind == Kind::Number
    }
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
        Property::Id | Property::CustomerNumber => always("c.id", Number),
        Property::EncodedKey => always("c.client_key", Text),
        Property::FirstName => always("c.first_name_folded", Text),
        Property::MiddleName => perhaps("c.middle_name_folded", Text),
        Property::LastName => always("c.last_name_folded", Text),
        Property::FullName => always("c.full_name_folded", Text),
        Property::EmailAddress => always("c.email_folded", Text),
        // Digits and a plus fold to themselves.
        Property::PhoneNumber => always("c.phone", Text),
        Property::DateOfBirth => always("c.birth_date", Day),
        // A few known words of ASCII letters: to fold them is to lower their case.
        Property::Gender => always("lower(c.gender)", Text),
        Property::CustomerType => always("lower(c.customer_type)", Text),
        Property::ApprovalStatus => perhaps("lower(c.approval)", Text),
        Property::MaritalStatus => perhaps("c.marital_status", Number),
        Property::Address => always("c.address_folded", Text),
        Property::City => always("c.city_folded", Text),
        Property::State => always("c.region_folded", Text),
        Property::Country => always("c.country_folded", Text),
        Property::IdentificationType => always("c.identification_type_folded", Text),
        Property::IdentificationNumber => always("c.identification_number_folded", Text),
        Property::ClientState => always("c.state", Number),
        Property::IsBlacklisted => always("(c.state = 6)::integer", Number),
        Property::BranchEncodedKey => perhaps("c.branch", Text),
        Property::AccountOfficerId => perhaps("c.account_officer", Number),
        Property::DateCreated => always("c.created_at", Moment),
        Property::LastModified => always("c.modified_at", Moment),
        Property::DateApproved => {
            perhaps("(CASE WHEN c.approval = 'Approved' THEN c.approval_at END)", Moment)
        }
        Property::DateActivated => perhaps("c.activated_at", Moment),
        // Of a document `d`.
        Property::DocumentType => always("d.kind", Number),
        Property::DocumentNumber => always("d.number_folded", Text),
        Property::DocumentExpiryDate => perhaps("d.expires_on", Day),
        Property::DocumentStatus => always("d.status", Number),
        // The domain asks an age of the day of birth, a branch's number of its key, and the status of papers of papers.
        Property::Age | Property::BranchId | Property::KycStatus => perhaps("NULL::bigint", Number),
    }
}

const fn always(sql: &'static str, kind: Kind) -> Column {
    Column { sql, kind, nullable: false }
}

const fn perhaps(sql: &'static str, kind: Kind) -> Column {
    Column { sql, kind, nullable: true }
}
