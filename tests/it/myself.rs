//! A caller asks who it is and what it may do; every operation then keeps that promise.

use client_app::Caller;
use client_app::ports::Branch;
use client_domain::value::BranchKey;
use client_domain::{Actor, Permission, Permissions};
use client_wire::spec::OperationKind;
use client_wire::{OPERATIONS, Operations as _};
use serde_json::{Map, Value, json};

use crate::bank::{Answer, Bank};
use crate::replies::check;

async fn myself(bank: &Bank, token: &str) -> Answer {
    let body = json!({ "queryName": "RetrieveMyselfQuery", "data": {} });
    let answer = bank.post("/api/bpm/qry", token, &body, &[]).await;
    check("RetrieveMyselfQuery", &answer);
    answer
}

#[tokio::test]
async fn caller_learns_who_it_is() {
    let bank = Bank::open().await;
    let branch = Branch { id: Some(17), name: "Ikeja".to_owned() };
    bank.branches.set_branch(BranchKey::parse("ikeja-01").unwrap(), branch);
    let data = myself(&bank, &Bank::everything("maker")).await.data();
    assert_eq!((&data["actorId"], &data["actorEmail"]), (&json!("maker"), &json!("maker@example.com")));
    assert_eq!((&data["branchEncodedKey"], &data["branchName"]), (&json!("ikeja-01"), &json!("Ikeja")));
    let unheld = data["permissions"].as_array().unwrap().iter().filter(|one| one["held"] == false);
    assert_eq!(unheld.count(), 0);
}

/// What the answer says of each operation, for every permission alone, is what happens when it is sent.
#[tokio::test]
async fn operations_are_permitted_exactly_as_announced() {
    let bank = Bank::open().await;
    let alone = Permission::ALL.into_iter().map(|one| Permissions::from_iter([one]));
    let mut permitted = 0;
    for permissions in alone {
        let token = Bank::token("clerk", permissions.clone());
        let data = myself(&bank, &token).await.data();
        let held: Vec<_> =
            permissions.iter().map(|one| json!({ "permission": one.name(), "held": true })).collect();
        let shown = data["permissions"].as_array().unwrap();
        assert_eq!(shown.len(), Permission::ALL.len());
        assert!(held.iter().all(|one| shown.contains(one)), "{shown:?}");

        let operations = data["operations"].as_array().unwrap();
        assert_eq!(operations.len(), OPERATIONS.len());
        for (spec, announced) in OPERATIONS.iter().zip(operations) {
            assert_eq!(announced["operation"], spec.name);
            assert_eq!(announced["permission"], json!(spec.permission.map(Permission::name)));
            let (path, name) = match spec.kind {
                OperationKind::Command => ("/api/bpm/cmd", "commandName"),
                OperationKind::Query => ("/api/bpm/qry", "queryName"),
            };
            // An empty request of a permitted operation is read, and no client is named in it.
            let sent = async |more: Value| {
                let mut body = json!({ name: spec.name, "data": {} });
                body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
                bank.post(path, &token, &body, &[]).await.status != 403
            };
            assert_eq!(announced["allowed"], sent(json!({})).await, "{} {permissions:?}", spec.name);
            if spec.kind == OperationKind::Command {
                let dry = sent(json!({ "dryRun": true })).await;
                assert_eq!(announced["dryRunAllowed"], dry, "{} {permissions:?}", spec.name);
            }
            permitted += usize::from(announced["allowed"] == true);
        }
    }
    assert!(permitted > OPERATIONS.len(), "{permitted}");
}

/// In the process a caller may ask that holds nothing; a token without a permission of this service is not let in at all.
#[tokio::test]
async fn caller_without_permissions_is_told_so() {
    let bank = Bank::open().await;
    let caller = Caller::new(Actor::parse("guest").unwrap(), Permissions::default());
    let shown = bank.clients.query_by_name("RetrieveMyselfQuery", Map::new(), caller).await.unwrap().data;
    assert_eq!((&shown["actorEmail"], &shown["branchName"]), (&Value::Null, &Value::Null));
    let allowed = shown["operations"].as_array().unwrap().iter().filter(|one| one["allowed"] == true);
    let allowed: Vec<_> = allowed.map(|one| &one["operation"]).collect();
    assert_eq!(allowed, ["RetrieveMyselfQuery"]);
    let body = json!({ "queryName": "RetrieveMyselfQuery", "data": {} });
    let refused = bank.post("/api/bpm/qry", &Bank::token("guest", Permissions::default()), &body, &[]).await;
    assert_eq!((refused.status, refused.codes()), (403, vec!["permission_missing".to_owned()]));
}
