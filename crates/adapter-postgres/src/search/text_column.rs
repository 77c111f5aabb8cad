use client_domain::search::Property;

/// A property that is a text as columns, folded and to the letter.
#[derive(Clone, Copy)]
pub(super) struct TextColumn {
    /// The text as the domain folds it.
    pub(super) folded: &'static str,
    /// The text as it was given.
    pub(super) exact: &'static str,
    /// Whether a client may have no such text.
    pub(super) nullable: bool,
    /// Whether an index has the folded texts in their order.
    pub(super) is_indexed: bool,
}

/// The columns of a property that is a text.
pub(super) const fn text_column(property: Property) -> Option<TextColumn> {
    Some(match property {
        // It is made from the id; whole numbers never get here, they are asked of the id.
        Property::CustomerNumber => {
            always("('cust' || (c.id + 1000000))", "('CUST' || (c.id + 1000000))", false)
        }
        Property::FirstName => always("c.first_name_folded", "c.first_name", false),
        Property::MiddleName => {
            TextColumn { nullable: true, ..always("c.middle_name_folded", "c.middle_name", false) }
        }
        Property::LastName => always("c.last_name_folded", "c.last_name", true),
        Property::FullName => always(
            "c.full_name_folded",
            "(c.first_name || ' ' || coalesce(c.middle_name || ' ', '') || c.last_name)",
            false,
        ),
        Property::EmailAddress => always("c.email_folded", "c.email", true),
        // Digits and a plus fold to themselves.
        Property::PhoneNumber => always("c.phone", "c.phone", true),
        Property::Address => always("c.address_folded", "c.address", false),
        Property::City => always("c.city_folded", "c.city", false),
        Property::State => always("c.region_folded", "c.region", false),
        Property::Country => always("c.country_folded", "c.country", false),
        Property::IdentificationType => {
            always("c.identification_type_folded", "c.identification_type", false)
        }
        Property::IdentificationNumber => {
            always("c.identification_number_folded", "c.identification_number", true)
        }
        // Of a document `d`.
        Property::DocumentNumber => always("d.number_folded", "d.number", true),
        _ => return None,
    })
}

const fn always(folded: &'static str, exact: &'static str, is_indexed: bool) -> TextColumn {
    TextColumn { folded, exact, nullable: false, is_indexed }
}
