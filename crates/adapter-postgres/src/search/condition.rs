//! A predicate as a condition in SQL.

use client_domain::search::{Asked, Criterion, Predicate, Property, Sortable, Span, TextMatch, Word};
use jiff::civil::Date;

use super::builder::{SqlBuilder, Value};
use super::column::column;
use super::former_name;
use super::keyset::KeysetBound;
use super::kyc_status;
use super::text_condition::{pattern, push_exactly, push_texts};

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
    // Every client has a status, so one that is not of these is one of the others.
    if let Criterion::Kyc(condition) = asked.criterion.as_ref()
        && asked.negated
    {
        return kyc_status::push(sql, &condition.opposite(), today);
    }
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
        Criterion::Kyc(condition) => kyc_status::push(sql, condition, today),
        Criterion::OneOf(values) => push_one_of(sql, asked.property, values.iter()),
        Criterion::Within(spans) => push_spans(sql, asked.property, spans),
        Criterion::Text { how, any_of } if asked.property == Property::FormerName => {
            former_name::push_texts(sql, *how, any_of);
        }
        Criterion::Exactly(text) if asked.property == Property::FormerName => {
            former_name::push_exactly(sql, text, &asked.property.normal_form(text));
        }
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

/// A bound that the database cannot store is beyond every stored value.
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

/// The search text holds one of the spellings of the word.
fn push_word(sql: &mut SqlBuilder, word: &Word) {
    sql.push("(false");
    for spelling in word.spellings().filter(|spelling| !spelling.contains('\0')) {
        let pattern = pattern(TextMatch::Contains, spelling);
        sql.push(" OR c.search_text LIKE ").bind(Value::Text(pattern));
    }
    sql.push(")");
}
