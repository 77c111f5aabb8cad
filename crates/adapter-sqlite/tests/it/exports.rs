//! What a copy reads: every table, in pages.

use std::collections::BTreeSet;

use client_app::ports::{
    Announcement, Batches as _, ClientStore as _, Committed, ExportLog as _, SavedViews as _, ViewSaving,
};
use client_domain::ClientState;
use store_conformance::fixtures::batches::{batch, piece};
use store_conformance::fixtures::documents::documents_of;
use store_conformance::fixtures::exports::export;
use store_conformance::fixtures::saved_views::{VIEW_BOUNDS, saved_view};
use store_conformance::fixtures::{
    applicant, creation, keyed, onboarded, outcome, path_with, replacement, request,
};

use crate::database::Database;

/// A table that a copy does not know fails here: it is counted, or named with where its rows go.
#[tokio::test]
async fn every_table_is_known_to_a_copy() {
    let database = Database::fresh().await;
    let counted = database.store().await.copied_rows().await.unwrap();
    let mut known: BTreeSet<String> =
        counted.into_iter().map(|(name, _)| name).filter(|name| !name.contains('(')).collect();
    for elsewhere in [
        // Written by the migrations.
        "client_lifecycle_edge",
        // Carried by the number from which ids go on.
        "client_number_block",
        // Given to the target at the beginning.
        "client_installation",
        // A data folder has its files in a folder.
        "client_content",
        "client_content_piece",
        // The index of words, and what waits for it.
        "client_word",
        "client_word_pending",
        // Sessions stay where people have signed in.
        "client_session",
        // Written by the triggers of the target, and leases of minutes.
        "client_work_item",
        "client_waiting",
        "client_work_claim",
        "client_kyc_status",
    ] {
        known.insert(elsewhere.to_owned());
    }
    let connection = database.connect();
    // An index of words has tables of its own.
    let mut tables = connection
        .prepare("SELECT name FROM pragma_table_list WHERE type <> 'shadow' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")
        .unwrap();
    let tables = tables.query_map([], |row| row.get::<_, String>(0)).unwrap().map(Result::unwrap);
    assert_eq!(tables.collect::<BTreeSet<_>>(), known);
}

#[tokio::test]
async fn pages_bring_everything_once_and_in_order() {
    let database = Database::fresh().await;
    let store = database.store().await;
    for n in 1..=7 {
        let once = keyed(creation(&onboarded(n)), outcome(request(usize::try_from(n).unwrap()), 1));
        assert_eq!(store.commit(once).await.unwrap(), Committed::Done);
    }
    let path = path_with(8, ClientState::Active, applicant(8), |client| documents_of(8, client));
    let first = std::iter::once(creation(&path[0]));
    for step in first.chain(path.windows(2).map(|step| replacement(&step[0].client, &step[1]))) {
        assert_eq!(store.commit(step).await.unwrap(), Committed::Done);
    }
    for view in [saved_view(1, "ada"), saved_view(2, "ada"), saved_view(3, "ben"), saved_view(1, "ben")] {
        assert_eq!(store.save_view(&view, VIEW_BOUNDS).await.unwrap(), ViewSaving::Done);
    }
    for n in 1..=4 {
        store.begin_export(&export(n, "ada")).await.unwrap();
    }
    let counts = store.copied_rows().await.unwrap();
    let count =
        |name: &str| usize::try_from(counts.iter().find(|(counted, _)| counted == name).unwrap().1).unwrap();

    let (mut clients, mut lines, mut documents, mut after) = (Vec::new(), 0, 0, None);
    loop {
        let page = store.clients_after(after, 3).await.unwrap();
        assert!(page.len() <= 3);
        let Some(last) = page.last() else { break };
        after = last.client.as_ref().map(|write| write.client().id());
        lines += page.iter().map(|changeset| changeset.history.len()).sum::<usize>();
        documents += page.iter().map(|changeset| changeset.documents.len()).sum::<usize>();
        clients.extend(page.into_iter().map(|changeset| changeset.client.unwrap().client().clone()));
    }
    assert_eq!((clients.len(), lines), (8, count("client_history")));
    assert_eq!(documents, count("client_document"));
    assert_eq!(clients.last(), Some(&path.last().unwrap().client));

    let mut events = Vec::new();
    while let page @ [_, ..] = &*store.events_after(events.last(), 3).await.unwrap() {
        events.extend(page.to_vec());
    }
    let places: BTreeSet<_> =
        events.iter().map(|stored| (stored.event.client.clone(), stored.event.version)).collect();
    assert_eq!((events.len(), places.len()), (count("client_outbox"), count("client_outbox")));
    let mut claims = Vec::new();
    while let page @ [_, ..] = &*store.claims_after(claims.last(), 3).await.unwrap() {
        claims.extend(page.to_vec());
    }
    assert_eq!(claims.len(), count("client_claim"));
    let mut outcomes = Vec::new();
    while let page @ [_, ..] = &*store
        .outcomes_after(outcomes.last().map(|one: &client_app::ports::OutcomeRecord| &one.request), 3)
        .await
        .unwrap()
    {
        outcomes.extend(page.to_vec());
    }
    assert_eq!(outcomes.len(), 7);
    let mut views = Vec::new();
    while let page @ [_, ..] = &*store.views_after(views.last(), 3).await.unwrap() {
        views.extend(page.to_vec());
    }
    assert_eq!((views.len(), count("client_saved_view")), (4, 4));
    let mut exports = Vec::new();
    while let page @ [_, ..] = &*store.exports_after(exports.last(), 3).await.unwrap() {
        exports.extend(page.to_vec());
    }
    assert_eq!((exports.len(), count("client_export")), (4, 4));
    assert!(store.next_number().await.unwrap() > 8);
}

#[tokio::test]
async fn batches_come_with_their_pieces_and_the_ids_of_deleted_ones() {
    let database = Database::fresh().await;
    let store = database.store().await;
    let mut expected = Vec::new();
    for n in 1..=3 {
        let batch = batch(n, "ada");
        assert_eq!(
            store.announce_batch(&batch, 9).await.unwrap(),
            Announcement::Stored(Box::new(batch.clone()))
        );
        for number in 0..4 {
            assert!(store.add_piece(&batch.id, "u-1", &piece(number)).await.unwrap());
            expected.push((batch.id.clone(), number));
        }
    }
    let connection = database.connect();
    let deleted = "INSERT INTO client_deleted_batch VALUES ('0000000000000000000000000000000a', 1), \
         ('0000000000000000000000000000000b', 2)";
    connection.execute_batch(deleted).unwrap();

    let mut batches = Vec::new();
    while let page @ [_, ..] = &*store.batches_after(batches.last(), 2).await.unwrap() {
        batches.extend(page.to_vec());
    }
    assert_eq!(batches, [1, 2, 3].map(|n| batch(n, "ada")));
    let mut pieces = Vec::new();
    while let page @ [_, ..] = &*store.batch_pieces_after(pieces.last(), 3).await.unwrap() {
        pieces.extend(page.to_vec());
    }
    let places: Vec<_> =
        pieces.iter().map(|stored| (stored.batch.clone(), stored.piece.piece.number)).collect();
    assert_eq!(places, expected);
    assert_eq!(pieces.last().unwrap().piece.piece, piece(3));
    let mut ids = Vec::new();
    while let page @ [_, ..] = &*store.deleted_batches_after(ids.last(), 1).await.unwrap() {
        ids.extend(page.to_vec());
    }
    assert_eq!(
        ids.iter().map(|one| one.id.as_str().chars().last()).collect::<Vec<_>>(),
        [Some('a'), Some('b')]
    );
}

/// Whatever is written changes the digest, and nothing else does.
#[tokio::test]
async fn a_digest_tells_whether_anything_was_written() {
    let database = Database::fresh().await;
    let store = database.store().await;
    assert_eq!(store.commit(creation(&onboarded(1))).await.unwrap(), Committed::Done);
    assert_eq!(store.save_view(&saved_view(1, "ada"), VIEW_BOUNDS).await.unwrap(), ViewSaving::Done);
    let first = store.digest().await.unwrap();
    assert_eq!(first.len(), 64);
    assert_eq!(store.digest().await.unwrap(), first);
    store.close().await;
    let store = database.store().await;
    assert_eq!(store.digest().await.unwrap(), first, "after the file was closed and opened");
    store.close().await;

    let mut seen = BTreeSet::from([first]);
    for change in [
        "UPDATE client_saved_view SET shared = NOT shared",
        "UPDATE client_saved_view SET search = search || ' '",
        "UPDATE client_outbox SET failures = failures + 1",
        "DELETE FROM client_saved_view",
        "INSERT INTO client_deleted_batch VALUES ('0000000000000000000000000000000a', 1)",
    ] {
        assert!(database.connect().execute(change, []).unwrap() > 0, "{change}");
        let store = database.store().await;
        assert!(seen.insert(store.digest().await.unwrap()), "{change}");
        store.close().await;
    }
}
