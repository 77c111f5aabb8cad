//! Whether what PostgreSQL has confirmed outlives its server: a check for `/readyz`, metrics, and what is kept outside.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use adapter_postgres::ConfirmedCommits;
use client_app::ports::StoreError;
use client_app::{Check, CheckName, CheckState, Clients, StandingCheck};
use metrics::{describe_gauge, gauge};
use tokio::time::timeout;

use super::round::{JobFailure, Round};
use super::supervisor::{AtStop, Supervisor};
use crate::wiring::confirmed::Confirming;

/// A loss of the last seconds before a crash of this process is not noticed. The database is asked as often while it is away,
/// so that new commits do not push out those before a failover.
const INTERVAL: Duration = Duration::from_secs(2);
/// How long the place outside may take.
const PLACE_TIMEOUT: Duration = Duration::from_secs(5);
const STANDBYS: &str = "database_synchronous_standbys";
const REQUIRED: &str = "database_synchronous_standby_required";
const LACKING: &str = "database_lacks_confirmed_commits";
const UNKEPT: &str = "database_confirmed_commits_unkept";

/// The check, and what it watches.
#[derive(Clone)]
struct Replication(Arc<State>);

struct State {
    confirming: Confirming,
    /// Whether a server that confirms alone is an error.
    needs_a_standby: bool,
    result: Mutex<CheckState>,
    /// The commits that were kept last.
    kept: Mutex<ConfirmedCommits>,
    /// Whether the place outside did not take them the last time.
    is_unkept: AtomicBool,
}

/// Has `/readyz` tell whether commits outlive their server, where that is PostgreSQL.
pub(crate) fn watched(
    clients: Clients,
    jobs: &Supervisor,
    confirming: Option<Confirming>,
    needs_a_standby: bool,
) -> Clients {
    let Some(confirming) = confirming else { return clients };
    let replication = Replication::of(confirming, needs_a_standby);
    replication.watch(jobs);
    clients.with_check(Arc::new(replication))
}

impl Replication {
    fn of(confirming: Confirming, needs_a_standby: bool) -> Self {
        let (result, kept) = (Mutex::default(), Mutex::default());
        let is_unkept = AtomicBool::default();
        Self(Arc::new(State { confirming, needs_a_standby, result, kept, is_unkept }))
    }

    /// Watches the database for as long as the service runs.
    fn watch(&self, supervisor: &Supervisor) {
        describe_gauge!(
            STANDBYS,
            "Standbys that confirm a commit, as synchronous_standby_names has it; 0 if the server confirms alone."
        );
        describe_gauge!(REQUIRED, "Whether there must be one (--require-synchronous-standby).");
        gauge!(REQUIRED).set(f64::from(u8::from(self.0.needs_a_standby)));
        describe_gauge!(
            LACKING,
            "Whether the database lacks commits that it has confirmed to this instance."
        );
        describe_gauge!(UNKEPT, "Whether the place outside of the database did not take the latest commits.");
        gauge!(UNKEPT).set(0.0);
        let replication = self.clone();
        supervisor.start("replication", Duration::ZERO, AtStop::Cancel, move || replication.clone().round());
    }

    async fn round(self) -> Round {
        let confirming = &self.0.confirming;
        let standbys = confirming.store.synchronous_standbys().await.map_err(away)?;
        gauge!(STANDBYS).set(f64::from(standbys));
        let latest = confirming.store.confirmed();
        // A loss does not heal: what is written later does not bring it back.
        let lacks = self.has_lost() || confirming.store.lacks_own().await.map_err(away)?;
        // Said before the place is asked, which may not answer.
        self.set(lacks, standbys);
        if !lacks && !latest.is_empty() && *lock(&self.0.kept) != latest {
            let kept = timeout(PLACE_TIMEOUT, confirming.keep(&latest)).await;
            let kept = kept.unwrap_or_else(|_| Err(StoreError::Unavailable(None)));
            self.note_place(kept.as_ref().err());
            // The place is not the database, which is asked on.
            if let Ok(lacks) = kept {
                self.set(lacks, standbys);
                *lock(&self.0.kept) = latest;
            }
        }
        Ok(INTERVAL)
    }

    fn note_place(&self, failure: Option<&StoreError>) {
        gauge!(UNKEPT).set(f64::from(u8::from(failure.is_some())));
        let was = self.0.is_unkept.swap(failure.is_some(), Ordering::Relaxed);
        match failure {
            Some(error) if !was => {
                tracing::error!(%error, "the latest confirmed commits cannot be kept outside of the database");
            }
            None if was => tracing::info!("the latest confirmed commits are kept again"),
            _ => {}
        }
    }

    fn has_lost(&self) -> bool {
        matches!(&*lock(&self.0.result), CheckState::Failed(sentence) if sentence == LOST)
    }

    fn set(&self, lacks: bool, standbys: u32) {
        gauge!(LACKING).set(f64::from(u8::from(lacks)));
        let state = match (lacks, standbys) {
            (true, _) => CheckState::Failed(LOST.to_owned()),
            (false, 0) if self.0.needs_a_standby => CheckState::Failed(ALONE.to_owned()),
            _ => CheckState::Ok,
        };
        let mut result = lock(&self.0.result);
        if *result != state {
            if let Some(sentence) = state.message() {
                tracing::error!("{sentence}");
            } else {
                tracing::info!("a synchronous standby confirms commits again");
            }
            *result = state;
        }
    }
}

/// The database is away; it is asked again soon.
fn away(error: StoreError) -> JobFailure {
    match JobFailure::from(error) {
        JobFailure::Outage { error, .. } => JobFailure::Outage { error, rest: Some(INTERVAL) },
        other @ (JobFailure::Broken(_) | JobFailure::Elsewhere(_)) => other,
    }
}

const LOST: &str = "The database lacks commits that it has confirmed: a standby was promoted before they arrived, or an older database took its \
    place.";
const ALONE: &str =
    "The database confirms commits without a synchronous standby, so a failover may lose them.";

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl StandingCheck for Replication {
    fn check(&self) -> Check {
        Check::new(CheckName::Replication, lock(&self.0.result).clone())
    }
}

impl std::fmt::Debug for Replication {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Replication").field("result", &lock(&self.0.result)).finish_non_exhaustive()
    }
}
