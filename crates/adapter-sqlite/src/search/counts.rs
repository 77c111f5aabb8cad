//! Counts with a bound: whether few clients have a word, or meet a condition that an index knows.

use rusqlite::Connection;

use crate::columns::Columns;
use crate::error::{Cause, Failure};
use crate::parameters::{Parameter, Parameters, to_i64};
use crate::sql::FEW_WORDS;

/// The index of words holds them by three letters at a time, so that it finds none that is shorter.
const MIN_LETTERS: usize = 3;
/// Up to this number of clients it is cheaper to sort them than to read all in their order.
pub(super) const FEW: usize = 1_000;
/// How many conditions are counted for one search. The others are searched for client by client.
const MAX_COUNTS: usize = 32;

/// Decides for one statement whether conditions are searched for by their indexes.
pub(super) enum Counts<'c> {
    /// The statement needs no order, so every index is used.
    None,
    /// The statement may also read clients in their order. Whether few clients meet a condition is counted on this
    /// connection, up to this many more times.
    On(&'c Connection, usize),
}

impl<'c> Counts<'c> {
    pub(super) const fn none() -> Self {
        Self::None
    }

    pub(super) const fn on(connection: &'c Connection) -> Self {
        Self::On(connection, MAX_COUNTS)
    }

    /// The question to the index of words for texts that hold one of these, if it can answer and is to be asked.
    pub(super) fn words(&mut self, of: Letters, any_of: &[&str]) -> Option<String> {
        let answers = !any_of.is_empty() && any_of.iter().all(|text| text.chars().count() >= MIN_LETTERS);
        let question = answers.then(|| question(of, any_of))?;
        let bounded = || Parameters::new().with(":words", &*question).with(":bound", to_i64(FEW + 1));
        self.few(|connection| bounded().first(connection, ("client_word", FEW_WORDS), count))
            .then(|| question.clone())
    }

    /// Whether few rows are counted by this statement, which ends at the bound.
    pub(super) fn rows(&mut self, sql: &str, values: &[Parameter<'static>]) -> bool {
        self.few(|connection| {
            let mut statement = connection.prepare_cached(sql)?;
            for (place, value) in (1..).zip(values) {
                statement.raw_bind_parameter(place, value)?;
            }
            let mut rows = statement.raw_query();
            let counted = rows.next()?.map(|row| count(&Columns { row, table: "client" }));
            Ok(counted.transpose()?)
        })
    }

    fn few(&mut self, counted: impl FnOnce(&Connection) -> Result<Option<i64>, Failure>) -> bool {
        let Self::On(connection, left) = self else { return true };
        let Some(fewer) = left.checked_sub(1) else { return false };
        *left = fewer;
        match counted(connection) {
            Ok(number) => number.unwrap_or_default() <= to_i64(FEW),
            // An error of the connection shows in the statement that follows, too.
            Err(Failure::Sqlite(error)) => {
                tracing::warn!(cause = %Cause::of(&error), "a condition was not counted");
                false
            }
            Err(Failure::Store(_)) => false,
        }
    }
}

fn count(columns: &Columns<'_>) -> Result<i64, client_app::ports::StoreError> {
    columns.get("clients")
}

/// A text that the index of words holds by three letters at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Letters {
    /// The search text.
    SearchText,
    /// The address.
    Address,
}

impl Letters {
    /// The column of the index.
    const fn column(self) -> &'static str {
        match self {
            Self::SearchText => "search_text",
            Self::Address => "address_folded",
        }
    }
}

/// The question in the language of the index. Each text is a phrase, in which every character stands for itself.
fn question(of: Letters, any_of: &[&str]) -> String {
    let phrases: Vec<_> = any_of.iter().map(|text| format!("\"{}\"", text.replace('"', "\"\""))).collect();
    format!("{} : ({})", of.column(), phrases.join(" OR "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_holds_every_character_as_it_is() {
        assert_eq!(question(Letters::SearchText, &["ada", "o\"b*-"]), r#"search_text : ("ada" OR "o""b*-")"#);
    }

    #[test]
    fn the_index_is_not_asked_for_short_texts() {
        let words = |any_of: &[&str]| Counts::none().words(Letters::Address, any_of);
        assert_eq!(words(&["ada"]).as_deref(), Some("address_folded : (\"ada\")"));
        assert_eq!(words(&["ada", "ad"]), None);
        assert_eq!(words(&["éa"]), None);
        assert_eq!(words(&[]), None);
    }
}
