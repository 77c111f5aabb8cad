use async_trait::async_trait;
use client_domain::lifecycle::OpenAccounts;
use client_domain::value::ClientKey;

use crate::ports::error::StoreError;

/// The directory of accounts in another system.
#[async_trait]
pub trait AccountDirectory: Send + Sync {
    /// The open accounts of the client; [`OpenAccounts::Unknown`] if this directory does not know accounts at all.
    ///
    /// An error means that there was no answer. [`Policy::unanswered_accounts`](crate::Policy::unanswered_accounts)
    /// says whether an exit is refused then.
    async fn open_accounts(&self, key: &ClientKey) -> Result<OpenAccounts, StoreError>;
}

/// The directory of a bank that has not connected one: accounts are unknown.
#[derive(Clone, Copy, Debug, Default)]
pub struct UnknownAccounts;

#[async_trait]
impl AccountDirectory for UnknownAccounts {
    async fn open_accounts(&self, _key: &ClientKey) -> Result<OpenAccounts, StoreError> {
        Ok(OpenAccounts::Unknown)
    }
}
