//! The conversions of the standard library for values that have one text, and those of serde with the feature `serde`.

/// Implements `FromStr` and `TryFrom<&str>` for a type that `parse` reads.
macro_rules! from_text {
    ($name:ty) => {
        impl std::str::FromStr for $name {
            type Err = $crate::value::invalid::Invalid;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }

        impl TryFrom<&str> for $name {
            type Error = $crate::value::invalid::Invalid;

            fn try_from(text: &str) -> Result<Self, Self::Error> {
                Self::parse(text)
            }
        }
    };
}
pub(crate) use from_text;

/// Implements the conversions of a type that `parse` reads and `$text` shows.
///
/// With the feature `serde` the type is that text, and what was stored is read by `$restore`: `parse`, unless the rules
/// for new values are stricter than those for stored ones.
macro_rules! text_conversions {
    ($name:ty, $text:ident) => {
        $crate::conversions::text_conversions!($name, $text, parse);
    };
    ($name:ty, $text:ident, $restore:ident) => {
        $crate::conversions::from_text!($name);

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.$text()
            }
        }

        #[cfg(feature = "serde")]
        $crate::conversions::text_serde!($name, |value| value.$text(), |text| {
            Self::$restore(text).map_err(serde::de::Error::custom)
        });
    };
}
pub(crate) use text_conversions;

/// Implements `Display` by the name of a choice.
macro_rules! display_name {
    ($($name:ty),+ $(,)?) => {$(
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }
    )+};
}
pub(crate) use display_name;

/// Implements `FromStr` and `AsRef<str>` for a choice that `parse` finds by its name, and serde by that name. What was stored
/// is read by `$restore`: `parse`, unless a newer release may have stored a name that this one does not know.
macro_rules! name_conversions {
    ($name:ty, $expected:literal) => {
        $crate::conversions::name_conversions!($name, $expected, parse);
    };
    ($name:ty, $expected:literal, $restore:ident) => {
        impl std::str::FromStr for $name {
            type Err = $crate::value::invalid::Invalid;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text).ok_or($crate::value::invalid::Invalid::Format { expected: $expected })
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.name()
            }
        }

        #[cfg(feature = "serde")]
        $crate::conversions::text_serde!($name, |value| value.name(), |text| {
            let refused = $crate::value::invalid::Invalid::Format { expected: $expected };
            Self::$restore(text).ok_or_else(|| serde::de::Error::custom(refused))
        });
    };
}
pub(crate) use name_conversions;

/// Implements serde for a type that is one text. A text that is refused is not repeated in the error.
#[cfg(feature = "serde")]
macro_rules! text_serde {
    ($name:ty, |$value:ident| $shown:expr, |$text:ident| $read:expr) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let $value = self;
                serializer.collect_str(&$shown)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = $crate::conversions::stored::text(deserializer)?;
                let $text = text.as_str();
                $read
            }
        }
    };
}
#[cfg(feature = "serde")]
pub(crate) use text_serde;

/// Implements serde for a type that is one number.
#[cfg(feature = "serde")]
macro_rules! number_serde {
    ($name:ty, $hint:ident, |$read:ident| $from:expr) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serde::Serialize::serialize(&self.get(), serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                use $crate::conversions::stored::WholeNumber;
                let number = if deserializer.is_human_readable() {
                    deserializer.deserialize_any(WholeNumber)?
                } else {
                    deserializer.$hint(WholeNumber)?
                };
                let $read = number.try_into().map_err(serde::de::Error::custom)?;
                $from
            }
        }
    };
}
#[cfg(feature = "serde")]
pub(crate) use number_serde;

/// Reads stored texts and numbers. The errors of serde repeat a value of another type; these do not, because it may be
/// personal.
#[cfg(feature = "serde")]
pub(crate) mod stored {
    use std::fmt;

    use serde::de::{Deserialize, Deserializer, Error, Visitor};

    struct Text;

    macro_rules! refused {
        ($words:literal: $($method:ident $type:ty),+) => {$(
            fn $method<E: Error>(self, _: $type) -> Result<Self::Value, E> {
                Err(E::custom($words))
            }
        )+};
    }

    impl Visitor<'_> for Text {
        type Value = String;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a text")
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
            Ok(text.to_owned())
        }

        fn visit_string<E: Error>(self, text: String) -> Result<String, E> {
            Ok(text)
        }

        refused!("must be a text": visit_bool bool, visit_i64 i64, visit_u64 u64, visit_f64 f64);
    }

    /// A whole number.
    pub(crate) struct WholeNumber;

    impl Visitor<'_> for WholeNumber {
        type Value = i128;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a whole number")
        }

        fn visit_i64<E: Error>(self, number: i64) -> Result<i128, E> {
            Ok(number.into())
        }

        fn visit_u64<E: Error>(self, number: u64) -> Result<i128, E> {
            Ok(number.into())
        }

        refused!("must be a whole number": visit_bool bool, visit_f64 f64, visit_str &str);
    }

    pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
        // A format such as JSON would name a number itself if it was asked for a text.
        if deserializer.is_human_readable() {
            deserializer.deserialize_any(Text)
        } else {
            deserializer.deserialize_string(Text)
        }
    }

    /// A text that may be missing.
    pub(crate) fn optional_text<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<String>, D::Error> {
        struct Read(String);

        impl<'de> Deserialize<'de> for Read {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                text(deserializer).map(Self)
            }
        }

        Ok(Option::<Read>::deserialize(deserializer)?.map(|read| read.0))
    }
}
