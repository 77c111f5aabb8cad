//! Each kind of search with an index uses that index, as SQLite plans it without statistics: the plans are the same at every
//! number of clients.

use client_app::ports::{Page, Search, Totals};
use client_domain::ClientState;
use client_domain::search::{Direction, Filter, Order, Position, Predicate, Property, Sortable, Word, field};
use client_domain::value::{BranchKey, ClientId};
use rusqlite::Connection;

use super::builder::SqlBuilder;
use super::counts::{Counts, FEW};
use super::statement::{page, total};
use crate::columns::Columns;
use crate::migration;

fn database() -> Connection {
    let mut connection = Connection::open_in_memory().unwrap();
    migration::run(&mut connection).unwrap();
    connection
}

/// Newest first, as an ordinary caller searches.
fn newest(predicate: Predicate) -> Search {
    let today = jiff::civil::date(2026, 1, 5);
    Search {
        predicate,
        order: Order::default(),
        page: Page::Skip(0),
        limit: 50,
        totals: Totals::Exact,
        today,
    }
}

fn matching(filter: &Filter) -> Search {
    newest(filter.check().unwrap())
}

fn mentioning(term: &str) -> Search {
    newest(Predicate::of_words(Word::read(term).unwrap()))
}

fn by(property: Property, direction: Direction) -> Order {
    Order::by(vec![(property, direction)]).unwrap()
}

/// The lines of the plan of the page, and of the total.
fn plans(search: &Search) -> [Vec<String>; 2] {
    let connection = database();
    let lines = |sql: SqlBuilder<'_>| {
        sql.explained().query(&connection, |columns| columns.get::<String>("detail")).unwrap()
    };
    [lines(page(search, Counts::on(&connection))), lines(total(search))]
}

/// The steps that read clients or documents: each by an index, and none through all of them.
fn steps(plan: &[String]) -> Vec<String> {
    let reads = plan.iter().filter(|line| line.starts_with("SEARCH") || line.starts_with("SCAN"));
    // Whether a row is read besides its entry in the index depends on what is selected.
    reads.map(|line| line.replace("COVERING ", "")).collect()
}

#[test]
fn one_client_by_each_value_that_is_nearly_its_own() {
    for (filter, index) in [
        (field::ENCODED_KEY.equals("k"), "client_by_key (client_key=?)"),
        (field::EMAIL_ADDRESS.equals("a@b.co"), "client_by_email (email_folded=?)"),
        (field::PHONE_NUMBER.equals("+2348031234567"), "client_by_phone (phone=?)"),
        (
            field::IDENTIFICATION_NUMBER.equals("A1"),
            "client_by_identification (identification_number_folded=?)",
        ),
    ] {
        for plan in plans(&matching(&filter)) {
            assert_eq!(steps(&plan)[0], format!("SEARCH c USING INDEX {index}"));
            assert_eq!(steps(&plan).len(), 1);
        }
    }
    for filter in [field::ID.equals(7), field::CUSTOMER_NUMBER.equals("CUST1000007")] {
        for plan in plans(&matching(&filter)) {
            assert_eq!(steps(&plan), ["SEARCH c USING INTEGER PRIMARY KEY (rowid=?)"]);
        }
    }
}

#[test]
fn a_state_or_a_branch_newest_first_needs_no_sort() {
    let state = Predicate::in_states([ClientState::Active]);
    let branch = Predicate::of_branch(BranchKey::parse("branch-7").unwrap());
    let both = Predicate::All(vec![state.clone(), branch.clone()]);
    for (predicate, index) in [
        (state, "client_by_state (state=?)"),
        (branch, "client_by_branch (branch=?)"),
        (both, "client_by_branch_and_state (branch=? AND state=?)"),
    ] {
        let [page, total] = plans(&newest(predicate));
        assert_eq!(page, [format!("SEARCH c USING INDEX {index}")]);
        assert!(total[0].starts_with("SEARCH c USING COVERING INDEX client_by_"), "{total:?}");
    }
}

#[test]
fn a_page_begins_where_the_previous_page_ended() {
    let all = Search { totals: Totals::None, ..newest(Predicate::every_client()) };
    assert_eq!(plans(&all)[0], ["SCAN c USING INDEX client_by_creation"]);
    let values = vec![Sortable::Moment("2026-01-05T09:00:00Z".parse().unwrap())];
    let position = Position { values, id: ClientId::new(7).unwrap() };
    let after = Search { page: Page::After(position), ..all.clone() };
    assert_eq!(plans(&after)[0], ["SEARCH c USING INDEX client_by_creation (created_at<?)"]);

    let by_birth = Search { order: by(Property::DateOfBirth, Direction::Ascending), ..all.clone() };
    assert_eq!(plans(&by_birth)[0], ["SCAN c USING INDEX client_by_birth_date"]);
    let by_name = Search { order: by(Property::LastName, Direction::Ascending), ..all };
    assert_eq!(plans(&by_name)[0], ["SCAN c USING INDEX client_by_last_name"]);
    let values = vec![Sortable::Text("okafor".to_owned())];
    let position = Position { values, id: ClientId::new(7).unwrap() };
    let after = Search { page: Page::After(position), ..by_name };
    assert_eq!(plans(&after)[0], ["SEARCH c USING INDEX client_by_last_name (last_name_folded>?)"]);
}

#[test]
fn look_alikes_are_found_by_date_of_birth_and_last_name() {
    let names = field::LAST_NAME.is_in(vec!["Okafor", "Adaeze"]);
    let search = matching(&field::DATE_OF_BIRTH.on(jiff::civil::date(1990, 5, 17)).and(names));
    let step = "SEARCH c USING INDEX client_by_birth_date (birth_date=?)";
    assert!(plans(&search).iter().all(|plan| steps(plan)[0] == step));
    // A date that stands for an unknown one has many clients: only those with the name are read from the table.
    assert_read_from_the_index_first(&search);
}

#[test]
fn the_beginning_of_a_last_name_is_a_range() {
    let range = "(last_name_folded>? AND last_name_folded<?)";
    let prefix = matching(&field::LAST_NAME.starts_with("uzogar"));
    let [page, total] = plans(&prefix);
    assert_eq!(steps(&page)[0], format!("SEARCH c USING INDEX client_by_last_name {range}"));
    assert_eq!(steps(&total)[0], format!("SEARCH c USING INDEX client_by_last_name {range}"));
    let sorted = Search { order: by(Property::LastName, Direction::Ascending), ..prefix };
    assert_eq!(steps(&plans(&sorted)[0])[0], format!("SEARCH c USING INDEX client_by_last_name {range}"));
}

const WORD: &str = "SCAN client_word VIRTUAL TABLE INDEX 0:M2";

#[test]
fn words_of_few_clients_are_found_by_their_index() {
    for search in [
        mentioning("uzogarwa"),
        mentioning("ada okafor"),
        matching(&field::LAST_NAME.contains("saladmi")),
        matching(&field::FIRST_NAME.ends_with("daeze")),
        matching(&field::FORMER_NAME.equals("Zelda Umezurike")),
        matching(&field::FORMER_NAME.contains("mezuri")),
        matching(&field::ADDRESS.contains("12 broad")),
        matching(&field::ADDRESS.equals("12 Broad Street")),
    ] {
        for plan in plans(&search) {
            assert_eq!(steps(&plan)[0], "SEARCH c USING INTEGER PRIMARY KEY (rowid=?)", "{plan:?}");
            assert!(steps(&plan)[1..].iter().all(|step| *step == WORD), "{plan:?}");
        }
    }
}

/// The exact text is compared with each former name of the few clients that have its words.
#[test]
fn an_exact_former_name_is_found_by_the_index_of_words() {
    for plan in plans(&matching(&field::FORMER_NAME.equals_case_sensitive("Zelda Umezurike"))) {
        let steps = steps(&plan);
        assert_eq!(steps[..2], ["SEARCH c USING INTEGER PRIMARY KEY (rowid=?)", WORD], "{plan:?}");
        assert!(steps[2..].iter().all(|step| step.starts_with("SCAN f ")), "{plan:?}");
    }
}

#[test]
fn words_of_many_clients_are_searched_for_in_the_order_of_the_page() {
    let connection = database();
    // As many rows of the index as there are clients with the word; the clients themselves are not counted.
    let many = "WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < 1001)
        INSERT INTO client_word (rowid, search_text) SELECT id, 'adaeze okafor' FROM n";
    connection.execute_batch(many).unwrap();
    let plan = |term: &str| {
        let sql = page(&mentioning(term), Counts::on(&connection)).explained();
        sql.query(&connection, |columns| columns.get::<String>("detail")).unwrap()
    };
    assert_eq!(plan("okafor"), ["SCAN c USING INDEX client_by_creation"]);
    assert_eq!(plan("ok"), ["SCAN c USING INDEX client_by_creation"]);
    // A rare word decides, and the frequent one is searched for in what it finds.
    let both = plan("okafor uzogarwa");
    assert_eq!(steps(&both), ["SEARCH c USING INTEGER PRIMARY KEY (rowid=?)", WORD]);
}

/// The row itself is found by what follows `DeferredSeek`, and what is compared is read from the cursor of the index.
fn assert_read_from_the_index_first(search: &Search) {
    let connection = database();
    let sql = page(search, Counts::on(&connection)).step_by_step();
    let step = |columns: &Columns<'_>| Ok((columns.get::<String>("opcode")?, columns.get::<i64>("p1")?));
    let steps = sql.query(&connection, step).unwrap();
    let row = steps.iter().position(|(opcode, _)| opcode == "DeferredSeek").unwrap();
    let read = steps[row..].iter().find(|(opcode, _)| opcode == "Column").unwrap();
    assert_eq!(read.1, steps[row].1, "{steps:?}");
}

#[test]
fn clients_without_the_word_are_passed_over_in_the_index_alone() {
    assert_read_from_the_index_first(&mentioning("ok"));
}

const BEGINNING: &str = "client_document_by_number (number_folded>? AND number_folded<?)";

#[test]
fn documents_are_found_by_number_and_by_expiry() {
    let number = matching(&field::DOCUMENT_NUMBER.equals("A1"));
    for (search, index) in [
        (number, "client_document_by_number (number_folded=?)"),
        (matching(&field::DOCUMENT_NUMBER.starts_with("A1")), BEGINNING),
        (
            matching(&field::DOCUMENT_EXPIRY_DATE.next_days(30)),
            "client_document_by_expiry (expires_on>? AND expires_on<?)",
        ),
    ] {
        for plan in plans(&search) {
            let of_documents = format!("SEARCH d USING INDEX {index}");
            assert_eq!(steps(&plan), ["SEARCH c USING INDEX client_by_key (client_key=?)", &*of_documents]);
        }
    }
}

#[test]
fn open_amendments_have_an_index_of_their_own() {
    let open = matching(&field::HAS_OPEN_AMENDMENT.equals(true));
    assert_eq!(plans(&open)[0], ["SCAN c USING INDEX client_by_open_amendment"]);
}

#[test]
fn returns_have_an_index_of_their_own() {
    let search = "SEARCH c USING INDEX client_by_former_client (former_client=?)";
    for plan in plans(&matching(&field::FORMER_CLIENT.equals("8a1"))) {
        assert_eq!(steps(&plan), [search]);
    }
    let returned = matching(&field::FORMER_CLIENT.is_not_empty());
    for plan in plans(&returned) {
        assert_eq!(steps(&plan), ["SCAN c USING INDEX client_returned"]);
    }
    let newest_first = &plans(&returned)[0];
    assert!(!newest_first.iter().any(|line| line.contains("TEMP B-TREE")), "{newest_first:?}");
}

#[test]
fn one_of_several_conditions_is_found_by_the_index_of_each() {
    let any = field::EMAIL_ADDRESS
        .equals("a@b.co")
        .or(field::PHONE_NUMBER.equals("+2348031234567"))
        .or(field::LAST_NAME.starts_with("uzogarwa"));
    for plan in plans(&matching(&any)) {
        assert!(plan[0] == "MULTI-INDEX OR", "{plan:?}");
        for index in ["client_by_email", "client_by_phone", "client_by_last_name"] {
            assert!(plan.iter().any(|step| step.contains(index)), "{index}: {plan:?}");
        }
    }
}

/// Few clients with a status are named by its index; otherwise the page walks, and looks each client up. Either way the total is
/// counted by the index, and documents are read only of clients whose status is due.
#[test]
fn clients_with_a_kyc_status_are_found_by_its_index() {
    for status in ["Incomplete", "Pending", "Verified", "Expired", "Outdated"] {
        let search = matching(&field::KYC_STATUS.equals(status));
        let [page, total] = plans(&search);
        let index = "client_kyc_status_by_status (rule=? AND status=? AND holds_until>?)";
        assert!(page.contains(&format!("SEARCH s USING COVERING INDEX {index}")), "{page:?}");
        assert_eq!(page[0], "SEARCH c USING INDEX client_by_key (client_key=?)", "{page:?}");
        assert!(total.contains(&format!("SEARCH s USING COVERING INDEX {index}")), "{total:?}");
        for plan in [page, total] {
            assert!(plan.iter().any(|step| step == "MULTI-INDEX OR"), "{plan:?}");
            // Clients, documents, addresses and statuses; not the values of an approval.
            let is_read_through = |step: &String| {
                ["SCAN c", "SCAN d", "SCAN a", "SCAN s"].iter().any(|table| step.starts_with(table))
            };
            assert!(!plan.iter().any(is_read_through), "{plan:?}");
        }
    }
}

#[test]
fn many_clients_with_a_kyc_status_are_read_in_the_order_of_the_page() {
    let connection = database();
    let due = format!(
        "WITH RECURSIVE n (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM n WHERE n <= {FEW})
        INSERT INTO client_kyc_status SELECT n, NULL, 0, '', '9999-12-31' FROM n"
    );
    connection.execute_batch(&due).unwrap();
    let search = matching(&field::KYC_STATUS.equals("Verified"));
    let lines = |sql: SqlBuilder<'_>| {
        sql.explained().query(&connection, |columns| columns.get::<String>("detail")).unwrap()
    };
    let page = lines(page(&search, Counts::on(&connection)));
    assert_eq!(page[0], "SCAN c USING INDEX client_by_creation", "{page:?}");
    assert!(page.contains(&"SEARCH s EXISTS USING PRIMARY KEY (client_key=?)".to_owned()), "{page:?}");
}
