//! The properties as Rust writes conditions on them.
//!
//! ```
//! use client_domain::search::field;
//!
//! let wanted = field::LAST_NAME.starts_with("Bal").and(field::AGE.at_least(18)).check()?;
//! # Ok::<(), client_domain::search::Faults>(())
//! ```

use super::{Data, Filter, Operator, Property};

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident { $($method:ident($($argument:ident),*) = $operator:ident, $about:literal;)* })*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq)]
            pub struct $kind(Property);

            impl $kind {
                /// The property.
                pub const fn property(self) -> Property {
                    self.0
                }

                $(
                    #[doc = $about]
                    pub fn $method(self $(, $argument: impl Into<Data>)*) -> Filter {
                        let values: Vec<Data> = vec![$($argument.into()),*];
                        Filter::condition(self.0, Operator::$operator, values)
                    }
                )*
            }
        )*
    };
}

kinds! {
    /// A property that is a text; it is compared without regard to case and accents.
    TextField {
        equals(text) = Equals, "The same text.";
        not_equals(text) = NotEquals, "Another text, or none.";
        equals_case_sensitive(text) = EqualsCaseSensitive, "The same text with its case and accents.";
        contains(text) = Contains, "The text occurs in it.";
        not_contains(text) = NotContains, "The text does not occur in it.";
        starts_with(text) = StartsWith, "It begins with the text.";
        ends_with(text) = EndsWith, "It ends with the text.";
        is_in(texts) = In, "One of these texts.";
        is_not_in(texts) = NotIn, "None of these texts, or no value.";
        is_empty() = IsEmpty, "There is no value.";
        is_not_empty() = IsNotEmpty, "There is a value.";
    }

    /// A property that is a whole number.
    NumberField {
        equals(number) = Equals, "The same number.";
        not_equals(number) = NotEquals, "Another number, or none.";
        greater_than(number) = GreaterThan, "A greater number.";
        at_least(number) = GreaterThanOrEqual, "This number or a greater one.";
        less_than(number) = LessThan, "A smaller number.";
        at_most(number) = LessThanOrEqual, "This number or a smaller one.";
        between(low, high) = Between, "From one number to another, both included.";
        is_in(numbers) = In, "One of these numbers.";
        is_not_in(numbers) = NotIn, "None of these numbers, or no value.";
        is_empty() = IsEmpty, "There is no value.";
        is_not_empty() = IsNotEmpty, "There is a value.";
    }

    /// A property that is a day or a moment; days and weeks are those of UTC.
    DateField {
        on(day) = On, "On this day, or at this moment.";
        not_on(day) = NotEquals, "On another day, or no value.";
        before(day) = Before, "Before this day or moment.";
        on_or_before(day) = BeforeOrOn, "On this day or before.";
        after(day) = After, "After the whole of this day, or after this moment.";
        on_or_after(day) = AfterOrOn, "On this day or after.";
        between(first, last) = Between, "From one to the other, both included.";
        today() = Today, "Today.";
        this_week() = ThisWeek, "From Monday to Sunday of this week.";
        this_month() = ThisMonth, "In this calendar month.";
        this_year() = ThisYear, "In this calendar year.";
        last_days(days) = LastDays, "From so many days ago until today.";
        next_days(days) = NextDays, "From today until so many days ahead.";
        is_empty() = IsEmpty, "There is no value.";
        is_not_empty() = IsNotEmpty, "There is a value.";
    }

    /// A property that is one of a few choices, or a key.
    ChoiceField {
        equals(choice) = Equals, "This one.";
        not_equals(choice) = NotEquals, "Another one, or none.";
        is_in(choices) = In, "One of these.";
        is_not_in(choices) = NotIn, "None of these, or no value.";
        is_empty() = IsEmpty, "There is no value.";
        is_not_empty() = IsNotEmpty, "There is a value.";
    }

    /// A property that is yes or no.
    FlagField {
        equals(flag) = Equals, "This one.";
        not_equals(flag) = NotEquals, "The other one.";
    }
}

macro_rules! fields {
    ($($name:ident: $kind:ident = $property:ident;)*) => {
        $(
            #[doc = concat!("[`Property::", stringify!($property), "`]")]
            pub const $name: $kind = $kind(Property::$property);
        )*

        #[cfg(test)]
        const ALL: &[Property] = &[$(Property::$property,)*];
    };
}

fields! {
    ID: NumberField = Id;
    ENCODED_KEY: ChoiceField = EncodedKey;
    CUSTOMER_NUMBER: TextField = CustomerNumber;
    FIRST_NAME: TextField = FirstName;
    MIDDLE_NAME: TextField = MiddleName;
    LAST_NAME: TextField = LastName;
    FULL_NAME: TextField = FullName;
    EMAIL_ADDRESS: TextField = EmailAddress;
    PHONE_NUMBER: TextField = PhoneNumber;
    DATE_OF_BIRTH: DateField = DateOfBirth;
    AGE: NumberField = Age;
    GENDER: ChoiceField = Gender;
    MARITAL_STATUS: ChoiceField = MaritalStatus;
    ADDRESS: TextField = Address;
    CITY: TextField = City;
    STATE: TextField = State;
    COUNTRY: TextField = Country;
    IDENTIFICATION_TYPE: TextField = IdentificationType;
    IDENTIFICATION_NUMBER: TextField = IdentificationNumber;
    CUSTOMER_TYPE: ChoiceField = CustomerType;
    CLIENT_STATE: ChoiceField = ClientState;
    APPROVAL_STATUS: ChoiceField = ApprovalStatus;
    IS_BLACKLISTED: FlagField = IsBlacklisted;
    BRANCH_ID: NumberField = BranchId;
    BRANCH_ENCODED_KEY: ChoiceField = BranchEncodedKey;
    ACCOUNT_OFFICER_ID: NumberField = AccountOfficerId;
    DATE_CREATED: DateField = DateCreated;
    LAST_MODIFIED: DateField = LastModified;
    DATE_APPROVED: DateField = DateApproved;
    DATE_ACTIVATED: DateField = DateActivated;
    KYC_STATUS: ChoiceField = KycStatus;
    DOCUMENT_TYPE: ChoiceField = DocumentType;
    DOCUMENT_NUMBER: TextField = DocumentNumber;
    DOCUMENT_EXPIRY_DATE: DateField = DocumentExpiryDate;
    DOCUMENT_STATUS: ChoiceField = DocumentStatus;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_property_is_a_field() {
        assert_eq!(ALL, Property::ALL);
    }
}
