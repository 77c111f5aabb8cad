//! The preconditions of a case.

use client_app::ports::{Changeset, ClientStore, Committed, Settlement, TakenEvent, Verdict};
use client_domain::client::{Application, Change};
use client_domain::value::Version;
use client_domain::{AuditStamp, Client, ClientState};
use jiff::Timestamp;

use crate::fixtures::{creation, maker, moment, path_to, replacement};

/// Commits a changeset that must be done.
pub(crate) async fn commit(store: &dyn ClientStore, changeset: Changeset) {
    let answer = store.commit(changeset).await.unwrap();
    assert_eq!(answer, Committed::Done);
}

/// Commits a path of changes, the creation first, and answers the client at its end.
pub(crate) async fn commit_path(store: &dyn ClientStore, path: &[Change]) -> Client {
    commit(store, creation(&path[0])).await;
    for step in path.windows(2) {
        commit(store, replacement(&step[0].client, &step[1])).await;
    }
    path[path.len() - 1].client.clone()
}

/// Commits an applicant's ordinary path to `state`.
pub(crate) async fn given_client(
    store: &dyn ClientStore,
    state: ClientState,
    application: Application,
) -> Client {
    commit_path(store, &path_to(state, application)).await
}

/// Commits an applicant.
pub(crate) async fn given_pending(store: &dyn ClientStore, application: Application) -> Client {
    given_client(store, ClientState::PendingApproval, application).await
}

/// Commits an applicant who was onboarded at this moment.
pub(crate) async fn given_created(
    store: &dyn ClientStore,
    application: Application,
    at: Timestamp,
) -> Client {
    let stamp = AuditStamp::new(maker(0).by, at);
    commit_path(store, &[Client::onboard(application, &stamp)]).await
}

/// All of these were delivered at this second.
pub(crate) fn delivered(taken: &[TakenEvent], at: i64) -> Vec<Settlement> {
    taken.iter().map(|taken| taken.settle(Verdict::Delivered { at: moment(at) })).collect()
}

pub(crate) fn version(number: u64) -> Version {
    Version::new(number).unwrap()
}
