//! The refresh of the keys that verify tokens.

use std::sync::Arc;

use adapter_http::auth::TokenVerifier;

use super::supervisor::{AtStop, Supervisor};

/// Reloads the keys. The verifier logs a source that cannot be read, and the check `keys` watches the age of the keys.
pub(crate) fn refresh(supervisor: &Supervisor, verifier: &Arc<TokenVerifier>) {
    let intervals = verifier.refresh();
    let (files, addresses) = (verifier.clone(), verifier.clone());
    let file_round = move || {
        let verifier = files.clone();
        async move {
            verifier.reload_files().await;
            Ok(intervals.files_every)
        }
    };
    let address_round = move || {
        let verifier = addresses.clone();
        async move {
            verifier.reload_addresses().await;
            Ok(intervals.addresses_every)
        }
    };
    supervisor.start("key_files", intervals.files_every, AtStop::Cancel, file_round);
    supervisor.start("key_addresses", intervals.addresses_every, AtStop::Cancel, address_round);
}
