use std::borrow::Cow;
use std::collections::BTreeSet;

use jiff::civil::Date;

use super::calendar::{births, day, window};
use super::criterion::{Criterion, Span, TextMatch};
use super::fault::{OperandFault, OperandProblem};
use super::operand::{Operand, Value};
use super::operand_reader::read;
use super::operator::Operator;
use super::property::{Property, PropertyKind};
use super::question::{Question, kyc_status, question};
use super::sortable::Sortable;
use crate::bank_calendar::BankCalendar;
use crate::client::Client;
use crate::kyc::KycPolicy;
use crate::lifecycle::ClientState;
use crate::value::{BranchKey, NumberingPlan};

/// A property, an operator that it takes, and values that fit both. Every condition that exists is valid.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    property: Property,
    operator: Operator,
    /// The values in one spelling.
    operand: Operand,
    /// The calendar that converts days and today to moments.
    calendar: BankCalendar,
    question: Question,
}

/// A condition resolved for one day.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// The property.
    pub property: Property,
    /// The criterion for its value.
    pub criterion: Cow<'a, Criterion>,
    /// Whether the condition holds for exactly the clients that do not meet the criterion.
    pub negated: bool,
}

impl Condition {
    /// Checks that the property takes the operator, and the operator the operand; names every fault. Days are those of
    /// UTC.
    ///
    /// ```
    /// use client_domain::search::{Condition, Operand, OperandProblem, Operator, Property};
    ///
    /// let equals = |value: &str| Condition::new(Property::City, Operator::Equals, &Operand::One(value.into()));
    /// assert!(equals("Ikeja").is_ok());
    /// assert_eq!(equals(" ").unwrap_err()[0].problem.to_string(), "must contain at least one visible character");
    /// let before = Condition::new(Property::City, Operator::Before, &Operand::One("Ikeja".into()));
    /// assert_eq!(before.unwrap_err()[0].problem, OperandProblem::OperatorNotApplicable(Property::City));
    /// ```
    pub fn new(property: Property, operator: Operator, operand: &Operand) -> Result<Self, Vec<OperandFault>> {
        Self::by_calendar(property, operator, operand, &BankCalendar::utc())
    }

    /// The same, where days are those of this calendar.
    pub fn by_calendar(
        property: Property,
        operator: Operator,
        operand: &Operand,
        calendar: &BankCalendar,
    ) -> Result<Self, Vec<OperandFault>> {
        if !property.kind().operators().contains(&operator) {
            return Err(vec![OperandFault {
                at: None,
                problem: OperandProblem::OperatorNotApplicable(property),
            }]);
        }
        let values = read(property, operator, operand, calendar)?;
        let question = question(property, operator, &values).map_err(|fault| vec![fault])?;
        let mut written: Vec<_> = values.into_iter().map(|value| value.written).collect();
        let operand = match operand {
            Operand::List(_) => Operand::List(written),
            Operand::Nothing | Operand::One(_) => written.pop().map_or(Operand::Nothing, Operand::One),
        };
        // Without a policy nothing is required.
        let question = match property {
            Property::KycStatus => kyc_status(&operand, &KycPolicy::default()),
            _ => question,
        };
        Ok(Self { property, operator, operand, calendar: calendar.clone(), question })
    }

    /// The same condition by this calendar, which matters for moments only.
    pub(super) fn with_calendar(self, calendar: &BankCalendar) -> Self {
        if self.property.kind() != PropertyKind::Time || self.calendar == *calendar {
            return self;
        }
        let again = Self::by_calendar(self.property, self.operator, &self.operand, calendar);
        // A period from a day to a moment that ends before it begins in this time zone matches no client.
        let never = Question::Fixed(Criterion::never());
        again.unwrap_or(Self { calendar: calendar.clone(), question: never, ..self })
    }

    /// The same condition under this KYC policy, which matters for the status of documents only.
    pub(super) fn with_kyc_policy(mut self, policy: &KycPolicy) -> Self {
        if self.property == Property::KycStatus {
            self.question = kyc_status(&self.operand, policy);
        }
        self
    }

    /// A client belongs to one of these branches.
    pub(super) fn of_branches(keys: impl IntoIterator<Item = BranchKey>) -> Self {
        let keys: BTreeSet<_> = keys.into_iter().collect();
        let values = keys.iter().map(|key| Sortable::Text(key.as_str().to_owned()));
        Self::one_of(Property::BranchEncodedKey, keys.iter().map(Value::from), values.collect())
    }

    /// A client is in one of these states.
    pub(super) fn of_states(states: impl IntoIterator<Item = ClientState>) -> Self {
        let states: BTreeSet<_> = states.into_iter().collect();
        let values = states.iter().map(|state| Sortable::Number(i64::from(state.number())));
        Self::one_of(Property::ClientState, states.iter().copied().map(Value::from), values.collect())
    }

    /// A client has one of these phone numbers, each as it may be stored.
    pub(super) fn of_phone_numbers(numbers: &[String]) -> Self {
        Self {
            property: Property::PhoneNumber,
            operator: Operator::In,
            operand: Operand::List(numbers.iter().map(|number| Value::from(number.as_str())).collect()),
            calendar: BankCalendar::utc(),
            question: Question::Fixed(Criterion::Text { how: TextMatch::Equals, any_of: numbers.to_vec() }),
        }
    }

    /// A client is identified by one of these numbers; none if they are not valid document numbers.
    pub(super) fn of_identification_numbers(numbers: &[&str]) -> Option<Self> {
        let operand = Operand::List(numbers.iter().map(|number| Value::from(*number)).collect());
        Self::new(Property::IdentificationNumber, Operator::In, &operand).ok()
    }

    /// The same condition by this numbering plan, which matters for phone numbers only: they are compared with all forms
    /// of the numbers in the condition.
    pub(super) fn with_numbering(mut self, plan: &dyn NumberingPlan) -> Self {
        if self.property != Property::PhoneNumber {
            return self;
        }
        let texts = self.operand.values().iter().filter_map(|value| match value {
            Value::Text(text) => Some(text.as_str()),
            _ => None,
        });
        let asked: Vec<_> = texts.map(|text| plan.asked(text)).collect();
        let begins = self.operator == Operator::StartsWith;
        let forms: BTreeSet<_> = asked
            .into_iter()
            .flat_map(|asked| {
                let beginnings = if begins { asked.beginnings } else { Vec::new() };
                asked.numbers.into_iter().chain(beginnings)
            })
            .collect();
        self.question = match self.question {
            Question::Fixed(Criterion::Text { how, any_of }) => {
                let any_of = any_of.into_iter().collect::<BTreeSet<_>>().union(&forms).cloned().collect();
                Question::Fixed(Criterion::Text { how, any_of })
            }
            Question::Fixed(Criterion::Exactly(text)) if !forms.is_empty() => {
                let any_of = forms.into_iter().chain([text]).collect();
                Question::Fixed(Criterion::Text { how: TextMatch::Equals, any_of })
            }
            other => other,
        };
        self
    }

    fn one_of(property: Property, written: impl Iterator<Item = Value>, values: BTreeSet<Sortable>) -> Self {
        let operand = Operand::List(written.collect());
        let question = Question::Fixed(Criterion::OneOf(values));
        Self { property, operator: Operator::In, operand, calendar: BankCalendar::utc(), question }
    }

    /// The property.
    pub const fn property(&self) -> Property {
        self.property
    }

    /// The operator.
    pub const fn operator(&self) -> Operator {
        self.operator
    }

    /// The operand, in one spelling.
    pub const fn operand(&self) -> &Operand {
        &self.operand
    }

    /// The condition resolved for this day as today.
    pub fn asked(&self, today: Date) -> Asked<'_> {
        let (property, criterion) = match &self.question {
            Question::Fixed(criterion) => (self.property.stored(criterion), Cow::Borrowed(criterion)),
            Question::Age(ages) => (Property::DateOfBirth, Cow::Owned(births(ages, today))),
            Question::Window(days) => {
                let ends = |of| day(of, self.property.kind(), &self.calendar);
                let spans = window(self.operator, *days, today)
                    .map(|(first, last)| Span { from: Some(ends(first).0), to: Some(ends(last).1) });
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
    /// The property whose value a client stores: customer numbers are derived from ids, ages from days of birth.
    const fn stored(self, criterion: &Criterion) -> Self {
        match (self, criterion) {
            (Self::Age, _) => Self::DateOfBirth,
            (Self::CustomerNumber, Criterion::OneOf(_)) => Self::Id,
            (property, _) => property,
        }
    }
}
