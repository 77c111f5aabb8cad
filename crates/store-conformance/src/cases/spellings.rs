//! Spellings of one name, number or mailbox are one: they are found by each other, refused as duplicates of each other, and
//! sorted alike.

use client_app::ports::{Changeset, ClientStore, Committed};
use client_domain::search::{Direction, Filter, Order, Predicate, Property, Word, field};
use client_domain::value::{Identification, PersonName};
use client_domain::{ClaimKind, Client};

use super::given::{commit, given_pending};
use super::observed::{refused, search_for};
use crate::fixtures::documents::documents_of;
use crate::fixtures::{applicant, creation, email, identification, maker, replacement};
use crate::harness::Harness;

/// The ids of the clients that are found, ascending; the answer is the one of the domain.
pub(super) async fn ids(store: &dyn ClientStore, predicate: Predicate) -> Vec<i64> {
    let found = store.search(&search_for(predicate, Order::default())).await.unwrap();
    let mut ids: Vec<_> = found.clients.iter().map(|client| client.id.get()).collect();
    ids.sort_unstable();
    ids
}

pub(super) async fn matching(store: &dyn ClientStore, filter: Filter) -> Vec<i64> {
    ids(store, filter.check().unwrap()).await
}

pub(super) async fn mentioning(store: &dyn ClientStore, term: &str) -> Vec<i64> {
    let words = Word::read(term).unwrap().into_iter().map(Predicate::Mentions).collect();
    ids(store, Predicate::All(words)).await
}

/// Clients with these first, middle and last names, from number 1.
pub(super) async fn named(store: &dyn ClientStore, names: &[(&str, Option<&str>, &str)]) {
    for (n, (first, middle, last)) in (1..).zip(names) {
        let mut application = applicant(n);
        application.details.first_name = PersonName::parse(first).unwrap();
        application.details.middle_name = middle.map(|name| PersonName::parse(name).unwrap());
        application.details.last_name = PersonName::parse(last).unwrap();
        given_pending(store, application).await;
    }
}

/// Apostrophes, hyphens and blanks of every sort, invisible characters, accents, forms of letters and digits: each of these
/// spellings of a name finds all of them, by a word and by a filter.
pub async fn spellings_of_a_name_are_one(harness: &dyn Harness) {
    for spellings in [
        &["O'Brien", "O’Brien", "OʼBrien", "O Brien", "OBRIEN", "O\u{200B}Brien", "\u{FEFF}O-Brien\u{200E}"]
            [..],
        &["Van  Dijk", "van\u{A0}Dijk", "VanDijk", "Van-Dijk"],
        &["محـمد", "محمد", "مُحَمَّد"],
        &["مصطفى", "مصطفي", "مصطفی"],
        &["Łukasz", "Lukasz", "ŁUKASZ"],
        &["張偉", "张伟"],
        &["タナカ", "たなか", "ﾀﾅｶ"],
    ] {
        let fresh = harness.fresh().await;
        let store = &*fresh.store;
        let names: Vec<_> = spellings.iter().map(|last| ("Ada", None, *last)).collect();
        named(store, &names).await;
        let all: Vec<i64> = (1..).take(spellings.len()).collect();
        for spelling in spellings {
            assert_eq!(matching(store, field::LAST_NAME.equals(*spelling)).await, all, "{spelling}");
            assert_eq!(matching(store, field::LAST_NAME.starts_with(*spelling)).await, all, "{spelling}");
            assert_eq!(matching(store, field::LAST_NAME.contains(*spelling)).await, all, "{spelling}");
            assert_eq!(matching(store, field::LAST_NAME.not_equals(*spelling)).await, [0; 0], "{spelling}");
            assert_eq!(mentioning(store, spelling).await, all, "{spelling}");
            assert_eq!(mentioning(store, &format!("{spelling}, Ada")).await, all, "{spelling}");
        }
    }
}

/// A name whose parts are written without a blank is found in both orders, with one and without.
pub async fn names_without_blanks_are_found(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    named(store, &[("小明", None, "王"), ("大明", None, "王")]).await;
    for spelling in ["王小明", "小明王", "王 小明", "小明 王", "王・小明", "王，小明"] {
        assert_eq!(mentioning(store, spelling).await, [1], "{spelling}");
        assert_eq!(matching(store, field::FULL_NAME.equals(spelling)).await, [1], "{spelling}");
    }
}

/// The full name of a client with a middle name is found with it and without it.
pub async fn first_and_last_name_are_found_without_the_middle(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    named(
        store,
        &[("Adaeze", Some("Ngozi"), "Okechukwu"), ("Adaeze", None, "Okafor"), ("Jürgen", Some("Ö"), "Ås")],
    )
    .await;
    for spelling in
        ["Adaeze Okechukwu", "Adaeze Ngozi Okechukwu", "Okechukwu, Adaeze", "OKECHUKWU Adaeze Ngozi"]
    {
        assert_eq!(matching(store, field::FULL_NAME.equals(spelling)).await, [1], "{spelling}");
        assert_eq!(
            matching(store, field::FULL_NAME.is_in(vec!["nobody", spelling])).await,
            [1],
            "{spelling}"
        );
        assert_eq!(matching(store, field::FULL_NAME.not_equals(spelling)).await, [2, 3], "{spelling}");
    }
    for spelling in ["Juergen Aas", "Jurgen O As", "Juergen Oe Aas", "Aas Juergen", "Jürgen Ås"] {
        assert_eq!(matching(store, field::FULL_NAME.equals(spelling)).await, [3], "{spelling}");
    }
    assert_eq!(matching(store, field::FULL_NAME.equals("Ngozi Okechukwu")).await, [0; 0]);
}

/// A name is found as passports write it, and a name that is written so is found as people write it.
pub async fn passport_spellings_are_found(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    named(
        store,
        &[
            ("Jürgen", Some("Åke"), "Müller"),
            ("Juergen", Some("Aake"), "Mueller"),
            ("Jurgen", Some("Ake"), "Muller"),
            ("Søren", None, "Weiß"),
            ("Щукин", None, "Иванов"),
        ],
    )
    .await;
    for (asked, found) in [("Müller", &[1, 2, 3][..]), ("Mueller", &[1, 2]), ("Muller", &[1, 3])] {
        assert_eq!(matching(store, field::LAST_NAME.equals(asked)).await, found, "{asked}");
        assert_eq!(matching(store, field::LAST_NAME.starts_with(asked)).await, found, "{asked}");
        assert_eq!(matching(store, field::LAST_NAME.ends_with(asked)).await, found, "{asked}");
        assert_eq!(matching(store, field::LAST_NAME.is_in(vec!["nobody", asked])).await, found, "{asked}");
        assert_eq!(mentioning(store, asked).await, found, "{asked}");
    }
    assert_eq!(matching(store, field::LAST_NAME.contains("ueller")).await, [1, 2]);
    assert_eq!(matching(store, field::LAST_NAME.starts_with("Mue")).await, [1, 2]);
    assert_eq!(matching(store, field::MIDDLE_NAME.equals("Aake")).await, [1, 2]);
    assert_eq!(matching(store, field::FIRST_NAME.equals("Soeren")).await, [4]);
    for asked in ["SOEREN", "Soren", "Søren Weiss", "WEISS"] {
        assert_eq!(mentioning(store, asked).await, [4], "{asked}");
    }
    for asked in ["Shchukin", "IVANOV", "Щукин", "Ivanov Shchukin"] {
        assert_eq!(mentioning(store, asked).await, [5], "{asked}");
    }
}

/// The number of a document is its letters and digits, in the identification and in KYC documents alike.
pub async fn spellings_of_a_number_are_one(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let mut application = applicant(1);
    application.identification = identification("International Passport", "A 765-4321");
    let mut client = given_pending(store, application).await;
    given_pending(store, applicant(2)).await;
    for spelling in ["A7654321", "a 765 4321", "A.765/4321", "Ａ７６５４３２１", "A٧٦٥٤٣٢١"] {
        let number = field::IDENTIFICATION_NUMBER;
        assert_eq!(matching(store, number.equals(spelling)).await, [1], "{spelling}");
        assert_eq!(matching(store, number.contains(spelling)).await, [1], "{spelling}");
        assert_eq!(matching(store, number.starts_with(spelling)).await, [1], "{spelling}");
        assert_eq!(mentioning(store, spelling).await, [1], "{spelling}");
    }
    for step in documents_of(2, &client) {
        commit(store, replacement(&client, &step)).await;
        client = step.client;
    }
    for document in &client.kyc().documents {
        let spelled: String = document.number.as_str().chars().flat_map(|c| [c, '-']).collect();
        assert_eq!(matching(store, field::DOCUMENT_NUMBER.equals(spelled)).await, [1]);
    }
}

/// A kind of document is found by each of its names.
pub async fn names_of_a_kind_of_document_are_one(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let kinds = [
        "National ID",
        "National Identity Card",
        "Library Card",
        "Passport",
        "Passport Number",
        "intl. passport no.",
        "National ID Number",
        "Library",
    ];
    for (n, kind) in (1..).zip(kinds) {
        let mut application = applicant(n);
        application.identification = identification(kind, &format!("A{n:08}"));
        given_pending(store, application).await;
    }
    let kind = field::IDENTIFICATION_TYPE;
    for name in ["national id card", "National  Identity-Card", "ID CARD"] {
        assert_eq!(matching(store, kind.equals(name)).await, [1, 2], "{name}");
        assert_eq!(matching(store, kind.not_equals(name)).await, [3, 4, 5, 6, 7, 8], "{name}");
    }
    // What people add to a name makes no other kind, as it makes none of a claim.
    for name in ["International Passport", "passport", "Passport Number", "PASSPORT COPY"] {
        assert_eq!(matching(store, kind.equals(name)).await, [4, 5, 6], "{name}");
        assert_eq!(matching(store, kind.not_equals(name)).await, [1, 2, 3, 7, 8], "{name}");
    }
    assert_eq!(matching(store, kind.equals("NIN")).await, [7]);
    assert_eq!(matching(store, kind.is_in(vec!["int'l passport", "LIBRARY card"])).await, [3, 4, 5, 6]);
    assert_eq!(matching(store, kind.starts_with("national id")).await, [1, 2, 7]);
}

/// An address is found by its domain in Unicode and in punycode, whichever was typed.
pub async fn spellings_of_a_mailbox_are_one(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let spellings = ["info@münchen.example", "INFO@xn--mnchen-3ya.EXAMPLE"];
    for (n, spelling) in (1..).zip(spellings) {
        let mut application = applicant(n);
        application.details.email = email(spelling);
        commit(store, Changeset { take: vec![], ..creation(&Client::onboard(application, &maker(n))) }).await;
    }
    for spelling in spellings {
        assert_eq!(matching(store, field::EMAIL_ADDRESS.equals(spelling)).await, [1, 2], "{spelling}");
        assert_eq!(mentioning(store, spelling).await, [1, 2], "{spelling}");
    }
    for part in ["@münchen.example", "@xn--mnchen-3ya.example"] {
        assert_eq!(matching(store, field::EMAIL_ADDRESS.ends_with(part)).await, [1, 2], "{part}");
        assert_eq!(mentioning(store, part).await, [1, 2], "{part}");
    }
}

/// Where nothing is left of a part to look for, there is no such question: it would find every client.
pub async fn what_has_nothing_to_compare_is_no_question(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    named(store, &[("Ada", None, "-"), ("Ada", None, "O'Brien")]).await;
    for nothing in ["'", "- -", "\u{200B}", "\u{301}"] {
        assert!(field::LAST_NAME.contains(nothing).check().is_err(), "{nothing}");
        assert!(field::DOCUMENT_NUMBER.contains(nothing).check().is_err(), "{nothing}");
    }
    assert_eq!(matching(store, field::LAST_NAME.equals("-")).await, [1]);
    assert_eq!(matching(store, field::LAST_NAME.equals("'")).await, [0; 0]);
}

/// Another spelling of a value that a client has claimed is refused to every other client.
pub async fn second_spelling_of_a_claimed_value_is_refused(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let mut first = applicant(1);
    first.details.email = email("info@münchen.example");
    first.identification = identification("International Passport", "F1112223");
    given_pending(&*fresh.store, first).await;
    let paper =
        |kind, number| (identification(kind, number), email("other@example.com"), ClaimKind::Identification);
    let mailbox = |text| (identification("BVN", "1234567"), email(text), ClaimKind::Email);
    let attempts: [(Identification, _, _); 6] = [
        paper("Passport", "F1112223"),
        paper("Int'l Passport", "F.111/2223"),
        paper("INTERNATIONAL  PASSPORT", "f 111-2223"),
        paper("E-Passport", "Ｆ١١١٢٢٢٣"),
        mailbox("info@xn--mnchen-3ya.example"),
        mailbox("INFO@MÜNCHEN.example"),
    ];
    for (identification, email, kind) in attempts {
        let mut second = applicant(2);
        second.identification = identification;
        second.details.email = email;
        let answer = refused(&fresh, creation(&Client::onboard(second, &maker(2)))).await;
        assert_eq!(answer, Committed::ClaimTaken([kind].into()));
    }
}

/// Spellings of one name stand side by side in an order by name.
pub async fn spellings_sort_alike(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    named(
        store,
        &[
            ("Ada", None, "\u{FEFF}Adams"),
            ("Ada", None, "Zuma"),
            ("Ada", None, "O’Brien"),
            ("Ada", None, "Obasi"),
            ("Ada", None, "O'Brien"),
            ("Ada", None, "Adams"),
        ],
    )
    .await;
    let order = Order::by(vec![(Property::LastName, Direction::Ascending)]).unwrap();
    let found = store.search(&search_for(Predicate::every_client(), order)).await.unwrap();
    let ids: Vec<_> = found.clients.iter().map(|client| client.id.get()).collect();
    assert_eq!(ids, [1, 6, 4, 3, 5, 2]);
}
