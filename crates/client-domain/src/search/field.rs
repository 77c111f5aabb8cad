//! The properties, for writing conditions in Rust.
//!
//! ```
//! use client_domain::search::field;
//!
//! let wanted = field::LAST_NAME.starts_with("Bal").and(field::AGE.at_least(18)).check()?;
//! # Ok::<(), client_domain::search::Faults>(())
//! ```

use super::filter::Filter;
use super::operand::{Operand, Value};
use super::operator::Operator;
use super::property::Property;

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident { $($method:ident($($argument:ident: $form:ident),*) = $operator:ident, $about:literal;)* })*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq)]
            pub struct $kind(Property);

            impl $kind {
                /// The property.
                pub const fn property(self) -> Property {
                    self.0
                }

                $(kinds! { @method $method($($argument: $form),*) = $operator, $about })*
            }
        )*
    };
    (@method $method:ident() = $operator:ident, $about:literal) => {
        #[doc = $about]
        pub fn $method(self) -> Filter {
            Filter::Condition { property: self.0, operator: Operator::$operator, operand: Operand::Nothing }
        }
    };
    (@method $method:ident($argument:ident: one) = $operator:ident, $about:literal) => {
        #[doc = $about]
        pub fn $method(self, $argument: impl Into<Value>) -> Filter {
            let operand = Operand::One($argument.into());
            Filter::Condition { property: self.0, operator: Operator::$operator, operand }
        }
    };
    (@method $method:ident($argument:ident: many) = $operator:ident, $about:literal) => {
        #[doc = $about]
        pub fn $method(self, $argument: impl IntoIterator<Item = impl Into<Value>>) -> Filter {
            let operand = Operand::List($argument.into_iter().map(Into::into).collect());
            Filter::Condition { property: self.0, operator: Operator::$operator, operand }
        }
    };
    (@method $method:ident($first:ident: one, $second:ident: one) = $operator:ident, $about:literal) => {
        #[doc = $about]
        pub fn $method(self, $first: impl Into<Value>, $second: impl Into<Value>) -> Filter {
            let operand = Operand::List(vec![$first.into(), $second.into()]);
            Filter::Condition { property: self.0, operator: Operator::$operator, operand }
        }
    };
}

kinds! {
    /// A property that is a text; it is compared without regard to case and accents.
    TextField {
        equals(text: one) = Equals, "The same text.";
        not_equals(text: one) = NotEquals, "Another text, or none.";
        equals_case_sensitive(text: one) = EqualsCaseSensitive, "The same text, including case and accents.";
        contains(text: one) = Contains, "It contains the text.";
        not_contains(text: one) = NotContains, "It does not contain the text.";
        starts_with(text: one) = StartsWith, "It starts with the text.";
        ends_with(text: one) = EndsWith, "It ends with the text.";
        is_in(texts: many) = In, "One of these texts.";
        is_not_in(texts: many) = NotIn, "None of these texts, or no value.";
        is_empty() = IsEmpty, "It has no value.";
        is_not_empty() = IsNotEmpty, "It has a value.";
    }

    /// A property that is a whole number.
    NumberField {
        equals(number: one) = Equals, "The same number.";
        not_equals(number: one) = NotEquals, "Another number, or none.";
        greater_than(number: one) = GreaterThan, "A greater number.";
        at_least(number: one) = GreaterThanOrEqual, "This number or a greater one.";
        less_than(number: one) = LessThan, "A smaller number.";
        at_most(number: one) = LessThanOrEqual, "This number or a smaller one.";
        between(low: one, high: one) = Between, "From one number to another, both included.";
        is_in(numbers: many) = In, "One of these numbers.";
        is_not_in(numbers: many) = NotIn, "None of these numbers, or no value.";
        is_empty() = IsEmpty, "It has no value.";
        is_not_empty() = IsNotEmpty, "It has a value.";
    }

    /// A property that is a day or a moment; days and weeks are those of [`Predicate::with_calendar`](super::Predicate::with_calendar).
    DateField {
        on(day: one) = On, "On this day, or at this moment.";
        not_on(day: one) = NotEquals, "On another day, or no value.";
        before(day: one) = Before, "Before this day or moment.";
        on_or_before(day: one) = BeforeOrOn, "On this day or before.";
        after(day: one) = After, "After the whole of this day, or after this moment.";
        on_or_after(day: one) = AfterOrOn, "On this day or after.";
        between(first: one, last: one) = Between, "From the first to the second, both included.";
        today() = Today, "Today.";
        this_week() = ThisWeek, "From Monday to Sunday of this week.";
        this_month() = ThisMonth, "In this calendar month.";
        this_year() = ThisYear, "In this calendar year.";
        last_days(days: one) = LastDays, "From this number of days ago until today.";
        next_days(days: one) = NextDays, "From today until this number of days ahead.";
        is_empty() = IsEmpty, "It has no value.";
        is_not_empty() = IsNotEmpty, "It has a value.";
    }

    /// A property that is one of a few choices, or a key.
    ChoiceField {
        equals(choice: one) = Equals, "This one.";
        not_equals(choice: one) = NotEquals, "Another one, or none.";
        is_in(choices: many) = In, "One of these.";
        is_not_in(choices: many) = NotIn, "None of these, or no value.";
        is_empty() = IsEmpty, "It has no value.";
        is_not_empty() = IsNotEmpty, "It has a value.";
    }

    /// A property that is yes or no.
    FlagField {
        equals(flag: one) = Equals, "This one.";
        not_equals(flag: one) = NotEquals, "The other one.";
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
    FORMER_NAME: TextField = FormerName;
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
    HAS_OPEN_AMENDMENT: FlagField = HasOpenAmendment;
    FORMER_CLIENT: ChoiceField = FormerClient;
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
