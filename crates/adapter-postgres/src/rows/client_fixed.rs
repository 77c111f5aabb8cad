//! The columns of a client that are written once and never updated.

use crate::time::ToSql as _;
use client_domain::Client;
use client_domain::value::EmailAddress;

use super::bind::columns;

// In the order of the statements that write them.
columns!('q, client: &'q Client =>
    client.snapshot().id.get(),
    client.snapshot().created.by.id.as_str(),
    client.snapshot().created.by.email.as_ref().map(EmailAddress::as_str),
    client.snapshot().created.at.to_sql(),
);
