//! A store over ordered maps: the ports in their plainest form, and a place to begin from.
//!
//! [`MapStore`] is slow and right. It passes the suite and is written against the public items of the ports only, so its
//! source shows what each promise takes. Where its [`Maps`] live is a [`MapStorage`]: the hook for an author's own
//! commit protocol, and for faults.
//!
//! Three uses, in the order in which an author needs them:
//!
//! 1. *Begin.* Wrap it, run the suite, then replace one method after the other by your own; the suite stays green.
//! 2. *Compare.* Commit the same random changesets to your store and to this one, and compare what they answer.
//! 3. *Break.* Give it a storage that fails, and see what the code above the ports does.
//!
//! A storage whose second commit is done and not answered:
//!
//! ```
//! use std::sync::Arc;
//! use std::sync::atomic::{AtomicU32, Ordering};
//!
//! use client_app::ports::{ClientStore as _, Committed, StoreError};
//! use store_conformance::fixtures::{creation, onboarded};
//! use store_conformance::map_store::{Change, InMemory, MapStorage, MapStore, Maps, Method};
//!
//! #[derive(Default)]
//! struct SecondAnswerLost {
//!     storage: InMemory,
//!     commits: AtomicU32,
//! }
//!
//! #[store_conformance::async_trait]
//! impl MapStorage for SecondAnswerLost {
//!     async fn read(&self, method: Method) -> Result<Arc<Maps>, StoreError> {
//!         self.storage.read(method).await
//!     }
//!
//!     async fn write(&self, method: Method, change: Change<'_>) -> Result<(), StoreError> {
//!         self.storage.write(method, change).await?;
//!         let is_second = method == Method::Commit && self.commits.fetch_add(1, Ordering::Relaxed) == 1;
//!         if is_second { Err(StoreError::TimedOut(None)) } else { Ok(()) }
//!     }
//! }
//!
//! # #[tokio::main]
//! # async fn main() {
//! let store = MapStore::on(SecondAnswerLost::default());
//! assert_eq!(store.commit(creation(&onboarded(1))).await.unwrap(), Committed::Done);
//! let unknown = store.commit(creation(&onboarded(2))).await;
//! assert!(matches!(unknown, Err(StoreError::TimedOut(_))));
//! let key = onboarded(2).client.key().clone();
//! assert_eq!(store.find_all(&[key]).await.unwrap().len(), 1, "it was done");
//! # }
//! ```

mod batches;
mod client_store;
mod commit;
mod export_log;
mod ledger;
mod maps;
mod outbox;
mod saved_views;
mod sessions;
mod storage;
mod store;
mod work_items;

pub use self::maps::Maps;
pub use self::storage::{Change, InMemory, MapStorage, Method};
pub use self::store::MapStore;
