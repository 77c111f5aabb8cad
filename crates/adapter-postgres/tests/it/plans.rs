//! Each kind of search that an index is there for is carried out by that index, however many clients there are.
//!
//! 20,000 generated clients, so that it is quick enough for every day; the real size, with what each search costs:
//! `PLAN_CLIENTS=1000000 cargo test -p adapter-postgres --test it plans -- --nocapture --test-threads=1`.
//!
//! What is judged is what the adapter itself sends: the search goes through the port, and the server's `auto_explain`
//! writes down the plan that it has just carried out, with these values, in this session. A copy of the statement that
//! is explained by the test could be planned differently, and would have to be kept alike.

#![expect(
    clippy::print_stdout,
    reason = "what each search costs is a result, which whoever runs this wants to see"
)]

mod commits;
mod crowd;
mod expiry;
mod frequent;
mod limits;
mod plan;

use std::time::{Duration, Instant};

use adapter_postgres::PostgresStore;
use client_app::ports::{ClientRef, ClientStore, Found, Page, Search};
use client_domain::ClientState;
use client_domain::kyc::{AddressId, DocumentId};
use client_domain::search::{Direction, Filter, Order, Predicate, Property, Word, field};
use client_domain::value::{BranchKey, ClientId, ClientKey};
use sqlx::Row as _;

use self::crowd::{Crowd, crowd};
use self::plan::Plan;
use crate::database::connect;

const LIMIT: usize = 50;

/// Newest first, with the total, as an ordinary caller asks.
fn newest(predicate: Predicate) -> Search {
    Search {
        predicate,
        order: Order::default(),
        page: Page::Skip(0),
        limit: LIMIT,
        count: true,
        today: jiff::civil::date(2026, 1, 5),
    }
}

fn whoever(filter: &Filter) -> Search {
    newest(filter.check().unwrap())
}

fn mentioning(term: &str) -> Search {
    newest(Predicate::All(Word::read(term).unwrap().into_iter().map(Predicate::Mentions).collect()))
}

/// A text that client number `n` has.
async fn text_of(crowd: &Crowd, column: &'static str, n: i64) -> String {
    let mut connection = connect(&crowd.server.url("postgres")).await;
    let question = format!("SELECT {column} FROM client WHERE id = $1");
    let row = sqlx::query(sqlx::AssertSqlSafe(question)).bind(n).fetch_one(&mut connection).await;
    row.unwrap().get(0)
}

/// The plan of the last statement of this session that reads clients.
async fn plan_of(crowd: &Crowd, name: &str, many: usize) -> Plan {
    let deadline = Instant::now() + Duration::from_secs(3);
    loop {
        let log = crowd.log_of(name);
        let mut plans = Plan::all(&log);
        plans.retain(|plan| plan.statement.contains("FROM client c"));
        if plans.len() == many {
            return plans.pop().unwrap();
        }
        assert!(plans.len() < many && Instant::now() < deadline, "{name}: {} plans in {log}", plans.len());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

impl Plan {
    /// A line of a table: how many were found, how, how many rows were thrown away, how many pages were looked at, and
    /// how long that took.
    fn print(&self, name: &str, found: &Found) {
        let total = found.total.map_or_else(|| "not asked".to_owned(), |total| total.to_string());
        let (scans, removed, pages) = (self.scans.join(", "), self.removed, self.pages);
        println!("| {name} | {total} | {scans} | {removed} | {pages} | {:.1} |", self.milliseconds);
    }

    /// By these indexes, without reading all clients, and with no more rows thrown away than this.
    fn judge(&self, name: &str, indexes: &[&str], most_removed: f64) {
        assert!(!self.read_through.contains("client"), "{name}: {:?}", self.scans);
        let used: Vec<_> = self.indexes.iter().map(String::as_str).collect();
        assert_eq!(used, indexes, "{name}: {:?}", self.scans);
        assert!(self.removed <= most_removed, "{name}: {} rows thrown away, {:?}", self.removed, self.scans);
    }
}

/// An index by three letters at a time also names some who have the same letters elsewhere: one client in a thousand.
async fn few() -> f64 {
    f64::from(i32::try_from(crowd().await.clients / 1000).unwrap())
}

/// How often each search is asked: a server that keeps a statement makes a plan for all values after five with these.
const TIMES: usize = 7;

/// Searches, and judges the last plan; somebody must have been found, or the plan says nothing.
async fn search(name: &str, search: &Search, indexes: &[&str], most_removed: f64) -> Found {
    let (found, plan) = judged(name, search, indexes, most_removed).await;
    assert!(!plan.is_for_all_values, "{name}: planned without its values in view");
    found
}

/// A search that may be planned once, because its values cannot matter, and is.
async fn settled(name: &str, search: &Search, indexes: &[&str]) -> Found {
    let (found, plan) = judged(name, search, indexes, 0.0).await;
    assert!(plan.is_for_all_values, "{name}: planned anew each time");
    found
}

async fn judged(name: &str, search: &Search, indexes: &[&str], most_removed: f64) -> (Found, Plan) {
    let crowd = crowd().await;
    let store = crowd.explained(name).await;
    for _ in 1..TIMES {
        store.search(search).await.unwrap();
    }
    let found = store.search(search).await.unwrap();
    assert!(!found.clients.is_empty(), "{name}: nobody");
    let plan = plan_of(crowd, name, TIMES).await;
    plan.print(name, &found);
    plan.judge(name, indexes, most_removed);
    (found, plan)
}

/// A client comes with the papers.
const WITH_PAPERS: [&str; 3] = ["client_address_pkey", "client_document_pkey", "client_pkey"];

async fn find(name: &str, client: ClientRef, indexes: &[&str]) {
    let crowd = crowd().await;
    let store = crowd.explained(name).await;
    assert!(store.find(&client).await.unwrap().is_some());
    let plan = plan_of(crowd, name, 1).await;
    plan.print(name, &Found { clients: Vec::new(), next: None, total: Some(1) });
    plan.judge(name, indexes, 0.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_client_by_key() {
    let key = text_of(crowd().await, "client_key", 777).await;
    find("get-by-key", ClientRef::Key(ClientKey::parse(&key).unwrap()), &WITH_PAPERS).await;
    settled("key", &whoever(&field::ENCODED_KEY.equals(key)), &["client_pkey"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_client_by_number() {
    let number = ClientId::new(777).unwrap();
    let indexes = ["client_address_pkey", "client_document_pkey", "client_number_pkey", "client_pkey"];
    find("get-by-number", ClientRef::Id(number), &indexes).await;
    settled("number", &whoever(&field::ID.equals(777)), &["client_by_id"]).await;
    let customer = whoever(&field::CUSTOMER_NUMBER.equals("CUST1000777"));
    settled("customer-number", &customer, &["client_by_id"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_client_by_email() {
    let email = text_of(crowd().await, "email", 777).await;
    settled("email", &whoever(&field::EMAIL_ADDRESS.equals(email)), &["client_by_email"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_client_by_phone() {
    let phone = text_of(crowd().await, "phone", 777).await;
    settled("phone", &whoever(&field::PHONE_NUMBER.equals(phone)), &["client_by_phone"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_client_by_identification_number() {
    let paper = text_of(crowd().await, "identification_number", 777).await;
    let search_for = whoever(&field::IDENTIFICATION_NUMBER.equals(paper));
    settled("identification", &search_for, &["client_by_identification"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_client_by_document() {
    let crowd = crowd().await;
    let mut connection = connect(&crowd.server.url("postgres")).await;
    let question = "SELECT d.document_id, d.number, a.address_id FROM client_document d JOIN client_address a
        USING (client_key) JOIN client c USING (client_key) WHERE c.id = 6";
    let row = sqlx::query(question).fetch_one(&mut connection).await.unwrap();
    let document = ClientRef::Document(DocumentId::parse(row.get(0)).unwrap());
    let [by_key_of_address, by_key_of_document, by_key] = WITH_PAPERS;
    let indexes = [by_key_of_address, "client_document_by_id", by_key_of_document, by_key];
    find("get-by-document", document, &indexes).await;
    let address = ClientRef::Address(AddressId::parse(row.get(2)).unwrap());
    let indexes = ["client_address_by_id", by_key_of_address, by_key_of_document, by_key];
    find("get-by-address", address, &indexes).await;
    let number = whoever(&field::DOCUMENT_NUMBER.equals(row.get::<String, _>(1)));
    search("document-number", &number, &["client_document_by_number", "client_pkey"], 0.0).await;
}

/// How many there are is counted by the index of days. The page comes by that index too, or, where so many run out that a
/// few of the newest clients are sure to be among them, by walking from the newest client until it is full.
#[tokio::test(flavor = "multi_thread")]
async fn documents_that_run_out_within_thirty_days() {
    let crowd = crowd().await;
    let soon = whoever(&field::DOCUMENT_EXPIRY_DATE.next_days(30));
    let (by_day, walk) = (["client_document_by_expiry"], ["client_by_creation", "client_document_pkey"]);
    for (name, count) in [("runs-out-soon", true), ("runs-out-soon-uncounted", false)] {
        let store = crowd.explained(name).await;
        let found = store.search(&Search { count, ..soon.clone() }).await.unwrap();
        assert!(!found.clients.is_empty(), "nobody");
        let plan = plan_of(crowd, name, 1).await;
        plan.print(name, &found);
        let used: Vec<_> =
            plan.indexes.iter().map(String::as_str).filter(|name| *name != "client_pkey").collect();
        let both = [walk[0], by_day[0], walk[1]];
        let expected: [&[&str]; 2] = if count { [&by_day, &both] } else { [&by_day, &walk] };
        assert!(expected.contains(&used.as_slice()), "{name}: {:?}", plan.scans);
        assert!(plan.read_through.is_empty(), "{name}: {:?}", plan.scans);
        assert!(plan.removed <= few().await * 50.0, "{name}: {} rows thrown away", plan.removed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_of_a_branch_newest_first() {
    let predicate = |state| {
        let branch = Predicate::of_branch(BranchKey::parse("branch-7").unwrap());
        Predicate::All(vec![Predicate::in_states([state]), branch])
    };
    let indexes = &["client_by_branch_and_state"];
    search("state-and-branch", &newest(predicate(ClientState::Active)), indexes, 0.0).await;
    search("rare-state-and-branch", &newest(predicate(ClientState::Rejected)), indexes, 0.0).await;
    let rejected = Search { count: false, ..newest(predicate(ClientState::Rejected)) };
    search("rare-state-and-branch-uncounted", &rejected, indexes, 0.0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_beginning_of_a_last_name() {
    let prefix = whoever(&field::LAST_NAME.starts_with("uzogar"));
    search("last-name-prefix", &prefix, &["client_by_last_name"], 0.0).await;
    let by_name = Order::by(vec![(Property::LastName, Direction::Ascending)]).unwrap();
    let sorted = Search { order: by_name, count: false, ..whoever(&field::LAST_NAME.starts_with("oka")) };
    search("frequent-prefix-by-name", &sorted, &["client_by_last_name"], 0.0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn words_of_a_search_term() {
    let phone = text_of(crowd().await, "phone", 777).await;
    search("rare-word", &mentioning(&phone), &["client_by_word"], few().await).await;
    search("word", &mentioning("uzogarwa"), &["client_by_word"], few().await).await;
    let first = text_of(crowd().await, "first_name", 777).await;
    let last = text_of(crowd().await, "last_name", 777).await;
    search("two-words", &mentioning(&format!("{first} {last}")), &["client_by_word"], few().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_of_a_text() {
    search("contains", &whoever(&field::LAST_NAME.contains("saladmi")), &["client_by_word"], few().await)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_three_conditions() {
    let crowd = crowd().await;
    let email = text_of(crowd, "email", 777).await;
    let phone = text_of(crowd, "phone", 888).await;
    let any = field::EMAIL_ADDRESS
        .equals(email)
        .or(field::PHONE_NUMBER.equals(phone))
        .or(field::LAST_NAME.starts_with("uzogarwa"));
    let indexes = &["client_by_email", "client_by_last_name", "client_by_phone"];
    search("one-of-three", &whoever(&any), indexes, 0.0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn page_number_thousand_begins_where_the_one_before_has_ended() {
    let crowd = crowd().await;
    let before = i64::try_from(LIMIT * 999).unwrap().min(crowd.clients / 2);
    let skip = Page::Skip(u64::try_from(before).unwrap() - 50);
    let everybody = Search { count: false, page: skip, ..newest(Predicate::everybody()) };
    let store = PostgresStore::open(&crowd.settings("walker", &[]).await).await.unwrap();
    let next = store.search(&everybody).await.unwrap().next.unwrap();
    let page = Search { page: Page::After(next), ..everybody };
    // The first page has no values to be planned with. Of where others go on the server may think that it matters.
    let first = Search { page: Page::Skip(0), ..page.clone() };
    judged("page-1", &first, &["client_by_creation"], 0.0).await;
    let (found, _) = judged("page-1000", &page, &["client_by_creation"], 0.0).await;
    assert_eq!(found.clients[0].id.get(), crowd.clients - before);
}
