use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap as _, Serializer};

use crate::client::ApprovalStatus;
use crate::lifecycle::ClientState;
use crate::value::{BranchKey, ClientKey, CustomerType, Gender, MaritalStatus};

/// What filters are written in: the data model of JSON, as far as filters use it. A value in it is not checked
/// yet; [`Filter::check`](super::Filter::check) and [`Predicate::read`](super::Predicate::read) do that.
///
/// Any format that describes itself can be read into it. `Debug` shows no value, because values are personal.
#[derive(Clone, PartialEq)]
pub enum Data {
    /// Nothing.
    Null,
    /// True or false.
    Flag(bool),
    /// A whole number, however it was written.
    Number(i64),
    /// A number that is not whole, or is too large.
    OtherNumber,
    /// A text; dates and moments are texts too.
    Text(String),
    /// A list.
    List(Vec<Self>),
    /// An object: names and values in the order in which they were written.
    Object(Vec<(String, Self)>),
}

impl fmt::Debug for Data {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Data(***)")
    }
}

macro_rules! from {
    ($($source:ty, $value:ident => $made:expr;)*) => {
        $(impl From<$source> for Data {
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

impl<T: Into<Self>> From<Vec<T>> for Data {
    fn from(values: Vec<T>) -> Self {
        Self::List(values.into_iter().map(Into::into).collect())
    }
}

impl Serialize for Data {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null | Self::OtherNumber => serializer.serialize_unit(),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::Number(number) => serializer.serialize_i64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(values) => serializer.collect_seq(values),
            Self::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Data {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Data;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a filter")
    }

    fn visit_unit<E>(self) -> Result<Data, E> {
        Ok(Data::Null)
    }

    fn visit_none<E>(self) -> Result<Data, E> {
        Ok(Data::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Data, D::Error> {
        Data::deserialize(deserializer)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Data, E> {
        Ok(Data::Flag(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Data, E> {
        Ok(Data::Number(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Data, E> {
        Ok(i64::try_from(number).map_or(Data::OtherNumber, Data::Number))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Data, E> {
        /// The greatest number up to which floating point holds every whole number.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        #[expect(clippy::cast_possible_truncation, reason = "it is whole, and small enough to be exact")]
        let read = if number.fract() == 0.0 && number.abs() <= EXACT {
            Data::Number(number as i64)
        } else {
            Data::OtherNumber
        };
        Ok(read)
    }

    fn visit_str<E>(self, text: &str) -> Result<Data, E> {
        Ok(Data::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Data, E> {
        Ok(Data::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Data, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = items.next_element()? {
            values.push(value);
        }
        Ok(Data::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Data, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Data::Object(members))
    }
}
