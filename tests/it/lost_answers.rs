//! Commits that are done and whose answer is lost: the request recognises its own outcome, and no file is lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use adapter_inmem::{MemoryContents, MemoryStore};
use async_trait::async_trait;
use client_app::ports::{Changeset, ClientStore, Committed, ContentLedger, DocumentContents, StoreError};
use client_domain::kyc::KycPolicy;
use document_inspection::samples;
use serde_json::json;
use store_conformance::map_store::MapStore;
use store_conformance::{Layered, StoreLayer};

use crate::bank::{Answer, Bank, Setup, Storage, With as _};
use crate::kyc_documents::fixtures::{Postgres, passport};

/// A store that can lose the answer of a commit, as a connection does that breaks at the wrong moment.
struct Lossy {
    store: Arc<dyn ClientStore>,
    loses_next: Arc<AtomicBool>,
}

#[async_trait]
impl StoreLayer for Lossy {
    fn inner(&self) -> &dyn ClientStore {
        &*self.store
    }

    async fn commit(&self, changeset: Changeset) -> Result<Committed, StoreError> {
        let answer = self.store.commit(changeset).await;
        if self.loses_next.swap(false, Ordering::SeqCst) { Err(StoreError::TimedOut(None)) } else { answer }
    }
}

/// A bank whose store loses the answer of the next commit on request.
async fn bank<S>(store: Arc<S>, contents: Arc<dyn DocumentContents>) -> (Bank, Arc<AtomicBool>)
where
    S: ClientStore + ContentLedger + 'static,
{
    let loses_next = Arc::new(AtomicBool::new(false));
    let lossy = Layered(Lossy { store: store.clone(), loses_next: loses_next.clone() });
    let storage = Some(Storage { store: Arc::new(lossy), contents, ledger: store });
    let setup = Setup { storage, kyc_policy: KycPolicy::default(), ..Setup::default() };
    (Bank::with(setup).await, loses_next)
}

/// Replaces and creates documents while answers are lost, each with an idempotency key, and downloads every one.
async fn acknowledged_files_survive((bank, loses_next): (Bank, Arc<AtomicBool>)) {
    let number = bank.pending().await;
    let pdf = json!({ "docExtension": ".pdf", "base64Doc": base64(&samples::pdf()) });
    let id = bank.submit(passport(&number).with(pdf)).await;
    let replayed = |answer: &Answer| answer.header("idempotency-replayed").map(str::to_owned);
    for size in [1_000, 400_000] {
        let put = || {
            let key = format!("put-{size}");
            bank.put(&id, samples::pdf_of(size)).header("Idempotency-Key", key)
        };
        loses_next.store(true, Ordering::SeqCst);
        let first = Answer::of(put()).await;
        assert_eq!((first.status, replayed(&first)), (200, None), "this request did it: {}", first.body);
        let got = bank.get(&id).await;
        assert_eq!(got.status(), 200);
        assert_eq!(got.bytes().await.unwrap(), samples::pdf_of(size));
        let again = Answer::of(put()).await;
        assert_eq!((again.data(), replayed(&again)), (first.data(), Some("true".to_owned())));
        assert_eq!(bank.get(&id).await.bytes().await.unwrap(), samples::pdf_of(size));
    }

    let maker = Bank::everything("maker");
    let create = || {
        let data = passport(&number).with(json!({ "idNumber": "B7654321" }));
        bank.command(&maker, "CreateIdentityDocumentCommand", data, &[("Idempotency-Key", "create")])
    };
    loses_next.store(true, Ordering::SeqCst);
    let first = create().await;
    assert_eq!(replayed(&first), None, "this request did it");
    let created = first.data()["identityId"].as_str().unwrap().to_owned();
    assert_eq!(bank.get(&created).await.bytes().await.unwrap(), samples::png());
    let again = create().await;
    assert_eq!((again.data(), replayed(&again)), (first.data(), Some("true".to_owned())));
    assert_eq!(bank.get(&created).await.bytes().await.unwrap(), samples::png());

    // Without a key the outcome stays unknown, and the file is stored nevertheless.
    loses_next.store(true, Ordering::SeqCst);
    let unknown = Answer::of(bank.put(&id, samples::pdf_of(2_000))).await;
    assert_eq!(unknown.codes(), ["outcome_unknown"]);
    assert_eq!(bank.get(&id).await.bytes().await.unwrap(), samples::pdf_of(2_000));
}

fn base64(bytes: &[u8]) -> String {
    base64::Engine::encode(&base64::engine::general_purpose::STANDARD, bytes)
}

#[tokio::test]
async fn files_survive_lost_answers_in_memory() {
    let contents = Arc::new(MemoryContents::new());
    acknowledged_files_survive(bank(Arc::new(MemoryStore::new()), contents).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_survive_lost_answers_on_postgresql() {
    let postgres = Postgres::start().await;
    let store = Arc::new(postgres.store.clone());
    acknowledged_files_survive(bank(store.clone(), store).await).await;
}

#[tokio::test]
async fn files_survive_lost_answers_in_a_third_adapter() {
    let contents = Arc::new(MemoryContents::new());
    acknowledged_files_survive(bank(Arc::new(MapStore::new()), contents).await).await;
}
