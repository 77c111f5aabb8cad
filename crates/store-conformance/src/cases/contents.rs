//! The storage of files: a stored content is returned byte for byte, and one that was not stored is not found.

use std::sync::Arc;

use bytes::Bytes;
use client_app::ports::{ContentBytes, DocumentContents, StoreError};
use client_domain::kyc::ContentKey;
use futures_util::{FutureExt as _, StreamExt as _, stream};

use crate::fixtures::moment;
use crate::harness::{ContentsHarness, Racer};

/// The largest piece that a content is returned in.
const GREATEST_PIECE: usize = 1024 * 1024;

fn key(n: u64) -> ContentKey {
    ContentKey::from_bits(moment(n.cast_signed()), n.into())
}

/// This many bytes, of which no two stretches are equal.
fn bytes(size: usize, seed: u8) -> Vec<u8> {
    let byte = |number: usize| u8::try_from(number % 251).unwrap();
    (0..size).map(|at| byte(at) ^ byte(at / 251) ^ seed).collect()
}

fn in_pieces(whole: &[u8], of: usize) -> ContentBytes {
    let pieces: Vec<_> = whole.chunks(of).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    stream::iter(pieces).boxed()
}

async fn given_client(contents: &dyn DocumentContents, n: u64, whole: &[u8]) {
    contents.put(&key(n), in_pieces(whole, 10_007)).await.unwrap();
}

/// The whole content, or the error it ends with; `None` if there is none.
async fn opened(contents: &dyn DocumentContents, n: u64) -> Option<Result<Vec<u8>, StoreError>> {
    let mut pieces = contents.open(&key(n)).await.unwrap()?;
    let mut whole = Vec::new();
    while let Some(piece) = pieces.next().await {
        match piece {
            Ok(piece) => whole.extend_from_slice(&piece),
            Err(error) => return Some(Err(error)),
        }
    }
    Some(Ok(whole))
}

async fn is_kept(contents: &dyn DocumentContents, n: u64, whole: &[u8]) -> bool {
    opened(contents, n).await.is_some_and(|content| content.unwrap() == whole)
}

async fn all_keys(contents: &dyn DocumentContents) -> Vec<ContentKey> {
    contents.keys(None, 1_000).await.unwrap()
}

/// A stored content is returned byte for byte, whatever its size and the size of its pieces.
pub async fn stored_content_comes_back(harness: &dyn ContentsHarness) {
    let contents = harness.fresh().await;
    let sizes = [0, 1, 1_000, 262_143, 262_144, 262_145, 524_288, 3_000_001];
    for (n, size) in (1..).zip(sizes) {
        let whole = bytes(size, 7);
        given_client(&*contents, n, &whole).await;
        assert!(is_kept(&*contents, n, &whole).await, "{size}");
    }
    for (n, size) in (1..).zip(sizes) {
        assert!(is_kept(&*contents, n, &bytes(size, 7)).await, "{size}, after the others");
    }
}

/// A content of 10 MiB that is stored as one piece is returned in small ones.
pub async fn a_large_content_comes_back_in_small_pieces(harness: &dyn ContentsHarness) {
    let contents = harness.fresh().await;
    let whole = bytes(10 * 1024 * 1024, 3);
    contents.put(&key(1), in_pieces(&whole, usize::MAX)).await.unwrap();
    let mut pieces = contents.open(&key(1)).await.unwrap().unwrap();
    let mut at = 0;
    while let Some(piece) = pieces.next().await {
        let piece = piece.unwrap();
        assert!(piece.len() <= GREATEST_PIECE, "{}", piece.len());
        assert_eq!(whole.get(at..at + piece.len()), Some(&*piece));
        at += piece.len();
    }
    assert_eq!(at, whole.len());
}

/// A content that arrives in many tiny pieces, some of them empty, is stored as a whole.
pub async fn tiny_pieces_make_a_whole(harness: &dyn ContentsHarness) {
    let contents = harness.fresh().await;
    let whole = bytes(3_001, 5);
    let mut pieces: Vec<_> = whole.chunks(3).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    pieces.insert(7, Ok(Bytes::new()));
    pieces.push(Ok(Bytes::new()));
    contents.put(&key(1), stream::iter(pieces).boxed()).await.unwrap();
    assert!(is_kept(&*contents, 1, &whole).await);
}

/// A content that was never stored is not found, even if others are.
pub async fn unknown_content_is_not_found(harness: &dyn ContentsHarness) {
    let contents = harness.fresh().await;
    assert!(opened(&*contents, 1).await.is_none());
    assert_eq!(all_keys(&*contents).await, []);
    given_client(&*contents, 2, b"another").await;
    assert!(opened(&*contents, 1).await.is_none());
}

/// Bytes that end with an error return it, and no content is found; the part that was written can be deleted.
pub async fn broken_upload_stores_nothing(harness: &dyn ContentsHarness) {
    let contents = harness.fresh().await;
    for (n, size) in (1..).zip([0, 10, 600_000]) {
        let broken = || Err(StoreError::Corrupt { what: "what the caller sent".to_owned() });
        let pieces = in_pieces(&bytes(size, 1), 100_000).chain(stream::iter([broken()]));
        let answer = contents.put(&key(n), pieces.boxed()).await;
        let Err(StoreError::Corrupt { what }) = answer else { panic!("{answer:?}") };
        assert_eq!(what, "what the caller sent");
        assert!(opened(&*contents, n).await.is_none(), "{size}");
    }
    delete_everything(&*contents).await;
}

/// A content whose upload is abandoned half-way is not found; its remains can be deleted.
pub async fn abandoned_upload_stores_nothing(harness: &dyn ContentsHarness) {
    let contents = harness.fresh().await;
    let endless = in_pieces(&bytes(900_000, 1), 300_000).chain(stream::pending());
    {
        let (key, kept) = (key(1), Arc::clone(&contents));
        let given_up = async move { kept.put(&key, endless.boxed()).await };
        let mut given_up = Box::pin(given_up.fuse());
        // It is asked often enough to have begun, and then dropped.
        for _ in 0..200 {
            assert!((&mut given_up).now_or_never().is_none(), "the bytes have no end");
            pause().await;
        }
    }
    assert!(opened(&*contents, 1).await.is_none());
    // A piece that was on its way may still be written: a store with one writer deletes after it.
    contents.delete(&key(1)).await.unwrap();
    delete_everything(&*contents).await;
}

/// Lets other tasks run for a moment.
async fn pause() {
    let mut paused = false;
    std::future::poll_fn(|context| {
        context.waker().wake_by_ref();
        if std::mem::replace(&mut paused, true) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
}

/// Deletes until nothing is left: a part of an abandoned upload may arrive between two looks.
async fn delete_everything(contents: &dyn DocumentContents) {
    for _ in 0..100 {
        let remains = all_keys(contents).await;
        if remains.is_empty() {
            return;
        }
        for key in remains {
            contents.delete(&key).await.unwrap();
        }
        pause().await;
    }
    panic!("what was deleted comes back");
}

/// A key is used once: the content stored under it stays.
pub async fn content_key_is_used_once(harness: &dyn ContentsHarness) {
    let contents = harness.fresh().await;
    for (n, size) in [(1, 10), (2, 700_000)] {
        let whole = bytes(size, 1);
        given_client(&*contents, n, &whole).await;
        for other in [bytes(size, 2), bytes(5, 2), bytes(900_000, 2)] {
            let answer = contents.put(&key(n), in_pieces(&other, 50_000)).await;
            assert!(matches!(answer, Err(StoreError::Corrupt { .. })), "{answer:?}");
            assert!(is_kept(&*contents, n, &whole).await);
        }
    }
}

/// Keys are listed in the order of their creation, after a given key and up to a limit, each once.
pub async fn keys_come_in_order_and_once(harness: &dyn ContentsHarness) {
    let contents = harness.fresh().await;
    for n in [5, 3, 9, 1, 7, 2, 8] {
        given_client(&*contents, n, b"x").await;
    }
    let expected: Vec<_> = [1, 2, 3, 5, 7, 8, 9].map(key).to_vec();
    assert_eq!(all_keys(&*contents).await, expected);
    let mut walked = Vec::new();
    loop {
        let page = contents.keys(walked.last(), 3).await.unwrap();
        assert!(page.len() <= 3);
        if page.is_empty() {
            break;
        }
        walked.extend(page);
    }
    assert_eq!(walked, expected);
    // A key without a content is a position too.
    assert_eq!(contents.keys(Some(&key(4)), 2).await.unwrap(), [key(5), key(7)]);
    assert_eq!(contents.keys(Some(&key(9)), 2).await.unwrap(), []);
}

/// A deleted content is not found any more, whether it was in the trash or not, and the others are.
pub async fn deleted_content_is_not_found(harness: &dyn ContentsHarness) {
    let contents = harness.fresh().await;
    for n in 1..=4 {
        given_client(&*contents, n, &bytes(400_000, 4)).await;
    }
    assert!(contents.trash(&key(4)).await.unwrap());
    for n in [2, 2, 77, 4, 4] {
        contents.delete(&key(n)).await.unwrap();
    }
    for n in [2, 4] {
        assert!(opened(&*contents, n).await.is_none());
        assert!(!contents.restore(&key(n)).await.unwrap());
    }
    assert_eq!(all_keys(&*contents).await, [key(1), key(3)]);
    for n in [1, 3] {
        assert!(is_kept(&*contents, n, &bytes(400_000, 4)).await);
    }
}

/// A content in the trash is read as before, and moving it there again is moving it once.
pub async fn trashed_content_is_read_until_it_is_deleted(harness: &dyn ContentsHarness) {
    let contents = harness.fresh().await;
    for (n, size) in [(1, 10), (2, 700_000)] {
        given_client(&*contents, n, &bytes(size, 3)).await;
        for _ in 0..2 {
            assert!(contents.trash(&key(n)).await.unwrap());
            assert!(is_kept(&*contents, n, &bytes(size, 3)).await);
        }
    }
    given_client(&*contents, 3, b"another").await;
    contents.delete(&key(1)).await.unwrap();
    assert!(opened(&*contents, 1).await.is_none());
    assert!(is_kept(&*contents, 2, &bytes(700_000, 3)).await);
}

/// A content that is moved back from the trash is stored as before.
pub async fn restored_content_is_listed_again(harness: &dyn ContentsHarness) {
    let contents = harness.fresh().await;
    given_client(&*contents, 1, &bytes(300_000, 3)).await;
    assert!(contents.trash(&key(1)).await.unwrap());
    for _ in 0..2 {
        assert!(contents.restore(&key(1)).await.unwrap());
        assert_eq!(all_keys(&*contents).await, [key(1)]);
        assert!(is_kept(&*contents, 1, &bytes(300_000, 3)).await);
    }
}

/// Moving a missing content returns false and does nothing.
pub async fn moving_an_unknown_content_does_nothing(harness: &dyn ContentsHarness) {
    let contents = harness.fresh().await;
    given_client(&*contents, 1, b"a file").await;
    assert!(!contents.trash(&key(2)).await.unwrap());
    assert!(!contents.restore(&key(2)).await.unwrap());
    assert!(opened(&*contents, 2).await.is_none());
    assert!(is_kept(&*contents, 1, b"a file").await);
}

/// A content that is deleted while it is read arrives complete or ends with an error, and is never silently
/// truncated.
pub async fn content_deleted_while_it_is_read_does_not_end_early(harness: &dyn ContentsHarness) {
    let contents = harness.fresh().await;
    let whole = bytes(5_000_000, 9);
    given_client(&*contents, 1, &whole).await;
    let mut pieces = contents.open(&key(1)).await.unwrap().unwrap();
    let mut read = pieces.next().await.unwrap().unwrap().to_vec();
    contents.delete(&key(1)).await.unwrap();
    loop {
        match pieces.next().await {
            Some(Ok(piece)) => read.extend_from_slice(&piece),
            Some(Err(_)) => break,
            None => {
                assert_eq!(read.len(), whole.len(), "it ended early as if it were whole");
                break;
            }
        }
    }
    assert!(whole.starts_with(&read));
}

/// Many contents that are stored and read concurrently do not mix.
pub async fn concurrent_uploads_do_not_mix(harness: &dyn ContentsHarness) {
    let contents = harness.fresh().await;
    let racers = (1..=12_u64).map(|n| {
        let contents = Arc::clone(&contents);
        let racer: Racer = Box::pin(async move {
            let whole = bytes(200_000 * usize::try_from(n).unwrap(), u8::try_from(n).unwrap());
            given_client(&*contents, n, &whole).await;
            assert!(is_kept(&*contents, n, &whole).await, "{n}");
        });
        racer
    });
    harness.run_concurrently(racers.collect()).await;
    assert_eq!(all_keys(&*contents).await.len(), 12);
}
