//! A walk over every client and the files of its documents.

use client_app::ports::{
    ClientRef, ClientStore, ContentBytes, DocumentContents, Page, Search, StoreError, Totals,
};
use client_app::verified;
use client_domain::Client;
use client_domain::kyc::Content;
use client_domain::search::{Direction, Order, Predicate, Property};
use client_domain::value::ClientKey;
use futures_util::StreamExt as _;
use jiff::civil::Date;

/// How many clients are in memory at a time.
const PAGE_SIZE: usize = 200;
/// After how many documents the progress is logged.
const REPORTED_DOCUMENTS: u64 = 10_000;

/// What is done with the file of each document.
pub(crate) enum Work<'a> {
    /// It is read and compared with its digest.
    Verify,
    /// It is copied to these files, and compared with its digest on the way.
    CopyTo(&'a dyn DocumentContents),
}

/// What a walk has found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Clients that could be read.
    pub(crate) clients: u64,
    /// Documents of these clients.
    pub(crate) documents: u64,
    /// A sentence for each client that cannot be read and each document whose file is not as it was submitted.
    pub(crate) problems: Vec<String>,
}

/// Does the work with the file of every document. A problem with one of them does not end the walk.
pub(crate) async fn walk(
    store: &dyn ClientStore,
    contents: &dyn DocumentContents,
    work: &Work<'_>,
) -> Result<Found, StoreError> {
    let mut found = Found::default();
    let mut page = Page::Skip(0);
    loop {
        let clients = store.search(&oldest_first(page)).await?;
        let keys: Vec<_> = clients.clients.into_iter().map(|client| client.key).collect();
        for client in readable(store, &keys, &mut found.problems).await? {
            found.clients += 1;
            let snapshot = client.snapshot();
            for document in &snapshot.kyc.documents {
                found.documents += 1;
                if let Err(problem) = on_file(contents, &document.content, work).await {
                    let (id, key) = (&document.id, &snapshot.key);
                    found.problems.push(format!("document {id} of client {key}: {problem}"));
                }
                if found.documents % REPORTED_DOCUMENTS == 0 {
                    tracing::info!(documents = found.documents, "files of documents are being read");
                }
            }
        }
        match clients.next {
            Some(position) => page = Page::After(position),
            None => return Ok(found),
        }
    }
}

/// In this order a client that is added meanwhile comes last.
fn oldest_first(page: Page) -> Search {
    let order = Order::by(vec![(Property::DateCreated, Direction::Ascending)]).unwrap_or_default();
    let predicate = Predicate::every_client();
    Search { predicate, order, page, limit: PAGE_SIZE, totals: Totals::None, today: Date::ZERO }
}

/// These clients, without those that cannot be read, which become problems.
async fn readable(
    store: &dyn ClientStore,
    keys: &[ClientKey],
    problems: &mut Vec<String>,
) -> Result<Vec<Client>, StoreError> {
    match store.find_all(keys).await {
        Err(StoreError::Corrupt { .. }) => {}
        clients => return clients,
    }
    let mut clients = Vec::new();
    for key in keys {
        match store.find(&ClientRef::Key(key.clone())).await {
            Err(StoreError::Corrupt { what }) => {
                problems.push(format!("client {key} cannot be read: {what}"));
            }
            client => clients.extend(client?),
        }
    }
    Ok(clients)
}

async fn on_file(contents: &dyn DocumentContents, content: &Content, work: &Work<'_>) -> Result<(), String> {
    let differs = |error: StoreError| match error {
        StoreError::Corrupt { what } => what,
        error => format!("the file cannot be read or copied: {error}"),
    };
    let bytes = contents.open(&content.key).await.map_err(differs)?.ok_or("the file is missing")?;
    let bytes = verified(bytes, content.size, content.sha256);
    match work {
        Work::Verify => read_to_end(bytes).await.map_err(differs),
        Work::CopyTo(target) => target.put(&content.key, bytes).await.map_err(differs),
    }
}

async fn read_to_end(mut bytes: ContentBytes) -> Result<(), StoreError> {
    while let Some(piece) = bytes.next().await {
        piece?;
    }
    Ok(())
}
