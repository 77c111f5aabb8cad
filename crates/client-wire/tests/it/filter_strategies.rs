//! Strategies for valid filters.

use client_domain::search::{MAX_DAYS, Operator, Property, PropertyKind, Takes};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::BoxedStrategy;
use serde_json::{Value, json};

/// A name in random case.
fn in_some_case(name: &'static str) -> impl Strategy<Value = String> {
    (0..4).prop_map(move |case| match case {
        0 => name.to_uppercase(),
        1 => name.to_lowercase(),
        2 => format!(" {name} "),
        _ => name.to_owned(),
    })
}

fn text() -> impl Strategy<Value = String> {
    let known = [
        "Adaeze",
        "OKA",
        "İ",
        "ı",
        "ß",
        "%",
        "_",
        "\\",
        "'",
        "Zoe",
        "a\u{301}",
        "ﷲ",
        "李",
        "(+44) 20-7946",
        "CI",
        "A-01 ß",
        "il_\\02",
        "cust1000001",
        "CUST9999999999999999999",
        "-",
        "\u{1F600}",
        "\u{FA0E}",
        " a ",
        "\u{958}\u{958}",
    ];
    prop_oneof![
        2 => select(known.to_vec()).prop_map(str::to_owned),
        1 => "a\\PC{0,12}",
        1 => (select(known.to_vec()), 1_usize..40).prop_map(|(text, times)| text.repeat(times)),
    ]
    .prop_filter("the text is within the length limit", |text| text.chars().count() <= 240)
}

fn day() -> impl Strategy<Value = String> {
    let days = ["0000-01-01", "0001-01-01", "2004-02-29", "2025-12-31", "2026-01-05", "9999-12-31"];
    select(days.to_vec()).prop_map(str::to_owned)
}

fn moment() -> impl Strategy<Value = String> {
    let moments = [
        "2026-01-05T09:00:00Z",
        "2026-01-05T10:00:00.000001+01:00",
        "2025-12-31T23:59:59.999999Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-30T00:00:00Z",
        " 2026-01-06 ",
        "2026-01-05 09:00:00Z",
    ];
    prop_oneof![day(), select(moments.to_vec()).prop_map(str::to_owned)]
}

fn number() -> impl Strategy<Value = Value> {
    prop_oneof![
        (-3_i64..90).prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        select(&[i64::MIN, i64::MAX][..]).prop_map(Value::from),
        (-5_i32..90).prop_map(|whole| json!(f64::from(whole))),
    ]
}

fn value(property: Property) -> BoxedStrategy<Value> {
    match property.kind() {
        PropertyKind::Text => text().prop_map(Value::from).boxed(),
        PropertyKind::Number => number().boxed(),
        PropertyKind::Date => day().prop_map(Value::from).boxed(),
        PropertyKind::Time => moment().prop_map(Value::from).boxed(),
        PropertyKind::Key => select(vec!["ikeja-01", "Other-Key", "other-key", " x ", "'\\%_"])
            .prop_filter("client keys are plain", move |key| {
                property != Property::EncodedKey || !key.contains(['\'', ' '])
            })
            .prop_map(Value::from)
            .boxed(),
        PropertyKind::YesNo => any::<bool>().prop_map(Value::from).boxed(),
        PropertyKind::Choice => {
            let choices = property.choices().unwrap();
            let names = select(choices.names).prop_flat_map(in_some_case).prop_map(Value::from);
            if choices.numbers.is_empty() {
                names.boxed()
            } else {
                prop_oneof![names, select(choices.numbers).prop_map(Value::from)].boxed()
            }
        }
    }
}

/// The operand of an operator; for `Between`, the values are in order.
fn operand(property: Property, operator: Operator) -> BoxedStrategy<Value> {
    let one = value(property);
    match operator.takes() {
        Takes::Nothing => Just(Value::Null).boxed(),
        Takes::One => one,
        Takes::Many => proptest::collection::vec(one, 1..6).prop_map(Value::from).boxed(),
        Takes::Days => (1..=MAX_DAYS).prop_map(Value::from).boxed(),
        Takes::Two => match property.kind() {
            PropertyKind::Number => {
                (any::<i64>(), any::<i64>()).prop_map(|(a, b)| json!([a.min(b), a.max(b)])).boxed()
            }
            _ => (day(), day()).prop_map(|(a, b)| if a < b { json!([a, b]) } else { json!([b, a]) }).boxed(),
        },
    }
}

fn condition() -> impl Strategy<Value = Value> {
    let property = select(Property::ALL);
    let pair = property.prop_flat_map(|property| (Just(property), select(property.kind().operators())));
    pair.prop_flat_map(|(property, operator)| {
        let names = (in_some_case(property.name()), in_some_case(operator.name()));
        (names, operand(property, operator), any::<bool>())
    })
    .prop_map(|((property, operator), value, alias)| {
        let name = if alias { "field" } else { "propertyName" };
        json!({ name: property, "operator": operator, "value": value })
    })
}

fn words() -> impl Strategy<Value = Value> {
    proptest::collection::vec(text(), 1..4)
        .prop_map(|words| words.join(" "))
        .prop_filter("it has few enough words", |term| {
            client_domain::search::Word::read(term).is_ok_and(|words| !words.is_empty())
        })
        .prop_map(|term| json!({ "searchTerm": term }))
}

/// A valid list of up to 4 filters, in groups up to 5 levels deep.
pub fn filters() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![6 => condition(), 1 => words()];
    let item = leaf.prop_recursive(5, 12, 3, |inner| {
        let several = proptest::collection::vec(inner.clone(), 1..4);
        let group = (select(vec!["and", "or", "AND", " Or "]), several);
        prop_oneof![
            3 => group.prop_map(|(logic, filters)| json!({ "logic": logic, "filters": filters })),
            1 => inner.prop_map(|one| json!({ "logic": "not", "filters": [one] })),
        ]
    });
    proptest::collection::vec(item, 0..4).prop_map(Value::from)
}

/// The number of conditions in a list of filters.
pub fn conditions(filters: &Value) -> usize {
    match filters {
        Value::Array(items) => items.iter().map(conditions).sum(),
        item => item.get("filters").map_or(1, conditions),
    }
}
