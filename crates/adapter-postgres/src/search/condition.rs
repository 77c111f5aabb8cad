use client_domain::search::{Period, Predicate, Word};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::place::is_storable;
use super::text::{Text, Value};

/// Writes a predicate as a condition on `client c` that is true or false, and never null.
pub(super) fn push(sql: &mut Text, predicate: &Predicate) {
    match predicate {
        Predicate::All(all) => {
            sql.push("(true");
            for predicate in all {
                sql.push(" AND ");
                push(sql, predicate);
            }
            sql.push(")");
        }
        Predicate::InState(states) => match states.first() {
            // Of one state an index has the clients in the order of their creation; of several it does not.
            Some(only) if states.len() == 1 => {
                sql.push("c.state = ").bind(Value::Number(only.number().into()));
            }
            _ => {
                let numbers = states.iter().map(|state| i16::from(state.number())).collect();
                sql.push("c.state = ANY(").bind(Value::Numbers(numbers)).push(")");
            }
        },
        Predicate::OfBranch(branch) => {
            sql.push("(c.branch IS NOT NULL AND c.branch = ");
            sql.bind(Value::Text(branch.as_str().to_owned())).push(")");
        }
        Predicate::Created(period) => push_period(sql, *period),
        Predicate::Mentions(word) => push_word(sql, word),
    }
}

/// A period ends before the first microsecond of the day after its last, so that an index on the moment serves.
fn push_period(sql: &mut Text, period: Period) {
    sql.push("(true");
    if let Some(first) = period.first() {
        match beginning(first) {
            Some(first) => {
                sql.push(" AND c.created_at >= ").bind(Value::Moment(first));
            }
            // A day after every moment that there is; or one before every moment that can be stored.
            None if first > Date::ZERO => {
                sql.push(" AND false");
            }
            None => {}
        }
    }
    if let Some(last) = period.last() {
        match last.tomorrow().ok().and_then(beginning) {
            Some(end) => {
                sql.push(" AND c.created_at < ").bind(Value::Moment(end));
            }
            // A day before every moment that can be stored; or the last day there is, which nothing follows.
            None if last < Date::ZERO => {
                sql.push(" AND false");
            }
            None => {}
        }
    }
    sql.push(")");
}

/// The first moment of a day, UTC, unless it lies before every moment that can be stored or after every one there is.
fn beginning(day: Date) -> Option<Timestamp> {
    let moment = day.to_zoned(TimeZone::UTC).ok()?.timestamp();
    is_storable(moment).then_some(moment)
}

/// The search text holds one of the spellings. U+0000 is in no text that is stored.
fn push_word(sql: &mut Text, word: &Word) {
    sql.push("(false");
    for spelling in word.spellings().filter(|spelling| !spelling.contains('\0')) {
        sql.push(" OR c.search_text LIKE ").bind(Value::Text(pattern(spelling)));
    }
    sql.push(")");
}

/// The pattern of texts that hold this one, in which no character means anything but itself.
fn pattern(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::pattern;

    #[test]
    fn no_character_of_a_pattern_means_more_than_itself() {
        assert_eq!(pattern("ada"), "%ada%");
        assert_eq!(pattern(r"50%_\"), r"%50\%\_\\%");
    }
}
