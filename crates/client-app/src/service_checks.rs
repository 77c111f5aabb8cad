//! Whether the service can work, check by check.

use futures_util::future::{join, join3};

use crate::clients::Clients;
use crate::readiness::{Check, CheckName, Readiness};

impl Clients {
    /// Whether the service can answer requests now, check by check.
    pub async fn ready(&self) -> Readiness {
        let contents = join(self.contents.ready(), self.contents.writable());
        let (store, (contents, uploads), schema) =
            join3(self.store.ready(), contents, self.store.schema()).await;
        let mut checks = vec![
            Check::of(CheckName::Reads, store.reads, "The storage does not answer: nothing can be read."),
            Check::of(
                CheckName::Commands,
                store.commands,
                "The storage commits nothing: commands are refused.",
            ),
            self.contents_check(contents),
            Check::of(
                CheckName::Uploads,
                uploads,
                "Files of documents cannot be stored: uploads are refused.",
            ),
        ];
        checks.push(self.clock_offset.check());
        if self.is_read_only {
            checks.retain(|check| !matches!(check.name, CheckName::Commands | CheckName::Uploads));
        }
        // If the schema check fails, `reads` reports the cause.
        checks.extend(schema.ok().map(|state| Check::new(CheckName::Schema, state)));
        checks.extend(self.checks.iter().map(|standing| standing.check()));
        Readiness::new(checks)
    }
}
