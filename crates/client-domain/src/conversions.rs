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

/// Implements `FromStr` and `AsRef<str>` for a choice that `parse` finds by its name, and serde by that name.
macro_rules! name_conversions {
    ($name:ty, $expected:literal) => {
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
            text.parse().map_err(serde::de::Error::custom)
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
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
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
    ($name:ty, $number:ty, |$read:ident| $from:expr) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serde::Serialize::serialize(&self.get(), serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let $read = <$number as serde::Deserialize>::deserialize(deserializer)?;
                $from
            }
        }
    };
}
#[cfg(feature = "serde")]
pub(crate) use number_serde;
