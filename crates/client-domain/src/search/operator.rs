use super::property::PropertyKind;

macro_rules! operators {
    ($($variant:ident, $about:literal;)*) => {
        /// The operator of a condition, named as on the wire.
        ///
        /// An operator that begins with "not" is exactly the opposite of the other one, so it also holds for a
        /// client without a value; every other one except [`Operator::IsEmpty`] needs a value to hold.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Operator {
            $(#[doc = $about] $variant,)*
        }

        impl Operator {
            /// Every operator.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name on the wire.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => stringify!($variant),)* }
            }

            /// Its meaning in one sentence.
            pub const fn about(self) -> &'static str {
                match self { $(Self::$variant => $about,)* }
            }
        }
    };
}

operators! {
    Equals, "The same value; a day, for a moment, is the whole day.";
    NotEquals, "Another value, or none.";
    EqualsCaseSensitive, "Exactly the same text, including case and accents.";
    Contains, "It contains the text.";
    NotContains, "It does not contain the text, or has no value.";
    StartsWith, "It starts with the text.";
    EndsWith, "It ends with the text.";
    In, "One of these.";
    NotIn, "None of these, or no value.";
    IsEmpty, "It has no value.";
    IsNotEmpty, "It has a value.";
    GreaterThan, "Greater; later, for a date.";
    GreaterThanOrEqual, "Greater or the same.";
    LessThan, "Less; earlier, for a date.";
    LessThanOrEqual, "Less or the same.";
    Between, "From the first to the second, both included.";
    On, "Another name of Equals.";
    Before, "Earlier.";
    BeforeOrOn, "Earlier or on this day.";
    After, "Later; for a day, after its end.";
    AfterOrOn, "On this day or later.";
    Today, "Today, by the bank's calendar; so are the following periods.";
    ThisWeek, "From Monday to Sunday of this week.";
    ThisMonth, "In this calendar month.";
    ThisYear, "In this calendar year.";
    LastDays, "From this number of days ago until today, both included.";
    NextDays, "From today until this number of days ahead, both included.";
}

/// How many values an operator takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// None.
    Nothing,
    /// One.
    One,
    /// A list of two, the smaller first.
    Two,
    /// A list of at least one.
    Many,
    /// A number of days.
    Days,
}

impl Operator {
    /// Reads a name, in any case.
    ///
    /// ```
    /// use client_domain::search::Operator;
    ///
    /// assert_eq!(Operator::parse("startswith"), Some(Operator::StartsWith));
    /// assert_eq!(Operator::parse("starts with"), None);
    /// ```
    pub fn parse(raw: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|operator| operator.name().eq_ignore_ascii_case(raw.trim()))
    }

    /// The number of values that it takes.
    pub const fn takes(self) -> Takes {
        match self {
            Self::IsEmpty
            | Self::IsNotEmpty
            | Self::Today
            | Self::ThisWeek
            | Self::ThisMonth
            | Self::ThisYear => Takes::Nothing,
            Self::In | Self::NotIn => Takes::Many,
            Self::Between => Takes::Two,
            Self::LastDays | Self::NextDays => Takes::Days,
            _ => Takes::One,
        }
    }

    /// Whether it is the opposite of another one.
    pub const fn is_negative(self) -> bool {
        matches!(self, Self::NotEquals | Self::NotContains | Self::NotIn | Self::IsNotEmpty)
    }
}

impl PropertyKind {
    /// The operators that properties of this kind take.
    ///
    /// ```
    /// use client_domain::search::{Operator, PropertyKind};
    ///
    /// assert_eq!(PropertyKind::YesNo.operators(), [Operator::Equals, Operator::NotEquals]);
    /// assert!(!PropertyKind::Text.operators().contains(&Operator::GreaterThan));
    /// ```
    pub const fn operators(self) -> &'static [Operator] {
        use Operator as O;
        match self {
            Self::Text => &[
                O::Equals,
                O::NotEquals,
                O::EqualsCaseSensitive,
                O::Contains,
                O::NotContains,
                O::StartsWith,
                O::EndsWith,
                O::In,
                O::NotIn,
                O::IsEmpty,
                O::IsNotEmpty,
            ],
            Self::Number => &[
                O::Equals,
                O::NotEquals,
                O::GreaterThan,
                O::GreaterThanOrEqual,
                O::LessThan,
                O::LessThanOrEqual,
                O::Between,
                O::In,
                O::NotIn,
                O::IsEmpty,
                O::IsNotEmpty,
            ],
            Self::Date | Self::Time => &[
                O::Equals,
                O::On,
                O::NotEquals,
                O::Before,
                O::BeforeOrOn,
                O::After,
                O::AfterOrOn,
                O::GreaterThan,
                O::GreaterThanOrEqual,
                O::LessThan,
                O::LessThanOrEqual,
                O::Between,
                O::Today,
                O::ThisWeek,
                O::ThisMonth,
                O::ThisYear,
                O::LastDays,
                O::NextDays,
                O::IsEmpty,
                O::IsNotEmpty,
            ],
            Self::Choice | Self::Key => {
                &[O::Equals, O::NotEquals, O::In, O::NotIn, O::IsEmpty, O::IsNotEmpty]
            }
            Self::YesNo => &[O::Equals, O::NotEquals],
        }
    }
}
