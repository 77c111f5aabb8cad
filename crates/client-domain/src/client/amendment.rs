use std::fmt;

use super::field::ClientField;
use super::field_value::{FieldValue, ValueChange};
use crate::actor::{ActorId, AuditStamp};
use crate::reason::CodedReason;
use crate::value::{ClientKey, Invalid, Reason, Version};

/// The id of an amendment: the key of its client and the version that its proposal made.
///
/// ```
/// use client_domain::client::AmendmentId;
///
/// let id = AmendmentId::parse("8a8e86a5.7")?;
/// assert_eq!((id.client().as_str(), id.version().get()), ("8a8e86a5", 7));
/// assert_eq!(id.to_string(), "8a8e86a5.7");
/// assert!(AmendmentId::parse("8a8e86a5").is_err());
/// # Ok::<(), client_domain::Invalid>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AmendmentId {
    client: ClientKey,
    version: Version,
}

impl AmendmentId {
    /// The maximum number of characters.
    pub const MAX: usize = ClientKey::MAX + 20;

    /// The amendment that this version of a client proposed.
    pub const fn new(client: ClientKey, version: Version) -> Self {
        Self { client, version }
    }

    /// Reads an id.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let read = || {
            let (client, version) = raw.trim().rsplit_once('.')?;
            let is_plain = version.bytes().all(|byte| byte.is_ascii_digit()) && !version.starts_with('0');
            let version = version.parse().ok().filter(|_| is_plain).and_then(Version::new)?;
            Some(Self { client: ClientKey::parse(client).ok()?, version })
        };
        read().ok_or(Invalid::Format { expected: "the id of an amendment" })
    }

    /// The client.
    pub const fn client(&self) -> &ClientKey {
        &self.client
    }

    /// The version of the client that the proposal made.
    pub const fn version(&self) -> Version {
        self.version
    }
}

impl fmt::Display for AmendmentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.client.as_str(), self.version)
    }
}

/// An open amendment: values that one person has proposed and that wait for another. The live values stay in
/// force meanwhile.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct Amendment {
    /// The id.
    pub id: AmendmentId,
    /// Who proposed it, and when.
    pub proposed: AuditStamp,
    /// Another person who has confirmed the proposal beforehand, as a row of a batch.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub confirmed_by: Option<ActorId>,
    /// The persons who confirmed earlier proposals beforehand of which values have moved here; each once.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Vec::is_empty"))]
    pub confirmed_before: Vec<ActorId>,
    /// Why, if a reason was given.
    pub reason: Option<Reason>,
    /// The reason from the bank's catalogue.
    pub reason_code: Option<CodedReason>,
    /// Each field with its value at the proposal and the proposed one; never empty, each field once.
    pub changes: Vec<ValueChange>,
}

impl Amendment {
    /// The version of the client that the proposal was made on.
    pub fn base(&self) -> Option<Version> {
        Version::new(self.id.version().get() - 1)
    }

    /// The text that was entered for the proposed phone number, if it is kept. Storage adapters store it beside the changes.
    pub fn phone_entered(&self) -> Option<&str> {
        self.changes.iter().find_map(|change| match &change.after {
            FieldValue::PhoneNumber(phone) => phone.entered(),
            _ => None,
        })
    }

    /// The amendment with the text that was entered for the proposed phone number, as a storage adapter has stored it.
    #[must_use]
    pub fn with_phone_entered(mut self, typed: Option<&str>) -> Self {
        for change in &mut self.changes {
            if let (FieldValue::PhoneNumber(phone), Some(typed)) = (&mut change.after, typed) {
                *phone = phone.clone().entered_as(typed);
            }
        }
        self
    }

    /// The fields, in the order of the proposal.
    pub fn fields(&self) -> impl Iterator<Item = ClientField> + '_ {
        self.changes.iter().map(ValueChange::field)
    }

    /// The value that is proposed for this field.
    pub fn proposed_for(&self, field: ClientField) -> Option<&FieldValue> {
        self.changes.iter().map(|change| &change.after).find(|value| value.field() == field)
    }

    /// Whether this person has proposed it or confirmed the proposal, also of a value that has moved here, and so does not
    /// decide about it.
    pub fn is_of(&self, actor: &ActorId) -> bool {
        let confirmed = self.confirmed_by.iter().chain(&self.confirmed_before);
        confirmed.chain([&self.proposed.by.id]).any(|one| one.is_same_person(actor))
    }
}

/// Whether each amendment is of this client and has a value, and no field is in two of them.
pub(super) fn are_consistent(amendments: &[Amendment], client: &ClientKey) -> bool {
    let fields: Vec<_> = amendments.iter().flat_map(Amendment::fields).collect();
    let distinct: std::collections::BTreeSet<_> = fields.iter().collect();
    distinct.len() == fields.len()
        && amendments.iter().all(|one| !one.changes.is_empty() && one.id.client() == client)
        && amendments.iter().flat_map(|one| &one.changes).all(|one| one.before.field() == one.after.field())
}

crate::conversions::from_text!(AmendmentId);
#[cfg(feature = "serde")]
crate::conversions::text_serde!(AmendmentId, |value| value, |text| Self::parse(text)
    .map_err(serde::de::Error::custom));
