use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::client::ApprovalStatus;
use crate::lifecycle::ClientState;
use crate::value::{BranchKey, ClientKey, CustomerType, Gender, MaritalStatus};

/// The operand of an operator as a caller writes it. It is not checked yet; [`Condition::new`](super::Condition::new)
/// does that.
#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    /// Nothing.
    Nothing,
    /// One value.
    One(Value),
    /// A list of values.
    List(Vec<Value>),
}

impl Operand {
    /// The values, in their order.
    pub fn values(&self) -> &[Value] {
        match self {
            Self::Nothing => &[],
            Self::One(value) => std::slice::from_ref(value),
            Self::List(values) => values,
        }
    }
}

/// A value to compare a property with. `Debug` does not show it, because values are personal.
#[derive(Clone, PartialEq)]
pub enum Value {
    /// True or false.
    Flag(bool),
    /// A whole number.
    Number(i64),
    /// A number that is not whole, or is too large; no property takes it.
    OtherNumber,
    /// A text; also the name of a choice, a day or a moment.
    Text(String),
    /// Any other value; no property takes it.
    Other,
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Value(***)")
    }
}

macro_rules! from {
    ($($source:ty, $value:ident => $made:expr;)*) => {
        $(impl From<$source> for Value {
            fn from($value: $source) -> Self {
                $made
            }
        })*
    };
}

from! {
    &str, text => Self::Text(text.to_owned());
    String, text => Self::Text(text);
    i64, number => Self::Number(number);
    bool, flag => Self::Flag(flag);
    Date, day => Self::Text(day.to_string());
    Timestamp, moment => Self::Text(moment.to_string());
    ClientState, state => Self::Text(state.name().to_owned());
    Gender, gender => Self::Text(gender.name().to_owned());
    MaritalStatus, status => Self::Text(status.name().to_owned());
    CustomerType, kind => Self::Text(kind.name().to_owned());
    ApprovalStatus, status => Self::Text(status.name().to_owned());
    &ClientKey, key => Self::Text(key.as_str().to_owned());
    &BranchKey, key => Self::Text(key.as_str().to_owned());
}
