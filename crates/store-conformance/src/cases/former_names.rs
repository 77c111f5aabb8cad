//! A client is found by the names that it had before.

use client_app::ports::ClientRef;
use client_domain::Client;
use client_domain::client::{AmendmentDecision, Change, DetailsPatch, FullName, Patch, TwoPersons};
use client_domain::lifecycle::{Action, Facts};
use client_domain::search::{Order, Predicate, field};
use client_domain::value::{ClientId, PersonName, PlaceName};

use super::given::commit;
use super::observed::search_for;
use super::spellings::{matching, mentioning, named};
use crate::fixtures::{checker, maker, performed, replacement, updated};
use crate::harness::Harness;

fn name(text: &str) -> PersonName {
    PersonName::parse(text).unwrap()
}

/// A client is found by every name that it had before, in all spellings, by words and by a filter, also together with its
/// present name; after an update, an amendment and every later change; and the names are returned as they were.
pub async fn former_names_find_the_client(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    named(store, &[("Ada", None, "Okafor"), ("Bola", None, "Ade"), ("100%", None, "Per_cent")]).await;
    let mut client = store.find(&ClientRef::Id(ClientId::new(1).unwrap())).await.unwrap().unwrap();
    let named_now = |first: &str, middle: Option<&str>, last: &str| DetailsPatch {
        first_name: Some(name(first)),
        middle_name: middle.map_or(Patch::Clear, |middle| Patch::Set(name(middle))),
        last_name: Some(name(last)),
        ..DetailsPatch::default()
    };
    let two_persons = Facts { two_persons: TwoPersons::everywhere(), ..Facts::without_controls() };
    let steps: [&dyn Fn(&Client) -> Change; 6] = [
        &|client| updated(client, named_now("Ada", Some("Ngozi"), "Müller-O’Brien")),
        &|client| performed(client, Action::Approve, &checker(100)),
        &|client| {
            let patch = named_now("小明", None, "王");
            client.update(patch, &two_persons, &maker(110)).unwrap().change().unwrap()
        },
        &|client| {
            let id = client.snapshot().amendments[0].id.clone();
            client.decide_amendment(&id, AmendmentDecision::Approve, None, &checker(120)).unwrap()
        },
        &|client| {
            updated(client, DetailsPatch { city: PlaceName::parse("Kano").ok(), ..DetailsPatch::default() })
        },
        &|client| performed(client, Action::Blacklist, &checker(130)),
    ];
    for step in steps {
        let change = step(&client);
        commit(store, replacement(&client, &change)).await;
        client = store.find(&ClientRef::Id(client.id())).await.unwrap().unwrap();
        assert_eq!(client, change.client);
    }
    let former: Vec<_> = client.snapshot().former_names.iter().map(FullName::to_string).collect();
    assert_eq!(former, ["Ada Okafor", "Ada Ngozi Müller-O’Brien"]);
    for spelling in
        ["OKAFOR", "Ada", "okafor, ada", "Mueller", "müller-o'brien", "ngozi 王小明", "Okafor 小明"]
    {
        assert_eq!(mentioning(store, spelling).await, [1], "{spelling}");
    }
    assert_eq!(mentioning(store, "ngozi okafor bola").await, [0; 0]);
    for spelling in ["ada OKAFOR", "Okafor, Ada", "Ada Müller O Brien", "MUELLEROBRIEN Ada Ngozi"] {
        assert_eq!(matching(store, field::FORMER_NAME.equals(spelling)).await, [1], "{spelling}");
        assert_eq!(
            matching(store, field::FORMER_NAME.is_in(vec!["nobody", spelling])).await,
            [1],
            "{spelling}"
        );
        assert_eq!(matching(store, field::FORMER_NAME.not_equals(spelling)).await, [2, 3], "{spelling}");
    }
    for (filter, found) in [
        (field::FORMER_NAME.contains("kafo"), &[1][..]),
        (field::FORMER_NAME.starts_with("Okaforad"), &[1]),
        (field::FORMER_NAME.starts_with("kafor"), &[]),
        (field::FORMER_NAME.ends_with("ngozi"), &[1]),
        (field::FORMER_NAME.ends_with("ngo"), &[]),
        // The end of one name and the beginning of the next are no text.
        (field::FORMER_NAME.contains("okaforokafor"), &[]),
        (field::FORMER_NAME.equals_case_sensitive("Ada Okafor"), &[1]),
        (field::FORMER_NAME.equals_case_sensitive("Ada Ngozi Müller-O’Brien"), &[1]),
        (field::FORMER_NAME.equals_case_sensitive("ada Okafor"), &[]),
        (field::FORMER_NAME.equals_case_sensitive("Ada Müller-O’Brien"), &[]),
        (field::FORMER_NAME.contains("王"), &[]),
        (field::FORMER_NAME.is_empty(), &[2, 3]),
        (field::FORMER_NAME.is_not_empty(), &[1]),
        (field::LAST_NAME.equals("Okafor"), &[]),
        (field::FULL_NAME.contains("okafor"), &[]),
    ] {
        assert_eq!(matching(store, filter).await, found);
    }
    let found = store.search(&search_for(Predicate::every_client(), Order::default())).await.unwrap();
    let renamed: Vec<_> = found.clients.iter().filter(|one| one.is_renamed).map(|one| one.id.get()).collect();
    assert_eq!(renamed, [1]);
}
