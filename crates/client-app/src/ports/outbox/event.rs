use client_domain::value::{ClientKey, Version};
use client_domain::{ClientEvent, EventKind};
use jiff::Timestamp;
use serde_json::{Value, json};

/// The id of an event, the same however often the event is delivered.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(String);

impl EventId {
    /// Writes 128 fresh bits as an id.
    pub fn from_bits(bits: u128) -> Self {
        Self(format!("{bits:032x}"))
    }

    /// Reads an id that was stored.
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An event for other systems. It says what happened to which client and which fields changed, and holds no
/// personal value, no reason and no remark.
#[derive(Clone, Debug, PartialEq)]
pub struct OutboxEvent {
    /// The id.
    pub id: EventId,
    /// What happened.
    pub kind: EventKind,
    /// To whom.
    pub client: ClientKey,
    /// The version of the client that this made; within one client the versions are the order of the events.
    pub version: Version,
    /// When.
    pub at: Timestamp,
    /// The details, a JSON object.
    pub data: Value,
}

impl OutboxEvent {
    /// The `source` of every event.
    pub const SOURCE: &'static str = "/clients";

    /// Tells other systems about `event`.
    pub fn of(event: &ClientEvent, id: EventId) -> Self {
        let changed: Vec<_> = event.changed.iter().map(|field| field.name()).collect();
        let data = json!({
            "contactEncodedKey": event.key.as_str(),
            "version": event.version.get(),
            "fromState": event.from.map(client_domain::ClientState::name),
            "toState": event.to.name(),
            "changedFields": changed,
            "identityId": event.kyc.as_ref().and_then(client_domain::kyc::KycItem::document).map(|id| id.as_str()),
            "addressId": event.kyc.as_ref().and_then(client_domain::kyc::KycItem::address).map(|id| id.as_str()),
            "transactionReference": event.transaction.as_ref().map(|transaction| transaction.reference.as_str()),
        });
        Self { id, kind: event.kind, client: event.key.clone(), version: event.version, at: event.at, data }
    }

    /// The event as CloudEvents 1.0 writes it in JSON, with the `sequence` extension.
    ///
    /// ```
    /// use client_app::ports::{EventId, OutboxEvent};
    /// use client_domain::{Actor, Client, AuditStamp, example};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let maker = AuditStamp::new(Actor::parse("maker-1")?, "2026-01-05T09:00:00Z".parse()?);
    /// let event = Client::onboard(example::application()?, &maker).event;
    /// let told = OutboxEvent::of(&event, EventId::from_bits(7)).to_cloud_event();
    /// assert_eq!(told["specversion"], "1.0");
    /// assert_eq!(told["type"], "clients.ClientCreated.v1");
    /// assert_eq!(told["subject"], event.key.as_str());
    /// assert_eq!(told["data"]["toState"], "PendingApproval");
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
