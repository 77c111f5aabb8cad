//! A condition on the former names of a client in SQL. Their forms are one text, each between line feeds; the search text has
//! all of them, and an index.

use client_domain::search::{Property, TextMatch};

use super::builder::{SqlBuilder, Value};
use super::text_condition::{pattern, push_search_text};

const FORMS: &str = "c.former_names_folded";

/// One of the forms of the former names matches one of these.
pub(super) fn push_texts(sql: &mut SqlBuilder, how: TextMatch, any_of: &[String]) {
    sql.push("(").push(FORMS).push(" IS NOT NULL AND (false");
    // No stored text holds U+0000.
    for text in any_of.iter().filter(|text| !text.contains('\0')) {
        sql.push(" OR (");
        push_search_text(sql, Property::FormerName, text);
        sql.push(FORMS).push(" LIKE ").bind(Value::Text(pattern(TextMatch::Contains, &bounded(how, text))));
        sql.push(")");
    }
    sql.push("))");
}

/// One of the former names is exactly this text.
pub(super) fn push_exactly(sql: &mut SqlBuilder, text: &str, normal: &str) {
    if text.contains('\0') {
        sql.push("false");
        return;
    }
    sql.push("(").push(FORMS).push(" IS NOT NULL AND ");
    push_search_text(sql, Property::FormerName, normal);
    sql.push(
        "EXISTS (SELECT 1 FROM jsonb_array_elements(c.former_names) f \
         WHERE (f ->> 0) || ' ' || coalesce((f ->> 1) || ' ', '') || (f ->> 2) = ",
    );
    sql.bind(Value::Text(text.to_owned())).push("))");
}

/// The text with the line feeds that bound a form, where it must begin or end there.
fn bounded(how: TextMatch, text: &str) -> String {
    let begins = matches!(how, TextMatch::Equals | TextMatch::StartsWith);
    let ends = matches!(how, TextMatch::Equals | TextMatch::EndsWith);
    [if begins { "\n" } else { "" }, text, if ends { "\n" } else { "" }].concat()
}
