//! The columns of a text property.

use client_domain::search::Property;

/// The columns of a text property, folded and exact.
#[derive(Clone, Copy)]
pub(super) struct TextColumn {
    /// The text as the domain folds it.
    pub(super) folded: &'static str,
    /// The text as the caller gave it.
    pub(super) exact: &'static str,
    /// Whether a client may have no such text.
    pub(super) nullable: bool,
    /// Whether an index holds the folded texts in their order.
    pub(super) is_indexed: bool,
}

/// The columns of a property that is a text.
pub(super) const fn text_column(property: Property) -> Option<TextColumn> {
    Some(match property {
        // It is derived from the id; a complete number is compared as an id and never gets here.
        Property::CustomerNumber => {
            required("('cust' || (c.id + 1000000))", "('CUST' || (c.id + 1000000))", false)
        }
        Property::FirstName => required("c.first_name_folded", "c.first_name", false),
        Property::MiddleName => {
            TextColumn { nullable: true, ..required("c.middle_name_folded", "c.middle_name", false) }
        }
        Property::LastName => required("c.last_name_folded", "c.last_name", true),
        Property::FullName => required(
            "c.full_name_folded",
            "(c.first_name || ' ' || coalesce(c.middle_name || ' ', '') || c.last_name)",
            false,
        ),
        Property::EmailAddress => required("c.email_folded", "c.email", true),
        // Digits and a plus fold to themselves.
        Property::PhoneNumber => required("c.phone", "c.phone", true),
        Property::Address => required("c.address_folded", "c.address", false),
        Property::City => required("c.city_folded", "c.city", false),
        Property::State => required("c.region_folded", "c.region", false),
        Property::Country => required("c.country_folded", "c.country", false),
        Property::IdentificationType => {
            required("c.identification_type_folded", "c.identification_type", false)
        }
        Property::IdentificationNumber => {
            required("c.identification_number_folded", "c.identification_number", true)
        }
        // Of a document `d`.
        Property::DocumentNumber => required("d.number_folded", "d.number", true),
        _ => return None,
    })
}

const fn required(folded: &'static str, exact: &'static str, is_indexed: bool) -> TextColumn {
    TextColumn { folded, exact, nullable: false, is_indexed }
}
