//! Which members of an object exclude or need each other.
//!
//! Only keywords are used that code generators ignore and validators do not: a `oneOf` of `required` beside
//! `properties` makes several generators drop the properties.

use utoipa::openapi::schema::Object;
use utoipa::openapi::{Schema, Type};

use super::builders::{requiring, untyped};
use crate::openapi::keywords::Keywords;
use crate::spec::{FieldSpec, Need};

/// Adds the rules between its fields to the schema of a closed object.
pub(crate) fn add_rules(object: &mut Object, fields: &[FieldSpec]) {
    let mut rules = Vec::new();
    let mut seen: Vec<Need> = Vec::new();
    for field in fields {
        let rule = match field.need {
            need if seen.contains(&need) => continue,
            Need::ExactlyOne(names) => exclusion(names, true),
            Need::AtMostOne(names) => exclusion(names, false),
            _ => continue,
        };
        seen.push(field.need);
        rules.extend(rule);
    }
    rules.extend(an_update_changes_something(fields));
    if rules.is_empty() {
        return;
    }
    // One rule is beside the properties, where every validator sees it; several are joined.
    let rules = match <[Keywords; 1]>::try_from(rules) {
        Ok([rule]) => rule,
        Err(rules) => {
            Keywords { all_of: rules.into_iter().map(Schema::from).collect(), ..Keywords::default() }
        }
    };
    object.extensions.get_or_insert_default().merge(rules.into());
}

/// An update that names nothing but its client is refused: not all members that change something are absent.
fn an_update_changes_something(fields: &[FieldSpec]) -> Option<Keywords> {
    let changes = |field: &&FieldSpec| matches!(field.need, Need::Settable | Need::Clearable);
    let never = || Schema::from(Keywords { not: Some(untyped().into()), ..Keywords::default() });
    let mut changing = fields.iter().filter(changes).peekable();
    changing.peek()?;
    let absent = changing.fold(untyped(), |object, field| object.property(field.name, never()));
    Some(Keywords { not: Some(absent.into()), ..Keywords::default() })
}

/// If the first is present none of the others is. Else at most one of the others is, and one is if one is `needed`.
fn exclusion(names: &[&'static str], needed: bool) -> Option<Keywords> {
    let (first, others) = names.split_first()?;
    let otherwise = match others {
        [last] => needed.then(|| present(last)),
        _ => exclusion(others, needed).map(Schema::from),
    };
    Some(Keywords {
        condition: Some(present(first)),
        then: Some(absent(others)),
        otherwise,
        ..Keywords::default()
    })
}

/// The member is present and not null.
fn present(name: &str) -> Schema {
    let null = Schema::from(Object::with_type(Type::Null));
    let not_null = Schema::from(Keywords { not: Some(null), ..Keywords::default() });
    requiring(untyped().property(name, not_null), [name]).into()
}

/// Each of the members is absent or null, which says the same.
fn absent(names: &[&str]) -> Schema {
    names.iter().fold(untyped(), |object, name| object.property(*name, Object::with_type(Type::Null))).into()
}
