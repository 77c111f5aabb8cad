//! The codes of requests beyond a limit.

use std::num::NonZeroU32;
use std::time::Duration;

use adapter_http::Limits;
use adapter_inmem::Fault;
use client_app::DuplicateQuota;
use client_app::ports::Branch;
use client_domain::value::{AccountOfficerId, BranchKey};
use client_wire::Code;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::Seen;
use crate::bank::{Bank, Setup, With as _, adaeze, applicant};

pub(super) async fn limits(seen: &mut Seen) {
    let limits = Limits {
        body_bytes: 10_000,
        large_body_bytes: 10_000,
        request_timeout: Duration::from_millis(200),
        max_in_flight: 1,
        max_in_flight_per_caller: 1,
        drain_notice: Duration::ZERO,
        ..Limits::default()
    };
    let bank = Bank::with(Setup { limits, ..Setup::default() }).await;
    let large = adaeze().with(json!({ "address": "x".repeat(20_000) }));
    seen.expect(Code::BodyTooLarge, &bank.maker("CreateContactCommand", large).await);
    bank.store.faults().next_read(Fault::Slow(Duration::from_secs(2)));
    let slow = bank.query("RetrieveContactByIdQuery", json!({ "id": 1 }));
    let second = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let same = bank.query("RetrieveContactByIdQuery", json!({ "id": 1 })).await;
        let id = json!({ "cmd": "RetrieveContactByIdQuery", "data": { "id": 1 } });
        (same, bank.post("/api/bpm/qry", &Bank::everything("another-reader"), &id, &[]).await)
    };
    let (slow, (same, other)) = tokio::join!(slow, second);
    seen.expect(Code::RequestTimeout, &slow);
    seen.expect(Code::TooManyInProgress, &same);
    seen.expect(Code::Overloaded, &other);
    let many = json!({ "a": vec![0; 20_001] });
    let bank = Bank::open().await;
    seen.expect(Code::TooComplex, &bank.maker("CreateContactCommand", many).await);
    seen.0.insert(broken_body(&bank).await);

    let limits = Limits { requests_per_second_per_caller: NonZeroU32::new(1), ..Limits::default() };
    let bank = Bank::with(Setup { limits, ..Setup::default() }).await;
    bank.query("RetrieveLifecycleQuery", json!({})).await.data();
    let hasty = bank.query("RetrieveLifecycleQuery", json!({})).await;
    assert!(hasty.header("retry-after").is_some());
    seen.expect(Code::RateLimited, &hasty);

    let duplicate_quota = DuplicateQuota::new(NonZeroU32::new(1), [7; 32]);
    let bank = Bank::with(Setup { duplicate_quota, ..Setup::default() }).await;
    bank.maker("CreateContactCommand", adaeze()).await.data();
    bank.maker("CreateContactCommand", adaeze()).await.codes();
    bank.branches
        .set_branch(BranchKey::parse("lekki-02").unwrap(), Branch { id: None, name: "Lekki".to_owned() });
    bank.branches.set_officer(AccountOfficerId::new(3).unwrap(), "T. Bello");
    bank.branches.set_complete();
    let nowhere = applicant(2).with(json!({ "branchEncodedKey": "no-such", "accountOfficerId": 99 }));
    let nowhere = bank.maker("CreateContactCommand", nowhere).await;
    seen.expect(Code::UnknownBranch, &nowhere);
    seen.expect(Code::UnknownOfficer, &nowhere);
    let known = json!({ "branchEncodedKey": "lekki-02" });
    seen.expect(Code::DuplicateQuota, &bank.maker("CreateContactCommand", applicant(1).with(known)).await);
}

/// The code of the answer to a body whose second chunk is malformed, which no client library would send.
async fn broken_body(bank: &Bank) -> String {
    let url = bank.url("/api/bpm/cmd");
    let address = url.trim_start_matches("http://").split('/').next().unwrap();
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = format!(
        "POST /api/bpm/cmd HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
         Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{{\r\nzz\r\n",
        Bank::everything("maker")
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let body: Value = serde_json::from_str(answer.split("\r\n\r\n").nth(1).unwrap()).unwrap();
    body["errors"][0]["code"].as_str().unwrap().to_owned()
}
