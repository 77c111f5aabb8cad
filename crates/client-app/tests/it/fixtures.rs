use std::sync::Arc;

use adapter_inmem::{CountingKeys, FixedClock, MemoryStore};
use client_app::commands::{ContentUpload, CreateClient, SubmitDocument};
use client_app::ports::ClientRef;
use client_app::{Caller, Clients, IdempotencyKey, RequestContext, RequestId};
use client_domain::kyc::{DocumentKind, FileExtension, Validity};
use client_domain::value::{ClientKey, IdentificationNumber};
use client_domain::{Actor, Permissions, example};
use document_inspection::samples;

/// A service on the in-memory store, on 5 January 2026.
pub(crate) fn clients(store: &MemoryStore) -> Clients {
    let clock = FixedClock::new("2026-01-05T09:00:00Z".parse().unwrap());
    Clients::new(Arc::new(store.clone()), Arc::new(clock), Arc::new(CountingKeys::default()))
}

/// A request of a caller with every permission.
pub(crate) fn by(name: &str) -> RequestContext {
    let caller = Caller::new(Actor::parse(name).unwrap(), Permissions::all());
    RequestContext::new(caller, RequestId::parse("r-1").unwrap())
}

/// The same request with an idempotency key.
pub(crate) fn keyed(name: &str, key: &str) -> RequestContext {
    RequestContext { idempotency_key: Some(IdempotencyKey::parse(key).unwrap()), ..by(name) }
}

/// The creation of Adaeze.
pub(crate) fn adaeze() -> CreateClient {
    let application = example::application().unwrap();
    CreateClient {
        details: application.details,
        birth_date: application.birth_date,
        gender: application.gender,
        identification: application.identification,
        customer_type: application.customer_type,
        branch: application.branch,
    }
}

/// Adaeze, as a client whose approval is pending.
pub(crate) async fn created(clients: &Clients) -> ClientKey {
    clients.execute(&by("maker-1"), adaeze()).await.unwrap().into_outcome().client
}

/// A passport with its file.
pub(crate) fn passport(client: &ClientKey) -> SubmitDocument {
    let extension = FileExtension::parse(".png").unwrap();
    SubmitDocument {
        client: ClientRef::Key(client.clone()),
        kind: DocumentKind::InternationalPassport,
        number: IdentificationNumber::parse("A01234567").unwrap(),
        issuer: None,
        validity: Validity::new(None, None).unwrap(),
        content: ContentUpload::inspect(extension, samples::png().into()).unwrap(),
    }
}
