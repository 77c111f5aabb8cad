//! A service whose clock is wrong.

use client_app::ports::Clock as _;
use jiff::SignedDuration;
use serde_json::json;

use crate::bank::{Bank, adaeze};

#[tokio::test]
async fn wrong_clock_refuses_commands_and_answers_queries() {
    let bank = Bank::open().await;
    for (minutes, status) in [(0, 200), (59, 409), (-59, 409), (61, 503), (-61, 503), (0, 409)] {
        bank.store.faults().server_time(bank.clock.now() + SignedDuration::from_mins(minutes));
        bank.clients.compare_clocks().await.unwrap();
        let answer = bank.maker("CreateContactCommand", adaeze()).await;
        assert_eq!(answer.status, status, "{minutes}");
        if status == 503 {
            assert_eq!(answer.codes(), ["not_ready"]);
        }
        let found = bank.query("RetrieveContactListQuery", json!({})).await;
        assert_eq!(found.data()["totalCount"], 1, "queries are answered");
    }
}
