//! The items of the work queue.

use std::sync::Arc;

use clients_campaigns::RunError;

use crate::callers::OverHttp;
use crate::load::{self, Length};
use crate::request::{Requests, Source};
use crate::test_bed::TestBed;

/// More items than these tell nothing more, and take long to make.
const MOST: u64 = 20_000;

/// Requests approvals, as a maker does, so that the work queue has items: one for every fifty clients. A database that was kept
/// has them already.
pub(crate) async fn fill(bed: &TestBed) -> Result<(), RunError> {
    let clients = bed.data_set.clients;
    let pending = format!(
        "SELECT client_key FROM client WHERE id <= {clients} AND state = 3 AND version = 1 ORDER BY md5(client_key)
         LIMIT greatest(0, {} - (SELECT count(*) FROM client_work_item))",
        (clients / 50).min(MOST)
    );
    let keys = bed.cluster.sql(&pending).await?.concat();
    let requests = Arc::new(Requests::new(Source::RequestApproval(keys), "queue".to_owned()));
    let callers = OverHttp::several(16, bed.service.address(), &bed.tokens, &requests).await?;
    load::run(callers, Length::Requests(u64::MAX)).await.map(drop)
}
