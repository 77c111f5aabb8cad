//! Files in a folder.

use std::sync::Arc;

use adapter_object_store::ObjectContents;
use async_trait::async_trait;
use client_app::conformance::{ContentsHarness, Racer};
use client_app::ports::DocumentContents;
use tempfile::TempDir;

struct Folder(TempDir);

#[async_trait]
impl ContentsHarness for Folder {
    async fn fresh(&self) -> Arc<dyn DocumentContents> {
        Arc::new(ObjectContents::open_place(self.0.path().to_str().unwrap(), []).unwrap())
    }

    async fn at_once(&self, racers: Vec<Racer>) {
        for racer in racers.into_iter().map(tokio::spawn).collect::<Vec<_>>() {
            racer.await.unwrap();
        }
    }
}

macro_rules! tests {
    ($($topic:ident { $($case:ident)* })*) => {
        $(mod $topic {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $case() {
                let folder = super::Folder(tempfile::tempdir().unwrap());
                client_app::conformance::$topic::$case(&folder).await;
            })*
        })*
    };
}
client_app::contents_cases!(tests);

#[test]
fn a_place_that_cannot_be_is_refused() {
    for wrong in
        ["", "/no/such/folder", "ftp://host/x", "http://127.0.0.1/x", "gs://bucket", "file:///no/such/folder"]
    {
        assert!(ObjectContents::open_place(wrong, []).is_err(), "{wrong}");
    }
    let folder = tempfile::tempdir().unwrap();
    assert!(ObjectContents::open_place(&format!("file://{}", folder.path().display()), []).is_ok());
}
