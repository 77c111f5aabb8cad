//! Reads the values of a condition: each by the kind of its property.

use jiff::Timestamp;
use jiff::civil::Date;

use super::calendar;
use super::fault::{OperandFault, OperandProblem as Problem};
use super::limits::{MAX_DAYS, MAX_TEXT, MAX_VALUES};
use super::operand::{Operand, Value};
use super::operator::{Operator, Takes};
use super::property::{Property, PropertyKind};
use super::sortable::Sortable;
use crate::bank_calendar::BankCalendar;
use crate::text::{fold_marks, is_invisible, phone};
use crate::value::{BranchKey, ClientKey, Country, Invalid, Layout, parse_date, parse_day, tidied};

/// A value that was read: in one spelling, and as the property sees it.
pub(super) struct Understood {
    pub(super) written: Value,
    pub(super) meaning: Meaning,
}

/// A value as the property sees it.
pub(super) enum Meaning {
    /// A text, composed and as it was written.
    Text(String),
    /// A number or a moment.
    Single(Sortable),
    /// A day, from its first to its last value: the day itself, or moments for a property with moments.
    Day(Date, Sortable, Sortable),
    /// A value to be equal to.
    Point(Sortable),
}

impl Meaning {
    /// The smallest and the largest value.
    pub(super) fn ends(&self) -> Option<(&Sortable, &Sortable)> {
        match self {
            Self::Single(value) => Some((value, value)),
            Self::Day(_, first, last) => Some((first, last)),
            Self::Text(_) | Self::Point(_) => None,
        }
    }

    /// Whether a period from this value to `end` would end before it begins. A day without a moment is a period
    /// like any other.
    pub(super) fn is_after(&self, end: &Self) -> bool {
        match (self, end) {
            (Self::Day(first, ..), Self::Day(last, ..)) => last < first,
            _ => self.ends().zip(end.ends()).is_some_and(|((from, _), (_, to))| to < from),
        }
    }
}

/// Reads the operand.
pub(super) fn read(
    property: Property,
    operator: Operator,
    operand: &Operand,
    calendar: &BankCalendar,
) -> Result<Vec<Understood>, Vec<OperandFault>> {
    let whole = |problem| vec![OperandFault { at: None, problem }];
    let (values, min, max) = match (operator.takes(), operand) {
        (Takes::Nothing, Operand::Nothing) => return Ok(Vec::new()),
        (_, Operand::Nothing) => return Err(whole(Problem::Required)),
        (Takes::Nothing, _) => return Err(whole(Problem::ValueNotTaken)),
        (Takes::Days, Operand::One(value)) => return days(value).map(|one| vec![one]).map_err(whole),
        (Takes::Days, Operand::List(_)) => return days(&Value::Other).map(|one| vec![one]).map_err(whole),
        (Takes::One, Operand::One(value)) => {
            return one(property, operator, value, calendar).map(|one| vec![one]).map_err(whole);
        }
        (Takes::One, Operand::List(_)) => {
            return one(property, operator, &Value::Other, calendar).map(|one| vec![one]).map_err(whole);
        }
        (Takes::Two, Operand::List(values)) => (values, 2, 2),
        (Takes::Many, Operand::List(values)) => (values, 1, MAX_VALUES),
        (Takes::Two, Operand::One(_)) => return Err(whole(Problem::WrongType("a list of two values"))),
        (Takes::Many, Operand::One(_)) => return Err(whole(Problem::WrongType("a list of values"))),
    };
    if !(min..=max).contains(&values.len()) {
        return Err(whole(Problem::ListLength { min, max }));
    }
    let mut understood = Vec::with_capacity(values.len());
    let mut faults = Vec::new();
    for (at, value) in values.iter().enumerate() {
        match one(property, operator, value, calendar) {
            Ok(value) => understood.push(value),
            Err(problem) => faults.push(OperandFault { at: Some(at), problem }),
        }
    }
    if faults.is_empty() { Ok(understood) } else { Err(faults) }
}

fn days(value: &Value) -> Result<Understood, Problem> {
    match value {
        Value::Number(days) if (1..=MAX_DAYS).contains(days) => {
            Ok(Understood { written: value.clone(), meaning: Meaning::Point(Sortable::Number(*days)) })
        }
        Value::Number(_) | Value::OtherNumber => Err(Invalid::OutOfRange { min: 1, max: MAX_DAYS }.into()),
        _ => Err(Problem::WrongType("a number of days")),
    }
}

fn one(
    property: Property,
    operator: Operator,
    value: &Value,
    calendar: &BankCalendar,
) -> Result<Understood, Problem> {
    match (property.kind(), value) {
        (PropertyKind::Text, Value::Text(raw)) => text(property, operator, raw),
        (PropertyKind::Number, Value::Number(number)) => Ok(single(value.clone(), Sortable::Number(*number))),
        (PropertyKind::Number, Value::OtherNumber) => {
            Err(Invalid::OutOfRange { min: i64::MIN, max: i64::MAX }.into())
        }
        (PropertyKind::Number, _) => Err(Problem::WrongType("a whole number")),
        (PropertyKind::Date, Value::Text(raw)) => day(raw, PropertyKind::Date, calendar),
        (PropertyKind::Date, _) => Err(Problem::WrongType("a date")),
        (PropertyKind::Time, Value::Text(raw)) => moment(raw, calendar),
        (PropertyKind::Time, _) => Err(Problem::WrongType("a date or a moment")),
        (PropertyKind::Key, Value::Text(raw)) => key(property, raw),
        (PropertyKind::Text | PropertyKind::Key, _) => Err(Problem::WrongType("a text")),
        (PropertyKind::YesNo, Value::Flag(flag)) => Ok(Understood {
            written: value.clone(),
            meaning: Meaning::Point(Sortable::Number((*flag).into())),
        }),
        (PropertyKind::YesNo, _) => Err(Problem::WrongType("true or false")),
        (PropertyKind::Choice, Value::Text(_) | Value::Number(_)) => {
            let choices = property.choices().ok_or(Problem::WrongType("the name of a choice"))?;
            let (name, value) = choices.read(value)?;
            Ok(Understood { written: Value::from(name), meaning: Meaning::Point(value) })
        }
        (PropertyKind::Choice, _) => Err(Problem::WrongType("the name of a choice")),
    }
}

fn single(written: Value, value: Sortable) -> Understood {
    Understood { written, meaning: Meaning::Single(value) }
}

fn day(raw: &str, kind: PropertyKind, calendar: &BankCalendar) -> Result<Understood, Problem> {
    let day = parse_day(raw)?;
    let (first, last) = calendar::day(day, kind, calendar);
    Ok(Understood { written: Value::from(day), meaning: Meaning::Day(day, first, last) })
}

/// A day means all of it. A moment has microseconds, as clocks here do, so that none is between two of them.
fn moment(raw: &str, calendar: &BankCalendar) -> Result<Understood, Problem> {
    const WRONG: Invalid = Invalid::Format {
        expected: "a calendar date written YYYY-MM-DD, or a moment written as RFC 3339 with at most six decimals",
    };
    let raw = raw.trim();
    if parse_date(raw).is_ok() {
        return day(raw, PropertyKind::Time, calendar);
    }
    // A text in another form, or outside of the years with four digits, is not a date.
    let begins_with_date = raw.get(..10).is_some_and(|date| parse_date(date).is_ok());
    let moment: Timestamp = raw.parse().map_err(|_| WRONG)?;
    if !begins_with_date || moment.subsec_nanosecond() % 1000 != 0 {
        return Err(WRONG.into());
    }
    Ok(single(Value::from(moment), Sortable::Moment(moment)))
}

fn key(property: Property, raw: &str) -> Result<Understood, Problem> {
    let key = match property {
        Property::BranchEncodedKey => BranchKey::parse(raw)?.as_str().to_owned(),
        _ => ClientKey::parse(raw)?.as_str().to_owned(),
    };
    Ok(Understood { written: Value::from(key.as_str()), meaning: Meaning::Point(Sortable::Text(key)) })
}

/// A text to compare with, read as the field itself is read: tidied, and a phone number without its punctuation, so that
/// the text of a command finds the client that it stored. A text without comparable characters is refused: it would match
/// no client, or every client.
fn text(property: Property, operator: Operator, raw: &str) -> Result<Understood, Problem> {
    // Composition makes one character of up to four, so there is a margin before it.
    let bare = raw.trim_matches(|c: char| c.is_whitespace() || is_invisible(c));
    if bare.chars().take(4 * MAX_TEXT + 1).count() > 4 * MAX_TEXT {
        return Err(Invalid::TooLong { max: MAX_TEXT }.into());
    }
    let text = match property {
        Property::PhoneNumber => Some(phone(bare)).filter(|digits| !digits.is_empty()),
        Property::Address => Some(tidied(bare, Layout::Lines)),
        Property::IdentificationNumber | Property::DocumentNumber => Some(tidied(bare, Layout::Identifier)),
        _ => None,
    };
    let text = text.unwrap_or_else(|| tidied(bare, Layout::Line));
    if text.chars().count() > MAX_TEXT {
        return Err(Invalid::TooLong { max: MAX_TEXT }.into());
    }
    let breaks_lines = |c: char| property == Property::Address && matches!(c, '\n' | '\t');
    if text.chars().any(|c| c.is_control() && !breaks_lines(c)) {
        return Err(Invalid::ControlCharacter.into());
    }
    if !has_substance(property, operator, &text) {
        let signs =
            text.chars().any(|c| !c.is_whitespace() && !fold_marks(c.encode_utf8(&mut [0; 4])).is_empty());
        return Err(if signs { Invalid::NothingToCompare } else { Invalid::Invisible }.into());
    }
    let compared = match property {
        Property::Country => country(&text, operator).unwrap_or_else(|| text.clone()),
        _ => text.clone(),
    };
    Ok(Understood { written: Value::Text(text), meaning: Meaning::Text(compared) })
}

/// Whether the text has comparable characters. A part without any occurs in every text; a whole text of accents or signs
/// only can be that of a client.
fn has_substance(property: Property, operator: Operator, text: &str) -> bool {
    let is_part = matches!(
        operator,
        Operator::Contains | Operator::NotContains | Operator::StartsWith | Operator::EndsWith
    );
    let form = if is_part { property.bare_form(text) } else { property.normal_form(text) };
    !form.is_empty()
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
