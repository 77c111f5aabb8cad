//! The directory of open accounts.

use std::sync::Arc;
use std::time::Duration;

use adapter_ledger::HttpLedger;
use client_app::ports::{AccountDirectory, UnknownAccounts};
use signed_http::Timeouts;

use crate::config::error::SettingsError;
use crate::config::ledger::{self, LedgerArgs};
use crate::system::{RandomKeys, SystemClock};

/// The bank's ledger, or a directory that knows no accounts.
pub(crate) fn accounts(arguments: &LedgerArgs) -> Result<Arc<dyn AccountDirectory>, SettingsError> {
    let answer = ledger::timeout(arguments)?;
    let Some(address) = ledger::address(arguments)? else {
        return Ok(Arc::new(UnknownAccounts));
    };
    let secrets = ledger::signing_secrets(arguments)?;
    let timeouts = Timeouts { connect: answer.min(Duration::from_secs(2)), answer };
    let ledger = HttpLedger::new(address, secrets, timeouts, Arc::new(SystemClock), Arc::new(RandomKeys));
    Ok(Arc::new(ledger.map_err(|error| SettingsError(format!("--accounts: {error}")))?))
}
