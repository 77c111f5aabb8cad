//! A condition on a text in SQL.

use std::borrow::Cow;

use client_domain::search::{Property, TextMatch};
use client_domain::text::is_passport_spelling;
use client_domain::value::Country;

use super::builder::{SqlBuilder, Value};
use super::counts::Letters;
use super::reach::Reach;
use super::text_column::{Form, TextColumn, text_column};
use crate::parameters::to_i64;

/// The maximum number of spellings of a name in a condition.
const MAX_SPELLINGS: usize = 3;

/// One of the forms of a text matches one of these. Returns how many clients it finds.
pub(super) fn push_texts(
    sql: &mut SqlBuilder<'_>,
    property: Property,
    how: TextMatch,
    any_of: &[String],
) -> Reach {
    // No stored text holds U+0000.
    let texts: Vec<&str> = any_of.iter().map(String::as_str).filter(|text| !text.contains('\0')).collect();
    let Some(column) = text_column(property).filter(|_| !texts.is_empty()) else {
        sql.push("false");
        return Reach::Few;
    };
    // Many clients may share a last name, or the beginning of a number; few share an address or a number.
    let is_frequent = how != TextMatch::Equals || property == Property::LastName;
    let is_range = column.is_indexed && matches!(how, TextMatch::Equals | TextMatch::StartsWith);
    // Documents are counted where they are found.
    if is_range && is_frequent && !property.is_of_documents() {
        return Reach::few_if(sql.push_counted("client c", |sql| {
            push_any(sql, property, column, how, &texts);
        }));
    }
    push_any(sql, property, column, how, &texts)
}

fn push_any(
    sql: &mut SqlBuilder<'_>,
    property: Property,
    column: TextColumn,
    how: TextMatch,
    texts: &[&str],
) -> Reach {
    sql.push("(");
    // A list is one comparison. A few texts without an index of their own may be found by the search text.
    let few = if property.is_in_search_text() { MAX_SPELLINGS } else { 1 };
    let reach = if how == TextMatch::Equals && (column.is_indexed || texts.len() > few) {
        push_equal(sql, property, column, texts);
        Reach::few_if(column.is_indexed)
    } else {
        let mut reach = Reach::Few;
        for (at, text) in texts.iter().enumerate() {
            sql.push(if at == 0 { "(" } else { " OR (" });
            reach = reach | push_text(sql, property, column, how, text);
            sql.push(")");
        }
        reach
    };
    sql.push(")");
    reach
}

/// One of the forms is one of the texts. The passport form of an indexed name is searched for only where a text can be
/// one, and by the index of the search text.
fn push_equal(sql: &mut SqlBuilder<'_>, property: Property, column: TextColumn, texts: &[&str]) {
    if !column.is_indexed {
        return push_one_of_texts(sql, column.forms, texts);
    }
    let Some((first, others)) = column.forms.split_first() else { return };
    push_one_of_texts(sql, std::slice::from_ref(first), texts);
    for text in texts.iter().filter(|text| !others.is_empty() && is_passport_spelling(text)) {
        sql.push(" OR (");
        push_search_text(sql, property, text);
        push_one_of_texts(sql, others, &[text]);
        sql.push(")");
    }
}

fn push_one_of_texts(sql: &mut SqlBuilder<'_>, forms: &[Form], texts: &[&str]) {
    for (at, form) in forms.iter().enumerate() {
        sql.push(if at == 0 { "(" } else { " OR (" });
        push_given(sql, *form);
        if let [text] = texts {
            sql.push(form.sql).push(" = ").bind(Value::Text((*text).to_owned())).push(")");
        } else {
            let texts = texts.iter().map(|text| Value::Text((*text).to_owned()));
            sql.push(form.sql).push(" IN ").bind_all(texts).push(")");
        }
    }
}

/// One of the forms matches the text. The index of a name serves its beginning better than the one of the search text.
fn push_text(
    sql: &mut SqlBuilder<'_>,
    property: Property,
    column: TextColumn,
    how: TextMatch,
    text: &str,
) -> Reach {
    if !(column.is_indexed && how == TextMatch::StartsWith) {
        let reach = push_search_text(sql, property, text);
        push_forms(sql, column.forms, how, text);
        return reach;
    }
    let Some((first, others)) = column.forms.split_first() else { return Reach::Any };
    push_forms(sql, std::slice::from_ref(first), how, text);
    if !others.is_empty() && is_passport_spelling(text) {
        sql.push(" OR (");
        push_search_text(sql, property, text);
        push_forms(sql, others, how, text);
        sql.push(")");
    }
    Reach::Any
}

fn push_forms(sql: &mut SqlBuilder<'_>, forms: &[Form], how: TextMatch, text: &str) {
    for (at, form) in forms.iter().enumerate() {
        sql.push(if at == 0 { "((" } else { " OR (" });
        push_given(sql, *form);
        push_text_match(sql, form.sql, how, text);
        sql.push(")");
    }
    sql.push(")");
}

fn push_given(sql: &mut SqlBuilder<'_>, form: Form) {
    if let Some(given) = form.given {
        sql.push(given).push(" AND ");
    }
}

/// The words of a searched text occur in the search text, which has an index, and so has an address.
pub(super) fn push_search_text(sql: &mut SqlBuilder<'_>, property: Property, text: &str) -> Reach {
    let mut reach = Reach::Any;
    if property == Property::Address && push_words(sql, Letters::Address, &[text]) {
        sql.push(" AND ");
        return Reach::Few;
    }
    for word in text.split_whitespace().filter(|_| property.is_in_search_text()) {
        if push_words(sql, Letters::SearchText, &[word]) {
            sql.push(" AND ");
            reach = Reach::Few;
        }
    }
    reach
}

/// Asks the index of words for the clients whose search text holds one of these, if that is the way to find them.
pub(super) fn push_words(sql: &mut SqlBuilder<'_>, of: Letters, any_of: &[&str]) -> bool {
    let Some(question) = sql.counts.words(of, any_of) else { return false };
    sql.push("c.id IN (SELECT rowid FROM client_word WHERE client_word MATCH ");
    sql.bind(Value::Text(question)).push(")");
    true
}

/// The exact text, and its normal form besides, because an index holds that. Answers how many clients it finds.
pub(super) fn push_exactly(sql: &mut SqlBuilder<'_>, property: Property, text: &str) -> Reach {
    // Countries are stored by code.
    let stored = match property {
        Property::Country => Country::all()
            .find(|country| country.name() == text)
            .map(|country| Cow::Borrowed(country.alpha2())),
        _ => Some(Cow::Borrowed(text)),
    };
    let column = text_column(property).filter(|_| !text.contains('\0'));
    let form = column.and_then(|column| Some((column, *column.forms.first()?)));
    let (Some(stored), Some((column, form))) = (stored, form) else {
        sql.push("false");
        return Reach::Few;
    };
    let normal = property.normal_form(text);
    if column.is_indexed && property == Property::LastName {
        return Reach::few_if(
            sql.push_counted("client c", |sql| push_exact(sql, column, form, (&stored, &normal))),
        );
    }
    let mut reach = Reach::few_if(column.is_indexed);
    sql.push("(");
    if !column.is_indexed {
        reach = push_search_text(sql, property, &normal);
    }
    push_exact(sql, column, form, (&stored, &normal));
    sql.push(")");
    reach
}

fn push_exact(sql: &mut SqlBuilder<'_>, column: TextColumn, form: Form, (stored, normal): (&str, &str)) {
    sql.push("(");
    push_given(sql, form);
    sql.push(column.exact).push(" = ").bind(Value::Text(stored.to_owned())).push(" AND ");
    push_one_of_texts(sql, &[form], &[normal]);
    sql.push(")");
}

/// A text matches another. Texts are compared by their bytes, so that each character stands for itself.
pub(super) fn push_text_match(sql: &mut SqlBuilder<'_>, column: &'static str, how: TextMatch, text: &str) {
    let value = || Value::Text(text.to_owned());
    match how {
        TextMatch::Equals => {
            sql.push(column).push(" = ").bind(value());
        }
        TextMatch::Contains => {
            sql.push("instr(").push(column).push(", ").bind(value()).push(") > 0");
        }
        TextMatch::StartsWith => {
            sql.push(column).push(" >= ").bind(value());
            if let Some(end) = after_all_with(text) {
                sql.push(" AND ").push(column).push(" < ").bind(Value::Text(end));
            }
        }
        TextMatch::EndsWith => {
            let length = to_i64(text.chars().count());
            sql.push("substr(").push(column).push(", -").push_number(length).push(") = ").bind(value());
        }
    }
}

/// The first text that comes after every text with this beginning; none if every later text has it.
fn after_all_with(beginning: &str) -> Option<String> {
    let mut characters: Vec<char> = beginning.chars().collect();
    while let Some(last) = characters.pop() {
        let next = (u32::from(last) + 1..=u32::from(char::MAX)).find_map(char::from_u32);
        if let Some(next) = next {
            characters.push(next);
            return Some(characters.into_iter().collect());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::after_all_with;

    #[test]
    fn the_end_of_a_beginning_comes_after_every_text_that_begins_so() {
        for (beginning, end) in [
            ("ada", Some("adb")),
            ("ad\u{D7FF}", Some("ad\u{E000}")),
            ("a\u{10FFFF}", Some("b")),
            ("\u{10FFFF}", None),
            ("", None),
        ] {
            assert_eq!(after_all_with(beginning).as_deref(), end);
        }
    }
}
