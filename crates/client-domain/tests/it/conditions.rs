//! Conditions from a table: names as text, operands as JSON.

use client_domain::search::{Condition, Operand, OperandFault, Operator, Predicate, Property, Value};
use serde_json::Value as Json;

fn value(json: &Json) -> Value {
    match json {
        Json::Bool(flag) => Value::Flag(*flag),
        Json::Number(number) => number.as_i64().map_or(Value::OtherNumber, Value::Number),
        Json::String(text) => Value::Text(text.clone()),
        Json::Null | Json::Array(_) | Json::Object(_) => Value::Other,
    }
}

/// The condition of this property, operator and operand, or its faults.
pub fn checked(property: &str, operator: &str, operand: &Json) -> Result<Predicate, Vec<OperandFault>> {
    let operand = match operand {
        Json::Null => Operand::Nothing,
        Json::Array(values) => Operand::List(values.iter().map(value).collect()),
        one => Operand::One(value(one)),
    };
    let (property, operator) = (Property::parse(property).unwrap(), Operator::parse(operator).unwrap());
    Condition::new(property, operator, &operand).map(Predicate::Where)
}

/// The condition of this property, operator and operand, which is right.
pub fn condition(property: &str, operator: &str, operand: &Json) -> Predicate {
    checked(property, operator, operand)
        .unwrap_or_else(|faults| panic!("{property} {operator} {operand}: {faults:?}"))
}
