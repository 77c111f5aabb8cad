//! Counts on the wire: by state, branch, KYC status and age of what waits; what the list finds, no more and no less.

use std::sync::Arc;
use std::time::Duration;

use adapter_inmem::{CountingKeys, FixedClock};
use client_app::ports::{ClientStore, Counted, Counting, StoreError};
use client_app::{Caller, Clients};
use client_domain::{Actor, Permission, Permissions};
use client_wire::Operations as _;
use serde_json::{Value, json};
use store_conformance::map_store::MapStore;
use store_conformance::{Layered, StoreLayer, async_trait};

use crate::bank::{Answer, Bank, With as _, applicant};
use crate::kyc_documents::fixtures::passport;
use crate::replies::check;

async fn asked(bank: &Bank, token: &str, data: Value) -> Answer {
    bank.post("/api/bpm/qry", token, &json!({ "queryName": "RetrieveCountsQuery", "data": data }), &[]).await
}

async fn counts(bank: &Bank, by: &str, data: Value) -> Value {
    let answer = asked(bank, &Bank::everything("reader"), data.with(json!({ "groupBy": by }))).await;
    check("RetrieveCountsQuery", &answer);
    answer.data()
}

/// The groups that are not empty: the value of this member, and the number.
fn groups(counts: &Value, member: &str) -> Vec<(Value, u64)> {
    let groups = counts["groups"].as_array().unwrap().iter();
    let groups = groups.map(|group| (group[member].clone(), group["count"].as_u64().unwrap()));
    groups.filter(|(_, number)| *number > 0).collect()
}

/// Six clients of two branches; two are approved, one has a document and one has asked for its approval.
async fn six() -> Bank {
    let bank = Bank::open().await;
    for n in 1..=6 {
        let branch = [json!({}), json!({ "branchEncodedKey": "ikeja-01" })][usize::from(n > 2)].clone();
        let branch = if n == 6 { json!({ "branchEncodedKey": "lekki-02" }) } else { branch };
        bank.maker("CreateContactCommand", applicant(n).with(branch)).await.data();
    }
    bank.submit(passport("CUST1000003")).await;
    for number in ["CUST1000001", "CUST1000004"] {
        bank.checker("ApproveCustomerCommand", json!({ "contactEncodedKey": number })).await.data();
    }
    let request = json!({ "contactEncodedKey": "CUST1000005" });
    bank.maker("RequestCustomerApprovalCommand", request).await.data();
    bank
}

#[tokio::test]
async fn groups_are_what_the_list_finds() {
    let bank = six().await;
    let searches = [
        json!({}),
        json!({ "branchEncodedKey": "ikeja-01" }),
        json!({ "status": ["Approved", 3] }),
        json!({ "searchTerm": "CUST1000004" }),
        json!({ "filters": [{ "propertyName": "branchEncodedKey", "operator": "IsEmpty" }] }),
        json!({ "filters": [{ "propertyName": "kycStatus", "operator": "Equals", "value": "Pending" }] }),
        json!({ "startDate": "2026-01-06" }),
    ];
    for (by, member, property) in [
        ("state", "clientStateDescription", "clientState"),
        ("branch", "branchEncodedKey", "branchEncodedKey"),
        ("kycStatus", "kycStatus", "kycStatus"),
    ] {
        for search in &searches {
            let counted = counts(&bank, by, search.clone()).await;
            assert_eq!((&counted["groupBy"], &counted["atLeast"]), (&json!(by), &json!(false)));
            assert_eq!(counted["asOf"], "2026-01-05T09:00:00Z");
            let list = bank.query("RetrieveContactListQuery", search.clone()).await.data();
            assert_eq!(counted["total"], list["totalCount"], "{search} by {by}");
            for (value, number) in groups(&counted, member) {
                let filter = if value.is_null() {
                    json!({ "propertyName": property, "operator": "IsEmpty" })
                } else {
                    json!({ "propertyName": property, "operator": "Equals", "value": value })
                };
                let mut filters = search["filters"].as_array().cloned().unwrap_or_default();
                filters.push(filter);
                let narrower = search.clone().with(json!({ "filters": filters }));
                let list = bank.query("RetrieveContactListQuery", narrower).await.data();
                assert_eq!(list["totalCount"], number, "{search} with {value}");
            }
        }
    }
    let branches = counts(&bank, "branch", json!({})).await;
    // A client without a branch gets that of its maker.
    let expected = [(json!("ikeja-01"), 5), (json!("lekki-02"), 1)];
    assert_eq!(groups(&branches, "branchEncodedKey"), expected, "most clients first");
    let states = counts(&bank, "state", json!({})).await;
    assert_eq!(states["groups"].as_array().unwrap().len(), 6, "empty states as well");
}

#[tokio::test]
async fn count_is_answered_again_for_ten_seconds() {
    let bank = six().await;
    let total = async || {
        let counted = counts(&bank, "state", json!({})).await;
        (counted["total"].as_u64().unwrap(), counted["asOf"].as_str().unwrap().to_owned())
    };
    assert_eq!(total().await, (6, "2026-01-05T09:00:00Z".to_owned()));
    bank.clock.advance(Duration::from_secs(9));
    bank.maker("CreateContactCommand", applicant(7)).await.data();
    assert_eq!(total().await, (6, "2026-01-05T09:00:00Z".to_owned()), "an older count says so");
    // Another question is counted anew.
    assert_eq!(counts(&bank, "state", json!({ "status": [3] })).await["total"], 5);
    bank.clock.advance(Duration::from_secs(1));
    assert_eq!(total().await, (7, "2026-01-05T09:00:10Z".to_owned()));
}

/// The kinds with their ages and numbers, without those of number nought.
fn ages(counts: &Value) -> Vec<(String, Value, u64)> {
    let groups = counts["groups"].as_array().unwrap().iter().map(|group| {
        let kind = group["kind"].as_str().unwrap().to_owned();
        (kind, group["waitingAge"].clone(), group["count"].as_u64().unwrap())
    });
    groups.filter(|(_, _, number)| *number > 0).collect()
}

#[tokio::test]
async fn what_waits_is_counted_by_age_and_without_what_is_concealed() {
    let bank = six().await;
    let all = counts(&bank, "waitingAge", json!({})).await;
    let both =
        |age: &str| vec![("Approval".to_owned(), json!(age), 1), ("Document".to_owned(), json!(age), 1)];
    assert_eq!(ages(&all), both("upToOneDay"));
    assert_eq!(all["groups"].as_array().unwrap().len(), 17);
    let of_branch = counts(&bank, "waitingAge", json!({ "searchTerm": "CUST1000005" })).await;
    assert_eq!(ages(&of_branch), both("upToOneDay")[..1]);

    let some = |permissions: &[Permission]| Bank::token("reader", permissions.iter().copied().collect());
    let reader = some(&[Permission::Read]);
    let seen = asked(&bank, &reader, json!({ "groupBy": "waitingAge" })).await;
    check("RetrieveCountsQuery", &seen);
    assert_eq!((ages(&seen.data()), &seen.data()["total"]), (both("upToOneDay")[..1].to_vec(), &json!(1)));
    assert!(seen.data()["groups"].as_array().unwrap().iter().all(|group| group["kind"] != "Document"));

    // A concealed value is refused as by the list.
    let filters = json!([{ "propertyName": "kycStatus", "operator": "Equals", "value": "Pending" }]);
    let refused = asked(&bank, &reader, json!({ "groupBy": "state", "filters": filters })).await;
    let body = json!({ "queryName": "RetrieveContactListQuery", "data": { "filters": filters } });
    let list = bank.post("/api/bpm/qry", &reader, &body, &[]).await;
    assert_eq!((refused.status, &refused.body["errors"]), (403, &list.body["errors"]));
    let refused = asked(&bank, &reader, json!({ "groupBy": "kycStatus" })).await;
    assert_eq!((refused.status, &refused.body["errors"][0]["field"]), (403, &json!("groupBy")));
    assert_eq!(refused.details()["permission"], "customers.kyc.read");
    let nobody = some(&[Permission::Write]);
    assert_eq!(asked(&bank, &nobody, json!({ "groupBy": "state" })).await.status, 403);
    let unknown = asked(&bank, &reader, json!({ "groupBy": "city" })).await;
    assert_eq!((unknown.status, unknown.codes()), (400, vec!["choice".to_owned()]));

    for (days, age) in [(2, "twoToFiveDays"), (6, "sixToThirtyDays"), (31, "overThirtyDays")] {
        let at = "2026-01-05T09:00:00Z".parse::<jiff::Timestamp>().unwrap();
        let at = at + jiff::SignedDuration::from_hours(24 * days);
        bank.clock.set(at);
        let token = clients_testkit::Bank::token_at(at, "reader", Permissions::all()).unwrap();
        let counted = asked(&bank, &token, json!({ "groupBy": "waitingAge" })).await.data();
        assert_eq!(ages(&counted), both(age), "{days}");
    }
}

/// Ends every count at once.
struct Hasty(MapStore);

#[async_trait]
impl StoreLayer for Hasty {
    fn inner(&self) -> &dyn ClientStore {
        &self.0
    }

    async fn count(&self, counting: &Counting) -> Result<Counted, StoreError> {
        let counted = self.0.count(counting).await?;
        Ok(Counted { is_complete: false, ..counted })
    }
}

#[tokio::test]
async fn lower_bound_is_marked() {
    let clock = Arc::new(FixedClock::new("2026-01-05T09:00:00Z".parse().unwrap()));
    let store = Arc::new(Layered(Hasty(MapStore::new())));
    let clients = Clients::new(store, clock, Arc::new(CountingKeys::default()));
    let reader = Caller::new(Actor::parse("reader").unwrap(), Permissions::all());
    let data = json!({ "groupBy": "state" }).as_object().unwrap().clone();
    let reply = clients.query_by_name("RetrieveCountsQuery", data, reader).await.unwrap();
    assert_eq!(reply.data["atLeast"], true);
}
