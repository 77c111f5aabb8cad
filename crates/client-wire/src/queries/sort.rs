use client_domain::Permissions;
use client_domain::search::{Direction, MAX_SORT_KEYS, Order, Property};
use serde_json::{Value, json};

use super::filters::property_closed;
use crate::code::Code;
use crate::failure::Item;
use crate::form::Form;
use crate::spec::{FieldSpec, Shape};

/// One entry of `sort`.
pub(super) const ENTRY: &[FieldSpec] = &[
    FieldSpec::required("propertyName", Shape::SortProperty, "The property, in any case."),
    FieldSpec::optional("direction", Shape::Choice(&["asc", "desc"]), "asc by default."),
];

/// The member `sort`.
pub(super) const SORT: FieldSpec = FieldSpec::optional(
    "sort",
    Shape::List { of: &Shape::Object(ENTRY), max: MAX_SORT_KEYS },
    "Up to three properties; newest first by default. Ties are ordered by id.",
);

/// Reads `sort`. The default is newest first.
pub(super) fn read(form: &mut Form<'_>, permissions: &Permissions) -> Order {
    let keys = form.list(SORT.name, MAX_SORT_KEYS, |form, path, value| {
        let Value::Object(members) = value else {
            return form.wrong_type(path, "an object");
        };
        let mut entry = Form::within(form.path_of(path), ENTRY, members);
        let is_forbidden = |property: &Property| !permissions.holds(property.permission());
        let named = entry.required("propertyName", |raw| Ok(Property::parse(raw)));
        if let Some(property) = named.flatten().filter(is_forbidden) {
            entry.fail_at("propertyName", |path| property_closed(property, path));
        }
        let property = named.map(|property| property.filter(|property| property.is_sortable()));
        let direction = entry.optional("direction", Direction::parse).unwrap_or_default();
        if property == Some(None) && !named.flatten().is_some_and(|property| is_forbidden(&property)) {
            let open = Property::sortable().filter(|property| !is_forbidden(property));
            let choices: Vec<_> = open.map(Property::name).collect();
            let item = Item::new(Code::Choice, "must be a property that can be sorted");
            entry.fail("propertyName", item.detail("choices", choices));
        }
        form.extend(entry.into_items());
        property.flatten().map(|property| (property, direction))
    });
    let Some(keys) = keys.filter(|keys| !keys.is_empty()) else {
        return Order::default();
    };
    Order::by(keys).unwrap_or_else(|| {
        form.fail(SORT.name, Item::new(Code::Choice, "must not name a property twice"));
        Order::default()
    })
}

/// An order as data. Equal orders have equal data.
pub(super) fn described(order: &Order) -> Value {
    order.keys().iter().map(|(property, direction)| json!([property.name(), direction.name()])).collect()
}
