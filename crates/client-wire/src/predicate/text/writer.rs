use std::fmt::Write as _;

use client_domain::search::{Condition, Logic, Operand, Predicate, Value};
use client_domain::text::is_ambiguous;

use super::grammar::{ALL, ANY, SEARCH_TERM, SIGNS, is_reserved};
use crate::predicate::writer::term;

/// Writes a predicate as the text that is read back as the same predicate.
///
/// As in the JSON form, a predicate that is no list of conditions is a list of one, and empty groups are written and not
/// read. Characters that a reader does not see, or that would act on a terminal, are written as escapes.
///
/// ```
/// use client_domain::search::field;
/// use client_wire::predicate;
///
/// let wanted = field::LAST_NAME
///     .starts_with("Bal")
///     .and(field::AGE.at_least(18))
///     .and(field::CITY.equals("Port Harcourt").or(!field::DATE_CREATED.this_week()))
///     .check()?;
/// assert_eq!(
///     predicate::write_text(&wanted),
///     r#"lastName StartsWith Bal and age >= 18 and (city = "Port Harcourt" or not dateCreated ThisWeek)"#,
/// );
/// # Ok::<(), client_domain::search::Faults>(())
/// ```
pub fn write_text(predicate: &Predicate) -> String {
    let mut text = String::new();
    match predicate {
        // A list of one group needs brackets only if they make the difference between the group and the list.
        Predicate::All(all) => match all.as_slice() {
            [Predicate::Any(any)] if any.len() > 1 => joined(&mut text, any, Logic::Or),
            several => joined(&mut text, several, Logic::And),
        },
        Predicate::Any(any) if any.len() > 1 => joined(&mut text, any, Logic::Or),
        one => write(&mut text, one),
    }
    text
}

fn joined(text: &mut String, several: &[Predicate], logic: Logic) {
    for (at, one) in several.iter().enumerate() {
        if at > 0 {
            let _ = write!(text, " {} ", logic.name());
        }
        write(text, one);
    }
}

/// Writes a predicate that others may stand beside.
fn write(text: &mut String, predicate: &Predicate) {
    match predicate {
        Predicate::All(all) if let Some(term) = term(all) => search_term(text, &term),
        Predicate::All(all) => group(text, all, Logic::And, ALL),
        Predicate::Any(any) => group(text, any, Logic::Or, ANY),
        Predicate::Not(other) => {
            let _ = write!(text, "{} ", Logic::Not.name());
            write(text, other);
        }
        Predicate::Where(one) => condition(text, one),
        Predicate::Mentions(word) => search_term(text, word.written()),
    }
}

/// Brackets make a group of several; a group of one or none has its name before them.
fn group(text: &mut String, several: &[Predicate], logic: Logic, name: &str) {
    if several.len() < 2 {
        text.push_str(name);
    }
    text.push('(');
    joined(text, several, logic);
    text.push(')');
}

fn search_term(text: &mut String, term: &str) {
    let _ = write!(text, "{SEARCH_TERM} ");
    written(text, term);
}

fn condition(text: &mut String, condition: &Condition) {
    let operator = condition.operator();
    let sign = SIGNS.iter().find(|(_, known)| *known == operator);
    let operator = sign.map_or(operator.name(), |(sign, _)| sign);
    let _ = write!(text, "{} {operator}", condition.property().name());
    match condition.operand() {
        Operand::Nothing => {}
        Operand::One(value) => {
            text.push(' ');
            scalar(text, value);
        }
        Operand::List(values) => {
            text.push_str(" (");
            for (at, value) in values.iter().enumerate() {
                text.push_str(if at == 0 { "" } else { ", " });
                scalar(text, value);
            }
            text.push(')');
        }
    }
}

fn scalar(text: &mut String, value: &Value) {
    let _ = match value {
        Value::Flag(flag) => write!(text, "{flag}"),
        Value::Number(number) => write!(text, "{number}"),
        Value::Text(value) => {
            written(text, value);
            Ok(())
        }
        // No condition has such a value.
        Value::OtherNumber | Value::Other => write!(text, r#""""#),
    };
}

/// A value, in quotation marks unless it is a plain word.
fn written(text: &mut String, value: &str) {
    let is_plain = |c: char| {
        c.is_alphanumeric() && !is_ambiguous(c) || matches!(c, '-' | '_' | '.' | ':' | '+' | '@' | '/')
    };
    if !value.is_empty() && value.chars().all(is_plain) && !is_reserved(value) {
        text.push_str(value);
        return;
    }
    text.push('"');
    for c in value.chars() {
        match c {
            '"' | '\\' => text.extend(['\\', c]),
            '\n' => text.push_str("\\n"),
            '\t' => text.push_str("\\t"),
            _ if is_ambiguous(c) || (c.is_whitespace() && c != ' ') => {
                let _ = write!(text, "\\u{{{:x}}}", u32::from(c));
            }
            _ => text.push(c),
        }
    }
    text.push('"');
}
