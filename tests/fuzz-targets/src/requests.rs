use std::sync::Arc;

use adapter_inmem::{CountingKeys, FixedClock, MemoryAccounts, MemoryBranches, MemoryContents, MemoryStore};
use client_app::Clients;
use serde_json::Value;

use crate::answer::{bearer, now, post, router, run};

/// The most requests of one input.
const MOST: usize = 12;

/// A service in memory answers any bodies, one on each line, with success or with a reason that is the caller's, and the
/// query for the list of clients works afterwards.
///
/// A line that begins with `?` is a query, every other one a command; what begins with `!` is from a second caller.
pub fn requests(data: &[u8]) {
    let store = MemoryStore::new();
    let contents = MemoryContents::new();
    let clock = Arc::new(FixedClock::new(now()));
    let clients = Clients::new(Arc::new(store.clone()), clock, Arc::new(CountingKeys::default()))
        .with_accounts(Arc::new(MemoryAccounts::default()))
        .with_branches(Arc::new(MemoryBranches::default()))
        .with_contents(Arc::new(contents), Arc::new(store));
    let router = router(Arc::new(clients));
    let callers = [bearer("maker-1"), bearer("checker-1")];
    run(async {
        for line in data.split(|byte| *byte == b'\n').take(MOST) {
            let (caller, line) = line.strip_prefix(b"!").map_or((0, line), |line| (1, line));
            let (path, line) = match line.strip_prefix(b"?") {
                Some(line) => ("/api/bpm/qry", line),
                None => ("/api/bpm/cmd", line),
            };
            let answer = post(&router, path, &callers[caller], line, usize::MAX).await;
            let (status, codes) = (answer.status, answer.codes());
            assert!(status < 500, "{status} {codes:?} for {}", String::from_utf8_lossy(line));
        }
        let list = br#"{"queryName":"RetrieveContactListQuery","data":{"pageSize":100}}"#;
        let answer = post(&router, "/api/bpm/qry", &callers[0], list, usize::MAX).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let count = answer.body["data"]["contacts"].as_array().map(Vec::len);
        assert_eq!(answer.body["data"]["totalCount"], Value::from(count));
    });
}
