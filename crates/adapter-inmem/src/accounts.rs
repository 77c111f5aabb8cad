use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use client_app::ports::{AccountDirectory, StoreError};
use client_domain::lifecycle::OpenAccounts;
use client_domain::value::ClientKey;

use crate::lock::lock;

/// A directory of open accounts whose numbers a test sets.
///
/// A client without a number has no open accounts. The number can also be set to unknown, and to unanswered: then the
/// directory gives no answer.
///
/// ```
/// use adapter_inmem::MemoryAccounts;
/// use client_app::ports::AccountDirectory;
/// use client_domain::lifecycle::OpenAccounts;
/// use client_domain::value::ClientKey;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let accounts = MemoryAccounts::default();
/// let ada = ClientKey::from_bits(1);
/// assert_eq!(accounts.open_accounts(&ada).await?, OpenAccounts::Count(0));
///
/// accounts.set(ada.clone(), OpenAccounts::Count(2));
/// assert_eq!(accounts.open_accounts(&ada).await?, OpenAccounts::Count(2));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct MemoryAccounts(Arc<Mutex<HashMap<ClientKey, OpenAccounts>>>);

impl MemoryAccounts {
    /// Sets the open accounts of a client.
    pub fn set(&self, key: ClientKey, open: OpenAccounts) {
        lock(&self.0).insert(key, open);
    }
}

#[async_trait]
impl AccountDirectory for MemoryAccounts {
    async fn open_accounts(&self, key: &ClientKey) -> Result<OpenAccounts, StoreError> {
        match lock(&self.0).get(key).copied().unwrap_or(OpenAccounts::Count(0)) {
            OpenAccounts::Unanswered => Err(StoreError::TimedOut(None)),
            accounts => Ok(accounts),
        }
    }
}
