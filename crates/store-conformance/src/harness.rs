use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;

use client_app::ports::{
    Batches, ClientStore, ContentLedger, ContentLocation, DocumentContents, ExportLog, Outbox, SavedViews,
    Sessions, WorkItems,
};

/// Work that runs concurrently with other work.
pub type Racer = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What an adapter brings for the suite: an empty store, and a way to run work concurrently.
///
/// Make one for each test. The harness owns what must be cleaned up afterwards (a database, a folder),
/// and releases it when it is dropped.
#[async_trait]
pub trait Harness: Send + Sync {
    /// A store with nothing in it, and its outbox; it shares nothing with any other.
    async fn fresh(&self) -> Fresh;

    /// Runs all of these concurrently, on as many threads as there are, and waits for every one. A panic of a racer
    /// must be a panic of the test.
    ///
    /// This is the adapter's, because the suite knows no executor; with tokio it is
    /// `for racer in racers.map(tokio::spawn) { racer.await.unwrap() }`.
    async fn run_concurrently(&self, racers: Vec<Racer>);
}

/// What an adapter for contents brings: an empty location, and a way to run work concurrently.
#[async_trait]
pub trait ContentsHarness: Send + Sync {
    /// An empty location; it shares nothing with any other.
    async fn fresh(&self) -> Arc<dyn DocumentContents>;

    /// As [`Harness::run_concurrently`].
    async fn run_concurrently(&self, racers: Vec<Racer>);
}

/// What an adapter for contents outside of the database brings besides.
#[async_trait]
pub trait LocationHarness: Send + Sync {
    /// An empty location, which no installation has claimed; it shares nothing with any other.
    async fn fresh_location(&self) -> Arc<dyn ContentLocation>;

    /// As [`Harness::run_concurrently`].
    async fn run_concurrently(&self, racers: Vec<Racer>);
}

/// An empty store, the outbox and the ledger that its commits fill, and what people do beside it.
#[derive(Clone)]
pub struct Fresh {
    /// The store.
    pub store: Arc<dyn ClientStore>,
    /// Its outbox.
    pub outbox: Arc<dyn Outbox>,
    /// Its ledger of contents.
    pub ledger: Arc<dyn ContentLedger>,
    /// The sessions of people.
    pub sessions: Arc<dyn Sessions>,
    /// What waits for people.
    pub work_items: Arc<dyn WorkItems>,
    /// Searches that people have saved.
    pub saved_views: Arc<dyn SavedViews>,
    /// Batches of commands.
    pub batches: Arc<dyn Batches>,
    /// Who exported which clients.
    pub export_log: Arc<dyn ExportLog>,
}

impl Fresh {
    /// For an adapter with one type that is all of them.
    pub fn new(
        all: impl ClientStore
        + Outbox
        + ContentLedger
        + Sessions
        + WorkItems
        + SavedViews
        + Batches
        + ExportLog
        + 'static,
    ) -> Self {
        let all = Arc::new(all);
        Self {
            store: all.clone(),
            outbox: all.clone(),
            ledger: all.clone(),
            sessions: all.clone(),
            work_items: all.clone(),
            saved_views: all.clone(),
            batches: all.clone(),
            export_log: all,
        }
    }
}

impl fmt::Debug for Fresh {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fresh").finish_non_exhaustive()
    }
}

/// Runs all of these concurrently and collects their answers, in the order in which they end.
pub(crate) async fn race<F>(harness: &dyn Harness, racers: impl IntoIterator<Item = F>) -> Vec<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    let answers = Arc::new(Mutex::new(Vec::new()));
    let racers: Vec<Racer> = racers
        .into_iter()
        .map(|racer| {
            let answers = Arc::clone(&answers);
            let racer: Racer = Box::pin(async move {
                let answer = racer.await;
                answers.lock().unwrap().push(answer);
            });
            racer
        })
        .collect();
    let started = racers.len();
    harness.run_concurrently(racers).await;
    let answers = std::mem::take(&mut *answers.lock().unwrap());
    assert_eq!(answers.len(), started, "the harness must wait for every racer");
    answers
}
