use super::aggregate::Client;
use super::approval::Approval;
use super::contact_entry::ContactEntries;
use super::contact_point::{ContactPoint, ContactVerifications};
use super::decision::Change;
use super::details::Details;
use super::former_names::FormerNames;
use super::makers::Makers;
use super::snapshot::ClientSnapshot;
use crate::actor::AuditStamp;
use crate::event::{ClientEvent, EventKind};
use crate::kyc::Kyc;
use crate::lifecycle::ClientState;
use crate::value::{
    BirthDate, BranchKey, ClientId, ClientKey, CustomerType, Gender, Identification, Version,
};

/// The data of an applicant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// A fresh key.
    pub key: ClientKey,
    /// A fresh number.
    pub id: ClientId,
    /// The fields that may be updated later.
    pub details: Details,
    /// The day of birth.
    pub birth_date: BirthDate,
    /// The gender in the identification.
    pub gender: Gender,
    /// The document that identifies the client.
    pub identification: Identification,
    /// Person or company.
    pub customer_type: CustomerType,
    /// The branch the client will belong to.
    pub branch: Option<BranchKey>,
}

impl Client {
    /// Creates a client. It is never refused here: the application layer checks permissions and duplicates.
    ///
    /// ```
    /// use client_domain::{Actor, Client, ClientState, EventKind, AuditStamp, example};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let maker = AuditStamp::new(Actor::parse("maker-1")?, "2026-01-05T09:00:00Z".parse()?);
    /// let change = Client::onboard(example::application()?, &maker);
    /// assert_eq!(change.client.state(), ClientState::PendingApproval);
    /// assert_eq!(change.event.kind, EventKind::Created);
    /// # Ok(())
    /// # }
    /// ```
    pub fn onboard(application: Application, stamp: &AuditStamp) -> Change {
        let mut makers = Makers::default();
        makers.follow(EventKind::Created, &stamp.by.id);
        let mut contact_entries = ContactEntries::default();
        for point in ContactPoint::ALL {
            contact_entries.enter(point.value(&application.details), &stamp.by.id);
        }
        let snapshot = ClientSnapshot {
            key: application.key,
            id: application.id,
            version: Version::FIRST,
            state: ClientState::PendingApproval,
            details: application.details,
            former_names: FormerNames::default(),
            birth_date: application.birth_date,
            gender: application.gender,
            identification: application.identification,
            customer_type: application.customer_type,
            branch: application.branch,
            approval: Approval::NotRequested,
            activated_at: None,
            activations: Vec::new(),
            kyc: Kyc::default(),
            contact_verifications: ContactVerifications::default(),
            contact_entries,
            former_client: None,
            amendments: Vec::new(),
            makers,
            created: stamp.clone(),
            modified_at: stamp.at,
        };
        let event = ClientEvent {
            kind: EventKind::Created,
            key: snapshot.key.clone(),
            version: snapshot.version,
            by: stamp.by.clone(),
            at: stamp.at,
            from: None,
            to: snapshot.state,
            // All fields are new, so the event does not list them.
            changed: Vec::new(),
            reason: None,
            reason_code: None,
            notes: None,
            transaction: None,
            kyc: None,
            requested: None,
            amendment: None,
        };
        Change { client: Self { snapshot }, event, values: Vec::new(), proposed: Vec::new() }
    }
}
