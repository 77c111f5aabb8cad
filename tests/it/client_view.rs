//! All panels of one client in one answer: the same as the single queries show, of one version, for every caller.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use adapter_inmem::{CountingKeys, FixedClock, MemoryStore};
use client_app::ports::{ClientRef, ClientStore, FoundClient, StoreError};
use client_app::queries::GetClientView;
use client_app::{Caller, Clients, RequestContext, RequestId};
use client_domain::lifecycle::{Action, Operation};
use client_domain::value::ClientId;
use client_domain::{Actor, ClientState, Permission, Permissions};
use client_wire::{Operations as _, read_kyc_policy};
use serde_json::{Value, json};
use store_conformance::{Layered, StoreLayer, async_trait};

use crate::bank::{Answer, Bank, NOW, Setup, With as _, adaeze, applicant};
use crate::kyc_documents::fixtures::{bill, home, passport};
use crate::replies::check;

/// A client with something on each panel, and another one with the same phone number.
async fn prepared() -> (Bank, Value) {
    let policy = json!({
        "version": "v7", "required": { "Individual": ["International Passport", "Voter's Card"] },
        "reasons": { "exit": [{ "code": "moved", "text": "Moved abroad" }] },
    });
    let kyc_policy = read_kyc_policy(policy.as_object().unwrap()).unwrap();
    let bank = Bank::with(Setup { kyc_policy, ..Setup::default() }).await;
    let number = bank.pending().await;
    let twin = applicant(2).with(json!({ "phoneNumber": "+234 803 123 4567", "lastName": "Eze" }));
    bank.maker("CreateContactCommand", twin).await.data();
    let document = bank.submit(passport(&number)).await;
    bank.approve_document(&document).await.data();
    bank.submit(bill(&number)).await;
    bank.maker("CreateAddressInformationCommand", home(&number)).await.data();
    (bank, json!({ "contactEncodedKey": number }))
}

async fn ask(bank: &Bank, permissions: Permissions, name: &str, data: &Value) -> Answer {
    let body = json!({ "queryName": name, "data": data });
    bank.post("/api/bpm/qry", &Bank::token("reader", permissions), &body, &[]).await
}

fn with(permissions: &[Permission]) -> Permissions {
    permissions.iter().copied().collect()
}

#[tokio::test]
async fn view_shows_what_the_single_queries_show() {
    let (bank, key) = prepared().await;
    for permissions in [
        Permissions::all(),
        with(&[Permission::Read]),
        with(&[Permission::Read, Permission::KycRead]),
        with(&[Permission::Read, Permission::History]),
        with(&[Permission::Read, Permission::History, Permission::KycRead, Permission::Approve]),
    ] {
        let answer = ask(&bank, permissions.clone(), "RetrieveClientViewQuery", &key).await;
        if permissions == Permissions::all() {
            check("RetrieveClientViewQuery", &answer);
        }
        let view = answer.data();
        let single = async |name: &str| {
            let answer = ask(&bank, permissions.clone(), name, &key).await;
            (answer.status == 200).then(|| answer.data())
        };
        assert_eq!(answer.header("etag"), Some("\"5\""));
        assert_eq!(view["version"], 5);
        assert_eq!(Some(&view["client"]), single("RetrieveContactByIdQuery").await.as_ref());
        let one = single("RetrieveContactActionsQuery").await.unwrap();
        assert_eq!(view["actions"], one["actions"]);
        let one = single("RetrieveLookAlikesQuery").await.unwrap();
        assert_eq!((&view["lookAlikes"], &view["hasMoreLookAlikes"]), (&one["lookAlikes"], &one["hasMore"]));
        assert_eq!(view["lookAlikes"].as_array().unwrap().len(), 1);
        assert_eq!(view["amendments"], single("GetCustomerAmendmentsQuery").await.unwrap()["amendments"]);

        let mut withheld = Vec::new();
        if let Some(one) = single("GetCustomerKycInformationQuery").await {
            let kyc = &view["kyc"];
            for member in ["kycStatus", "policyVersion", "mobile", "email"] {
                assert_eq!(kyc[member], one[member], "{member}");
            }
            let standings: Vec<_> = kyc["requirements"].as_array().unwrap().clone();
            assert_eq!(standings[0]["standing"], "verified");
            assert_eq!(standings[1..], *one["missing"].as_array().unwrap());
            let documents = single("GetCustomerIdentityDetailsQuery").await.unwrap();
            assert_eq!(kyc["documents"], documents["documents"]);
            assert_eq!(kyc["documents"].as_array().unwrap().len(), 2);
            let addresses = single("GetCustomerAddressDetailsQuery").await.unwrap();
            assert_eq!(kyc["addresses"], addresses["addresses"]);
        } else {
            assert_eq!(view["kyc"], Value::Null);
            withheld.push(json!({ "member": "kyc", "permission": "customers.kyc.read" }));
        }
        if let Some(one) = single("RetrieveContactHistoryQuery").await {
            assert_eq!(view["history"]["entries"], one["entries"]);
        } else {
            assert_eq!(view["history"], Value::Null);
            withheld.push(json!({ "member": "history", "permission": "customers.history" }));
        }
        assert_eq!(view["withheld"], json!(withheld));
    }
}

#[tokio::test]
async fn history_goes_on_where_the_view_ends() {
    let (bank, key) = prepared().await;
    let view =
        bank.query("RetrieveClientViewQuery", key.clone().with(json!({ "historyLines": 2 }))).await.data();
    let versions = |entries: &Value| {
        let entries = entries.as_array().unwrap().iter();
        entries.map(|line| line["version"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(versions(&view["history"]["entries"]), [5, 4]);
    let rest = key.with(json!({ "cursor": view["history"]["nextCursor"] }));
    let rest = bank.query("RetrieveContactHistoryQuery", rest).await.data();
    assert_eq!(versions(&rest["entries"]), [3, 2, 1]);
}

#[tokio::test]
async fn amendment_is_shown_beside_the_live_value() {
    let bank = Bank::open().await;
    let key = json!({ "contactEncodedKey": bank.approved().await });
    let correction = key.clone().with(json!({ "gender": "Other", "reason": "As the passport says." }));
    bank.maker("CorrectContactCommand", correction).await.data();
    let answer = bank.query("RetrieveClientViewQuery", key.clone()).await;
    check("RetrieveClientViewQuery", &answer);
    let open = bank.query("GetCustomerAmendmentsQuery", key).await.data()["amendments"].clone();
    assert_eq!(answer.data()["amendments"], open);
    let change = &open[0]["changes"][0];
    assert_eq!((&change["live"], &change["proposed"]), (&json!("Female"), &json!("Other")));
}

#[tokio::test]
async fn view_without_the_permission_to_read_is_refused() {
    let (bank, key) = prepared().await;
    let without = Permission::ALL.into_iter().filter(|one| *one != Permission::Read).collect();
    let refused = ask(&bank, without, "RetrieveClientViewQuery", &key).await;
    assert_eq!((refused.status, refused.codes()), (403, vec!["permission_missing".to_owned()]));
}

#[tokio::test]
async fn unknown_client_has_no_view() {
    let bank = Bank::open().await;
    let refused = bank.query("RetrieveClientViewQuery", json!({ "contactEncodedKey": "unknown" })).await;
    assert_eq!((refused.status, refused.codes()), (404, vec!["client_not_found".to_owned()]));
    let wrong = json!({ "contactEncodedKey": "CUST1000001", "historyLines": 101 });
    assert_eq!(bank.query("RetrieveClientViewQuery", wrong).await.codes(), ["out_of_range"]);
}

/// A store in which a command of another caller comes between the reads of one query.
struct Interrupted {
    store: Arc<MemoryStore>,
    others: Clients,
    is_armed: AtomicBool,
}

#[async_trait]
impl StoreLayer for Interrupted {
    fn inner(&self) -> &dyn ClientStore {
        &*self.store
    }

    async fn find_with_ending(&self, client: &ClientRef) -> Result<Option<FoundClient>, StoreError> {
        let found = self.store.find_with_ending(client).await;
        if self.is_armed.swap(false, Ordering::SeqCst) {
            withdraw(&self.others).await;
        }
        found
    }
}

async fn withdraw(clients: &Clients) {
    let data = json!({ "contactEncodedKey": "CUST1000001", "reason": "Found another bank." });
    command(clients, "WithdrawCustomerCommand", data).await;
}

async fn command(clients: &Clients, name: &str, data: Value) {
    let caller = Caller::new(Actor::parse("maker").unwrap(), Permissions::all());
    let context = RequestContext::new(caller, RequestId::parse("r-1").unwrap());
    clients.command_by_name(name, data.as_object().unwrap().clone(), context).await.unwrap();
}

/// The client is withdrawn after it was read: every panel still shows what held before.
#[tokio::test]
async fn every_panel_is_of_the_version_that_was_read() {
    let store = Arc::new(MemoryStore::new());
    let clock = Arc::new(FixedClock::new(NOW.parse().unwrap()));
    let keys = Arc::new(CountingKeys::default());
    let others = Clients::new(store.clone(), clock.clone(), keys.clone());
    command(&others, "CreateContactCommand", adaeze()).await;
    let layer = Interrupted { store, others: others.clone(), is_armed: AtomicBool::new(true) };
    let clients = Clients::new(Arc::new(Layered(layer)), clock, keys);

    let caller = Caller::new(Actor::parse("reader").unwrap(), Permissions::all());
    let client = ClientRef::Id(ClientId::new(1).unwrap());
    let view =
        clients.query(&caller, GetClientView { client: client.clone(), history_lines: 9 }).await.unwrap();
    assert_eq!(
        (view.details.client.version().get(), view.details.client.state()),
        (1, ClientState::PendingApproval)
    );
    let lines = view.history.shown().unwrap().entries.iter().map(|line| line.event.version.get());
    assert_eq!(lines.collect::<Vec<_>>(), [1]);
    let is_allowed = |action| {
        let of = Operation::Action(action);
        view.actions.iter().any(|one| one.operation == of && one.is_allowed())
    };
    assert!(is_allowed(Action::Withdraw) && !is_allowed(Action::UndoReject));

    let after = others.query(&caller, GetClientView { client, history_lines: 9 }).await.unwrap();
    assert_eq!(
        (after.details.client.version().get(), after.details.client.state()),
        (2, ClientState::Rejected)
    );
}
