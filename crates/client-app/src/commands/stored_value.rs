//! Serialises domain values in stored outcomes as their texts.

use client_domain::Invalid;
use client_domain::client::{AmendmentId, ClientField};
use client_domain::kyc::{AddressId, DocumentId, VerificationStatus};
use client_domain::value::{ClientId, ClientKey, Version};
use client_domain::{ClaimKind, ClientState};

/// A value with a text form.
pub(super) trait StoredValue: Sized {
    fn text(&self) -> String;
    fn read(text: &str) -> Option<Self>;
}

fn parsed<T>(result: Result<T, Invalid>) -> Option<T> {
    result.ok()
}

impl StoredValue for ClientKey {
    fn text(&self) -> String {
        self.as_str().to_owned()
    }

    fn read(text: &str) -> Option<Self> {
        parsed(Self::parse(text))
    }
}

impl StoredValue for ClientId {
    fn text(&self) -> String {
        self.get().to_string()
    }

    fn read(text: &str) -> Option<Self> {
        parsed(Self::new(text.parse().ok()?))
    }
}

impl StoredValue for Version {
    fn text(&self) -> String {
        self.get().to_string()
    }

    fn read(text: &str) -> Option<Self> {
        Self::new(text.parse().ok()?)
    }
}

impl StoredValue for ClientState {
    fn text(&self) -> String {
        self.name().to_owned()
    }

    fn read(text: &str) -> Option<Self> {
        parsed(Self::parse(text))
    }
}

impl StoredValue for DocumentId {
    fn text(&self) -> String {
        self.as_str().to_owned()
    }

    fn read(text: &str) -> Option<Self> {
        parsed(Self::parse(text))
    }
}

impl StoredValue for AddressId {
    fn text(&self) -> String {
        self.as_str().to_owned()
    }

    fn read(text: &str) -> Option<Self> {
        parsed(Self::parse(text))
    }
}

impl StoredValue for VerificationStatus {
    fn text(&self) -> String {
        self.name().to_owned()
    }

    fn read(text: &str) -> Option<Self> {
        [Self::Pending, Self::Approved, Self::Rejected].into_iter().find(|status| status.name() == text)
    }
}

impl StoredValue for ClientField {
    fn text(&self) -> String {
        self.name().to_owned()
    }

    fn read(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

impl StoredValue for AmendmentId {
    fn text(&self) -> String {
        self.to_string()
    }

    fn read(text: &str) -> Option<Self> {
        parsed(Self::parse(text))
    }
}

impl StoredValue for ClaimKind {
    fn text(&self) -> String {
        self.name().to_owned()
    }

    fn read(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == text)
    }
}

impl StoredValue for jiff::Timestamp {
    fn text(&self) -> String {
        self.to_string()
    }

    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}
