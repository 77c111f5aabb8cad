//! How far a list counts its results.

use client_app::ports::Totals;
use client_domain::Invalid;

use crate::code::Code;
use crate::failure::Item;
use crate::form::Form;
use crate::spec::{FieldSpec, Shape};

const CHOICES: &[&str] = &["bounded", "exact", "none"];

/// The member `totals` of a request.
pub(super) const TOTALS: FieldSpec = FieldSpec::optional(
    "totals",
    Shape::Choice(CHOICES),
    "How far to count the results: exact, which is the default, none, or bounded: up to 20,000, which a list of many clients \
     answers much sooner. Another way to say it than includeTotal, which it must not contradict.",
);

/// The member `atLeast` of an answer.
pub(super) const AT_LEAST: FieldSpec = FieldSpec::optional(
    "atLeast",
    Shape::Flag,
    "Whether there are more results than totalCount, because a bounded count ends there. Only where totals is bounded or exact.",
);

/// How far the request asks to count.
pub(super) fn read(form: &mut Form<'_>) -> Totals {
    let included = form.flag("includeTotal");
    let Some(totals) = form.optional(TOTALS.name, parse) else {
        return if included == Some(false) { Totals::None } else { Totals::Exact };
    };
    let wanted = totals != Totals::None;
    if included.is_some_and(|included| included != wanted) {
        let message = "includeTotal contradicts totals. Give only one of them.";
        let item = Item::new(Code::ExactlyOne, message);
        form.fail(TOTALS.name, item.detail("fields", vec!["includeTotal", TOTALS.name]));
    }
    totals
}

fn parse(raw: &str) -> Result<Totals, Invalid> {
    match raw {
        "bounded" => Ok(Totals::BOUNDED),
        "exact" => Ok(Totals::Exact),
        "none" => Ok(Totals::None),
        _ => Err(Invalid::Choice { choices: CHOICES }),
    }
}

#[cfg(test)]
mod tests {
    use client_app::ports::CountBounds;
    use serde_json::{Value, json};

    use super::*;

    static SPEC: [FieldSpec; 2] = [FieldSpec::optional("includeTotal", Shape::Flag, ""), TOTALS];

    fn read_from(data: &Value) -> Result<Totals, Vec<&'static str>> {
        let mut form = Form::new(&SPEC, data.as_object().unwrap());
        let totals = read(&mut form);
        form.finish(Some(totals))
            .map_err(|failure| failure.items.into_iter().map(|item| item.code.name()).collect())
    }

    #[test]
    fn totals_are_exact_by_default_and_both_members_may_agree() {
        for (data, wanted) in [
            (json!({}), Totals::Exact),
            (json!({ "includeTotal": true }), Totals::Exact),
            (json!({ "includeTotal": false }), Totals::None),
            (json!({ "totals": "exact" }), Totals::Exact),
            (json!({ "totals": "none", "includeTotal": false }), Totals::None),
            (json!({ "totals": "bounded", "includeTotal": true }), Totals::BOUNDED),
            (json!({ "totals": "bounded", "includeTotal": null }), Totals::BOUNDED),
        ] {
            assert_eq!(read_from(&data), Ok(wanted), "{data}");
        }
    }

    #[test]
    fn members_that_contradict_each_other_are_refused() {
        for (totals, included) in [("none", true), ("exact", false), ("bounded", false)] {
            let data = json!({ "totals": totals, "includeTotal": included });
            assert_eq!(read_from(&data), Err(vec!["exactly_one"]), "{data}");
        }
        assert_eq!(read_from(&json!({ "totals": "some" })), Err(vec!["choice"]));
    }

    #[test]
    fn description_names_every_choice_and_the_bound() {
        assert!(CHOICES.iter().all(|choice| parse(choice).is_ok() && TOTALS.about.contains(choice)));
        assert_eq!(CountBounds::ROWS, 20_000);
        assert!(TOTALS.about.contains("20,000"));
    }
}
