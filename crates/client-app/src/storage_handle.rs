//! The same use cases on another handle of their storage.

use std::sync::Arc;

use crate::clients::Clients;
use crate::ports::store::ClientStore;

impl Clients {
    /// The same use cases on another handle of the same clients, for example one for background jobs.
    #[must_use]
    pub fn with_store(mut self, store: Arc<dyn ClientStore>) -> Self {
        self.store = store;
        self
    }
}
