//! The program from outside: flags, environment, exit codes, logs, and the examples of the README and the tutorial.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    unreachable_pub,
    reason = "a failed expectation stops the test"
)]

mod backups;
mod blocked_disk;
mod calls;
mod check_config;
mod command_line;
mod confirmed_commits;
mod console;
mod copies;
mod copies_over_http;
mod database_address;
mod delivery;
mod documented_examples;
mod hostile_provider;
mod identity_provider;
mod kept_data;
mod large_bodies;
mod metrics;
mod packaging;
mod provider_sign_in;
mod reload;
mod replicas;
mod roles;
mod service;
mod serving;
mod settings_file;
mod settings_page;
mod stopping;
mod test_controls;
mod time_zone;
mod tls;
mod traces;
mod web;

// The generated clients and searches of the adapters.
#[path = "../../../adapter-postgres/tests/it/population.rs"]
mod population;
#[path = "../../../adapter-postgres/tests/it/predicates.rs"]
mod predicates;
// Certificates that are made for one run.
#[path = "../../../adapter-http/tests/it/certificate.rs"]
mod certificate;
