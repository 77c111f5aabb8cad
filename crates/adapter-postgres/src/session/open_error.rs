//! Why a connection cannot be opened, and whether it can be a little later.

use std::io::ErrorKind;

use crate::error::Cause;

/// Why a connection cannot be opened.
#[derive(Clone, Debug)]
pub(crate) struct OpenError {
    pub(crate) cause: Cause,
    pub(crate) outlook: Outlook,
}

/// Whether another attempt may succeed, the least hopeful first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outlook {
    /// Not before a person has changed something, such as a wrong password.
    Never,
    /// A start waits for it.
    Later,
    /// A statement waits for it: the server starts, stops, recovers, or another one is being promoted.
    Soon,
}

impl OpenError {
    pub(crate) const fn new(cause: Cause, outlook: Outlook) -> Self {
        Self { cause, outlook }
    }

    pub(crate) fn silent() -> Self {
        Self::new(Cause::new("it does not answer"), Outlook::Soon)
    }

    /// What the refusals of several servers mean together; that of a lone one is what it is.
    pub(super) fn of_all(mut refusals: Vec<(String, Self)>) -> Self {
        if refusals.len() == 1
            && let Some((_, error)) = refusals.pop()
        {
            return error;
        }
        let outlook = refusals.iter().map(|(_, error)| error.outlook).max().unwrap_or(Outlook::Never);
        let words: Vec<_> =
            refusals.iter().map(|(place, error)| format!("{place}: {}", error.cause)).collect();
        Self::new(Cause::new(words.join("; ")), outlook)
    }
}

impl From<sqlx::Error> for OpenError {
    fn from(error: sqlx::Error) -> Self {
        let outlook = match &error {
            sqlx::Error::Io(error) => match error.kind() {
                ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset => Outlook::Soon,
                _ => Outlook::Later,
            },
            sqlx::Error::Database(error) => match error.code().as_deref() {
                Some("57P03") => Outlook::Soon,
                // No connection left, shutting down; and what a pooler says of a server that is not there.
                Some("53300" | "57P01" | "57P02") => Outlook::Later,
                Some(code) if code.starts_with("08") => Outlook::Later,
                _ => Outlook::Never,
            },
            _ => Outlook::Never,
        };
        Self::new(Cause::of(&error), outlook)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_servers_are_as_hopeful_as_the_most_hopeful_and_each_is_named() {
        let refusal = |place: &str, words: &str, outlook| {
            (place.to_owned(), OpenError::new(Cause::new(words), outlook))
        };
        let both = vec![
            refusal("a:1", "it is a standby", Outlook::Soon),
            refusal("b:2", "no password", Outlook::Never),
        ];
        let error = OpenError::of_all(both);
        assert_eq!(error.outlook, Outlook::Soon);
        assert_eq!(error.cause.to_string(), "a:1: it is a standby; b:2: no password");
        let lone = OpenError::of_all(vec![refusal("a:1", "no password", Outlook::Never)]);
        assert_eq!((lone.outlook, lone.cause.to_string()), (Outlook::Never, "no password".to_owned()));
    }
}
