//! The refresh of the keys that verify tokens.

use std::sync::Arc;

use adapter_http::auth::TokenVerifier;

use super::Supervisor;
use super::supervisor::AtStop;

/// Keeps the keys fresh. What cannot be read now is logged there, and the check `keys` follows the age of the keys.
pub(crate) fn refresh(supervisor: &Supervisor, verifier: &Arc<TokenVerifier>) {
    let every = verifier.refresh();
    let (files, addresses) = (verifier.clone(), verifier.clone());
    let file_rounds = move || {
        let verifier = files.clone();
        async move {
            verifier.reload_files().await;
            Ok(every.files_every)
        }
    };
    let address_rounds = move || {
        let verifier = addresses.clone();
        async move {
            verifier.reload_addresses().await;
            Ok(every.addresses_every)
        }
    };
    supervisor.start("key_files", every.files_every, AtStop::Cut, file_rounds);
    supervisor.start("key_addresses", every.addresses_every, AtStop::Cut, address_rounds);
}
