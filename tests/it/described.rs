//! The service treats requests as its OpenAPI description says.

use client_wire::OPERATIONS;
use client_wire::spec::{FieldSpec, Need, OperationKind, OperationSpec};
use serde_json::{Map, Value, json};

use crate::bank::{Answer, Bank};

/// A value that a member takes, which is not null.
fn some(name: &str) -> Value {
    match name {
        "id" | "pageNumber" => json!(1),
        "contactEncodedKey" | "customerNumber" => json!("CUST1000001"),
        "identityId" | "addressId" => json!("00000000000000000000000000000001"),
        "amendmentId" => json!("8a8e86a5.7"),
        "cursor" | "searchTerm" | "searchText" => json!("okafor"),
        other => panic!("what does {other} take?"),
    }
}

/// The example of an operation with exactly these of the members that exclude each other.
fn example_with(spec: &OperationSpec, among: &[&str], present: &[&str], absent_is_null: bool) -> Value {
    let mut data: Map<String, Value> = serde_json::from_str(spec.example).unwrap();
    for name in among {
        data.remove(*name);
        if absent_is_null {
            data.insert((*name).to_owned(), Value::Null);
        }
    }
    data.extend(present.iter().map(|name| ((*name).to_owned(), some(name))));
    Value::Object(data)
}

async fn ask(bank: &Bank, spec: &OperationSpec, data: Value) -> Answer {
    match spec.kind {
        OperationKind::Command => bank.command(&Bank::everything("maker"), spec.name, data, &[]).await,
        OperationKind::Query => bank.query(spec.name, data).await,
    }
}

fn errors(answer: &Answer) -> &[Value] {
    answer.body["errors"].as_array().map_or(&[], Vec::as_slice)
}

/// Whether the answer complains of how many of the members are there.
fn refused_for_count(answer: &Answer, among: &[&str]) -> bool {
    errors(answer).iter().any(|error| {
        let about_one = error["field"].as_str().is_none_or(|field| among.contains(&field));
        error["code"] == "exactly_one" || (error["code"] == "required" && about_one)
    })
}

#[tokio::test]
async fn exclusive_members_are_enforced_as_described() {
    let bank = Bank::open().await;
    let mut groups = 0;
    for spec in OPERATIONS {
        let mut seen: Vec<&[&str]> = Vec::new();
        for FieldSpec { need, .. } in spec.fields {
            let (among, least) = match need {
                Need::ExactlyOne(among) => (*among, 1),
                Need::AtMostOne(among) => (*among, 0),
                _ => continue,
            };
            if seen.contains(&among) {
                continue;
            }
            seen.push(among);
            groups += 1;
            for absent_is_null in [false, true] {
                for bits in 0..1_u32 << among.len() {
                    let present: Vec<_> =
                        (0..among.len()).filter(|at| bits & (1 << at) != 0).map(|at| among[at]).collect();
                    let data = example_with(spec, among, &present, absent_is_null);
                    let refused = refused_for_count(&ask(&bank, spec, data).await, among);
                    let fits = (least..=1).contains(&present.len());
                    assert_eq!(refused, !fits, "{} with {present:?}", spec.name);
                }
            }
        }
    }
    assert!(groups > 10, "only {groups} groups of members");
}
