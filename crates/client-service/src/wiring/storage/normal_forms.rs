//! Normal forms that an earlier release has written, and their recomputation in PostgreSQL.

use std::time::Duration;

use adapter_postgres::PostgresStore;
use client_app::ports::StoreError;

/// How many clients a statement recomputes, so that none waits for it for long.
const RECOMPUTED_AT_ONCE: usize = 300;
/// The pause between two of them, which leaves the database to the requests.
const PAUSE: Duration = Duration::from_millis(20);

/// How far the normal forms are recomputed.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct NormalForms {
    /// Clients of the last batch.
    pub(crate) batch: u64,
    /// Clients of all batches.
    pub(crate) clients: u64,
    /// Clients that were being written, or cannot be read.
    pub(crate) left_out: u64,
    /// Claims that another client has too.
    pub(crate) shared_claims: u64,
}

impl NormalForms {
    /// Logs what was done, if anything was.
    pub(crate) fn log(&self) {
        let Self { clients, left_out, shared_claims, .. } = *self;
        if clients + left_out > 0 {
            tracing::info!(clients, left_out, shared_claims, "normal forms were recomputed");
        }
        if shared_claims > 0 {
            tracing::warn!(
                shared_claims,
                "clients share a document, an identification or an e-mail address, spelled in two ways or not claimed by an \
                 earlier release; the older client keeps the claim, and both work on"
            );
        }
    }
}

/// Recomputes the normal forms of every client that an earlier release has written, in batches; reports each batch.
pub(super) async fn recompute(
    store: &PostgresStore,
    report: impl Fn(&NormalForms),
) -> Result<NormalForms, StoreError> {
    let mut done = NormalForms::default();
    let mut after = None;
    loop {
        let batch = store.recompute(after.as_ref(), RECOMPUTED_AT_ONCE).await?;
        let Some(last) = batch.last else { return Ok(done) };
        done.batch = batch.clients;
        done.clients += batch.clients;
        done.left_out += batch.left_out;
        done.shared_claims += batch.shared_claims;
        report(&done);
        after = Some(last);
        tokio::time::sleep(PAUSE).await;
    }
}
