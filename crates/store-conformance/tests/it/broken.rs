//! Storages that break one promise each, and the cases that notice.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use client_app::ports::{
    ClientStore, Counted, Counting, Found, KycRenewal, KycRenewed, Page, Search, SelectedClients, Selection,
    StoreError, Tallied, Tallying, Totals,
};
use client_domain::search::Predicate;
use futures_util::{StreamExt as _, stream};
use jiff::civil::Date;
use store_conformance::map_store::{Change, InMemory, MapStorage, MapStore, Maps, Method};
use store_conformance::{Fresh, Harness, Layered, Racer, StoreLayer, async_trait, cases};

/// Makes a fresh store of a broken storage.
struct Broken<S>(fn() -> S);

#[async_trait]
impl<S: MapStorage + 'static> Harness for Broken<S> {
    async fn fresh(&self) -> Fresh {
        Fresh::new(MapStore::on((self.0)()))
    }

    async fn run_concurrently(&self, _racers: Vec<Racer>) {}
}

/// Whether a case stops with a panic.
async fn fails(case: impl Future<Output = ()> + Send + 'static) -> bool {
    tokio::spawn(case).await.is_err_and(|error| error.is_panic())
}

/// Reads, waits and writes, without checking what was written in between.
#[derive(Default)]
struct LostUpdates(Mutex<Arc<Maps>>);

#[async_trait]
impl MapStorage for LostUpdates {
    async fn read(&self, _method: Method) -> Result<Arc<Maps>, StoreError> {
        Ok(Arc::clone(&self.0.lock().unwrap()))
    }

    async fn write(&self, method: Method, change: Change<'_>) -> Result<(), StoreError> {
        let mut maps = Maps::clone(&*self.read(method).await?);
        change(&mut maps);
        tokio::time::sleep(Duration::from_millis(20)).await;
        *self.0.lock().unwrap() = Arc::new(maps);
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_update_is_noticed() {
    assert!(
        fails(async {
            cases::concurrency::one_version_is_replaced_once(&Broken(LostUpdates::default)).await;
        })
        .await
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn commit_that_ends_with_its_caller_is_noticed() {
    let case = async {
        cases::commit::begun_commit_outlives_its_caller(&Broken(LostUpdates::default)).await;
    };
    assert!(fails(case).await);
}

/// Answers reads with the maps as they were before the last write.
#[derive(Default)]
struct LaggingReads {
    newest: InMemory,
    before: Mutex<Arc<Maps>>,
}

#[async_trait]
impl MapStorage for LaggingReads {
    async fn read(&self, _method: Method) -> Result<Arc<Maps>, StoreError> {
        Ok(Arc::clone(&self.before.lock().unwrap()))
    }

    async fn write(&self, method: Method, change: Change<'_>) -> Result<(), StoreError> {
        *self.before.lock().unwrap() = self.newest.read(method).await?;
        self.newest.write(method, change).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn read_of_an_older_moment_is_noticed() {
    let case = async {
        cases::commit::committed_changes_are_visible_to_every_read(&Broken(LaggingReads::default)).await;
    };
    assert!(fails(case).await);
}

/// Applies every change twice, as a retry without a check of the first result does.
#[derive(Default)]
struct DoubleWrites(InMemory);

#[async_trait]
impl MapStorage for DoubleWrites {
    async fn read(&self, method: Method) -> Result<Arc<Maps>, StoreError> {
        self.0.read(method).await
    }

    async fn write(&self, method: Method, change: Change<'_>) -> Result<(), StoreError> {
        self.0.write(method, &mut *change).await?;
        self.0.write(method, change).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn change_that_is_applied_twice_is_noticed() {
    let case = async {
        cases::idempotency::an_outcome_is_loaded_with_the_client(&Broken(DoubleWrites::default)).await;
    };
    assert!(fails(case).await);
}

/// Counts every client, whatever is asked for.
struct CountsAll(MapStore);

#[async_trait]
impl StoreLayer for CountsAll {
    fn inner(&self) -> &dyn ClientStore {
        &self.0
    }

    async fn count(&self, counting: &Counting) -> Result<Counted, StoreError> {
        self.0.count(&Counting { predicate: Predicate::every_client(), ..counting.clone() }).await
    }

    async fn tally(&self, tallying: &Tallying) -> Result<Tallied, StoreError> {
        self.0.tally(&Tallying { branch: None, ..tallying.clone() }).await
    }
}

struct Counts;

#[async_trait]
impl Harness for Counts {
    async fn fresh(&self) -> Fresh {
        let store = Arc::new(Layered(CountsAll(MapStore::new())));
        Fresh { store, ..Fresh::new(MapStore::new()) }
    }

    async fn run_concurrently(&self, racers: Vec<Racer>) {
        for racer in racers.into_iter().map(tokio::spawn).collect::<Vec<_>>() {
            racer.await.unwrap();
        }
    }
}

/// Reads a selection page by page, each page as the clients are then.
#[derive(Default)]
struct Paged(Arc<MapStore>);

#[async_trait]
impl StoreLayer for Paged {
    fn inner(&self) -> &dyn ClientStore {
        &*self.0
    }

    async fn select_all(&self, selection: &Selection) -> Result<SelectedClients, StoreError> {
        let (store, selection) = (self.0.clone(), selection.clone());
        let end = Instant::now() + selection.time_limit;
        let pages = stream::unfold(Some(Page::Skip(0)), move |page| {
            let (store, Selection { predicate, order, today, .. }) = (store.clone(), selection.clone());
            async move {
                let limit = Selection::PIECE;
                let search = Search { predicate, order, today, page: page?, limit, totals: Totals::None };
                if Instant::now() >= end {
                    return Some((Err(StoreError::TimedOut(None)), None));
                }
                let found = store.search(&search).await.unwrap();
                let keys: Vec<_> = found.clients.into_iter().map(|client| client.key).collect();
                let clients = store.find_all_with_endings(&keys).await.unwrap();
                (!clients.is_empty()).then_some((Ok(clients), found.next.map(Page::After)))
            }
        });
        Ok(pages.boxed())
    }
}

/// Lets a selection be read for ever.
#[derive(Default)]
struct Lasting(MapStore);

#[async_trait]
impl StoreLayer for Lasting {
    fn inner(&self) -> &dyn ClientStore {
        &self.0
    }

    async fn select_all(&self, selection: &Selection) -> Result<SelectedClients, StoreError> {
        self.0.select_all(&Selection { time_limit: Duration::from_hours(1), ..selection.clone() }).await
    }
}

/// Which cases of selections a store fails.
async fn failed_selections<L: StoreLayer + 'static>(make: fn() -> L) -> [bool; 5] {
    use cases::selection;
    [
        fails(async move { selection::a_selection_is_what_a_search_finds(&OfLayer(make)).await }).await,
        fails(async move { selection::commits_during_a_selection_are_not_seen(&OfLayer(make)).await }).await,
        fails(async move { selection::a_selection_comes_in_small_pieces(&OfLayer(make)).await }).await,
        fails(async move { selection::a_selection_ends_at_its_time_limit(&OfLayer(make)).await }).await,
        fails(async move { selection::a_dropped_selection_leaves_the_store_as_it_was(&OfLayer(make)).await })
            .await,
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn selection_of_several_moments_or_without_an_end_is_noticed() {
    assert_eq!(failed_selections(Paged::default).await, [false, true, false, false, false]);
    assert_eq!(failed_selections(Lasting::default).await, [false, false, false, true, false]);
}

#[tokio::test(flavor = "multi_thread")]
async fn count_without_its_filter_is_noticed() {
    for fails in [
        fails(async { cases::counts::every_grouping_agrees_with_the_domain(&Counts).await }).await,
        fails(async { cases::counts::every_condition_restricts_a_count(&Counts).await }).await,
        fails(async { cases::counts::bounded_count_is_a_lower_bound(&Counts).await }).await,
        fails(async { cases::tally::groups_have_the_numbers_of_the_domain(&Counts).await }).await,
        fails(async { cases::tally::bounded_tally_is_a_lower_bound(&Counts).await }).await,
    ] {
        assert!(fails);
    }
    cases::counts::counts_follow_the_commits(&Counts).await;
}

/// Counts every match, also where the count has a bound.
#[derive(Default)]
struct CountsOn(MapStore);

#[async_trait]
impl StoreLayer for CountsOn {
    fn inner(&self) -> &dyn ClientStore {
        &self.0
    }

    async fn search(&self, search: &Search) -> Result<Found, StoreError> {
        let totals = if search.totals == Totals::None { Totals::None } else { Totals::Exact };
        self.0.search(&Search { totals, ..search.clone() }).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn total_beyond_its_bound_is_noticed() {
    cases::paging::total_counts_every_match(&OfLayer(CountsOn::default)).await;
    let case = async { cases::paging::bounded_total_ends_at_its_bound(&OfLayer(CountsOn::default)).await };
    assert!(fails(case).await);
}

/// Keeps what a search has found after the first renewal: no commit makes it forget.
#[derive(Default)]
struct RemembersFound {
    store: MapStore,
    found: Mutex<Option<Vec<(Predicate, Date, Found)>>>,
}

#[async_trait]
impl StoreLayer for RemembersFound {
    fn inner(&self) -> &dyn ClientStore {
        &self.store
    }

    async fn search(&self, search: &Search) -> Result<Found, StoreError> {
        let found = self.store.search(search).await?;
        let mut remembered = self.found.lock().unwrap();
        let Some(remembered) = &mut *remembered else { return Ok(found) };
        let same = |(predicate, today, _): &&(Predicate, Date, Found)| {
            *predicate == search.predicate && *today == search.today
        };
        if let Some((.., found)) = remembered.iter().find(same) {
            return Ok(found.clone());
        }
        remembered.push((search.predicate.clone(), search.today, found.clone()));
        Ok(found)
    }

    async fn renew_kyc_statuses(&self, renewal: &KycRenewal) -> Result<KycRenewed, StoreError> {
        self.found.lock().unwrap().get_or_insert_default();
        self.store.renew_kyc_statuses(renewal).await
    }
}

/// Takes the status of the day of the last renewal for that of every day.
#[derive(Default)]
struct RemembersTheDay {
    store: MapStore,
    today: Mutex<Option<Date>>,
}

#[async_trait]
impl StoreLayer for RemembersTheDay {
    fn inner(&self) -> &dyn ClientStore {
        &self.store
    }

    async fn search(&self, search: &Search) -> Result<Found, StoreError> {
        let today = self.today.lock().unwrap().unwrap_or(search.today);
        self.store.search(&Search { today, ..search.clone() }).await
    }

    async fn renew_kyc_statuses(&self, renewal: &KycRenewal) -> Result<KycRenewed, StoreError> {
        *self.today.lock().unwrap() = Some(renewal.today);
        self.store.renew_kyc_statuses(renewal).await
    }
}

/// Makes a store of a layer.
struct OfLayer<L>(fn() -> L);

#[async_trait]
impl<L: StoreLayer + 'static> Harness for OfLayer<L> {
    async fn fresh(&self) -> Fresh {
        let store = Arc::new(Layered((self.0)()));
        Fresh { store, ..Fresh::new(MapStore::new()) }
    }

    async fn run_concurrently(&self, racers: Vec<Racer>) {
        for racer in racers.into_iter().map(tokio::spawn).collect::<Vec<_>>() {
            racer.await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn status_of_before_a_commit_is_noticed() {
    cases::kyc_statuses::renewal_changes_no_answer(&OfLayer(RemembersFound::default)).await;
    let case = async {
        let harness = OfLayer(RemembersFound::default);
        cases::kyc_statuses::status_follows_the_commits_after_a_renewal(&harness).await;
    };
    assert!(fails(case).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn status_of_another_day_is_noticed() {
    let case = async {
        cases::kyc_statuses::renewal_changes_no_answer(&OfLayer(RemembersTheDay::default)).await;
    };
    assert!(fails(case).await);
}

/// Forgets what became of the rows of a piece.
#[derive(Default)]
struct Forgetful(InMemory);

#[async_trait]
impl MapStorage for Forgetful {
    async fn read(&self, method: Method) -> Result<Arc<Maps>, StoreError> {
        self.0.read(method).await
    }

    async fn write(&self, method: Method, change: Change<'_>) -> Result<(), StoreError> {
        if method == Method::SettlePiece {
            // It answers that it is done, and keeps nothing.
            change(&mut Maps::clone(&*self.read(method).await?));
            return Ok(());
        }
        self.0.write(method, change).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn forgotten_result_of_a_piece_is_noticed() {
    assert!(
        fails(async { cases::batch_pieces::a_piece_is_settled_once(&Broken(Forgetful::default)).await })
            .await
    );
    assert!(
        fails(async { cases::batch_pieces::pieces_come_back_in_order(&Broken(Forgetful::default)).await })
            .await
    );
    cases::batch_pieces::a_piece_is_leased_to_one(&Broken(Forgetful::default)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn batch_that_is_replaced_in_any_version_is_noticed() {
    let case =
        async { cases::batches::a_version_of_a_batch_is_replaced_once(&Broken(LostUpdates::default)).await };
    assert!(fails(case).await);
}
