//! A condition on the former names of a client in SQL. Their forms are one text, each between line feeds; the search text has
//! all of them, and an index.

use client_domain::search::{Property, TextMatch};

use super::builder::{SqlBuilder, Value};
use super::reach::Reach;
use super::text_condition::{push_search_text, push_text_match};

const FORMS: &str = "c.former_names_folded";

/// One of the forms of the former names matches one of these. Returns how many clients it finds.
pub(super) fn push_texts(sql: &mut SqlBuilder<'_>, how: TextMatch, any_of: &[String]) -> Reach {
    // No stored text holds U+0000.
    let texts: Vec<_> = any_of.iter().filter(|text| !text.contains('\0')).collect();
    sql.push("(").push(FORMS).push(" IS NOT NULL AND ").push(if texts.is_empty() { "(false" } else { "(" });
    let mut reach = Reach::Few;
    for (at, text) in texts.into_iter().enumerate() {
        sql.push(if at == 0 { "(" } else { " OR (" });
        reach = reach | push_search_text(sql, Property::FormerName, text);
        push_text_match(sql, FORMS, TextMatch::Contains, &bounded(how, text));
        sql.push(")");
    }
    sql.push("))");
    reach
}

/// One of the former names is exactly this text. Returns how many clients it finds.
pub(super) fn push_exactly(sql: &mut SqlBuilder<'_>, text: &str, normal: &str) -> Reach {
    if text.contains('\0') {
        sql.push("false");
        return Reach::Few;
    }
    sql.push("(").push(FORMS).push(" IS NOT NULL AND ");
    let reach = push_search_text(sql, Property::FormerName, normal);
    sql.push(
        "EXISTS (SELECT 1 FROM json_each(c.former_names) f WHERE (f.value ->> 0) || ' ' \
         || coalesce((f.value ->> 1) || ' ', '') || (f.value ->> 2) = ",
    );
    sql.bind(Value::Text(text.to_owned())).push("))");
    reach
}

/// The text with the line feeds that bound a form, where it must begin or end there.
fn bounded(how: TextMatch, text: &str) -> String {
    let begins = matches!(how, TextMatch::Equals | TextMatch::StartsWith);
    let ends = matches!(how, TextMatch::Equals | TextMatch::EndsWith);
    [if begins { "\n" } else { "" }, text, if ends { "\n" } else { "" }].concat()
}
