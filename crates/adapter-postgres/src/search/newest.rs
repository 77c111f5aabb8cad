//! Searches that look among the newest clients first.
//!
//! Words and parts of texts are found by an index of letters, which knows no order: to sort by creation, the server reads the
//! row of every client with them, 21,000 of 7,000,000 for a name that is not even frequent. Among the newest clients there are
//! enough of them for a page as a rule, and an index of the pages by creation keeps the server from reading any other.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use client_app::ports::{Page, Search, Totals};
use client_domain::search::{Criterion, Direction, Predicate, Property, TextMatch};
use jiff::Timestamp;
use jiff::civil::Date;

use super::covered::is_covered;
use super::indexed::INDEXED_LETTERS;
use super::plan_cache::is_nearly_unique;
use super::text_column::text_column;
use crate::pool::{Pool, Share};
use crate::rows::columns::Columns;
use crate::sql::NEWEST_SINCE;

/// How long the moment is used. An older one is as right, and looks among more clients.
const RENEWED_AFTER: Duration = Duration::from_mins(10);
/// The same while there are so few clients that there is no such moment.
const LOOKED_FOR_AFTER: Duration = Duration::from_mins(1);

/// Since when the newest clients were created, as far as this program knows.
#[derive(Debug)]
pub(crate) struct Newest {
    /// How many clients that are.
    number: u32,
    known: Mutex<Known>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Known {
    read_at: Option<Instant>,
    since: Option<Timestamp>,
}

impl Newest {
    /// So many clients are the newest.
    pub(crate) fn new(number: u32) -> Self {
        Self { number, known: Mutex::default() }
    }

    /// The moment since which the newest clients were created; none where a search looks among all at once.
    pub(super) async fn since(&self, pool: &Pool, search: &Search) -> Option<Timestamp> {
        if self.number == 0 || !is_helped(search) {
            return None;
        }
        if self.is_due() {
            let number = i64::from(self.number);
            match pool.read(Share::Searches, || sqlx::query(NEWEST_SINCE).bind(number)).await {
                // A corrupt row is a reason to look among all.
                Ok(rows) => {
                    let since = rows.first().map(|row| Columns { row, table: "client" }.moment("created_at"));
                    self.known().since = since.and_then(Result::ok);
                }
                // The search does without it, or with the moment of before.
                Err(error) => tracing::warn!(?error, "when the newest clients were created was not read"),
            }
        }
        self.known().since
    }

    /// Whether this caller has to read it. Others use the moment of before meanwhile.
    fn is_due(&self) -> bool {
        let mut known = self.known();
        let after = if known.since.is_some() { RENEWED_AFTER } else { LOOKED_FOR_AFTER };
        let is_due = known.read_at.is_none_or(|at| at.elapsed() >= after);
        if is_due {
            known.read_at = Some(Instant::now());
        }
        is_due
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the first page of a search is likely to be among the newest clients, and takes long to find among all. A total needs
/// every client anyway.
fn is_helped(search: &Search) -> bool {
    search.totals == Totals::None
        && matches!(search.page, Page::Skip(0))
        && matches!(search.order.keys(), [(Property::DateCreated, Direction::Descending)])
        && !is_covered(search)
        && source(&search.predicate, search.today) == Source::Many
}

/// How the clients of a predicate are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    /// By an index, and they are few.
    Few,
    /// By an index that knows no order by creation, and they may be many.
    Many,
    /// Otherwise.
    Other,
}

fn source(predicate: &Predicate, today: Date) -> Source {
    let of = |predicate: &Predicate| source(predicate, today);
    match predicate {
        Predicate::Mentions(word) => {
            let of = |text: &str| of_letters(text, true);
            word.spellings().map(of).reduce(either).unwrap_or(Source::Other)
        }
        Predicate::Where(condition) => {
            let asked = condition.asked(today);
            match asked.criterion.as_ref() {
                _ if asked.negated => Source::Other,
                Criterion::OneOf(_) if is_nearly_unique(asked.property) => Source::Few,
                Criterion::Text { how: TextMatch::Equals, .. } if is_nearly_unique(asked.property) => {
                    Source::Few
                }
                Criterion::Text { how, any_of } => {
                    let has_letters =
                        asked.property.is_in_search_text() || asked.property == Property::Address;
                    let is_ordered = matches!(how, TextMatch::Equals | TextMatch::StartsWith)
                        && text_column(asked.property).is_some_and(|column| column.is_indexed);
                    let of =
                        |text: &String| if is_ordered { Source::Many } else { of_letters(text, has_letters) };
                    any_of.iter().map(of).reduce(either).unwrap_or(Source::Other)
                }
                _ => Source::Other,
            }
        }
        Predicate::All(all) => all.iter().map(of).fold(Source::Other, both),
        Predicate::Any(any) => any.iter().map(of).reduce(either).unwrap_or(Source::Other),
        Predicate::Not(_) => Source::Other,
    }
}

/// How the clients with a part of a text are found. What has a digit or a sign in it is no name, and hardly any client has it.
fn of_letters(text: &str, has_index: bool) -> Source {
    if !has_index || text.chars().count() < INDEXED_LETTERS {
        Source::Other
    } else if text.chars().all(char::is_alphabetic) {
        Source::Many
    } else {
        Source::Few
    }
}

/// Both hold: the better index finds the clients, and the other condition is checked. Two that may find many find few together.
fn both(one: Source, other: Source) -> Source {
    match (one, other) {
        (Source::Few, _) | (_, Source::Few) | (Source::Many, Source::Many) => Source::Few,
        (Source::Many, _) | (_, Source::Many) => Source::Many,
        (Source::Other, Source::Other) => Source::Other,
    }
}

/// One of both holds, so both have to be found.
fn either(one: Source, other: Source) -> Source {
    match (one, other) {
        (Source::Other, _) | (_, Source::Other) => Source::Other,
        (Source::Many, _) | (_, Source::Many) => Source::Many,
        (Source::Few, Source::Few) => Source::Few,
    }
}

#[cfg(test)]
mod tests {
    use client_domain::search::{Word, field};
    use jiff::civil::date;

    use super::*;

    fn of(predicate: &Predicate) -> Source {
        source(predicate, date(2026, 1, 5))
    }

    fn words(text: &str) -> Predicate {
        Predicate::of_words(Word::read(text).unwrap())
    }

    #[test]
    fn one_name_may_belong_to_many_and_two_names_to_few() {
        assert_eq!(of(&words("okafor")), Source::Many);
        assert_eq!(of(&words("ada okafor")), Source::Few);
        assert_eq!(of(&words("ok")), Source::Other, "no index has two letters");
        assert_eq!(of(&words("a.okafor@example.com")), Source::Few);
        assert_eq!(of(&words("okafor7")), Source::Few);
    }

    #[test]
    fn conditions_are_found_by_their_index() {
        let of = |filter: &client_domain::search::Filter| of(&filter.check().unwrap());
        assert_eq!(of(&field::LAST_NAME.contains("kafo")), Source::Many);
        assert_eq!(of(&field::ADDRESS.contains("broad")), Source::Many);
        assert_eq!(of(&field::CITY.contains("lagos")), Source::Other);
        assert_eq!(of(&field::EMAIL_ADDRESS.equals("a@b.co")), Source::Few);
        let name = || field::LAST_NAME.starts_with("okafor");
        assert_eq!(of(&name().or(field::EMAIL_ADDRESS.equals("a@b.co"))), Source::Many);
        assert_eq!(of(&name().or(field::CITY.equals("Lagos"))), Source::Other);
        assert_eq!(of(&name().and(field::CITY.equals("Lagos"))), Source::Many);
        assert_eq!(of(&name().and(field::EMAIL_ADDRESS.equals("a@b.co"))), Source::Few);
    }
}
