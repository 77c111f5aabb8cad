//! Reads the members of a request into parsed values, and collects all errors.

use client_domain::Invalid;
use client_domain::client::Patch;
use serde_json::{Map, Value};

use crate::code::Code;
use crate::failure::{Failure, Item};
use crate::nearest::nearest;
use crate::spec::{FieldSpec, Need};

/// A JSON object that is being read. Every member is read once, and every error is collected, so that a caller sees all
/// errors of a request together.
pub(crate) struct Form<'a> {
    spec: &'static [FieldSpec],
    data: &'a Map<String, Value>,
    /// The path of the object, which precedes the names of members in errors; empty for the outermost object.
    path: String,
    items: Vec<Item>,
}

impl<'a> Form<'a> {
    /// Begins to read an object. Members that the specification does not know are errors.
    pub(crate) fn new(spec: &'static [FieldSpec], data: &'a Map<String, Value>) -> Self {
        Self::within(String::new(), spec, data)
    }

    /// Begins to read an object inside another object.
    pub(crate) fn within(path: String, spec: &'static [FieldSpec], data: &'a Map<String, Value>) -> Self {
        let mut form = Self { spec, data, path, items: Vec::new() };
        let unknown = data.keys().filter(|name| !spec.iter().any(|field| field.name == name.as_str()));
        for (at, name) in unknown.enumerate() {
            let item = unknown_member(&form.path_of(name));
            // Suggestions cost time, so a request with many errors does not get one for each.
            form.items.push(if at < MAX_SUGGESTIONS { with_suggestion(item, name, spec) } else { item });
        }
        form
    }

    /// A text that must be present.
    pub(crate) fn required<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, Invalid>,
    ) -> Option<T> {
        if self.is_absent(name) {
            self.fail(name, Item::new(Code::Required, "This field is mandatory."));
            return None;
        }
        self.optional(name, parse)
    }

    /// A text that may be absent or null.
    pub(crate) fn optional<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, Invalid>,
    ) -> Option<T> {
        match self.value(name)? {
            Value::String(text) => {
                let parsed = parse(text);
                self.keep(name, parsed)
            }
            _ => self.wrong_type(name, "a text"),
        }
    }

    /// A whole number that may be absent or null.
    pub(crate) fn integer<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(i64) -> Result<T, Invalid>,
    ) -> Option<T> {
        match self.value(name)? {
            Value::Number(number) => match whole_number(number) {
                Some(Ok(number)) => {
                    let parsed = parse(number);
                    self.keep(name, parsed)
                }
                Some(Err(invalid)) => self.keep(name, Err(invalid)),
                None => self.wrong_type(name, "a whole number"),
            },
            _ => self.wrong_type(name, "a whole number"),
        }
    }

    /// True or false, which may be absent or null.
    pub(crate) fn flag(&mut self, name: &str) -> Option<bool> {
        match self.value(name)? {
            Value::Bool(flag) => Some(*flag),
            _ => self.wrong_type(name, "true or false"),
        }
    }

    /// A list of at most `max` items, which may be absent or null. Errors of an item name its index.
    pub(crate) fn list<T>(
        &mut self,
        name: &str,
        max: usize,
        mut parse: impl FnMut(&mut Self, &str, &'a Value) -> Option<T>,
    ) -> Option<Vec<T>> {
        let Value::Array(values) = self.value(name)? else {
            return self.wrong_type(name, "a list");
        };
        if values.len() > max {
            let message = format!("must have at most {max} items");
            self.fail(name, Item::new(Code::OutOfRange, message).detail("max", max));
            return None;
        }
        let parsed: Vec<_> = values
            .iter()
            .enumerate()
            .filter_map(|(at, value)| parse(self, &format!("{name}[{at}]"), value))
            .collect();
        (parsed.len() == values.len()).then_some(parsed)
    }

    /// A member without parsing; it may be absent or null.
    pub(crate) fn raw(&self, name: &str) -> Option<&'a Value> {
        self.value(name)
    }

    /// A text in an update: an absent member keeps the value, and null clears it.
    pub(crate) fn patch<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, Invalid>,
    ) -> Patch<T> {
        self.patch_with(name, |form| form.optional(name, parse))
    }

    /// A whole number in an update: an absent member keeps the value, and null clears it.
    pub(crate) fn patch_integer<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(i64) -> Result<T, Invalid>,
    ) -> Patch<T> {
        self.patch_with(name, |form| form.integer(name, parse))
    }

    fn patch_with<T>(&mut self, name: &str, read: impl FnOnce(&mut Self) -> Option<T>) -> Patch<T> {
        match self.data.get(name) {
            None => Patch::Keep,
            Some(Value::Null) => Patch::Clear,
            Some(_) => read(self).map_or(Patch::Keep, Patch::Set),
        }
    }

    /// A mandatory text in an update: an absent member keeps the value, and null is an error.
    pub(crate) fn set<T>(&mut self, name: &str, parse: impl FnOnce(&str) -> Result<T, Invalid>) -> Option<T> {
        if self.data.get(name) == Some(&Value::Null) {
            self.fail(
                name,
                Item::new(Code::CannotBeCleared, "This field is mandatory and cannot be cleared."),
            );
            return None;
        }
        self.optional(name, parse)
    }

    /// Whether the member is absent or null.
    pub(crate) fn is_absent(&self, name: &str) -> bool {
        matches!(self.data.get(name), None | Some(Value::Null))
    }

    /// Whether a known member other than these is present.
    pub(crate) fn has_any_except(&self, names: &[&str]) -> bool {
        self.spec.iter().any(|field| !names.contains(&field.name) && self.data.contains_key(field.name))
    }

    /// Collects an error of a member.
    pub(crate) fn fail(&mut self, name: &str, item: Item) {
        let path = self.path_of(name);
        self.items.push(item.field(path));
    }

    /// Collects an error that is made from the path of its member.
    pub(crate) fn fail_at(&mut self, name: &str, item: impl FnOnce(&str) -> Item) {
        let path = self.path_of(name);
        self.items.push(item(&path));
    }

    /// Collects an error of the request as a whole.
    pub(crate) fn fail_whole(&mut self, item: Item) {
        self.items.push(item);
    }

    /// The parsed value, or its error, which is collected.
    pub(crate) fn keep<T>(&mut self, name: &str, parsed: Result<T, Invalid>) -> Option<T> {
        parsed.map_err(|invalid| self.fail(name, broken(&invalid))).ok()
    }

    /// Collects the error of a value with the wrong JSON type.
    pub(crate) fn wrong_type<T>(&mut self, name: &str, wanted: &'static str) -> Option<T> {
        self.fail(name, Item::new(Code::WrongType, format!("must be {wanted}")));
        None
    }

    /// The value if there are no errors, else all errors.
    pub(crate) fn finish<T>(self, read: Option<T>) -> Result<T, Failure> {
        match read {
            Some(value) if self.items.is_empty() => Ok(value),
            _ => Err(Failure::invalid(self.items)),
        }
    }

    /// The errors so far, for an object that is part of another.
    pub(crate) fn into_items(self) -> Vec<Item> {
        self.items
    }

    /// Adds the errors of an object inside this one.
    pub(crate) fn extend(&mut self, items: Vec<Item>) {
        self.items.extend(items);
    }

    fn value(&self, name: &str) -> Option<&'a Value> {
        debug_assert!(self.spec.iter().any(|field| field.name == name), "{name} is read and not specified");
        self.data.get(name).filter(|value| !value.is_null())
    }

    /// The path of a member for errors.
    pub(crate) fn path_of(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }
}

impl FieldSpec {
    /// Whether an absent member is an error.
    pub fn is_required(&self) -> bool {
        self.need == Need::Required
    }
}

/// A whole number in any notation of JSON, such as `1.0`; `None` for other numbers.
fn whole_number(number: &serde_json::Number) -> Option<Result<i64, Invalid>> {
    /// Up to this number, floating point represents every whole number exactly.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if let Some(number) = number.as_i64() {
        return Some(Ok(number));
    }
    let float = number.as_f64().filter(|float| float.fract() == 0.0)?;
    #[expect(clippy::cast_possible_truncation, reason = "it is whole, and small enough to be exact")]
    let exact = (float.abs() <= EXACT).then_some(float as i64);
    Some(exact.ok_or(Invalid::OutOfRange { min: i64::MIN, max: i64::MAX }))
}

/// How many unknown members of one object get a suggestion.
const MAX_SUGGESTIONS: usize = 10;

/// The error of an unknown member with the known members, and with the one that was probably meant.
fn with_suggestion(item: Item, name: &str, spec: &'static [FieldSpec]) -> Item {
    let known = || spec.iter().map(|field| field.name);
    let item = item.detail("choices", known().collect::<Vec<_>>());
    let Some(similar) = nearest(name, known()) else { return item };
    let message = format!("{} Did you mean {similar}?", item.message);
    Item { message, ..item }.detail("nearest", similar)
}

/// The error of a member that the operation does not know.
pub(crate) fn unknown_member(path: &str) -> Item {
    Item::new(Code::UnknownMember, "The operation has no such member.").field(shown(path))
}

/// The name of a member for an error. It is shortened, because the caller chose it.
pub(crate) fn shown(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(80).collect()
}

/// The error of an invalid value.
pub(crate) fn broken(invalid: &Invalid) -> Item {
    let code = match invalid {
        Invalid::TooShort { .. } => Code::TooShort,
        Invalid::TooLong { .. } => Code::TooLong,
        Invalid::ControlCharacter => Code::ControlCharacter,
        Invalid::Invisible => Code::Invisible,
        Invalid::InvisibleCharacter => Code::InvisibleCharacter,
        Invalid::Placeholder => Code::Placeholder,
        Invalid::NothingToCompare => Code::NothingToCompare,
        Invalid::Characters { .. } => Code::Characters,
        Invalid::DigitCount { .. } => Code::DigitCount,
        Invalid::Choice { .. } => Code::Choice,
        Invalid::UnknownCountry => Code::UnknownCountry,
        Invalid::OutOfRange { .. } => Code::OutOfRange,
        Invalid::InFuture => Code::InFuture,
        Invalid::TooEarly { .. } => Code::TooEarly,
        Invalid::Format { .. } => Code::Format,
    };
    let item = Item::new(code, invalid.to_string());
    match invalid {
        Invalid::TooShort { min } => item.detail("min", *min),
        Invalid::TooLong { max } => item.detail("max", *max),
        Invalid::DigitCount { min, max } => item.detail("min", *min).detail("max", *max),
        Invalid::OutOfRange { min, max } => item.detail("min", *min).detail("max", *max),
        Invalid::Choice { choices } => item.detail("choices", choices.to_vec()),
        Invalid::TooEarly { earliest } => item.detail("earliest", earliest.to_string()),
        _ => item,
    }
}

#[cfg(test)]
mod tests {
    use client_domain::value::PersonName;
    use serde_json::json;

    use super::*;
    use crate::shape;

    static SPEC: [FieldSpec; 3] = [
        FieldSpec::required("firstName", shape::NAME, ""),
        FieldSpec::optional("lastName", shape::NAME, ""),
        FieldSpec::optional("rank", shape::NUMBER, ""),
    ];

    fn codes(data: &Value) -> Vec<(&'static str, Option<String>)> {
        let mut form = Form::new(&SPEC, data.as_object().unwrap());
        let first = form.required("firstName", PersonName::parse);
        form.optional("lastName", PersonName::parse);
        form.integer(
            "rank",
            |rank| if rank > 0 { Ok(rank) } else { Err(Invalid::OutOfRange { min: 1, max: 9 }) },
        );
        match form.finish(first) {
            Ok(_) => Vec::new(),
            Err(failure) => failure.items.into_iter().map(|item| (item.code.name(), item.field)).collect(),
        }
    }

    #[test]
    fn every_error_is_collected_with_its_field() {
        let wrong = json!({ "lastName": 7, "rank": 0, "nickname": "x" });
        let expected = [
            ("unknown_member", "nickname"),
            ("required", "firstName"),
            ("wrong_type", "lastName"),
            ("out_of_range", "rank"),
        ];
        assert_eq!(codes(&wrong), expected.map(|(code, field)| (code, Some(field.to_owned()))));
        assert_eq!(codes(&json!({ "firstName": "Ada", "lastName": null })), []);
    }

    #[test]
    fn number_that_is_not_whole_has_the_wrong_type() {
        for rank in [json!(1.5), json!("1"), json!(true), json!([1])] {
            let data = json!({ "firstName": "Ada", "rank": rank });
            assert_eq!(codes(&data), [("wrong_type", Some("rank".to_owned()))]);
        }
        for rank in [json!(1e300), json!(u64::MAX), json!(-5)] {
            let data = json!({ "firstName": "Ada", "rank": rank });
            assert_eq!(codes(&data), [("out_of_range", Some("rank".to_owned()))]);
        }
        assert_eq!(codes(&json!({ "firstName": "Ada", "rank": 3.0 })), []);
    }

    #[test]
    fn null_does_not_fill_a_mandatory_field() {
        assert_eq!(codes(&json!({ "firstName": null })), [("required", Some("firstName".to_owned()))]);
    }
}
