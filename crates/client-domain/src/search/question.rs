//! The question of a condition: its operator and values, resolved as far as possible.

use std::collections::HashSet;

use super::calendar::compared;
use super::criterion::{Criterion, Span, TextMatch};
use super::fault::{OperandFault, OperandProblem};
use super::kyc_test::KycCondition;
use super::operand::{Operand, Value};
use super::operand_reader::{Meaning, Understood};
use super::operator::Operator;
use super::property::{Property, PropertyKind};
use super::sortable::Sortable;
use crate::kyc::{KycPolicy, KycStatus, KycStatusRule};
use crate::text::fold;
use crate::value::CustomerNumber;

/// The resolved condition, except for the day.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Question {
    /// It does not depend on the day.
    Fixed(Criterion),
    /// Whether the value is in a period around today, with the number of days that the operator takes.
    Window(i64),
    /// Whether the age meets this.
    Age(Criterion),
}

/// Whether the KYC status is one of these. Every client has a status, so an empty list matches no client.
pub(super) fn kyc_status(written: &Operand, policy: &KycPolicy) -> Question {
    let statuses = written.values().iter().filter_map(|name| match name {
        Value::Text(name) => KycStatus::parse(name).ok(),
        _ => None,
    });
    let condition = KycCondition { statuses: statuses.collect(), rule: KycStatusRule::of(policy) };
    Question::Fixed(Criterion::Kyc(condition))
}

/// The question of these values.
pub(super) fn question(
    property: Property,
    operator: Operator,
    values: &[Understood],
) -> Result<Question, OperandFault> {
    if matches!(operator, Operator::IsEmpty | Operator::IsNotEmpty) {
        return Ok(Question::Fixed(Criterion::Empty));
    }
    let criterion = match values {
        // Operators without a value are handled above; the others are relative to today.
        [] => return Ok(Question::Window(0)),
        [Understood { meaning: Meaning::Point(Sortable::Number(days)), .. }]
            if matches!(operator, Operator::LastDays | Operator::NextDays) =>
        {
            return Ok(Question::Window(*days));
        }
        values if property.kind() == PropertyKind::Text => text(property, operator, values),
        [one] => match one.meaning.ends() {
            Some((first, last)) => compared(operator, first.clone(), last.clone()),
            None => one_of(values),
        },
        [low, high] if operator == Operator::Between => match (low.meaning.ends(), high.meaning.ends()) {
            _ if low.meaning.is_after(&high.meaning) => {
                return Err(OperandFault { at: Some(1), problem: OperandProblem::EndBeforeStart });
            }
            (Some((from, _)), Some((_, to))) => {
                Criterion::Within(vec![Span { from: Some(from.clone()), to: Some(to.clone()) }])
            }
            _ => one_of(values),
        },
        values => one_of(values),
    };
    Ok(if property == Property::Age { Question::Age(criterion) } else { Question::Fixed(criterion) })
}

fn one_of(values: &[Understood]) -> Criterion {
    Criterion::OneOf(
        values
            .iter()
            .filter_map(|value| match &value.meaning {
                Meaning::Point(value) | Meaning::Single(value) | Meaning::Day(_, value, _) => {
                    Some(value.clone())
                }
                Meaning::Text(_) => None,
            })
            .collect(),
    )
}

fn text(property: Property, operator: Operator, values: &[Understood]) -> Criterion {
    let texts = values.iter().filter_map(|value| match &value.meaning {
        Meaning::Text(text) => Some(text.as_str()),
        _ => None,
    });
    let exactly = operator == Operator::EqualsCaseSensitive;
    let how = match operator {
        Operator::Contains | Operator::NotContains => TextMatch::Contains,
        Operator::StartsWith => TextMatch::StartsWith,
        Operator::EndsWith => TextMatch::EndsWith,
        _ => TextMatch::Equals,
    };
    if property == Property::CustomerNumber && how == TextMatch::Equals {
        let same = |text: &str, number: &str| {
            if exactly { text == number } else { fold(text) == fold(number) }
        };
        let ids = texts.filter_map(|text| {
            let number = CustomerNumber::parse(&fold(text)).ok()?;
            same(text, &number.to_string()).then(|| Sortable::Number(number.id().get()))
        });
        return Criterion::OneOf(ids.collect());
    }
    if exactly {
        let mut texts = texts;
        return texts.next().map_or_else(Criterion::never, |text| Criterion::Exactly(text.to_owned()));
    }
    // A kind of document has hundreds of forms, and a list hundreds of texts.
    let mut seen = HashSet::new();
    let forms = texts.flat_map(|text| property.asked_forms(text, how == TextMatch::Equals));
    let any_of = forms.filter(|form| seen.insert(form.clone())).collect();
    Criterion::Text { how, any_of }
}
