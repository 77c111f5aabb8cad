//! Statements as metrics and traces name them.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, OnceLock};

use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArguments, PgStatement};
use sqlx::{Execute, Postgres, SqlStr};
use tokio::time::Instant;
use tracing::field::Empty;
use tracing::{Span, debug_span};

use super::metrics;
use crate::session::Pooling;
use crate::sql::{NAMED, Statement};

/// The name of every statement that is built at run time.
const BUILT: &str = "search";

/// The statements that do not depend on what is asked, by the length of their text.
static BY_LENGTH: LazyLock<HashMap<usize, Vec<(&str, &str)>>> = LazyLock::new(|| {
    let mut by_length: HashMap<_, Vec<_>> = HashMap::new();
    for (name, text) in NAMED {
        by_length.entry(text.len()).or_default().push((*text, *name));
    }
    by_length
});

/// The name of the statement with this text: that of its file.
pub(super) fn name_of(text: &str) -> &'static str {
    let same = |(known, _): &&(&'static str, &'static str)| known.as_ptr() == text.as_ptr() || *known == text;
    BY_LENGTH.get(&text.len()).and_then(|known| known.iter().find(same)).map_or(BUILT, |(_, name)| name)
}

/// What is known of a statement while it runs.
pub(super) struct Observation {
    name: Arc<OnceLock<&'static str>>,
    began: Instant,
    span: Span,
}

impl Observation {
    pub(super) fn start() -> Self {
        let span = debug_span!(
            target: trace_context::INNER,
            "statement",
            otel.name = Empty,
            otel.kind = "client",
            otel.status_code = Empty,
            db.system.name = "postgresql",
            db.operation.name = Empty,
        );
        Self { name: Arc::default(), began: Instant::now(), span }
    }

    /// The span of the statement in a trace.
    pub(super) fn span(&self) -> Span {
        self.span.clone()
    }

    /// The statement, which tells its name when the driver asks for its text.
    pub(super) fn of<'q>(&self, statement: Statement<'q>, pooling: Pooling) -> Observed<'q> {
        Observed { statement, name: self.name.clone(), pooling }
    }

    /// Measures the statement, which has ended.
    pub(super) fn end<T, E>(&self, answer: &Result<T, E>) {
        let name = self.name.get().copied().unwrap_or(BUILT);
        metrics::ran(name, self.began.elapsed(), answer.is_ok());
        self.span.record("otel.name", name);
        self.span.record("db.operation.name", name);
        if answer.is_err() {
            self.span.record("otel.status_code", "ERROR");
        }
    }
}

/// A statement that tells its name when the driver asks for its text.
pub(super) struct Observed<'q> {
    statement: Statement<'q>,
    name: Arc<OnceLock<&'static str>>,
    pooling: Pooling,
}

impl<'q> Execute<'q, Postgres> for Observed<'q> {
    fn sql(self) -> SqlStr {
        let text = self.statement.sql();
        let _first = self.name.set(name_of(text.as_str()));
        text
    }

    fn statement(&self) -> Option<&PgStatement> {
        self.statement.statement()
    }

    fn take_arguments(&mut self) -> Result<Option<PgArguments>, BoxDynError> {
        self.statement.take_arguments()
    }

    fn persistent(&self) -> bool {
        // A statement without a name is lost where it is prepared in one transaction and executed in another.
        self.pooling == Pooling::Transaction || Execute::persistent(&self.statement)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::{COMMIT_GROUP, FIND_BY_KEY};

    #[test]
    fn statement_is_named_after_its_file_and_a_built_one_is_a_search() {
        assert_eq!(name_of(COMMIT_GROUP), "commit_group");
        // The same text in another place of the memory.
        let copy: String = FIND_BY_KEY.chars().collect();
        assert_eq!(name_of(&copy), "find_by_key");
        assert_eq!(name_of("SELECT 1"), "search");
        let names: std::collections::BTreeSet<_> = NAMED.iter().map(|(_, text)| name_of(text)).collect();
        assert_eq!(names.len(), NAMED.len(), "two statements have the same text");
        let observation = Observation::start();
        assert_eq!(observation.of(sqlx::query(COMMIT_GROUP), Pooling::Session).sql().as_str(), COMMIT_GROUP);
        assert_eq!(observation.name.get(), Some(&"commit_group"));
    }
}
