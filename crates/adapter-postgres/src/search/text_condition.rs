//! A condition on a text in SQL.

use std::borrow::Cow;

use client_domain::search::{Property, TextMatch};
use client_domain::text::is_passport_spelling;
use client_domain::value::Country;

use super::builder::{SqlBuilder, Value};
use super::text_column::{Form, TextColumn, text_column};

/// The length of the shortest word that the index of the search text finds: it holds words by three letters at a time.
const MIN_INDEXED_WORD: usize = 3;

/// The maximum number of spellings of a name in a condition.
const MAX_SPELLINGS: usize = 3;

/// One of the forms of a text matches one of these.
pub(super) fn push_texts(sql: &mut SqlBuilder, property: Property, how: TextMatch, any_of: &[String]) {
    let Some(column) = text_column(property) else {
        sql.push("false");
        return;
    };
    // No stored text holds U+0000.
    let texts: Vec<&str> = any_of.iter().map(String::as_str).filter(|text| !text.contains('\0')).collect();
    sql.push("(");
    // A list is one comparison with an array. A few texts without an index of their own may be found by the search text.
    let few = if property.is_in_search_text() { MAX_SPELLINGS } else { 1 };
    if how == TextMatch::Equals && (column.is_indexed || texts.len() > few) {
        push_equal(sql, property, column, &texts);
    } else {
        sql.push("false");
        for text in texts {
            sql.push(" OR (");
            push_text(sql, property, column, how, text);
            sql.push(")");
        }
    }
    sql.push(")");
}

/// One of the forms is one of the texts. The passport form of an indexed name is searched for only where a text can be
/// one, and by the index of the search text.
fn push_equal(sql: &mut SqlBuilder, property: Property, column: TextColumn, texts: &[&str]) {
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

fn push_one_of_texts(sql: &mut SqlBuilder, forms: &[Form], texts: &[&str]) {
    for (at, form) in forms.iter().enumerate() {
        sql.push(if at == 0 { "(" } else { " OR (" });
        push_given(sql, *form);
        if let [text] = texts {
            sql.push(form.sql).push(" = ").bind(Value::Text((*text).to_owned())).push(")");
        } else {
            let texts = texts.iter().map(|text| (*text).to_owned()).collect();
            sql.push(form.sql).push(" = ANY(").bind(Value::Texts(texts)).push("))");
        }
    }
}

/// One of the forms matches the text. The index of a name serves its beginning better than the one of the search text.
fn push_text(sql: &mut SqlBuilder, property: Property, column: TextColumn, how: TextMatch, text: &str) {
    if !(column.is_indexed && how == TextMatch::StartsWith) {
        push_search_text(sql, property, text);
        return push_forms(sql, column.forms, how, text);
    }
    let Some((first, others)) = column.forms.split_first() else { return };
    push_forms(sql, std::slice::from_ref(first), how, text);
    if !others.is_empty() && is_passport_spelling(text) {
        sql.push(" OR (");
        push_search_text(sql, property, text);
        push_forms(sql, others, how, text);
        sql.push(")");
    }
}

fn push_forms(sql: &mut SqlBuilder, forms: &[Form], how: TextMatch, text: &str) {
    for (at, form) in forms.iter().enumerate() {
        sql.push(if at == 0 { "((" } else { " OR (" });
        push_given(sql, *form);
        match how {
            TextMatch::Equals => sql.push(form.sql).push(" = ").bind(Value::Text(text.to_owned())),
            _ => sql.push(form.sql).push(" LIKE ").bind(Value::Text(pattern(how, text))),
        };
        sql.push(")");
    }
    sql.push(")");
}

fn push_given(sql: &mut SqlBuilder, form: Form) {
    if let Some(given) = form.given {
        sql.push(given).push(" AND ");
    }
}

/// The words of a searched text occur in the search text, which has an index.
pub(super) fn push_search_text(sql: &mut SqlBuilder, property: Property, text: &str) {
    if !property.is_in_search_text() {
        return;
    }
    for word in text.split_whitespace().filter(|word| word.chars().count() >= MIN_INDEXED_WORD) {
        let pattern = pattern(TextMatch::Contains, word);
        sql.push("c.search_text LIKE ").bind(Value::Text(pattern)).push(" AND ");
    }
}

/// The exact text, and its normal form besides, because an index holds that.
pub(super) fn push_exactly(sql: &mut SqlBuilder, property: Property, text: &str) {
    let Some(column) = text_column(property).filter(|_| !text.contains('\0')) else {
        sql.push("false");
        return;
    };
    // Countries are stored by code.
    let stored = match property {
        Property::Country => Country::all()
            .find(|country| country.name() == text)
            .map(|country| Cow::Borrowed(country.alpha2())),
        _ => Some(Cow::Borrowed(text)),
    };
    let (Some(stored), Some(form)) = (stored, column.forms.first()) else {
        sql.push("false");
        return;
    };
    sql.push("(");
    push_given(sql, *form);
    sql.push(column.exact).push(" = ").bind(Value::Text(stored.into_owned())).push(" AND ");
    let normal = property.normal_form(text);
    if !column.is_indexed {
        push_search_text(sql, property, &normal);
    }
    push_one_of_texts(sql, std::slice::from_ref(form), &[&normal]);
    sql.push(")");
}

/// The pattern of this match, in which every character of the text stands for itself.
pub(super) fn pattern(how: TextMatch, text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    if matches!(how, TextMatch::Contains | TextMatch::EndsWith) {
        pattern.push('%');
    }
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    if matches!(how, TextMatch::Contains | TextMatch::StartsWith) {
        pattern.push('%');
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::{TextMatch, pattern};

    #[test]
    fn special_characters_of_a_pattern_are_escaped() {
        assert_eq!(pattern(TextMatch::Contains, "ada"), "%ada%");
        assert_eq!(pattern(TextMatch::Contains, r"50%_\"), r"%50\%\_\\%");
        assert_eq!(pattern(TextMatch::StartsWith, "_a"), r"\_a%");
        assert_eq!(pattern(TextMatch::EndsWith, "a%"), r"%a\%");
    }
}
