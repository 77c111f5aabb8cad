//! The columns of a text property.

use client_domain::search::Property;

/// The columns of a text property: its normal forms, and the exact text.
#[derive(Clone, Copy)]
pub(super) struct TextColumn {
    /// Every form in which the text is found, the one to sort by first. The others of an indexed text are passport spellings
    /// of the first.
    pub(super) forms: &'static [Form],
    /// The text as the caller gave it.
    pub(super) exact: &'static str,
    /// Whether an index holds the first form in its order.
    pub(super) is_indexed: bool,
}

/// One form of a text.
#[derive(Clone, Copy)]
pub(super) struct Form {
    /// The column, or an expression over columns.
    pub(super) sql: &'static str,
    /// A condition without which a client has no such form; without one, every client has it.
    pub(super) given: Option<&'static str>,
}

/// The columns of a property that is a text.
pub(super) const fn text_column(property: Property) -> Option<TextColumn> {
    Some(match property {
        // It is derived from the id; a complete number is compared as an id and never gets here.
        Property::CustomerNumber => {
            plain(const { &[every("('cust' || (c.id + 1000000))")] }, "('CUST' || (c.id + 1000000))")
        }
        Property::FirstName => plain(
            const {
                &[
                    every("c.first_name_folded"),
                    optional("c.first_name_passport", "c.first_name_passport IS NOT NULL"),
                ]
            },
            "c.first_name",
        ),
        Property::MiddleName => plain(
            const {
                &[
                    optional("c.middle_name_folded", "c.middle_name_folded IS NOT NULL"),
                    optional("c.middle_name_passport", "c.middle_name_passport IS NOT NULL"),
                ]
            },
            "c.middle_name",
        ),
        Property::LastName => indexed(
            const {
                &[
                    every("c.last_name_folded"),
                    optional("c.last_name_passport", "c.last_name_passport IS NOT NULL"),
                ]
            },
            "c.last_name",
        ),
        Property::FullName => {
            plain(FULL_NAMES, "(c.first_name || ' ' || coalesce(c.middle_name || ' ', '') || c.last_name)")
        }
        Property::EmailAddress => indexed(const { &[every("c.email_folded")] }, "c.email"),
        // Digits and a plus fold to themselves.
        Property::PhoneNumber => indexed(const { &[every("c.phone")] }, "c.phone"),
        Property::Address => plain(const { &[every("c.address_folded")] }, "c.address"),
        Property::City => plain(const { &[every("c.city_folded")] }, "c.city"),
        Property::State => plain(const { &[every("c.region_folded")] }, "c.region"),
        Property::Country => plain(const { &[every("c.country_folded")] }, "c.country"),
        Property::IdentificationType => {
            plain(const { &[every("c.identification_type_folded")] }, "c.identification_type")
        }
        Property::IdentificationNumber => {
            indexed(const { &[every("c.identification_number_folded")] }, "c.identification_number")
        }
        // Of a document `d`.
        Property::DocumentNumber => indexed(const { &[every("d.number_folded")] }, "d.number"),
        _ => return None,
    })
}

/// The forms of a full name, as the domain joins them from the forms of its parts.
const FULL_NAMES: &[Form] = &[
    every("c.full_name_folded"),
    every("(c.last_name_folded || c.first_name_folded || coalesce(c.middle_name_folded, ''))"),
    optional("(c.first_name_folded || c.last_name_folded)", "c.middle_name_folded IS NOT NULL"),
    optional("(c.last_name_folded || c.first_name_folded)", "c.middle_name_folded IS NOT NULL"),
    optional(
        "(coalesce(c.first_name_passport, c.first_name_folded) \
         || coalesce(c.middle_name_passport, c.middle_name_folded, '') \
         || coalesce(c.last_name_passport, c.last_name_folded))",
        HAS_PASSPORT_FORM,
    ),
    optional(
        "(coalesce(c.last_name_passport, c.last_name_folded) \
         || coalesce(c.first_name_passport, c.first_name_folded) \
         || coalesce(c.middle_name_passport, c.middle_name_folded, ''))",
        HAS_PASSPORT_FORM,
    ),
    optional(
        "(coalesce(c.first_name_passport, c.first_name_folded) || coalesce(c.last_name_passport, c.last_name_folded))",
        HAS_PASSPORT_FORM_AND_MIDDLE_NAME,
    ),
    optional(
        "(coalesce(c.last_name_passport, c.last_name_folded) || coalesce(c.first_name_passport, c.first_name_folded))",
        HAS_PASSPORT_FORM_AND_MIDDLE_NAME,
    ),
];
const HAS_PASSPORT_FORM: &str =
    "coalesce(c.first_name_passport, c.middle_name_passport, c.last_name_passport) IS NOT NULL";
const HAS_PASSPORT_FORM_AND_MIDDLE_NAME: &str = "coalesce(c.first_name_passport, c.middle_name_passport, c.last_name_passport) IS NOT NULL \
     AND c.middle_name_folded IS NOT NULL";

const fn plain(forms: &'static [Form], exact: &'static str) -> TextColumn {
    TextColumn { forms, exact, is_indexed: false }
}

const fn indexed(forms: &'static [Form], exact: &'static str) -> TextColumn {
    TextColumn { forms, exact, is_indexed: true }
}

const fn every(sql: &'static str) -> Form {
    Form { sql, given: None }
}

const fn optional(sql: &'static str, given: &'static str) -> Form {
    Form { sql, given: Some(given) }
}
