use client_domain::search::{
    Data, Fault, MAX_CONDITIONS, MAX_LEVELS, Operator, Predicate, Problem, Property,
};
use serde::Deserialize as _;

use crate::form::{Form, broken, unknown_member};
use crate::spec::{FieldSpec, Shape};
use crate::{Code, Item};

/// `filters`, as it is described.
pub(super) const FILTERS: FieldSpec = FieldSpec::optional(
    "filters",
    Shape::Filters,
    "Conditions and groups of conditions, all of which must hold; RetrieveSearchFieldsQuery names the properties \
     and operators.",
);

/// Reads `filters`; none if there are none, or if they are wrong, which the form keeps.
pub(super) fn read(form: &mut Form<'_>) -> Option<Predicate> {
    let data = Data::deserialize(form.raw(FILTERS.name)?).unwrap_or(Data::OtherNumber);
    match Predicate::read(&data, FILTERS.name) {
        Ok(predicate) => Some(predicate),
        Err(faults) => {
            form.extend(faults.0.iter().map(item).collect());
            None
        }
    }
}

fn item(fault: &Fault) -> Item {
    let text = || fault.problem.to_string();
    let item = match &fault.problem {
        Problem::Invalid(invalid) => broken(invalid),
        Problem::Required => Item::new(Code::Required, "This field is mandatory."),
        Problem::UnknownMember => return unknown_member(&fault.path),
        Problem::Repeated => Item::new(Code::ExactlyOne, text()),
        Problem::UnknownProperty => Item::new(Code::UnknownProperty, text())
            .detail("choices", Property::ALL.iter().map(|property| property.name()).collect::<Vec<_>>()),
        Problem::UnknownOperator => {
            Item::new(Code::UnknownOperator, text()).detail("choices", names(Operator::ALL))
        }
        Problem::OperatorNotApplicable(property) => Item::new(Code::OperatorNotApplicable, text())
            .detail("kind", property.kind().name())
            .detail("operators", names(property.kind().operators())),
        Problem::ValueNotTaken => Item::new(Code::ValueNotTaken, text()),
        Problem::ListLength { min, max } => {
            Item::new(Code::OutOfRange, text()).detail("min", *min).detail("max", *max)
        }
        Problem::EndBeforeStart => Item::new(Code::EndBeforeStart, text()),
        Problem::TooManyConditions => Item::new(Code::FilterTooLarge, text()).detail("max", MAX_CONDITIONS),
        Problem::TooDeep => Item::new(Code::FilterTooLarge, text()).detail("max", MAX_LEVELS),
        // A member of the wrong type, and whatever problems a later version of the domain knows.
        _ => Item::new(Code::WrongType, text()),
    };
    item.field(&fault.path)
}

fn names(operators: &[Operator]) -> Vec<&'static str> {
    operators.iter().map(|operator| operator.name()).collect()
}
