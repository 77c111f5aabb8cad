//! A predicate as a condition in SQL.

use client_domain::search::{
    Asked, Criterion, Predicate, Property, PropertyKind, Sortable, Span, TextMatch, Word,
};
use jiff::civil::Date;

use super::builder::{SqlBuilder, Value};
use super::column::{Kind, column};
use super::counts::Letters;
use super::former_name;
use super::keyset::KeysetBound;
use super::kyc_status;
use super::reach::Reach;
use super::text_condition::{push_exactly, push_text_match, push_texts, push_words};

/// Writes a predicate as a condition on `client c` that is true or false, and never null. Returns how many clients it
/// finds.
pub(super) fn push(sql: &mut SqlBuilder<'_>, predicate: &Predicate, today: Date) -> Reach {
    match predicate {
        Predicate::All(all) => {
            let each = push_joined(sql, all, ("true", " AND "), today);
            each.into_iter().fold(Reach::Any, |all, one| all & one)
        }
        Predicate::Any(any) => {
            let each = push_joined(sql, any, ("false", " OR "), today);
            each.into_iter().fold(Reach::Few, |any, one| any | one)
        }
        Predicate::Not(other) => {
            sql.push("(NOT ");
            push(sql, other, today);
            sql.push(")");
            Reach::Any
        }
        Predicate::Where(condition) => push_condition(sql, &condition.asked(today), today),
        Predicate::Mentions(word) => push_word(sql, word),
    }
}

fn push_joined(
    sql: &mut SqlBuilder<'_>,
    predicates: &[Predicate],
    (of_none, between): (&'static str, &'static str),
    today: Date,
) -> Vec<Reach> {
    sql.push("(");
    let mut each = Vec::with_capacity(predicates.len());
    for (at, predicate) in predicates.iter().enumerate() {
        sql.push(if at == 0 { "" } else { between });
        each.push(push(sql, predicate, today));
    }
    sql.push(if predicates.is_empty() { of_none } else { "" }).push(")");
    each
}

fn push_condition(sql: &mut SqlBuilder<'_>, asked: &Asked<'_>, today: Date) -> Reach {
    if asked.negated && asked.property == Property::FormerClient && *asked.criterion == Criterion::Empty {
        // Few clients have returned. Their index has this condition, which no search for one record has.
        sql.push("(ifnull(length(c.former_client), 0) > 0)");
        return Reach::Any;
    }
    // Every client has a status, so one that is not of these is one of the others.
    if let Criterion::Kyc(condition) = asked.criterion.as_ref()
        && asked.negated
    {
        return kyc_status::push(sql, &condition.opposite(), today);
    }
    if asked.negated {
        sql.push("(NOT ");
    }
    let reach = if asked.property.is_of_documents() {
        push_documents(sql, asked, today)
    } else {
        push_criterion(sql, asked, today)
    };
    if asked.negated {
        sql.push(")");
        return Reach::Any;
    }
    reach
}

/// One of the documents of a client meets the criterion. Few documents are found by their index, and lead to their
/// clients; otherwise the documents of each client are read.
fn push_documents(sql: &mut SqlBuilder<'_>, asked: &Asked<'_>, today: Date) -> Reach {
    if has_document_index(asked) {
        let before = sql.lengths();
        sql.push("(c.client_key IN (SELECT d.client_key FROM client_document d WHERE ");
        if sql.push_counted("client_document d", |sql| drop_reach(push_criterion(sql, asked, today))) {
            sql.push("))");
            return Reach::Few;
        }
        sql.take_back(before);
    }
    let none = *asked.criterion == Criterion::Empty;
    sql.push(if none { "(NOT EXISTS (" } else { "(EXISTS (" });
    sql.push("SELECT 1 FROM client_document d WHERE d.client_key = c.client_key AND ");
    if none {
        sql.push(column(asked.property).sql).push(" IS NOT NULL");
    } else {
        push_criterion(sql, asked, today);
    }
    sql.push("))");
    Reach::Any
}

const fn drop_reach(_: Reach) {}

/// Whether an index of documents has the values in the order of the criterion.
fn has_document_index(asked: &Asked<'_>) -> bool {
    match (asked.property, asked.criterion.as_ref()) {
        (Property::DocumentNumber, Criterion::Text { how, .. }) => {
            matches!(how, TextMatch::Equals | TextMatch::StartsWith)
        }
        (Property::DocumentNumber, Criterion::Exactly(_))
        | (Property::DocumentExpiryDate, Criterion::OneOf(_) | Criterion::Within(_)) => true,
        _ => false,
    }
}

fn push_criterion(sql: &mut SqlBuilder<'_>, asked: &Asked<'_>, today: Date) -> Reach {
    match asked.criterion.as_ref() {
        Criterion::Empty => {
            let column = column(asked.property);
            sql.push("(").push(if column.nullable { column.sql } else { "false" });
            sql.push(if column.nullable { " IS NULL)" } else { ")" });
            Reach::Any
        }
        Criterion::Kyc(condition) => kyc_status::push(sql, condition, today),
        Criterion::OneOf(values) => push_one_of(sql, asked.property, values.iter()),
        Criterion::Within(spans) => push_spans(sql, asked.property, spans),
        Criterion::Text { how, any_of } if asked.property == Property::FormerName => {
            former_name::push_texts(sql, *how, any_of)
        }
        Criterion::Exactly(text) if asked.property == Property::FormerName => {
            former_name::push_exactly(sql, text, &asked.property.normal_form(text))
        }
        Criterion::Text { how, any_of } => push_texts(sql, asked.property, *how, any_of),
        Criterion::Exactly(text) => push_exactly(sql, asked.property, text),
    }
}

/// Whether few clients share a value, and an index has the values.
const fn is_nearly_unique(property: Property) -> bool {
    matches!(
        property,
        Property::Id | Property::CustomerNumber | Property::EncodedKey | Property::FormerClient
    )
}

fn push_one_of<'a>(
    sql: &mut SqlBuilder<'_>,
    property: Property,
    values: impl Iterator<Item = &'a Sortable>,
) -> Reach {
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
        ([only], []) => push_number(sql.push(" = "), property, *only),
        ([], [only]) => sql.push(" = ").bind(Value::Text(only.clone())),
        _ if column.kind == Kind::Number => sql.push(" IN ").bind_all(numbers.into_iter().map(Value::Number)),
        _ => sql.push(" IN ").bind_all(texts.into_iter().map(Value::Text)),
    };
    sql.push(")");
    Reach::few_if(is_nearly_unique(property))
}

/// Yes and no are written as they are, so that an index of the clients with a yes is used.
fn push_number<'s, 'c>(
    sql: &'s mut SqlBuilder<'c>,
    property: Property,
    number: i64,
) -> &'s mut SqlBuilder<'c> {
    match property.kind() {
        PropertyKind::YesNo => sql.push_number(number),
        _ => sql.bind(Value::Number(number)),
    }
}

fn push_spans(sql: &mut SqlBuilder<'_>, property: Property, spans: &[Span]) -> Reach {
    sql.push("(");
    for (at, span) in spans.iter().enumerate() {
        sql.push(if at == 0 { "" } else { " OR " });
        push_span(sql, property, span);
    }
    sql.push(if spans.is_empty() { "false)" } else { ")" });
    Reach::few_if(is_nearly_unique(property) && spans.iter().all(|span| span.only().is_some()))
}

/// A bound that the database cannot store is beyond every stored value.
fn push_span(sql: &mut SqlBuilder<'_>, property: Property, span: &Span) {
    let column = column(property);
    sql.push("(").push_not_null(column.sql, column.nullable);
    if let Some(only) = span.only()
        && let KeysetBound::At(value) = KeysetBound::of(only, column)
    {
        sql.push(column.sql).push(" = ");
        match value {
            Value::Number(number) => push_number(sql, property, number),
            value => sql.bind(value),
        };
        sql.push(")");
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
fn push_word(sql: &mut SqlBuilder<'_>, word: &Word) -> Reach {
    let spellings: Vec<_> = word.spellings().filter(|spelling| !spelling.contains('\0')).collect();
    if push_words(sql, Letters::SearchText, &spellings) {
        return Reach::Few;
    }
    sql.push(if spellings.is_empty() { "(false" } else { "(" });
    for (at, spelling) in spellings.iter().enumerate() {
        sql.push(if at == 0 { "" } else { " OR " });
        push_text_match(sql, "c.search_text", TextMatch::Contains, spelling);
    }
    sql.push(")");
    Reach::Any
}
