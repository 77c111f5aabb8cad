use async_trait::async_trait;
use client_domain::lifecycle::OpenAccounts;
use client_domain::value::ClientKey;

use super::StoreError;

/// Knows whether a client has open accounts in another system.
#[async_trait]
pub trait AccountDirectory: Send + Sync {
    /// How many accounts the client has open, or that it is not known.
    async fn open_accounts(&self, key: &ClientKey) -> Result<OpenAccounts, StoreError>;
}

/// The directory of a bank that has not connected one: it says that it does not know.
#[derive(Clone, Copy, Debug, Default)]
pub struct UnknownAccounts;

#[async_trait]
impl AccountDirectory for UnknownAccounts {
    async fn open_accounts(&self, _key: &ClientKey) -> Result<OpenAccounts, StoreError> {
        Ok(OpenAccounts::Unknown)
    }
}
