//! Whether a service could use its settings: everything that `serve` reads before it opens a database or binds a port.

use super::auth::Keys;
use super::directory::directory;
use super::ledger::accounts;
use super::test_controls::THIS_MACHINE_ONLY;
use super::webhook::webhooks;
use super::{console, documents};
use crate::config::error::SettingsError;
use crate::config::service::ServeArgs;
use crate::config::storage_location::StorageLocation;
use crate::config::value::Switch;
use crate::config::{
    ledger, limits, listen, log, port, rules, tokens, traces, webhook as webhook_settings, webhook_receiver,
};

/// Everything that is wrong: each setting is read for itself, so that a fault hides no other one.
pub(crate) async fn faults(arguments: &ServeArgs) -> Vec<SettingsError> {
    let mut faults = Vec::new();
    let rules = &arguments.rules;
    let location = kept(&mut faults, arguments.storage_location());
    let location = location.as_ref();
    let console = kept(&mut faults, console::settings(arguments));
    let has_provider = console.as_ref().is_some_and(console::ConsoleSettings::has_provider);
    // Where the location is not known, what follows from it is no fault: a location that asks for nothing takes its place.
    let keys = Keys::of(&arguments.keys, location.unwrap_or(&StorageLocation::Memory), has_provider);
    let keys = kept(&mut faults, keys);
    if let Some(keys) = &keys {
        faults.extend(keys.faults().await);
    }
    faults.extend(webhook_receiver::faults(&arguments.webhook));
    let addresses = kept(&mut faults, listen::listen(&arguments.listen)).unwrap_or_default();
    let why = keys.as_ref().filter(|_| location.is_some()).and_then(Keys::this_machine_only);
    let why = why.or(console.as_ref().and_then(console::ConsoleSettings::this_machine_only));
    let why = why.or((arguments.test_controls == Switch::On).then_some(THIS_MACHINE_ONLY));
    let database = &arguments.database;
    let results = [
        why.map_or(Ok(()), |why| listen::this_machine_only(&addresses, why)),
        limits::limits(&arguments.limits).map(drop),
        rules::kyc_policy(rules).map(drop),
        directory(rules).map(drop),
        rules::calendar(rules).map(drop),
        rules::numbering(rules).map(drop),
        rules::duplicate_quota(rules).map(drop),
        database.retention().map(drop),
        database.connections().map(drop),
        database.storage.wait().map(drop),
        location.map_or(Ok(()), |known| database.confirmed_commits(known).map(drop)),
        arguments.replicas.staleness().map(drop),
        location.map_or(Ok(()), |known| arguments.replicas.settings(database, known).map(drop)),
        // Each for itself, and not only as far as the first fault of the group.
        tokens::permission_claims(&arguments.keys).map(drop),
        tokens::max_lifetime(&arguments.keys).map(drop),
        ledger::given_secrets(&arguments.ledger).map(drop),
        ledger::address(&arguments.ledger).map(drop),
        webhook_settings::given_secrets(&arguments.webhook).map(drop),
        webhook_settings::address(&arguments.webhook).map(drop),
        accounts(&arguments.ledger).map(drop),
        webhooks(&arguments.webhook).map(drop),
        webhook_settings::delivery(&arguments.webhook).map(drop),
        port::tls(&arguments.port).map(drop),
        port::cors(&arguments.port).map(drop),
        documents::check(&arguments.documents.location, location),
        log::request_log(&arguments.log).map(drop),
        traces::traces(&arguments.traces).map(drop),
    ];
    faults.extend(results.into_iter().filter_map(Result::err));
    faults
}

fn kept<T>(faults: &mut Vec<SettingsError>, result: Result<T, SettingsError>) -> Option<T> {
    result.map_err(|fault| faults.push(fault)).ok()
}
