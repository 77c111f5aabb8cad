use std::borrow::Cow;
use std::collections::BTreeSet;

use jiff::civil::Date;

use super::calendar::{births, compared, day, window};
use super::operands::{Misread, Operand, Value, read};
use super::{
    Criterion, Data, KycTest, Operator, Problem, Property, PropertyKind, Sortable, Span, TextMatch, fold,
};
use crate::client::Client;
use crate::kyc::{KycPolicy, KycStatus};
use crate::lifecycle::ClientState;
use crate::value::{BranchKey, CustomerNumber};

/// A property, an operator that it takes, and values that fit both. It can only be built right, by
/// [`Filter::check`](super::Filter::check) or [`Predicate::read`](super::Predicate::read).
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    property: Property,
    operator: Operator,
    /// The values in one spelling; null where the operator takes none.
    value: Data,
    question: Question,
}

/// What is asked, as far as it can be said without knowing the day.
#[derive(Clone, Debug, PartialEq)]
enum Question {
    /// Always the same.
    Fixed(Criterion),
    /// Whether the value lies in a period around today, of so many days where the operator takes some.
    Window(i64),
    /// Whether the age does this.
    Age(Criterion),
}

/// What a condition asks on one day.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// Of which property.
    pub property: Property,
    /// What its value must meet.
    pub criterion: Cow<'a, Criterion>,
    /// Whether the condition holds for exactly those who do not meet it.
    pub negated: bool,
}

impl Condition {
    /// Checks that the property takes the operator, and the operator the value.
    pub(super) fn new(
        property: Property,
        operator: Operator,
        value: Option<&Data>,
    ) -> Result<Self, Vec<Misread>> {
        let operands = read(property, operator, value)?;
        let question = question(property, operator, &operands).map_err(|misread| vec![misread])?;
        let mut written: Vec<_> = operands.into_iter().map(|operand| operand.written).collect();
        let value = match value {
            Some(Data::List(_)) => Data::List(written),
            _ => written.pop().unwrap_or(Data::Null),
        };
        // Without a policy nothing is required.
        let question = match property {
            Property::KycStatus => kyc_status(&value, &KycPolicy::default()),
            _ => question,
        };
        Ok(Self { property, operator, value, question })
    }

    /// The same condition under this KYC policy, which matters for the status of documents only.
    pub(super) fn with_kyc_policy(mut self, policy: &KycPolicy) -> Self {
        if self.property == Property::KycStatus {
            self.question = kyc_status(&self.value, policy);
        }
        self
    }

    /// A client belongs to one of these branches.
    pub(super) fn of_branches(keys: impl IntoIterator<Item = BranchKey>) -> Self {
        let keys: BTreeSet<_> = keys.into_iter().collect();
        let values = keys.iter().map(|key| Sortable::Text(key.as_str().to_owned()));
        Self::one_of(Property::BranchEncodedKey, keys.iter().map(Data::from), values.collect())
    }

    /// A client is in one of these states.
    pub(super) fn of_states(states: impl IntoIterator<Item = ClientState>) -> Self {
        let states: BTreeSet<_> = states.into_iter().collect();
        let values = states.iter().map(|state| Sortable::Number(i64::from(state.number())));
        Self::one_of(Property::ClientState, states.iter().copied().map(Data::from), values.collect())
    }

    fn one_of(property: Property, written: impl Iterator<Item = Data>, values: BTreeSet<Sortable>) -> Self {
        let value = Data::List(written.collect());
        let question = Question::Fixed(Criterion::OneOf(values));
        Self { property, operator: Operator::In, value, question }
    }

    /// The property.
    pub const fn property(&self) -> Property {
        self.property
    }

    /// The operator.
    pub const fn operator(&self) -> Operator {
        self.operator
    }

    /// The value, a list of values, or null where the operator takes none.
    pub const fn value(&self) -> &Data {
        &self.value
    }

    /// What it asks when today is this day, UTC.
    pub fn asked(&self, today: Date) -> Asked<'_> {
        let (property, criterion) = match &self.question {
            Question::Fixed(criterion) => (self.property.stored(criterion), Cow::Borrowed(criterion)),
            Question::Age(ages) => (Property::DateOfBirth, Cow::Owned(births(ages, today))),
            Question::Window(days) => {
                let spans = window(self.operator, *days, today).map(|(first, last)| Span {
                    from: Some(day(first, self.property.kind()).0),
                    to: Some(day(last, self.property.kind()).1),
                });
                (self.property, Cow::Owned(Criterion::Within(spans.into_iter().collect())))
            }
        };
        Asked { property, criterion, negated: self.operator.is_negative() }
    }

    /// Whether it holds for this client when today is this day.
    pub(super) fn holds(&self, client: &Client, today: Date) -> bool {
        let asked = self.asked(today);
        asked.criterion.is_met_by(asked.property, client, today) != asked.negated
    }
}

impl Property {
    /// The property that a client has the value of: customer numbers are made from ids, ages from days of birth.
    const fn stored(self, criterion: &Criterion) -> Self {
        match (self, criterion) {
            (Self::Age, _) => Self::DateOfBirth,
            (Self::CustomerNumber, Criterion::OneOf(_)) => Self::Id,
            (property, _) => property,
        }
    }
}

/// Whether the status of the documents is one of those written. Every client has a status, so an empty list matches no client.
fn kyc_status(written: &Data, policy: &KycPolicy) -> Question {
    let names = match written {
        Data::List(names) => names.as_slice(),
        one => std::slice::from_ref(one),
    };
    let statuses = names.iter().filter_map(|name| match name {
        Data::Text(name) => KycStatus::parse(name).ok(),
        _ => None,
    });
    Question::Fixed(Criterion::Kyc(KycTest::of_status(&statuses.collect(), policy)))
}

fn question(property: Property, operator: Operator, operands: &[Operand]) -> Result<Question, Misread> {
    if matches!(operator, Operator::IsEmpty | Operator::IsNotEmpty) {
        return Ok(Question::Fixed(Criterion::Empty));
    }
    let criterion = match operands {
        // Those without a value have been dealt with, and what is left is about today.
        [] => return Ok(Question::Window(0)),
        [Operand { value: Value::Point(Sortable::Number(days)), .. }]
            if matches!(operator, Operator::LastDays | Operator::NextDays) =>
        {
            return Ok(Question::Window(*days));
        }
        operands if property.kind() == PropertyKind::Text => text(property, operator, operands),
        [one] => match &one.value {
            Value::Span(first, last) => compared(operator, first.clone(), last.clone()),
            _ => one_of(operands),
        },
        [low, high] if operator == Operator::Between => match (&low.value, &high.value) {
            (Value::Span(from, _), Value::Span(_, to)) if to < from => {
                return Err((Some(1), Problem::EndBeforeStart));
            }
            (Value::Span(from, _), Value::Span(_, to)) => {
                Criterion::Within(vec![Span { from: Some(from.clone()), to: Some(to.clone()) }])
            }
            _ => one_of(operands),
        },
        operands => one_of(operands),
    };
    Ok(if property == Property::Age { Question::Age(criterion) } else { Question::Fixed(criterion) })
}

fn one_of(operands: &[Operand]) -> Criterion {
    Criterion::OneOf(
        operands
            .iter()
            .filter_map(|operand| match &operand.value {
                Value::Point(value) | Value::Span(value, _) => Some(value.clone()),
                Value::Text(_) => None,
            })
            .collect(),
    )
}

fn text(property: Property, operator: Operator, operands: &[Operand]) -> Criterion {
    let texts = operands.iter().filter_map(|operand| match &operand.value {
        Value::Text(text) => Some(text.as_str()),
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
    Criterion::Text { how, any_of: texts.map(fold).collect() }
}
