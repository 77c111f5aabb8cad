//! Files of documents in a map.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use client_app::ports::{ContentBytes, DocumentContents, StoreError};
use client_domain::kyc::ContentKey;
use futures_util::{StreamExt as _, stream};

#[derive(Clone, Default)]
pub struct Kept(Arc<Mutex<BTreeMap<ContentKey, Vec<u8>>>>);

impl Kept {
    /// Everything that is kept, in the order of the keys.
    pub fn all(&self) -> Vec<(ContentKey, Vec<u8>)> {
        self.0.lock().unwrap().clone().into_iter().collect()
    }
}

#[async_trait]
impl DocumentContents for Kept {
    async fn keep(&self, key: &ContentKey, mut bytes: ContentBytes) -> Result<(), StoreError> {
        let mut content = Vec::new();
        while let Some(piece) = bytes.next().await {
            content.extend_from_slice(&piece?);
        }
        let before = self.0.lock().unwrap().insert(key.clone(), content);
        assert!(before.is_none(), "a key is fresh");
        Ok(())
    }

    async fn open(&self, key: &ContentKey) -> Result<Option<ContentBytes>, StoreError> {
        let content = self.0.lock().unwrap().get(key).cloned();
        Ok(content.map(|content| stream::iter([Ok(Bytes::from(content))]).boxed()))
    }

    async fn keys(&self, after: Option<&ContentKey>, limit: usize) -> Result<Vec<ContentKey>, StoreError> {
        let kept = self.0.lock().unwrap();
        let keys = kept.keys().filter(|key| after.is_none_or(|after| after < *key));
        Ok(keys.take(limit).cloned().collect())
    }

    async fn forget(&self, key: &ContentKey) -> Result<(), StoreError> {
        self.0.lock().unwrap().remove(key);
        Ok(())
    }
}
