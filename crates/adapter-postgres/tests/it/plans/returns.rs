//! The clients that returned from a record are found by an index that holds no others.

use client_app::ports::{Search, Totals};
use client_domain::ClientState;
use client_domain::search::field;

use super::data_set::data_set;
use super::{matching, planned_once, search, text_of};

#[tokio::test(flavor = "multi_thread")]
async fn clients_by_their_former_record() {
    let former = text_of(data_set().await, "former_client", 777).await;
    let of_record = field::FORMER_CLIENT.equals(former);
    let indexes = &["client_by_former_client"];
    planned_once("returned-as", &matching(&of_record), indexes).await;
    // The question of every decision about an exited client.
    let alive = field::CLIENT_STATE.not_equals(ClientState::Rejected);
    let open = Search { totals: Totals::None, limit: 1, ..matching(&of_record.and(alive)) };
    search("returned-as-and-not-rejected", &open, indexes, 0.0).await;
    search("returned", &matching(&field::FORMER_CLIENT.is_not_empty()), indexes, 0.0).await;
}
