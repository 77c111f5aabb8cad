//! Reads the values of a condition: each by the kind of its property.

use std::borrow::Cow;

use jiff::Timestamp;
use unicode_normalization::UnicodeNormalization;

use super::fault::{MAX_DAYS, MAX_TEXT, MAX_VALUES};
use super::{Data, Operator, Problem, Property, PropertyKind, Sortable, Takes, calendar, fold, fold_marks};
use crate::value::{BranchKey, ClientKey, Country, Invalid, parse_date, parse_day};

/// What was read: in one spelling, and as the property sees it.
pub(super) struct Operand {
    pub(super) written: Data,
    pub(super) value: Value,
}

/// A value as the property sees it.
pub(super) enum Value {
    /// A text, composed and as it was written.
    Text(String),
    /// From the smallest to the greatest that was meant: the same twice, but for a day where moments are asked.
    Span(Sortable, Sortable),
    /// Something to be equal to.
    Point(Sortable),
}

/// A problem of a value, and of which: none for the value as a whole, else its place in the list.
pub(super) type Misread = (Option<usize>, Problem);

/// Reads what the operator takes.
pub(super) fn read(
    property: Property,
    operator: Operator,
    data: Option<&Data>,
) -> Result<Vec<Operand>, Vec<Misread>> {
    let whole = |problem| vec![(None, problem)];
    let data = data.filter(|data| **data != Data::Null);
    let Some(data) = data else {
        return match operator.takes() {
            Takes::Nothing => Ok(Vec::new()),
            _ => Err(whole(Problem::Required)),
        };
    };
    let (values, min, max) = match (operator.takes(), data) {
        (Takes::Nothing, _) => return Err(whole(Problem::ValueNotTaken)),
        (Takes::Days, _) => return days(data).map(|operand| vec![operand]).map_err(whole),
        (Takes::One, _) => {
            return one(property, operator, data).map(|operand| vec![operand]).map_err(whole);
        }
        (Takes::Two, Data::List(values)) => (values, 2, 2),
        (Takes::Many, Data::List(values)) => (values, 1, MAX_VALUES),
        (Takes::Two, _) => return Err(whole(Problem::WrongType("a list of two values"))),
        (Takes::Many, _) => return Err(whole(Problem::WrongType("a list of values"))),
    };
    if !(min..=max).contains(&values.len()) {
        return Err(whole(Problem::ListLength { min, max }));
    }
    let mut operands = Vec::with_capacity(values.len());
    let mut misread = Vec::new();
    for (at, value) in values.iter().enumerate() {
        match one(property, operator, value) {
            Ok(operand) => operands.push(operand),
            Err(problem) => misread.push((Some(at), problem)),
        }
    }
    if misread.is_empty() { Ok(operands) } else { Err(misread) }
}

fn days(data: &Data) -> Result<Operand, Problem> {
    match data {
        Data::Number(days) if (1..=MAX_DAYS).contains(days) => {
            Ok(Operand { written: data.clone(), value: Value::Point(Sortable::Number(*days)) })
        }
        Data::Number(_) | Data::OtherNumber => Err(Invalid::OutOfRange { min: 1, max: MAX_DAYS }.into()),
        _ => Err(Problem::WrongType("a number of days")),
    }
}

fn one(property: Property, operator: Operator, data: &Data) -> Result<Operand, Problem> {
    match (property.kind(), data) {
        (PropertyKind::Text, Data::Text(raw)) => text(property, operator, raw),
        (PropertyKind::Number, Data::Number(number)) => Ok(span(data.clone(), Sortable::Number(*number))),
        (PropertyKind::Number, Data::OtherNumber) => {
            Err(Invalid::OutOfRange { min: i64::MIN, max: i64::MAX }.into())
        }
        (PropertyKind::Number, _) => Err(Problem::WrongType("a whole number")),
        (PropertyKind::Date, Data::Text(raw)) => day(raw, PropertyKind::Date),
        (PropertyKind::Date, _) => Err(Problem::WrongType("a date")),
        (PropertyKind::Time, Data::Text(raw)) => moment(raw),
        (PropertyKind::Time, _) => Err(Problem::WrongType("a date or a moment")),
        (PropertyKind::Key, Data::Text(raw)) => key(property, raw),
        (PropertyKind::Text | PropertyKind::Key, _) => Err(Problem::WrongType("a text")),
        (PropertyKind::YesNo, Data::Flag(flag)) => {
            Ok(Operand { written: data.clone(), value: Value::Point(Sortable::Number((*flag).into())) })
        }
        (PropertyKind::YesNo, _) => Err(Problem::WrongType("true or false")),
        (PropertyKind::Choice, Data::Text(_) | Data::Number(_)) => {
            let choices = property.choices().ok_or(Problem::UnknownProperty)?;
            let (name, value) = choices.read(data)?;
            Ok(Operand { written: Data::from(name), value: Value::Point(value) })
        }
        (PropertyKind::Choice, _) => Err(Problem::WrongType("the name of a choice")),
    }
}

fn span(written: Data, value: Sortable) -> Operand {
    Operand { written, value: Value::Span(value.clone(), value) }
}

fn day(raw: &str, kind: PropertyKind) -> Result<Operand, Problem> {
    let day = parse_day(raw)?;
    let (first, last) = calendar::day(day, kind);
    Ok(Operand { written: Data::from(day), value: Value::Span(first, last) })
}

/// A day means all of it. A moment is as fine as clocks here are, so that none lies between two of them.
fn moment(raw: &str) -> Result<Operand, Problem> {
    const WRONG: Invalid = Invalid::Format {
        expected: "a calendar date written YYYY-MM-DD, or a moment written as RFC 3339 with at most six decimals",
    };
    let raw = raw.trim();
    if parse_date(raw).is_ok() {
        return day(raw, PropertyKind::Time);
    }
    // What is written differently, or lies outside of the years with four digits, is no date to begin with.
    let begins_with_date = raw.get(..10).is_some_and(|date| parse_date(date).is_ok());
    let moment: Timestamp = raw.parse().map_err(|_| WRONG)?;
    if !begins_with_date || moment.subsec_nanosecond() % 1000 != 0 {
        return Err(WRONG.into());
    }
    Ok(span(Data::from(moment), Sortable::Moment(moment)))
}

fn key(property: Property, raw: &str) -> Result<Operand, Problem> {
    let key = match property {
        Property::BranchEncodedKey => BranchKey::parse(raw)?.as_str().to_owned(),
        _ => ClientKey::parse(raw)?.as_str().to_owned(),
    };
    Ok(Operand { written: Data::from(key.as_str()), value: Value::Point(Sortable::Text(key)) })
}

/// A text to compare with, read as the field itself is read: trimmed, composed, and a phone number without its
/// punctuation, so that what a command took finds what it stored. A blank one is refused: it would match no client, or
/// every client.
fn text(property: Property, operator: Operator, raw: &str) -> Result<Operand, Problem> {
    let text = match property {
        Property::PhoneNumber => phone(raw),
        // Line breaks are read as addresses have them.
        Property::Address => Cow::Owned(raw.trim().replace("\r\n", "\n")),
        _ => Cow::Borrowed(raw.trim()),
    };
    // Composing makes one character of up to four, hence the margin before it.
    if text.chars().take(4 * MAX_TEXT + 1).count() > 4 * MAX_TEXT {
        return Err(Invalid::TooLong { max: MAX_TEXT }.into());
    }
    let text: String = text.nfc().collect();
    if text.chars().count() > MAX_TEXT {
        return Err(Invalid::TooLong { max: MAX_TEXT }.into());
    }
    let breaks_lines = |c: char| property == Property::Address && matches!(c, '\n' | '\t');
    if text.chars().any(|c| c.is_control() && !breaks_lines(c)) {
        return Err(Invalid::ControlCharacter.into());
    }
    if !has_substance(&text, operator) {
        return Err(Invalid::Invisible.into());
    }
    let value = match property {
        Property::Country => country(&text, operator).unwrap_or_else(|| text.clone()),
        _ => text.clone(),
    };
    Ok(Operand { written: Data::Text(text), value: Value::Text(value) })
}

/// Whether there is something to compare with. A part that folds to nothing occurs in every text; a whole text that is
/// nothing but accents can be that of a client.
fn has_substance(text: &str, operator: Operator) -> bool {
    let is_part = matches!(
        operator,
        Operator::Contains | Operator::NotContains | Operator::StartsWith | Operator::EndsWith
    );
    if is_part { !fold_marks(text).trim().is_empty() } else { !fold(text).trim().is_empty() }
}

/// The name of the country that the text stands for: by name where case does not matter, else only by code.
fn country(text: &str, operator: Operator) -> Option<String> {
    let is_code = text.chars().count() <= 3;
    let stands_for = match operator {
        Operator::Equals | Operator::NotEquals | Operator::In | Operator::NotIn => true,
        Operator::EqualsCaseSensitive => is_code,
        _ => false,
    };
    let country = Country::parse(text).ok().filter(|_| stands_for)?;
    Some(country.name().to_owned())
}

/// Phone numbers are kept without blanks, hyphens and brackets, so they are left out here too.
fn phone(raw: &str) -> Cow<'_, str> {
    let bare: String =
        raw.trim().chars().filter(|c| !is_blank(*c) && !matches!(c, '-' | '(' | ')' | '[' | ']')).collect();
    if bare.is_empty() { Cow::Borrowed(raw.trim()) } else { Cow::Owned(bare) }
}

/// White space within a line, as a phone number may have it.
fn is_blank(c: char) -> bool {
    c.is_whitespace() && !c.is_control()
}
