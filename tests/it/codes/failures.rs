//! The codes of a service that fails.

use std::sync::Arc;

use adapter_inmem::Fault;
use client_app::{Check, CheckName, CheckState, StandingCheck};
use client_wire::Code;

use super::Seen;
use crate::bank::{Answer, Bank, Setup, adaeze, applicant};

pub(super) async fn failures(seen: &mut Seen) {
    struct SameKey;
    impl client_app::ports::KeyGenerator for SameKey {
        fn client_key(&self) -> client_domain::value::ClientKey {
            client_domain::value::ClientKey::from_bits(1)
        }
        fn event_id(&self) -> client_app::ports::EventId {
            client_app::ports::EventId::from_bits(1)
        }
        fn installation_id(&self) -> client_app::ports::InstallationId {
            client_app::ports::InstallationId::from_bits(1)
        }
        fn document_id(&self) -> client_domain::kyc::DocumentId {
            client_domain::kyc::DocumentId::from_bits(1)
        }
        fn address_id(&self) -> client_domain::kyc::AddressId {
            client_domain::kyc::AddressId::from_bits(1)
        }
        fn content_key(&self, now: jiff::Timestamp) -> client_domain::kyc::ContentKey {
            client_domain::kyc::ContentKey::from_bits(now, 1)
        }
    }
    let bank = Bank::with(Setup { keys: std::sync::Arc::new(SameKey), ..Setup::default() }).await;
    bank.store.faults().next_commit(Fault::Unavailable);
    seen.expect(Code::StoreUnavailable, &bank.maker("CreateContactCommand", adaeze()).await);
    bank.store.faults().next_commit(Fault::TimedOutBefore);
    seen.expect(Code::OutcomeUnknown, &bank.maker("CreateContactCommand", adaeze()).await);
    bank.pending().await;
    seen.expect(Code::Internal, &bank.maker("CreateContactCommand", applicant(1)).await);

    let bank = Bank::with(Setup { read_only: true, ..Setup::default() }).await;
    seen.expect(Code::ReadOnly, &bank.maker("CreateContactCommand", adaeze()).await);

    let bank = Bank::with(Setup { checks: vec![Arc::new(StoppedJobs)], ..Setup::default() }).await;
    seen.expect(Code::NotReady, &Answer::of(bank.http().get(bank.url("/readyz"))).await);
}

/// A check that always fails.
#[derive(Debug)]
struct StoppedJobs;

impl StandingCheck for StoppedJobs {
    fn check(&self) -> Check {
        Check::new(CheckName::Jobs, CheckState::Failed("The background jobs have stopped.".into()))
    }
}
