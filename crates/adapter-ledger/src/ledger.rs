//! The directory of accounts behind a web address.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use client_app::ports::{AccountDirectory, Clock, KeyGenerator, StoreError};
use client_domain::lifecycle::OpenAccounts;
use client_domain::value::ClientKey;
use signed_http::reqwest::{Client, header::CONTENT_TYPE};
use signed_http::{Address, SigningSecrets, Timeouts, TlsUnavailable};

use crate::answer;
use crate::error::LedgerError;
use crate::pause::Pause;

/// The bank's ledger behind a web address.
pub struct HttpLedger {
    address: Address,
    secrets: SigningSecrets,
    clock: Arc<dyn Clock>,
    keys: Arc<dyn KeyGenerator>,
    client: Client,
    pause: Pause,
}

impl HttpLedger {
    /// The ledger at `address`; questions are signed with `secrets`.
    pub fn new(
        address: Address,
        secrets: SigningSecrets,
        timeouts: Timeouts,
        clock: Arc<dyn Clock>,
        keys: Arc<dyn KeyGenerator>,
    ) -> Result<Self, TlsUnavailable> {
        let client = signed_http::client(&address, timeouts)?;
        Ok(Self { address, secrets, clock, keys, client, pause: Pause::default() })
    }

    /// Asks for the number of open accounts of a client.
    pub async fn ask(&self, key: &ClientKey) -> Result<u32, LedgerError> {
        if self.pause.is_on(Instant::now()) {
            return Err(LedgerError::Paused);
        }
        let answer = self.send(key).await;
        let is_outage = matches!(answer, Err(error) if error.is_outage());
        self.pause.record(!is_outage, Instant::now());
        answer
    }

    async fn send(&self, key: &ClientKey) -> Result<u32, LedgerError> {
        let body = serde_json::json!({ "contactEncodedKey": key.as_str() }).to_string().into_bytes();
        let id = self.keys.event_id();
        let timestamp = self.clock.now().as_second();
        let request = self
            .client
            .post(self.address.url())
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", id.as_str())
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", self.secrets.sign(id.as_str(), timestamp, &body))
            .body(body);
        let response = signed_http::send(request).await.map_err(|error| {
            if error.is_timeout() { LedgerError::TimedOut } else { LedgerError::Unreachable }
        })?;
        answer::read(response).await
    }
}

#[async_trait]
impl AccountDirectory for HttpLedger {
    async fn open_accounts(&self, key: &ClientKey) -> Result<OpenAccounts, StoreError> {
        Ok(OpenAccounts::Count(self.ask(key).await?))
    }
}

impl fmt::Debug for HttpLedger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpLedger").field("address", &self.address).finish_non_exhaustive()
    }
}
