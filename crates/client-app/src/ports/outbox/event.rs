use client_domain::value::{ClientKey, Version};
use client_domain::{ClientEvent, EventKind};
use jiff::Timestamp;
use serde_json::{Value, json};

/// The id of an event, the same however often the event is delivered.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(String);

impl EventId {
    /// Formats 128 bits as an id, in hexadecimal. Enough of them must be random that no two ids are equal.
    pub fn from_bits(bits: u128) -> Self {
        Self(format!("{bits:032x}"))
    }

    /// Reads a stored id.
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An event for other systems. It says what happened to which client and which fields changed, and contains
/// no personal value, no notes, and of a reason only its code.
#[derive(Clone, Debug, PartialEq)]
pub struct OutboxEvent {
    /// The id.
    pub id: EventId,
    /// The kind of the event.
    pub kind: EventKind,
    /// The client.
    pub client: ClientKey,
    /// The version of the client after the change; it orders the events of the client.
    pub version: Version,
    /// The time.
    pub at: Timestamp,
    /// The details, a JSON object.
    pub data: Value,
}

impl OutboxEvent {
    /// The `source` of every event.
    pub const SOURCE: &'static str = "/clients";

    /// The message about `event` for other systems.
    pub fn of(event: &ClientEvent, id: EventId) -> Self {
        let changed: Vec<_> = event.changed.iter().map(|field| field.name()).collect();
        let mut data = json!({
            "contactEncodedKey": event.key.as_str(),
            "version": event.version.get(),
            "fromState": event.from.map(client_domain::ClientState::name),
            "toState": event.to.name(),
            "changedFields": changed,
            "identityId": event.kyc.as_ref().and_then(client_domain::kyc::KycItem::document).map(|id| id.as_str()),
            "addressId": event.kyc.as_ref().and_then(client_domain::kyc::KycItem::address).map(|id| id.as_str()),
            "transactionReference": event.transaction.as_ref().map(|transaction| transaction.reference.as_str()),
        });
        if let (Some(amendment), Some(members)) = (&event.amendment, data.as_object_mut()) {
            members.insert("amendmentId".to_owned(), amendment.to_string().into());
        }
        if let (Some(requested), Some(members)) = (&event.requested, data.as_object_mut()) {
            let numbers = requested.kinds().iter().map(|kind| kind.number());
            members.insert("identityTypes".to_owned(), numbers.collect::<Vec<_>>().into());
        }
        if let (Some(reason), Some(members)) = (&event.reason_code, data.as_object_mut()) {
            members.insert("reasonCode".to_owned(), reason.code.as_str().into());
        }
        Self { id, kind: event.kind, client: event.key.clone(), version: event.version, at: event.at, data }
    }

    /// The same event with the key of the client's former record.
    #[must_use]
    pub fn of_former_client(mut self, former: &ClientKey) -> Self {
        if let Some(members) = self.data.as_object_mut() {
            members.insert("formerContactEncodedKey".to_owned(), former.as_str().into());
        }
        self
    }

    /// The event as CloudEvents 1.0 JSON, with the `sequence` extension.
    ///
    /// ```
    /// use client_app::ports::{EventId, OutboxEvent};
    /// use client_domain::{Actor, Client, AuditStamp, example};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let maker = AuditStamp::new(Actor::parse("maker-1")?, "2026-01-05T09:00:00Z".parse()?);
    /// let event = Client::onboard(example::application()?, &maker).event;
    /// let message = OutboxEvent::of(&event, EventId::from_bits(7)).to_cloud_event();
    /// assert_eq!(message["specversion"], "1.0");
    /// assert_eq!(message["type"], "clients.ClientCreated.v1");
    /// assert_eq!(message["subject"], event.key.as_str());
    /// assert_eq!(message["data"]["toState"], "PendingApproval");
    /// # Ok(())
    /// # }
    /// ```
    pub fn to_cloud_event(&self) -> Value {
        json!({
            "specversion": "1.0",
            "id": self.id.as_str(),
            "source": Self::SOURCE,
            "type": format!("clients.{}.v1", self.kind.name()),
            "subject": self.client.as_str(),
            "time": self.at.to_string(),
            "sequence": format!("{:020}", self.version.get()),
            "datacontenttype": "application/json",
            "data": self.data,
        })
    }
}
