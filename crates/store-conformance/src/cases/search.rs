//! A search finds exactly the clients for which the predicate holds.

use client_app::ports::{ClientStore, ClientSummary, Totals};
use client_domain::search::{Order, Predicate, Word, field};
use client_domain::value::{BranchKey, PersonName};
use client_domain::{AuditStamp, Client, ClientState};
use jiff::civil::{Date, date};

use super::data_set::{commit_data_set, expected};
use super::given::{commit, given_client, given_pending};
use super::observed::search_for;
use crate::fixtures::{applicant, creation, email, identification, maker, renamed, replacement, with_email};
use crate::harness::Harness;

/// The ids of the clients that the predicate finds, ascending.
async fn ids(store: &dyn ClientStore, predicate: Predicate) -> Vec<i64> {
    let found = store.search(&search_for(predicate, Order::default())).await.unwrap();
    assert_eq!(found.total, Totals::Exact.of(found.clients.len() as u64));
    assert_eq!(found.next, None);
    let mut ids: Vec<_> = found.clients.iter().map(|client| client.id.get()).collect();
    ids.sort_unstable();
    ids
}

fn mentions(term: &str) -> Predicate {
    Predicate::All(Word::split(term).unwrap().into_iter().map(Predicate::Mentions).collect())
}

/// Those created from the beginning of the first day to the end of the last, UTC.
fn created(first: Option<Date>, last: Option<Date>) -> Predicate {
    let ends = first
        .map(|day| field::DATE_CREATED.on_or_after(day))
        .into_iter()
        .chain(last.map(|day| field::DATE_CREATED.on_or_before(day)));
    Predicate::All(ends.map(|end| end.check().unwrap()).collect())
}

/// Clients 1, 2, 3 … with these first names.
async fn named(store: &dyn ClientStore, names: &[&str]) {
    for (n, name) in (1..).zip(names) {
        let mut application = applicant(n);
        application.details.first_name = PersonName::parse(name).unwrap();
        given_pending(store, application).await;
    }
}

/// The empty predicate holds for every client.
pub async fn empty_predicate_finds_every_client(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let data_set = commit_data_set(&*fresh.store).await;
    assert_eq!(ids(&*fresh.store, Predicate::every_client()).await.len(), data_set.len());
    let nested =
        Predicate::All(vec![Predicate::every_client(), Predicate::All(vec![Predicate::every_client()])]);
    assert_eq!(ids(&*fresh.store, nested).await.len(), data_set.len());
}

/// The data of a client in a list is that of the client.
pub async fn a_summary_shows_the_client_as_it_is(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let data_set = commit_data_set(&*fresh.store).await;
    let all_clients = search_for(Predicate::every_client(), Order::default());
    let found = fresh.store.search(&all_clients).await.unwrap().clients;
    let shown: Vec<_> = expected(&data_set, &Predicate::every_client(), &Order::default())
        .iter()
        .map(ClientSummary::from)
        .collect();
    assert_eq!(found, shown);
}

/// A set of states finds the clients in any of them; an empty set finds none.
pub async fn states_find_the_clients_in_any_of_them(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    for (n, state) in (1..).zip(ClientState::ALL) {
        given_client(store, state, applicant(n)).await;
    }
    for (n, state) in (1..).zip(ClientState::ALL) {
        assert_eq!(ids(store, Predicate::in_states([state])).await, [n]);
    }
    let two = [ClientState::Active, ClientState::Exited];
    assert_eq!(ids(store, Predicate::in_states(two)).await, [1, 6]);
    assert_eq!(ids(store, Predicate::in_states([])).await, [0; 0]);
}

/// A branch finds its clients by the exact key; a client without a branch is of none.
pub async fn branch_finds_its_clients(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let keys = [Some("ikeja_01"), Some("ikejaX01"), Some("Ikeja_01"), Some("ikeja%"), None, Some("ikeja_01")];
    for (n, key) in (1..).zip(keys) {
        let mut application = applicant(n);
        application.branch = key.map(|key| BranchKey::parse(key).unwrap());
        given_pending(&*fresh.store, application).await;
    }
    let of = |key| Predicate::of_branch(BranchKey::parse(key).unwrap());
    assert_eq!(ids(&*fresh.store, of("ikeja_01")).await, [1, 6]);
    assert_eq!(ids(&*fresh.store, of("Ikeja_01")).await, [3]);
    assert_eq!(ids(&*fresh.store, of("ikeja%")).await, [4]);
    assert_eq!(ids(&*fresh.store, of("null")).await, [0; 0]);
}

/// A period of days begins with the first microsecond of its first day and ends with the last of its last, UTC.
pub async fn a_period_holds_whole_days(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let moments = [
        "2026-02-28T23:59:59.999999Z",
        "2026-03-01T00:00:00Z",
        "2026-03-01T23:59:59.999999Z",
        "2026-03-02T00:00:00Z",
        "2026-03-29T23:30:00.000001Z",
    ];
    for (n, moment) in (1..).zip(moments) {
        let stamp = AuditStamp::new(maker(0).by, moment.parse().unwrap());
        commit(store, creation(&Client::onboard(applicant(n), &stamp))).await;
    }
    let march = |day| Some(date(2026, 3, day));
    assert_eq!(ids(store, created(march(1), march(1))).await, [2, 3]);
    assert_eq!(ids(store, created(march(1), None)).await, [2, 3, 4, 5]);
    assert_eq!(ids(store, created(None, march(1))).await, [1, 2, 3]);
    assert_eq!(ids(store, created(march(2), march(28))).await, [4]);
    assert_eq!(ids(store, created(march(29), march(29))).await, [5]);
    assert_eq!(ids(store, created(march(30), march(31))).await, [0; 0]);
    assert_eq!(ids(store, created(None, None)).await, [1, 2, 3, 4, 5]);
}

/// A period may reach from the first to the last day that can be written.
pub async fn a_period_may_reach_to_the_end_of_the_calendar(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    given_pending(&*fresh.store, applicant(1)).await;
    let (beginning, end) = (Some(date(1, 1, 1)), Some(date(9999, 12, 31)));
    assert_eq!(ids(&*fresh.store, created(beginning, end)).await, [1]);
    assert_eq!(ids(&*fresh.store, created(None, end)).await, [1]);
    assert_eq!(ids(&*fresh.store, created(end, end)).await, [0; 0]);
    assert_eq!(ids(&*fresh.store, created(None, beginning)).await, [0; 0]);
}

/// A word is found in any script, without regard to case and accents.
pub async fn a_word_is_found_in_any_script(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let names =
        ["Zoë", "李小龍", "Nguyễn", "مُحَمَّد", "Ёлкин", "ΟΔΥΣΣΕΥΣ", "Straße", "İpek", "नरेन्द्र", "が", "か"];
    named(store, &names).await;
    for (id, terms) in (1..).zip([
        &["zoe", "ZOË", "Zoe\u{308}"][..],
        &["李小", "龍"],
        &["nguyen", "NGUYỄN", "guyê"],
        &["محمد"],
        &["елкин", "ЁЛК"],
        &["οδυσσευς", "Ὀδυσσεύς"],
        &["STRASSE", "strasse", "aß"],
        &["ipek", "IPEK", "İPEK"],
        &["नरे"],
        &["が"],
        &["か"],
    ]) {
        for term in terms {
            assert_eq!(ids(store, mentions(term)).await, [id], "{term}");
        }
    }
    assert_eq!(ids(store, mentions("नरा")).await, [0; 0]);
}

/// Characters with a meaning in patterns or quoting elsewhere are ordinary characters here.
pub async fn wildcards_are_ordinary_characters(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    named(store, &["100%", "1000", "u_s", "uXs", "b\\s", "bs", "O'Brien", "q\"q", "a;--", "[a]*?", "%"])
        .await;
    for (term, found) in [
        ("%", &[1, 11][..]),
        ("100%", &[1]),
        ("u_s", &[3]),
        ("b\\s", &[5]),
        ("\\", &[5]),
        ("o'b", &[7]),
        ("q\"", &[8]),
        ("a;--", &[9]),
        ("[a]*?", &[10]),
        ("*", &[10]),
        ("%%", &[]),
        ("\\%", &[]),
        (".*", &[]),
    ] {
        assert_eq!(ids(store, mentions(term)).await, found, "{term}");
    }
    // The domain of every address is `example.com`, and no underscore stands for its dot.
    assert_eq!(ids(store, mentions("example_com")).await, [0; 0]);
}

/// A word is searched for in names, customer number, e-mail address, phone number and identification number,
/// and nowhere else.
pub async fn word_matches_in_the_documented_fields_only(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let mut application = applicant(41);
    application.details.first_name = PersonName::parse("Zainab").unwrap();
    application.details.middle_name = Some(PersonName::parse("Chinwe").unwrap());
    application.details.last_name = PersonName::parse("Bello").unwrap();
    application.details.email = email("Mail.Box@post.example");
    application.identification = identification("National Card", "XY-778/Z");
    given_pending(store, application).await;
    given_pending(store, applicant(42)).await;

    for term in ["aina", "chinwe", "BELLO chinwe", "cust1000041", "mail.box@", "xy-778/z"] {
        assert_eq!(ids(store, mentions(term)).await, [41], "{term}");
    }
    for term in ["+2340000000041", "234000-000-0041", "(+234)0000000041"] {
        assert_eq!(ids(store, mentions(term)).await, [41], "{term}");
    }
    // The type of the document, the address, two fields run together that are no name, the key.
    let key = applicant(41).key;
    for term in ["National", "Allen", "bellocust", key.as_str()] {
        assert_eq!(ids(store, mentions(term)).await, [0; 0], "{term}");
    }
}

/// Every word of a term must occur, in whichever field.
pub async fn every_word_must_occur(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    named(store, &["Ada Grace", "Ada", "Grace"]).await;
    assert_eq!(ids(store, mentions("ada")).await, [1, 2]);
    assert_eq!(ids(store, mentions("grace ada")).await, [1]);
    assert_eq!(ids(store, mentions("ada client-2@")).await, [2]);
    assert_eq!(ids(store, mentions("ada hopper")).await, [0; 0]);
    assert_eq!(ids(store, mentions("")).await, [1, 2, 3]);
}

/// A search sees the present values of a client, and not former ones.
pub async fn a_search_sees_the_client_as_it_is_now(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let ada = given_pending(store, applicant(1)).await;
    let change = renamed(&ada, "Zainab");
    commit(store, replacement(&ada, &change)).await;
    let moved = with_email(&change.client, "zz@new.example");
    commit(store, replacement(&change.client, &moved)).await;
    assert_eq!(ids(store, field::FIRST_NAME.equals("Adaeze").check().unwrap()).await, [0; 0]);
    assert_eq!(ids(store, mentions("client-1@")).await, [0; 0]);
    assert_eq!(ids(store, mentions("zainab zz@new")).await, [1]);
}

/// Conditions of every kind, alone and together, find exactly the clients for which they hold in the domain.
pub async fn combined_conditions_agree_with_the_domain(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let data_set = commit_data_set(&*fresh.store).await;
    let day = data_set[0].snapshot().created.at.to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
    let mut conditions = vec![
        Predicate::every_client(),
        Predicate::in_states([ClientState::Active, ClientState::PendingApproval]),
        Predicate::in_states([ClientState::Rejected]),
        Predicate::of_branch(BranchKey::parse("ikeja-01").unwrap()),
        created(Some(day), Some(day)),
        created(None, day.yesterday().ok()),
    ];
    conditions.extend(["a", "o", "example 1", "strasse", "%", "_", "234"].map(mentions));
    for one in &conditions {
        for other in &conditions {
            let both = Predicate::All(vec![one.clone(), other.clone()]);
            let holds: Vec<_> = expected(&data_set, &both, &Order::default());
            let found = fresh.store.search(&search_for(both.clone(), Order::default())).await.unwrap();
            let found: Vec<_> = found.clients.into_iter().map(|client| client.key).collect();
            let keys: Vec<_> = holds.iter().map(|client| client.key().clone()).collect();
            assert_eq!(found, keys, "{both:?}");
        }
    }
}
