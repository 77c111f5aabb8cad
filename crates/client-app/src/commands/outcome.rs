//! Serialises domain values in stored outcomes as their texts.

use client_domain::Invalid;
use client_domain::client::ClientField;
use client_domain::kyc::{AddressId, DocumentId, VerificationStatus};
use client_domain::value::{ClientId, ClientKey, Version};
use client_domain::{ClaimKind, ClientState};

/// A value with a text form.
pub(super) trait Stored: Sized {
    fn text(&self) -> String;
    fn read(text: &str) -> Option<Self>;
}

/// For `#[serde(with = "outcome::stored")]`.
pub(super) mod stored {
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer, de};

    use super::Stored;

    pub(crate) fn serialize<T: Stored, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        value.text().serialize(serializer)
    }

    pub(crate) fn deserialize<'de, T: Stored, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        let text = String::deserialize(deserializer)?;
        T::read(&text).ok_or_else(|| de::Error::custom("an outcome of another release"))
    }
}

/// For `#[serde(with = "outcome::stored_list")]`.
pub(super) mod stored_list {
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer, de};

    use super::Stored;

    pub(crate) fn serialize<T: Stored, S: Serializer>(
        values: &[T],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        values.iter().map(Stored::text).collect::<Vec<_>>().serialize(serializer)
    }

    pub(crate) fn deserialize<'de, T: Stored, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<T>, D::Error> {
        let texts = Vec::<String>::deserialize(deserializer)?;
        let values: Option<Vec<T>> = texts.iter().map(|text| T::read(text)).collect();
        values.ok_or_else(|| de::Error::custom("an outcome of another release"))
    }
}

fn parsed<T>(result: Result<T, Invalid>) -> Option<T> {
    result.ok()
}

impl Stored for ClientKey {
    fn text(&self) -> String {
        self.as_str().to_owned()
    }

    fn read(text: &str) -> Option<Self> {
        parsed(Self::parse(text))
    }
}

impl Stored for ClientId {
    fn text(&self) -> String {
        self.get().to_string()
    }

    fn read(text: &str) -> Option<Self> {
        parsed(Self::new(text.parse().ok()?))
    }
}

impl Stored for Version {
    fn text(&self) -> String {
        self.get().to_string()
    }

    fn read(text: &str) -> Option<Self> {
        Self::new(text.parse().ok()?)
    }
}

impl Stored for ClientState {
    fn text(&self) -> String {
        self.name().to_owned()
    }

    fn read(text: &str) -> Option<Self> {
        parsed(Self::parse(text))
    }
}

impl Stored for DocumentId {
    fn text(&self) -> String {
        self.as_str().to_owned()
    }

    fn read(text: &str) -> Option<Self> {
        parsed(Self::parse(text))
    }
}

impl Stored for AddressId {
    fn text(&self) -> String {
        self.as_str().to_owned()
    }

    fn read(text: &str) -> Option<Self> {
        parsed(Self::parse(text))
    }
}

impl Stored for VerificationStatus {
    fn text(&self) -> String {
        self.name().to_owned()
    }

    fn read(text: &str) -> Option<Self> {
        [Self::Pending, Self::Approved, Self::Rejected].into_iter().find(|status| status.name() == text)
    }
}

impl Stored for ClientField {
    fn text(&self) -> String {
        self.name().to_owned()
    }

    fn read(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

impl Stored for ClaimKind {
    fn text(&self) -> String {
        self.name().to_owned()
    }

    fn read(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == text)
    }
}

impl Stored for jiff::Timestamp {
    fn text(&self) -> String {
        self.to_string()
    }

    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}
