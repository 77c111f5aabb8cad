//! The statements that count in groups.
//!
//! States, branches and KYC statuses, and what waits, are counted by an index alone: one range of it for each group, which ends at the bound.
//! Anything else is a condition on rows. They are read up to the bound, in any order, and the condition is checked for each; if
//! an index has a condition, it finds those that are read, and the others are checked.

use client_app::ports::{CountReading, Counting, Grouping};
use client_domain::ClientState;
use client_domain::client::{WaitingAge, WorkKind};
use client_domain::kyc::{KycStatus, KycStatusRule};
use client_domain::search::{KycCondition, Predicate, Scope};
use client_domain::value::BranchKey;
use jiff::Timestamp;
use jiff::civil::Date;

use super::builder::{SqlBuilder, Value};
use super::condition;
use super::indexed::is_found_by_index;
use super::kyc_status;
use crate::rows::convert::to_i64;
use crate::sql::Statement;

/// The statement. Its rows have the columns `member`, `age`, `counted`, and `read` where rows are read, or may be.
pub(super) fn statement<'q>(counting: &Counting, reading: CountReading) -> Statement<'q> {
    let (scope, rest) = counting.predicate.clone().scoped(counting.today);
    let mut sql = SqlBuilder::new(false);
    match (&counting.by, reading) {
        (Grouping::State, CountReading::ByIndex) => push_states(&mut sql, counting, &scope),
        (Grouping::Branch, CountReading::ByIndex) => push_branches(&mut sql, counting, &scope),
        (Grouping::KycStatus(rule), CountReading::ByIndex) => push_statuses(&mut sql, counting, rule),
        (Grouping::Waiting(kinds, now), CountReading::ByIndex) => {
            push_waiting(&mut sql, counting, &scope, kinds, *now);
        }
        (Grouping::Waiting(kinds, now), CountReading::Rows) => {
            push_waiting_rows(&mut sql, counting, &scope, (kinds, *now), "");
        }
        (Grouping::BranchWaiting(kinds, now), _) => {
            push_waiting_rows(&mut sql, counting, &scope, (kinds, *now), ", branch");
        }
        (by, _) => push_rows(&mut sql, counting, by, &scope, &rest),
    }
    sql.into_statement()
}

/// One more than a bound says that there is more.
fn push_limit(sql: &mut SqlBuilder, bound: usize) {
    sql.push(" LIMIT ").push_number(to_i64(bound).saturating_add(1));
}

fn push_states(sql: &mut SqlBuilder, counting: &Counting, scope: &Scope) {
    let states = ClientState::ALL.into_iter();
    let asked = states.filter(|state| scope.states.as_ref().is_none_or(|states| states.contains(state)));
    let mut is_first = true;
    for state in asked {
        sql.push(if is_first { "" } else { " UNION ALL " });
        is_first = false;
        sql.push("SELECT '").push_number(state.number().into()).push("' AS member, NULL::integer AS age, ");
        sql.push("(SELECT count(*) FROM (SELECT 1 FROM client c WHERE c.state = ");
        sql.push_number(state.number().into());
        push_branch_condition(sql, "c.branch", scope);
        push_limit(sql, counting.bounds.entries);
        sql.push(") counted) AS counted");
    }
    if is_first {
        push_nothing(sql);
    }
}

/// No row.
fn push_nothing(sql: &mut SqlBuilder) {
    sql.push("SELECT NULL::text AS member, NULL::integer AS age, 0::bigint AS counted WHERE false");
}

/// The branches that there are come from the index, one step to the next for each.
fn push_branches(sql: &mut SqlBuilder, counting: &Counting, scope: &Scope) {
    if let Some(branches) = &scope.branches {
        sql.push("WITH one AS (SELECT unnest(")
            .bind(keys(branches))
            .push("::text[]) COLLATE \"C\" AS branch)");
    } else {
        sql.push(
            "WITH RECURSIVE step AS (
                (SELECT c.branch, 1 AS place FROM client c WHERE c.branch IS NOT NULL ORDER BY c.branch LIMIT 1)
                UNION ALL
                SELECT (SELECT c.branch FROM client c WHERE c.branch > step.branch ORDER BY c.branch LIMIT 1),
                    step.place + 1
                FROM step WHERE step.branch IS NOT NULL AND step.place <= ",
        );
        sql.push_number(to_i64(counting.bounds.branches));
        sql.push("), one AS (SELECT branch FROM step WHERE branch IS NOT NULL)");
    }
    sql.push(" SELECT one.branch AS member, NULL::integer AS age,");
    push_number_of_branch(sql, counting, scope, "c.branch = one.branch");
    sql.push(" AS counted FROM one");
    if scope.branches.is_none() {
        // They have an index of their own.
        sql.push(" UNION ALL SELECT NULL, NULL,");
        push_number_of_branch(sql, counting, scope, "c.branch IS NULL");
    }
}

fn push_number_of_branch(sql: &mut SqlBuilder, counting: &Counting, scope: &Scope, condition: &'static str) {
    sql.push(" (SELECT count(*) FROM (SELECT 1 FROM client c WHERE ").push(condition);
    push_state_condition(sql, scope);
    push_limit(sql, counting.bounds.entries);
    sql.push(") counted)");
}

/// The clients with a status that is right are a range of the index, each status one. Those that are due are read up to the bound
/// of rows. Clients without a document are all others.
fn push_statuses(sql: &mut SqlBuilder, counting: &Counting, rule: &KycStatusRule) {
    for status in KycStatus::SUBMITTED {
        let condition = KycCondition { statuses: [status].into(), rule: rule.clone() };
        sql.push("SELECT '")
            .push(status.name())
            .push("' AS member, NULL::integer AS age, (SELECT count(*) FROM (");
        sql.push("SELECT 1 FROM client_kyc_status s WHERE ");
        kyc_status::push_right(sql, &condition, counting.today);
        push_limit(sql, counting.bounds.entries);
        sql.push(") counted) AS counted, 0::bigint AS read UNION ALL ");
    }
    sql.push("SELECT member, NULL, count(*), count(*) FROM (SELECT ");
    kyc_status::push_computed(sql, rule, counting.today, |sql, status| {
        sql.push("'").push(status.name()).push("'");
    });
    sql.push(" AS member FROM (SELECT s.client_key FROM client_kyc_status s WHERE ");
    kyc_status::push_due(sql, rule, counting.today);
    push_limit(sql, counting.bounds.rows);
    sql.push(") s JOIN client c ON c.client_key = s.client_key) one GROUP BY member UNION ALL");
    sql.push(" SELECT 'None', NULL, CASE WHEN greatest(whole.number, submitted.number) > ");
    sql.push_number(to_i64(counting.bounds.entries));
    sql.push(
        " THEN greatest(whole.number, submitted.number) ELSE whole.number - submitted.number END, 0 FROM ",
    );
    for (table, name, between) in [("client", " whole", ", "), ("client_kyc_status", " submitted", "")] {
        sql.push("(SELECT count(*) AS number FROM (SELECT 1 FROM ").push(table);
        push_limit(sql, counting.bounds.entries);
        sql.push(") counted)").push(name).push(between);
    }
}

/// The items of each kind and age are a range of the index of the queue.
fn push_waiting(
    sql: &mut SqlBuilder,
    counting: &Counting,
    scope: &Scope,
    kinds: &[WorkKind],
    now: Timestamp,
) {
    let ages = |kind: WorkKind| if kind == WorkKind::Expiring { 1 } else { WaitingAge::ALL.len() };
    let groups = kinds.iter().flat_map(|kind| (0..ages(*kind)).map(move |place| (*kind, place)));
    let mut is_first = true;
    for (kind, place) in groups {
        sql.push(if is_first { "" } else { " UNION ALL " });
        is_first = false;
        sql.push("SELECT '").push(kind.name()).push("' AS member, ").push_number(to_i64(place));
        sql.push(
            "::integer AS age, (SELECT count(*) FROM (SELECT 1 FROM client_work_item w WHERE w.kind = '",
        );
        sql.push(kind.name()).push("'");
        push_branch_condition(sql, "w.branch", scope);
        if kind != WorkKind::Expiring {
            let bound = |place: usize| WaitingAge::ALL.get(place).and_then(|age| age.begins_after(now));
            if let Some(bound) = bound(place) {
                sql.push(" AND w.since > ").bind(Value::Moment(bound));
            }
            if let Some(bound) = place.checked_sub(1).and_then(bound) {
                sql.push(" AND w.since <= ").bind(Value::Moment(bound));
            }
        }
        push_limit(sql, counting.bounds.entries);
        sql.push(") counted) AS counted");
    }
    if is_first {
        push_nothing(sql);
    }
}

/// Items are read up to the bound, each with its client if one of its values is asked for that an item does not have.
fn push_waiting_rows(
    sql: &mut SqlBuilder,
    counting: &Counting,
    scope: &Scope,
    (kinds, now): (&[WorkKind], Timestamp),
    further: &'static str,
) {
    sql.push("SELECT member, age").push(further);
    sql.push(", count(*) FILTER (WHERE is_found) AS counted, count(*) AS read FROM (");
    sql.push("SELECT w.kind AS member, w.branch, CASE");
    for (place, age) in (0..).zip(WaitingAge::ALL) {
        if let Some(bound) = age.begins_after(now) {
            sql.push(" WHEN w.since > ").bind(Value::Moment(bound)).push(" THEN ").push_number(place);
        } else {
            sql.push(" ELSE ").push_number(place);
        }
    }
    sql.push(" END AS age, ");
    let (_, rest) = counting.predicate.clone().scoped(counting.today);
    let needs_client = scope.states.is_some() || rest != Predicate::every_client();
    if needs_client {
        condition::push(sql, &counting.predicate, counting.today);
    } else {
        sql.push("true");
    }
    sql.push(
        " AS is_found FROM (SELECT w.kind, w.branch, w.since, w.client_key FROM client_work_item w WHERE w.kind = ANY(",
    );
    sql.bind(Value::Texts(kinds.iter().map(|kind| kind.name().to_owned()).collect())).push(")");
    push_branch_condition(sql, "w.branch", scope);
    push_limit(sql, counting.bounds.rows);
    sql.push(if needs_client { ") w JOIN client c ON c.client_key = w.client_key" } else { ") w" });
    sql.push(") one GROUP BY member, age").push(further);
}

/// Clients are read up to the bound.
fn push_rows(sql: &mut SqlBuilder, counting: &Counting, by: &Grouping, scope: &Scope, rest: &Predicate) {
    sql.push("SELECT member, NULL::integer AS age, count(*) FILTER (WHERE is_found) AS counted,");
    sql.push(" count(*) AS read FROM (SELECT ");
    match by {
        Grouping::State => sql.push("c.state::text"),
        Grouping::Branch => sql.push("c.branch"),
        Grouping::KycStatus(rule) => push_status(sql, rule, counting.today),
        Grouping::Waiting(..) | Grouping::BranchWaiting(..) => sql.push("NULL::text"),
    };
    sql.push(" AS member, ");
    // A condition beside those of an index is no reason not to count a row as read, and neither is the status of a client that is
    // due: it is computed for as many rows as the bound lets through.
    let (found, others) = by_index_and_others(rest, counting.today);
    let (mut candidates, mut rows, mut checked) = (Vec::new(), Vec::new(), others);
    for one in found {
        match one.only_kyc_condition(counting.today) {
            Some(condition) => {
                candidates.push(condition);
                checked.push(one);
            }
            None => rows.push(one),
        }
    }
    condition::push(sql, &Predicate::All(checked), counting.today);
    sql.push(" AS is_found FROM (SELECT * FROM client c WHERE true");
    push_state_condition(sql, scope);
    push_branch_condition(sql, "c.branch", scope);
    for condition in &candidates {
        sql.push(" AND ");
        kyc_status::push_candidate(sql, condition, counting.today);
    }
    sql.push(" AND ");
    condition::push(sql, &Predicate::All(rows), counting.today);
    push_limit(sql, counting.bounds.rows);
    sql.push(") c) one GROUP BY member");
}

/// The conditions that must all hold: those that an index finds, and the others.
fn by_index_and_others(rest: &Predicate, today: Date) -> (Vec<Predicate>, Vec<Predicate>) {
    let conditions = match rest {
        Predicate::All(all) => all.clone(),
        other => vec![other.clone()],
    };
    conditions.into_iter().partition(|one| is_found_by_index(one, today))
}

fn push_status<'s>(sql: &'s mut SqlBuilder, rule: &KycStatusRule, today: Date) -> &'s mut SqlBuilder {
    sql.push("coalesce((SELECT ");
    kyc_status::push_name(sql, rule, today);
    sql.push(" FROM client_kyc_status s WHERE s.client_key = c.client_key), 'None')")
}

fn push_state_condition(sql: &mut SqlBuilder, scope: &Scope) {
    if let Some(states) = &scope.states {
        let numbers = states.iter().map(|state| i64::from(state.number())).collect();
        sql.push(" AND c.state = ANY(").bind(Value::Numbers(numbers)).push(")");
    }
}

fn push_branch_condition(sql: &mut SqlBuilder, column: &'static str, scope: &Scope) {
    if let Some(branches) = &scope.branches {
        sql.push(" AND ").push(column).push(" = ANY(").bind(keys(branches)).push(")");
    }
}

fn keys(branches: &std::collections::BTreeSet<BranchKey>) -> Value {
    Value::Texts(branches.iter().map(|branch| branch.as_str().to_owned()).collect())
}
