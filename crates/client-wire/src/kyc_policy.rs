//! The KYC policy of the bank, read from JSON and written as JSON.

pub(crate) mod reasons;

use std::collections::BTreeMap;

use client_domain::Invalid;
use client_domain::client::{ClientField, FieldValue, TwoPersons};
use client_domain::kyc::{DocumentKind, Evidence, KycPolicy, NumberMask, PolicyVersion, Requirement};
use client_domain::value::CustomerType;
use serde_json::{Map, Value, json};

use self::reasons::{REASONS, REASONS_ANSWER, reasons_json};
use crate::code::Code;
use crate::failure::{Failure, Item};
use crate::form::{Form, shown};
use crate::kyc_view::evidence_json;
use crate::shape;
use crate::spec::{FieldSpec, Shape};

/// The largest number of requirements of a customer type, of alternatives of a requirement, and of masks of a document kind.
const MAX_ITEMS: usize = 20;

/// A list of evidence, of which any one is enough.
const ALTERNATIVES: Shape = Shape::SomeOf { of: &Shape::Choice(Evidence::NAMES), max: MAX_ITEMS };
/// One kind of evidence, or a list of which any one is enough.
const REQUIREMENT: Shape = Shape::Either(&[Shape::Choice(Evidence::NAMES), ALTERNATIVES]);
const MASKS: Shape = Shape::List { of: &Shape::Text { min: 1, max: NumberMask::MAX }, max: MAX_ITEMS };

/// The names of the states in which changes can wait for a second person.
const STATES: &[&str] = &["Approved", "Active"];
/// The names of the fields whose changes can wait.
const FIELDS: &[&str] = &field_names();
const FIELD_LIST: Shape = Shape::List { of: &Shape::Choice(FIELDS), max: FIELDS.len() };

#[expect(clippy::indexing_slicing, reason = "it runs while the crate is compiled")]
const fn field_names() -> [&'static str; FieldValue::FIELDS.len()] {
    let mut names = [""; FieldValue::FIELDS.len()];
    let mut at = 0;
    while at < names.len() {
        names[at] = FieldValue::FIELDS[at].name();
        at += 1;
    }
    names
}

/// The members of a policy file.
pub(crate) const POLICY: &[FieldSpec] = &[
    FieldSpec::required(
        "version",
        Shape::Text { min: 1, max: PolicyVersion::MAX },
        "The name of this version.",
    ),
    FieldSpec::optional(
        "noticeDays",
        Shape::Integer { min: 0, max: KycPolicy::MAX_NOTICE_DAYS as i64 },
        "The number of days before the expiry date from which a document counts as expiring soon; 30 by default.",
    ),
    FieldSpec::optional(
        "lapseAfterDays",
        Shape::Integer { min: 1, max: KycPolicy::MAX_LAPSE_DAYS as i64 },
        "The number of days without a change after which an application that is pending approval lapses; never by \
         default.",
    ),
    FieldSpec::optional(
        "required",
        Shape::Map { names: CustomerType::NAMES, of: &Shape::List { of: &REQUIREMENT, max: MAX_ITEMS } },
        "For each customerType a list of the evidence that must be verified and unexpired before approval: the \
         name of a document type, Address, or a list of names of which any one suffices.",
    ),
    FieldSpec::optional(
        "numberMasks",
        Shape::Map { names: DocumentKind::NAMES, of: &MASKS },
        "For each document type a list of the formats of its numbers: @ is a letter, # a digit, $ either; \
         {min,max} after one of these repeats it.",
    ),
    FieldSpec::optional(
        "twoPersons",
        Shape::Map { names: STATES, of: &FIELD_LIST },
        "For each state the fields whose changes wait for a second person; none by default. What only a correction \
         changes always waits.",
    ),
    REASONS,
];

/// The members of [`policy_json`].
pub(crate) const POLICY_ANSWER: &[FieldSpec] = &[
    FieldSpec::nullable("version", shape::ANY_TEXT, "The name of this version; null if it has none."),
    FieldSpec::required(
        "noticeDays",
        shape::COUNT,
        "The number of days before the expiry date from which a document counts as expiring soon.",
    ),
    FieldSpec::nullable(
        "lapseAfterDays",
        shape::COUNT,
        "The number of days without a change after which an application lapses; null for never.",
    ),
    FieldSpec::required(
        "required",
        Shape::Map { names: CustomerType::NAMES, of: &Shape::List { of: &ALTERNATIVES, max: MAX_ITEMS } },
        "The requirements of each customerType: evidence that must be verified and unexpired.",
    ),
    FieldSpec::required(
        "numberMasks",
        Shape::Map { names: DocumentKind::NAMES, of: &MASKS },
        "The formats of document numbers, by document type.",
    ),
    FieldSpec::required(
        "twoPersons",
        Shape::Map { names: STATES, of: &FIELD_LIST },
        "For each state the fields whose changes wait for a second person.",
    ),
    REASONS_ANSWER,
];

/// Reads the policy of a policy file, and reports all errors together.
///
/// ```
/// use client_wire::read_kyc_policy;
/// use serde_json::json;
///
/// let policy = read_kyc_policy(json!({
///     "version": "2026-11",
///     "required": { "Individual": [["International Passport", "National ID"], "Utility Bill", "Address"] },
///     "numberMasks": { "National ID": ["#{11}"] },
/// }).as_object().unwrap()).unwrap();
/// assert_eq!(policy.notice_days, 30);
///
/// let wrong = json!({ "version": "x", "required": { "Individual": ["Passport", []], "Trust": [] } });
/// let failure = read_kyc_policy(wrong.as_object().unwrap()).unwrap_err();
/// let fields: Vec<_> = failure.items.iter().filter_map(|item| item.field.as_deref()).collect();
/// assert_eq!(fields, ["required.Individual[0]", "required.Individual[1]", "required.Trust"]);
/// ```
pub fn read_kyc_policy(policy: &Map<String, Value>) -> Result<KycPolicy, Failure> {
    let mut form = Form::new(POLICY, policy);
    let read = read_members(&mut form);
    form.finish(read)
}

/// Reads the policy that is a member of a request.
pub(crate) fn read(form: &mut Form<'_>, name: &str) -> Option<KycPolicy> {
    match form.raw(name) {
        None => {
            form.fail(name, Item::new(Code::Required, "This field is mandatory."));
            None
        }
        Some(Value::Object(members)) => {
            let mut inner = Form::within(name.to_owned(), POLICY, members);
            let policy = read_members(&mut inner);
            let items = inner.into_items();
            let is_valid = items.is_empty();
            form.extend(items);
            policy.filter(|_| is_valid)
        }
        Some(_) => form.wrong_type(name, "an object"),
    }
}

fn read_members(form: &mut Form<'_>) -> Option<KycPolicy> {
    let default = KycPolicy::default();
    let version = form.required("version", PolicyVersion::parse);
    let max = i64::from(KycPolicy::MAX_NOTICE_DAYS);
    let notice_days = form.integer("noticeDays", |days| {
        u16::try_from(days)
            .ok()
            .filter(|days| *days <= KycPolicy::MAX_NOTICE_DAYS)
            .ok_or(Invalid::OutOfRange { min: 0, max })
    });
    let max = i64::from(KycPolicy::MAX_LAPSE_DAYS);
    let lapse_after_days = form.integer("lapseAfterDays", |days| {
        u16::try_from(days)
            .ok()
            .filter(|days| (1..=KycPolicy::MAX_LAPSE_DAYS).contains(days))
            .ok_or(Invalid::OutOfRange { min: 1, max })
    });
    let required = lists(form, "required", CustomerType::parse, requirement).unwrap_or_default();
    let masks = lists(form, "numberMasks", DocumentKind::parse, mask).unwrap_or(default.number_masks);
    let two_persons = two_persons(form);
    let reasons = reasons::read(form);
    Some(KycPolicy {
        version: Some(version?),
        notice_days: notice_days.unwrap_or(default.notice_days),
        lapse_after_days,
        required,
        number_masks: masks,
        two_persons,
        reasons,
    })
}

/// Reads the fields whose changes wait for a second person.
fn two_persons(form: &mut Form<'_>) -> TwoPersons {
    let field = |form: &mut Form<'_>, path: &str, value: &Value| {
        let Value::String(name) = value else { return form.wrong_type(path, "the name of a field") };
        let known = FieldValue::FIELDS.into_iter().find(|field| field.name() == name);
        form.keep(path, known.ok_or(Invalid::Choice { choices: FIELDS }))
    };
    let state = |name: &str| {
        let known = TwoPersons::STATES.into_iter().find(|state| state.name() == name);
        known.ok_or(Invalid::Choice { choices: STATES })
    };
    let lists = lists(form, "twoPersons", state, field).unwrap_or_default();
    let fields =
        lists.into_iter().flat_map(|(state, fields)| fields.into_iter().map(move |field| (field, state)));
    fields.fold(TwoPersons::default(), |all, (field, state)| all.with(field, state).unwrap_or(all))
}

/// Reads an object of lists, whose member names `key` parses.
fn lists<K: Ord, T>(
    form: &mut Form<'_>,
    name: &str,
    key: impl Fn(&str) -> Result<K, Invalid>,
    item: impl Fn(&mut Form<'_>, &str, &Value) -> Option<T>,
) -> Option<BTreeMap<K, Vec<T>>> {
    let Value::Object(members) = form.raw(name)? else {
        return form.wrong_type(name, "an object");
    };
    let mut lists = BTreeMap::new();
    for (member, value) in members {
        let path = format!("{name}.{}", shown(member));
        let Some(key) = form.keep(&path, key(member)) else { continue };
        let Value::Array(values) = value else {
            form.wrong_type::<()>(&path, "a list");
            continue;
        };
        if values.len() > MAX_ITEMS {
            let message = format!("must have at most {MAX_ITEMS} items");
            form.fail(&path, Item::new(Code::OutOfRange, message).detail("max", MAX_ITEMS));
            continue;
        }
        let items = values.iter().enumerate();
        let items = items.filter_map(|(at, value)| item(form, &format!("{path}[{at}]"), value)).collect();
        if lists.insert(key, items).is_some() {
            form.fail(&path, Item::new(Code::ExactlyOne, "must not occur twice"));
        }
    }
    Some(lists)
}

fn requirement(form: &mut Form<'_>, path: &str, value: &Value) -> Option<Requirement> {
    let names = match value {
        Value::Array(names) if (1..=MAX_ITEMS).contains(&names.len()) => names.as_slice(),
        name @ Value::String(_) => std::slice::from_ref(name),
        _ => return form.wrong_type(path, "a name, or a list of 1 to 20 names"),
    };
    let mut evidence = Vec::new();
    for name in names {
        let Value::String(name) = name else {
            return form.wrong_type(path, "a name, or a list of 1 to 20 names");
        };
        evidence.push(form.keep(path, Evidence::parse(name))?);
    }
    Requirement::any_of(evidence)
}

fn mask(form: &mut Form<'_>, path: &str, value: &Value) -> Option<NumberMask> {
    let Value::String(text) = value else { return form.wrong_type(path, "a mask") };
    form.keep(path, NumberMask::parse(text))
}

/// A policy as an answer shows it. It has the form of a policy file, except that the version may be null.
pub(crate) fn policy_json(policy: &KycPolicy) -> Value {
    let required: Map<_, _> = policy
        .required
        .iter()
        .map(|(customer_type, list)| {
            let list: Vec<_> = list.iter().map(evidence_json).collect();
            (customer_type.name().to_owned(), json!(list))
        })
        .collect();
    let masks: Map<_, _> = policy
        .number_masks
        .iter()
        .map(|(kind, masks)| {
            let masks: Vec<_> = masks.iter().map(NumberMask::as_str).collect();
            (kind.name().to_owned(), json!(masks))
        })
        .collect();
    let two_persons: Map<_, _> = TwoPersons::STATES
        .into_iter()
        .map(|state| {
            let fields: Vec<_> = policy.two_persons.fields_in(state).map(ClientField::name).collect();
            (state.name().to_owned(), json!(fields))
        })
        .collect();
    json!({
        "version": policy.version.as_ref().map(|version| version.as_str()),
        "noticeDays": policy.notice_days,
        "lapseAfterDays": policy.lapse_after_days,
        "required": required,
        "numberMasks": masks,
        "twoPersons": two_persons,
        "reasons": reasons_json(&policy.reasons),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_policy_can_be_read_again() {
        let file = json!({
            "version": "v1", "noticeDays": 60, "lapseAfterDays": 90,
            "required": { "Corporate": [["Certificate of Incorporation"], ["Address"]], "Individual": [] },
            "numberMasks": { "International Passport": ["@#{8}"], "National ID": [] },
            "twoPersons": { "Approved": ["lastName"], "Active": ["firstName", "emailAddress"] },
            "reasons": { "rejectDocument": [
                { "code": "FORGED", "text": "The document is forged.", "final": true, "retired": false },
            ] },
        });
        let policy = read_kyc_policy(file.as_object().unwrap()).unwrap();
        assert_eq!(policy_json(&policy), file);
        // The domain's feature `serde` has the same form, so that an embedder can store what an answer shows.
        assert_eq!(serde_json::to_value(&policy).unwrap(), file);
        assert_eq!(serde_json::from_value::<KycPolicy>(file).unwrap(), policy);
    }

    #[test]
    fn all_errors_of_a_policy_are_reported() {
        let file = json!({
            "noticeDays": 3661, "requirements": {},
            "required": { "Individual": "all", "Corporate": [7, ["Address", "Birth"], []] },
            "numberMasks": { "Passport": [], "Other": ["{", 3] },
            "twoPersons": { "PendingApproval": ["lastName"], "Active": ["lastName", "clientState", 7] },
        });
        let failure = read_kyc_policy(file.as_object().unwrap()).unwrap_err();
        let mut named: Vec<_> =
            failure.items.iter().map(|item| (item.field.clone().unwrap(), item.code.name())).collect();
        named.sort();
        let expected = [
            ("noticeDays", "out_of_range"),
            ("numberMasks.Other[0]", "format"),
            ("numberMasks.Other[1]", "wrong_type"),
            ("numberMasks.Passport", "choice"),
            ("required.Corporate[0]", "wrong_type"),
            ("required.Corporate[1]", "choice"),
            ("required.Corporate[2]", "wrong_type"),
            ("required.Individual", "wrong_type"),
            ("requirements", "unknown_member"),
            ("twoPersons.Active[1]", "choice"),
            ("twoPersons.Active[2]", "wrong_type"),
            ("twoPersons.PendingApproval", "choice"),
            ("version", "required"),
        ];
        assert_eq!(named, expected.map(|(field, code)| (field.to_owned(), code)));
    }
}
