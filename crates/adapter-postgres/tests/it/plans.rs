//! Each kind of search with an index uses that index, however many clients there are.
//!
//! 20,000 generated clients, so that it is quick enough for every day. The real size, with the cost of each search:
//! `PLAN_CLIENTS=1000000 cargo test -p adapter-postgres --test it plans -- --nocapture --test-threads=1`.
//!
//! The tests judge the statements that the adapter itself sends: the search goes through the port, and `auto_explain` of the
//! server logs the plan that it has just executed, with these values, on this connection. A copy of the statement that the
//! test explains could have another plan, and would have to be kept in step.

#![expect(clippy::print_stdout, reason = "the cost of each search is a result of the run")]

mod activity;
mod batches;
mod commits;
mod counts;
mod data_set;
mod expiry;
mod frequent;
mod kyc_status;
mod limits;
mod plan;
mod receivers;
mod returns;
mod tallies;
mod work_items;

use std::time::{Duration, Instant};

use adapter_postgres::PostgresStore;
use client_app::ports::{ClientRef, ClientStore, Found, Page, Search, Totals};
use client_domain::ClientState;
use client_domain::Invalid;
use client_domain::kyc::{AddressId, DocumentId};
use client_domain::search::{Direction, Filter, Order, Predicate, Property, Word, field};
use client_domain::value::{
    AskedNumber, BranchKey, ClientId, ClientKey, Country, NumberingPlan, PhoneNumber,
};
use sqlx::Row as _;

use self::data_set::{DataSet, data_set};
use self::plan::Plan;
use crate::database::connect;

const LIMIT: usize = 50;

/// Newest first, with the total, as an ordinary caller searches.
fn newest(predicate: Predicate) -> Search {
    Search {
        predicate,
        order: Order::default(),
        page: Page::Skip(0),
        limit: LIMIT,
        totals: Totals::Exact,
        today: jiff::civil::date(2026, 1, 5),
    }
}

fn matching(filter: &Filter) -> Search {
    newest(filter.check().unwrap())
}

fn mentioning(term: &str) -> Search {
    newest(Predicate::All(Word::read(term).unwrap().into_iter().map(Predicate::Mentions).collect()))
}

/// A text that client number `n` has.
async fn text_of(data_set: &DataSet, column: &'static str, n: i64) -> String {
    let mut connection = connect(&data_set.server.url("postgres")).await;
    let question = format!("SELECT {column} FROM client WHERE id = $1");
    let row = sqlx::query(sqlx::AssertSqlSafe(question)).bind(n).fetch_one(&mut connection).await;
    row.unwrap().get(0)
}

/// The plan of the last statement of this role that reads clients.
async fn plan_of(data_set: &DataSet, name: &str, many: usize) -> Plan {
    plans_of(data_set, name, many).await.pop().unwrap()
}

/// The plans of the statements of this role that read clients, which are so many.
async fn plans_of(data_set: &DataSet, name: &str, many: usize) -> Vec<Plan> {
    let deadline = Instant::now() + Duration::from_secs(3);
    loop {
        let log = data_set.log_of(name);
        let mut plans = Plan::all(&log);
        plans.retain(|plan| {
            plan.statement.contains("FROM client c") || plan.statement.contains("FROM client ORDER")
        });
        if plans.len() == many {
            return plans;
        }
        assert!(plans.len() < many && Instant::now() < deadline, "{name}: {} plans in {log}", plans.len());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

impl Plan {
    /// A line of a table: the number of clients found, the scans, the rows removed by filters, the pages read, and the time.
    fn print(&self, name: &str, found: &Found) {
        let total = found.total.map_or_else(|| "not asked".to_owned(), |total| total.number.to_string());
        let (scans, removed, pages) = (self.scans.join(", "), self.removed, self.pages);
        println!("| {name} | {total} | {scans} | {removed} | {pages} | {:.1} |", self.milliseconds);
    }

    /// Asserts these indexes, no scan of all clients, and no more rows removed by filters than this.
    fn judge(&self, name: &str, indexes: &[&str], max_removed: f64) {
        assert!(!self.read_through.contains("client"), "{name}: {:?}", self.scans);
        let used: Vec<_> = self.indexes.iter().map(String::as_str).collect();
        assert_eq!(used, indexes, "{name}: {:?}", self.scans);
        assert!(self.removed <= max_removed, "{name}: {} rows removed, {:?}", self.removed, self.scans);
    }
}

/// An index by three letters at a time also finds clients with the same letters elsewhere: one client in a thousand.
async fn few() -> f64 {
    f64::from(i32::try_from(data_set().await.clients / 1000).unwrap())
}

/// The number of times that each search runs: after five plans with values, the server makes a plan for all values.
const TIMES: usize = 7;

/// Searches, and judges the last plan. A client must be found, or the plan says nothing.
async fn search(name: &str, search: &Search, indexes: &[&str], max_removed: f64) -> Found {
    let (found, plan) = judged(name, search, indexes, max_removed).await;
    assert!(!plan.is_for_all_values, "{name}: planned without its values in view");
    found
}

/// A search with a stable plan, which is planned once.
async fn planned_once(name: &str, search: &Search, indexes: &[&str]) -> Found {
    let (found, plan) = judged(name, search, indexes, 0.0).await;
    assert!(plan.is_for_all_values, "{name}: planned anew each time");
    found
}

async fn judged(name: &str, search: &Search, indexes: &[&str], max_removed: f64) -> (Found, Plan) {
    let data_set = data_set().await;
    let store = data_set.explained(name).await;
    for _ in 1..TIMES {
        store.search(search).await.unwrap();
    }
    let found = store.search(search).await.unwrap();
    assert!(!found.clients.is_empty(), "{name}: no client");
    let plan = plan_of(data_set, name, TIMES).await;
    plan.print(name, &found);
    plan.judge(name, indexes, max_removed);
    (found, plan)
}

const BY_LAST_NAME: &str = "client_by_last_name_with_creation";

/// A client is read with its documents and addresses.
const WITH_DOCUMENTS: [&str; 3] = ["client_address_pkey", "client_document_pkey", "client_pkey"];

async fn find(name: &str, client: ClientRef, indexes: &[&str]) {
    let data_set = data_set().await;
    let store = data_set.explained(name).await;
    assert!(store.find(&client).await.unwrap().is_some());
    let plan = plan_of(data_set, name, 1).await;
    plan.print(name, &Found { clients: Vec::new(), next: None, total: Totals::Exact.of(1) });
    plan.judge(name, indexes, 0.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_client_by_key() {
    let key = text_of(data_set().await, "client_key", 777).await;
    find("get-by-key", ClientRef::Key(ClientKey::parse(&key).unwrap()), &WITH_DOCUMENTS).await;
    planned_once("key", &matching(&field::ENCODED_KEY.equals(key)), &["client_pkey"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_client_by_number() {
    let number = ClientId::new(777).unwrap();
    let indexes = ["client_address_pkey", "client_document_pkey", "client_number_pkey", "client_pkey"];
    find("get-by-number", ClientRef::Id(number), &indexes).await;
    planned_once("number", &matching(&field::ID.equals(777)), &["client_by_id"]).await;
    let customer = matching(&field::CUSTOMER_NUMBER.equals("CUST1000777"));
    planned_once("customer-number", &customer, &["client_by_id"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_client_by_email() {
    let email = text_of(data_set().await, "email", 777).await;
    planned_once("email", &matching(&field::EMAIL_ADDRESS.equals(email)), &["client_by_email"]).await;
}

/// A plan that knows every number in three forms.
#[derive(Debug)]
struct ThreeForms;

impl NumberingPlan for ThreeForms {
    fn parse(&self, typed: &str, _country: Option<Country>) -> Result<PhoneNumber, Invalid> {
        PhoneNumber::parse(typed)
    }

    fn asked(&self, typed: &str) -> AskedNumber {
        let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
        let numbers = vec![format!("+{digits}"), digits.clone(), format!("0{digits}")];
        AskedNumber { numbers, is_certain: true, ..AskedNumber::default() }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_client_by_a_phone_number_in_a_search_term() {
    let phone = text_of(data_set().await, "phone", 777).await;
    let (begin, end) = phone.split_at(phone.len() - 4);
    let mut wanted = mentioning(&format!("{begin} {end}"));
    wanted.predicate = wanted.predicate.with_numbering(&ThreeForms);
    let indexes = &["client_by_identification", "client_by_phone"];
    search("phone-term", &wanted, indexes, few().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_client_by_phone() {
    let phone = text_of(data_set().await, "phone", 777).await;
    planned_once("phone", &matching(&field::PHONE_NUMBER.equals(phone)), &["client_by_phone"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_client_by_identification_number() {
    let number = text_of(data_set().await, "identification_number", 777).await;
    let search_for = matching(&field::IDENTIFICATION_NUMBER.equals(number));
    planned_once("identification", &search_for, &["client_by_identification"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_client_by_document() {
    let data_set = data_set().await;
    let mut connection = connect(&data_set.server.url("postgres")).await;
    let question = "SELECT d.document_id, d.number, a.address_id FROM client_document d JOIN client_address a
        USING (client_key) JOIN client c USING (client_key) WHERE c.id = 6";
    let row = sqlx::query(question).fetch_one(&mut connection).await.unwrap();
    let document = ClientRef::Document(DocumentId::parse(row.get(0)).unwrap());
    let [by_key_of_address, by_key_of_document, by_key] = WITH_DOCUMENTS;
    let indexes = [by_key_of_address, "client_document_by_id", by_key_of_document, by_key];
    find("get-by-document", document, &indexes).await;
    let address = ClientRef::Address(AddressId::parse(row.get(2)).unwrap());
    let indexes = ["client_address_by_id", by_key_of_address, by_key_of_document, by_key];
    find("get-by-address", address, &indexes).await;
    let number = matching(&field::DOCUMENT_NUMBER.equals(row.get::<String, _>(1)));
    search("document-number", &number, &["client_document_by_number", "client_pkey"], 0.0).await;
}

/// The total is counted by the index of expiry dates. The page comes by that index too, or, where so many documents expire
/// that some of the newest clients are sure to be among them, by a walk from the newest client until the page is full.
#[tokio::test(flavor = "multi_thread")]
async fn documents_that_expire_within_thirty_days() {
    let data_set = data_set().await;
    let soon = matching(&field::DOCUMENT_EXPIRY_DATE.next_days(30));
    let (by_day, walk) = (["client_document_by_expiry"], ["client_by_creation", "client_document_pkey"]);
    for (name, totals) in [("expires-soon", Totals::Exact), ("expires-soon-uncounted", Totals::None)] {
        let store = data_set.explained(name).await;
        let found = store.search(&Search { totals, ..soon.clone() }).await.unwrap();
        assert!(!found.clients.is_empty(), "no client");
        let plan = plan_of(data_set, name, 1).await;
        plan.print(name, &found);
        let used: Vec<_> =
            plan.indexes.iter().map(String::as_str).filter(|name| *name != "client_pkey").collect();
        let both = [walk[0], by_day[0], walk[1]];
        let expected: [&[&str]; 2] =
            if totals == Totals::Exact { [&by_day, &both] } else { [&by_day, &walk] };
        assert!(expected.contains(&used.as_slice()), "{name}: {:?}", plan.scans);
        assert!(plan.read_through.is_empty(), "{name}: {:?}", plan.scans);
        assert!(plan.removed <= few().await * 50.0, "{name}: {} rows removed", plan.removed);
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
    let rejected = Search { totals: Totals::None, ..newest(predicate(ClientState::Rejected)) };
    search("rare-state-and-branch-uncounted", &rejected, indexes, 0.0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_beginning_of_a_last_name() {
    let prefix = matching(&field::LAST_NAME.starts_with("uzogar"));
    // The page is chosen in the index of names alone.
    let indexes = &["client_by_id", BY_LAST_NAME];
    search("last-name-prefix", &prefix, indexes, 0.0).await;
    search("last-name", &matching(&field::LAST_NAME.equals("uzogarwa")), indexes, 0.0).await;
    let by_name = Order::by(vec![(Property::LastName, Direction::Ascending)]).unwrap();
    let sorted =
        Search { order: by_name, totals: Totals::None, ..matching(&field::LAST_NAME.starts_with("oka")) };
    search("frequent-prefix-by-name", &sorted, &[BY_LAST_NAME], 0.0).await;
}

/// A look-alike has the name and the date of birth; the last name alone may have thousands of clients.
#[tokio::test(flavor = "multi_thread")]
async fn look_alikes_by_name_and_birth_date() {
    let data_set = data_set().await;
    let key = text_of(data_set, "client_key", 777).await;
    let store = data_set.explained("look-alikes-read").await;
    let client = store.find(&ClientRef::Key(ClientKey::parse(&key).unwrap())).await.unwrap().unwrap();
    let by_birth = client.look_alike_searches().unwrap().remove(0);
    search(
        "look-alikes",
        &Search { totals: Totals::None, ..newest(by_birth) },
        &["client_by_birth_date"],
        few().await,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn words_of_a_search_term() {
    let phone = text_of(data_set().await, "phone", 777).await;
    search("rare-word", &mentioning(&phone), &["client_by_word"], few().await).await;
    search("word", &mentioning("uzogarwa"), &["client_by_word"], few().await).await;
    let first = text_of(data_set().await, "first_name", 777).await;
    let last = text_of(data_set().await, "last_name", 777).await;
    search("two-words", &mentioning(&format!("{first} {last}")), &["client_by_word"], few().await).await;
}

/// A page that the newest clients fill is found by their words, on the pages that have new clients. Where they do not fill it, all
/// clients are asked.
#[tokio::test(flavor = "multi_thread")]
async fn words_among_the_newest_clients() {
    let data_set = data_set().await;
    // The server would rather walk through so few clients.
    let (all, no_walk) = (None, Some(("enable_indexscan", "off")));
    for (name, word, limit, option, many) in [
        ("newest-moment", "okafor", 10, all, 2),
        ("newest-words", "okafor", 10, no_walk, 2),
        ("newest-rare-word", "uzogarwa", 50, all, 3),
    ] {
        let options = [("auto_explain.log_min_duration", "0")].into_iter().chain(option);
        let mut settings = data_set.settings(name, &options.collect::<Vec<_>>()).await;
        settings.newest_clients = u32::try_from(data_set.clients / 10).unwrap();
        let store = PostgresStore::open(&settings).await.unwrap();
        let asked = Search { limit, ..mentioning(word) };
        let found = store.search(&Search { totals: Totals::None, ..asked.clone() }).await.unwrap();
        assert!(!found.clients.is_empty(), "{name}: no client");
        let plans = plans_of(data_set, name, many).await;
        plans[1].print(name, &found);
        assert!(plans[1].statement.contains("c.created_at >= "), "{name}: among the newest");
        if option.is_some() {
            plans[1].judge(name, &["client_by_word", "client_pages_by_creation"], few().await * 100.0);
        } else {
            plans[0].judge(name, &["client_by_creation"], 0.0);
        }
        let whole = data_set.explained(&format!("{name}-whole")).await.search(&asked).await.unwrap();
        assert_eq!((found.clients, found.next), (whole.clients, whole.next), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_of_a_text() {
    search("contains", &matching(&field::LAST_NAME.contains("saladmi")), &["client_by_word"], few().await)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_of_an_address() {
    for (name, filter) in [
        ("address-contains", field::ADDRESS.contains("117 broad")),
        ("address-starts-with", field::ADDRESS.starts_with("117 broad")),
        ("address-ends-with", field::ADDRESS.ends_with("117 broad street")),
        ("address-equals", field::ADDRESS.equals("117 Broad Street")),
    ] {
        search(name, &matching(&filter), &["client_by_address"], few().await).await;
    }
}

/// Former names are part of the search text, whose index finds them, also by a filter.
#[tokio::test(flavor = "multi_thread")]
async fn a_former_name() {
    let data_set = data_set().await;
    // The generated clients have no history.
    let renamed = "SET session_replication_role = replica;
        UPDATE client SET former_names = '[[\"Zelda\", null, \"Umezurike\"]]',
            former_names_folded = E'\\nzeldaumezurike\\numezurikezelda\\n',
            search_text = search_text || E'\\nzeldaumezurike\\numezurikezelda'
        WHERE id = 4444 AND former_names = '[]'";
    let mut connection = connect(&data_set.server.url("postgres")).await;
    sqlx::raw_sql(renamed).execute(&mut connection).await.unwrap();
    search("former-name-word", &mentioning("umezurike"), &["client_by_word"], few().await).await;
    for (name, filter) in [
        ("former-name-equals", field::FORMER_NAME.equals("Zelda Umezurike")),
        ("former-name-contains", field::FORMER_NAME.contains("mezuri")),
        ("former-name-exactly", field::FORMER_NAME.equals_case_sensitive("Zelda Umezurike")),
    ] {
        search(name, &matching(&filter), &["client_by_word"], few().await).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_three_conditions() {
    let data_set = data_set().await;
    let email = text_of(data_set, "email", 777).await;
    let phone = text_of(data_set, "phone", 888).await;
    let any = field::EMAIL_ADDRESS
        .equals(email)
        .or(field::PHONE_NUMBER.equals(phone))
        .or(field::LAST_NAME.starts_with("uzogarwa"));
    let indexes = &["client_by_email", BY_LAST_NAME, "client_by_phone"];
    search("one-of-three", &matching(&any), indexes, 0.0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn page_thousand_begins_where_the_previous_page_ended() {
    let data_set = data_set().await;
    let before = i64::try_from(LIMIT * 999).unwrap().min(data_set.clients / 2);
    let skip = Page::Skip(u64::try_from(before).unwrap() - 50);
    let all_clients = Search { totals: Totals::None, page: skip, ..newest(Predicate::every_client()) };
    let store = PostgresStore::open(&data_set.settings("walker", &[]).await).await.unwrap();
    let next = store.search(&all_clients).await.unwrap().next.unwrap();
    let page = Search { page: Page::After(next), ..all_clients };
    // The first page has no values to plan with. For later pages the server may expect that the position matters.
    let first = Search { page: Page::Skip(0), ..page.clone() };
    judged("page-1", &first, &["client_by_creation"], 0.0).await;
    let (found, _) = judged("page-1000", &page, &["client_by_creation"], 0.0).await;
    assert_eq!(found.clients[0].id.get(), data_set.clients - before);
}
