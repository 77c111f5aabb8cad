//! A predicate as a condition in SQL.

use std::borrow::Cow;

use client_domain::search::{Asked, Criterion, Predicate, Property, Sortable, Span, TextMatch, Word, fold};
use client_domain::value::Country;
use jiff::civil::Date;

use super::builder::{SqlBuilder, Value};
use super::column::column;
use super::keyset::KeysetBound;
use super::kyc;
use super::text_column::{TextColumn, text_column};

/// The length of the shortest word that the index of the search text finds: it holds words by three letters at a time.
const MIN_INDEXED_WORD: usize = 3;

/// Writes a predicate as a condition on `client c` that is true or false, and never null.
pub(super) fn push(sql: &mut SqlBuilder, predicate: &Predicate, today: Date) {
    match predicate {
        Predicate::All(all) => push_joined(sql, all, ("true", " AND "), today),
        Predicate::Any(any) => push_joined(sql, any, ("false", " OR "), today),
        Predicate::Not(other) => {
            sql.push("(NOT ");
            push(sql, other, today);
            sql.push(")");
        }
        Predicate::Where(condition) => push_condition(sql, &condition.asked(today), today),
        Predicate::Mentions(word) => push_word(sql, word),
    }
}

fn push_joined(
    sql: &mut SqlBuilder,
    predicates: &[Predicate],
    (of_none, between): (&'static str, &'static str),
    today: Date,
) {
    sql.push("(");
    for (at, predicate) in predicates.iter().enumerate() {
        sql.push(if at == 0 { "" } else { between });
        push(sql, predicate, today);
    }
    sql.push(if predicates.is_empty() { of_none } else { "" }).push(")");
}

fn push_condition(sql: &mut SqlBuilder, asked: &Asked<'_>, today: Date) {
    if asked.negated {
        sql.push("(NOT ");
    }
    if asked.property.is_of_documents() {
        let none = *asked.criterion == Criterion::Empty;
        sql.push(if none { "(NOT EXISTS (" } else { "(EXISTS (" });
        sql.push("SELECT 1 FROM client_document d WHERE d.client_key = c.client_key AND ");
        if none {
            sql.push(column(asked.property).sql).push(" IS NOT NULL");
        } else {
            push_criterion(sql, asked, today);
        }
        sql.push("))");
    } else {
        push_criterion(sql, asked, today);
    }
    if asked.negated {
        sql.push(")");
    }
}

fn push_criterion(sql: &mut SqlBuilder, asked: &Asked<'_>, today: Date) {
    match asked.criterion.as_ref() {
        Criterion::Empty => {
            let column = column(asked.property);
            sql.push("(").push(if column.nullable { column.sql } else { "false" });
            sql.push(if column.nullable { " IS NULL)" } else { ")" });
        }
        Criterion::Kyc(test) => kyc::push(sql, test, today),
        Criterion::OneOf(values) => push_one_of(sql, asked.property, values.iter()),
        Criterion::Within(spans) => push_spans(sql, asked.property, spans),
        Criterion::Text { how, any_of } => push_texts(sql, asked.property, *how, any_of),
        Criterion::Exactly(text) => push_exactly(sql, asked.property, text),
    }
}

fn push_one_of<'a>(sql: &mut SqlBuilder, property: Property, values: impl Iterator<Item = &'a Sortable>) {
    let column = column(property);
    let (mut numbers, mut texts) = (Vec::new(), Vec::new());
    for value in values {
        match KeysetBound::of(value, column) {
            KeysetBound::At(Value::Number(number)) => numbers.push(number),
            KeysetBound::At(Value::Text(text)) => texts.push(text),
            // No client has it.
            _ => {}
        }
    }
    sql.push("(").push_not_null(column.sql, column.nullable).push(column.sql);
    // For one value an index has the clients in the order of their creation; for several it does not.
    match (numbers.as_slice(), texts.as_slice()) {
        ([only], []) => sql.push(" = ").bind(Value::Number(*only)).push(")"),
        ([], [only]) => sql.push(" = ").bind(Value::Text(only.clone())).push(")"),
        _ if column.is_number() => sql.push(" = ANY(").bind(Value::Numbers(numbers)).push("))"),
        _ => sql.push(" = ANY(").bind(Value::Texts(texts)).push("))"),
    };
}

fn push_spans(sql: &mut SqlBuilder, property: Property, spans: &[Span]) {
    sql.push("(");
    for (at, span) in spans.iter().enumerate() {
        sql.push(if at == 0 { "" } else { " OR " });
        push_span(sql, property, span);
    }
    sql.push(if spans.is_empty() { "false)" } else { ")" });
}

/// A bound that the database cannot store lies beyond every stored value.
fn push_span(sql: &mut SqlBuilder, property: Property, span: &Span) {
    let column = column(property);
    sql.push("(").push_not_null(column.sql, column.nullable);
    if let Some(only) = span.only()
        && let KeysetBound::At(value) = KeysetBound::of(only, column)
    {
        sql.push(column.sql).push(" = ").bind(value).push(")");
        return;
    }
    match span.from.as_ref().map(|from| KeysetBound::of(from, column)) {
        Some(KeysetBound::At(value)) => sql.push(column.sql).push(" >= ").bind(value),
        Some(KeysetBound::Above) => sql.push("false"),
        _ => sql.push("true"),
    };
    sql.push(" AND ");
    match span.to.as_ref().map(|to| KeysetBound::of(to, column)) {
        Some(KeysetBound::At(value)) => sql.push(column.sql).push(" <= ").bind(value),
        Some(KeysetBound::Below) => sql.push("false"),
        _ => sql.push("true"),
    };
    sql.push(")");
}

fn push_texts(sql: &mut SqlBuilder, property: Property, how: TextMatch, any_of: &[String]) {
    let Some(column) = text_column(property) else {
        sql.push("false");
        return;
    };
    // No stored text holds U+0000.
    let storable = || any_of.iter().filter(|text| !text.contains('\0'));
    // A list is one comparison with an array. A single text without an index of its own may be found by the search text.
    if how == TextMatch::Equals && (column.is_indexed || any_of.len() > 1) {
        let texts: Vec<_> = storable().cloned().collect();
        sql.push("(").push_not_null(column.folded, column.nullable).push(column.folded);
        match <[String; 1]>::try_from(texts) {
            Ok([text]) => sql.push(" = ").bind(Value::Text(text)).push(")"),
            Err(texts) => sql.push(" = ANY(").bind(Value::Texts(texts)).push("))"),
        };
        return;
    }
    sql.push("(false");
    for text in storable() {
        sql.push(" OR (").push_not_null(column.folded, column.nullable);
        push_words(sql, property, column, how, text);
        match how {
            TextMatch::Equals => sql.push(column.folded).push(" = ").bind(Value::Text(text.clone())),
            _ => sql.push(column.folded).push(" LIKE ").bind(Value::Text(pattern(how, text))),
        };
        sql.push(")");
    }
    sql.push(")");
}

/// The words of a searched text occur in the search text, which has an index. They are asked for one by one, because the
/// search text holds a full name on several lines.
fn push_words(sql: &mut SqlBuilder, property: Property, column: TextColumn, how: TextMatch, text: &str) {
    let has_better = column.is_indexed && how == TextMatch::StartsWith;
    if has_better || !property.is_in_search_text() {
        return;
    }
    for word in text.split_whitespace().filter(|word| word.chars().count() >= MIN_INDEXED_WORD) {
        let pattern = pattern(TextMatch::Contains, word);
        sql.push("c.search_text LIKE ").bind(Value::Text(pattern)).push(" AND ");
    }
}

/// The exact text, and its folded form besides, because an index holds that.
fn push_exactly(sql: &mut SqlBuilder, property: Property, text: &str) {
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
    let Some(stored) = stored else {
        sql.push("false");
        return;
    };
    sql.push("(").push_not_null(column.exact, column.nullable);
    sql.push(column.exact).push(" = ").bind(Value::Text(stored.into_owned())).push(" AND ");
    push_texts(sql, property, TextMatch::Equals, &[fold(text)]);
    sql.push(")");
}

/// The search text holds one of the spellings of the word.
fn push_word(sql: &mut SqlBuilder, word: &Word) {
    sql.push("(false");
    for spelling in word.spellings().filter(|spelling| !spelling.contains('\0')) {
        let pattern = pattern(TextMatch::Contains, spelling);
        sql.push(" OR c.search_text LIKE ").bind(Value::Text(pattern));
    }
    sql.push(")");
}

/// The pattern of this match, in which every character of the text stands for itself.
fn pattern(how: TextMatch, text: &str) -> String {
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
