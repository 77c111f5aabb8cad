//! Clock, keys and directories.

use std::collections::BTreeSet;
use std::time::Duration;

use adapter_inmem::{CountingKeys, FixedClock, MemoryAccounts, MemoryBranches};
use client_app::ports::{AccountDirectory, Branch, BranchDirectory, Clock, KeyGenerator};
use client_domain::lifecycle::OpenAccounts;
use client_domain::value::{AccountOfficerId, BranchKey, ClientKey};
use jiff::Timestamp;

#[test]
fn fixed_clock_stands_still_and_returns_whole_microseconds() {
    let clock = FixedClock::new("2026-01-05T09:00:00.123456789Z".parse().unwrap());
    assert_eq!(clock.now(), clock.now());
    assert_eq!(clock.now().subsec_nanosecond() % 1_000, 0);
    clock.advance(Duration::from_nanos(211));
    assert_eq!(clock.now().to_string(), "2026-01-05T09:00:00.123457Z", "the cut nanoseconds still count");
    clock.set("2020-01-01T00:00:00Z".parse().unwrap());
    assert_eq!(clock.now().to_string(), "2020-01-01T00:00:00Z", "a clock can be set back");
    clock.advance(Duration::MAX);
    assert!(clock.now() <= Timestamp::MAX);
}

#[test]
fn keys_are_repeatable_and_unique() {
    let first_ten = |seed| -> Vec<ClientKey> {
        let keys = CountingKeys::seeded(seed);
        (0..10).map(|_| keys.client_key()).collect()
    };
    assert_eq!(first_ten(7), first_ten(7));
    let distinct: BTreeSet<_> = first_ten(7).into_iter().chain(first_ten(8)).collect();
    assert_eq!(distinct.len(), 20);
    assert_eq!(CountingKeys::default().client_key(), CountingKeys::seeded(0).client_key());
}

#[test]
fn keys_of_concurrent_threads_are_unique() {
    let keys = CountingKeys::seeded(1);
    let mut all = BTreeSet::new();
    std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..4).map(|_| scope.spawn(|| (0..1_000).map(|_| keys.event_id()).collect::<Vec<_>>())).collect();
        for thread in threads {
            all.extend(thread.join().unwrap());
        }
    });
    assert_eq!(all.len(), 4_000);
}

#[tokio::test]
async fn directories_return_what_was_set() {
    let accounts = MemoryAccounts::default();
    let [ada, bola] = [1, 2].map(ClientKey::from_bits);
    accounts.set(ada.clone(), OpenAccounts::Count(2));
    accounts.clone().set(bola.clone(), OpenAccounts::Unknown);
    assert_eq!(accounts.open_accounts(&ada).await.unwrap(), OpenAccounts::Count(2));
    assert_eq!(accounts.open_accounts(&bola).await.unwrap(), OpenAccounts::Unknown);
    let other = ClientKey::from_bits(3);
    assert_eq!(accounts.open_accounts(&other).await.unwrap(), OpenAccounts::Count(0));

    let branches = MemoryBranches::default();
    let key = BranchKey::parse("ikeja-01").unwrap();
    let officer = AccountOfficerId::new(7).unwrap();
    assert_eq!(branches.branch(&key).await.unwrap(), None);
    assert_eq!(branches.officer_name(officer).await.unwrap(), None);
    let ikeja = Branch { id: None, name: "Ikeja".to_owned() };
    branches.set_branch(key.clone(), ikeja.clone());
    branches.set_officer(officer, "Bola Adeyemi");
    assert_eq!(branches.branch(&key).await.unwrap(), Some(ikeja));
    assert_eq!(branches.officer_name(officer).await.unwrap().as_deref(), Some("Bola Adeyemi"));
}
