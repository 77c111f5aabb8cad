use client_domain::search::{
    MAX_CONDITIONS, MAX_COST, MAX_LEVELS, OperandProblem, Operator, Predicate, Property,
};
use client_domain::{BankCalendar, Permissions};
use serde_json::json;

use crate::code::Code;
use crate::failure::Item;
use crate::form::{Form, broken, unknown_member};
use crate::predicate::{self, Fault, Problem};
use crate::spec::{FieldSpec, Shape};

/// The member `filters`.
pub(super) const FILTERS: FieldSpec = FieldSpec::optional(
    "filters",
    Shape::Filters,
    "Conditions and groups of conditions, all of which must hold; RetrieveSearchFieldsQuery names the properties \
     and operators.",
);

/// Reads `filters` of a caller with these permissions; none if there are none, or if they have faults, which the
/// form collects. Days are those of the calendar.
pub(super) fn read(
    form: &mut Form<'_>,
    permissions: &Permissions,
    calendar: &BankCalendar,
) -> Option<Predicate> {
    match predicate::read(form.raw(FILTERS.name)?, &form.path_of(FILTERS.name), permissions, calendar) {
        Ok(predicate) => Some(predicate),
        Err(faults) => {
            form.extend(faults.0.iter().map(|fault| item(fault, permissions)).collect());
            None
        }
    }
}

fn item(fault: &Fault, permissions: &Permissions) -> Item {
    let text = || fault.problem.to_string();
    let item = match &fault.problem {
        Problem::Operand(OperandProblem::Invalid(invalid)) => broken(invalid),
        Problem::Operand(OperandProblem::Required) => Item::new(Code::Required, "This field is mandatory."),
        Problem::UnknownMember => return unknown_member(&fault.path),
        Problem::Repeated => Item::new(Code::ExactlyOne, text()),
        Problem::UnknownProperty => {
            let choices: Vec<_> = Property::open_to(permissions).map(Property::name).collect();
            Item::new(Code::UnknownProperty, text()).detail("choices", choices)
        }
        Problem::PermissionMissing(property) => return property_closed(*property, &fault.path),
        Problem::UnknownOperator => {
            Item::new(Code::UnknownOperator, text()).detail("choices", names(Operator::ALL))
        }
        Problem::Operand(OperandProblem::OperatorNotApplicable(property)) => {
            Item::new(Code::OperatorNotApplicable, text())
                .detail("kind", property.kind().name())
                .detail("operators", names(property.kind().operators()))
        }
        Problem::Operand(OperandProblem::ValueNotTaken) => Item::new(Code::ValueNotTaken, text()),
        Problem::Operand(OperandProblem::ListLength { min, max }) => {
            Item::new(Code::OutOfRange, text()).detail("min", *min).detail("max", *max)
        }
        Problem::Operand(OperandProblem::EndBeforeStart) => Item::new(Code::EndBeforeStart, text()),
        Problem::TooManyConditions => Item::new(Code::FilterTooLarge, text()).detail("max", MAX_CONDITIONS),
        Problem::TooCostly { cost, conditions } => too_costly(text(), *cost, conditions),
        Problem::TooDeep => Item::new(Code::FilterTooLarge, text()).detail("max", MAX_LEVELS),
        Problem::Operand(OperandProblem::WrongType(_)) => Item::new(Code::WrongType, text()),
    };
    item.field(&fault.path)
}

/// How many conditions the details of an error name.
const NAMED: usize = 10;

/// A filter over the cost limit, with the cost of its most expensive conditions.
fn too_costly(message: String, cost: usize, conditions: &[(String, usize)]) -> Item {
    let dearest = conditions.iter().take(NAMED).map(|(path, cost)| json!({ "field": path, "cost": cost }));
    Item::new(Code::FilterTooCostly, message)
        .detail("cost", cost)
        .detail("max", MAX_COST)
        .detail("conditions", dearest.collect::<Vec<_>>())
}

/// Refuses a search that costs too much, although its filters alone do not.
pub(super) fn refuse_costly(form: &mut Form<'_>, predicate: &Predicate) {
    let cost = predicate.cost();
    if cost > MAX_COST {
        let named = if form.is_absent("filters") { "searchTerm" } else { "filters" };
        let message = format!(
            "The search is too expensive: search term and filters cost {cost} in total, and the limit is {MAX_COST}."
        );
        form.fail(
            named,
            Item::new(Code::FilterTooCostly, message).detail("cost", cost).detail("max", MAX_COST),
        );
    }
}

/// The caller may not search or sort by the property at this path.
pub(super) fn property_closed(property: Property, path: &str) -> Item {
    let permission = property.permission().name();
    let message = format!("Searching by {} requires the permission {permission}.", property.name());
    let item = Item::new(Code::PermissionMissing, message).field(path);
    item.detail("permission", permission).detail("property", property.name())
}

fn names(operators: &[Operator]) -> Vec<&'static str> {
    operators.iter().map(|operator| operator.name()).collect()
}
