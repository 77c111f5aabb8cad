//! Checks every answer: no request hangs, and a service that cannot answer says so.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::findings::{Findings, Oracle};
use crate::history::Attempt;

/// The answers that the callers of a campaign may get.
#[derive(Clone, Debug)]
pub struct AnswerRules {
    /// The deadline, whatever has failed.
    pub deadline: Duration,
    /// Whether an order may be refused, because another caller was first.
    pub refusals: bool,
    /// Further statuses that are right.
    pub further: Vec<u16>,
    /// The periods in which no service was running.
    pub away: Vec<(Duration, Duration)>,
    /// The periods in which the machine itself opened no connection for some callers.
    pub unconnected: Vec<(Duration, Duration)>,
}

/// Checks every single answer.
///
/// It must come in time, and be a success, 503 or 504 with `Retry-After`, or a refusal where some are expected; a query may
/// also time out (408). A missing answer is accepted only while no service was running, and a 500 never.
pub fn check(attempts: &[Attempt], answer_rules: &AnswerRules) -> Findings {
    let mut findings = Findings::default();
    for attempt in attempts {
        let took = attempt.end.saturating_sub(attempt.start);
        let is_within = |periods: &[(Duration, Duration)]| {
            periods.iter().any(|(from, to)| attempt.start <= *to && attempt.end >= *from)
        };
        if attempt.never_sent && is_within(&answer_rules.unconnected) {
            continue;
        }
        let answered = || match attempt.status {
            0 => format!("no answer after {took:?}, sent at {:?}", attempt.start),
            status => format!("status {status} after {took:?}, sent at {:?}", attempt.start),
        };
        if took > answer_rules.deadline {
            findings.add(Oracle::Hang, answered());
            continue;
        }
        let right = match attempt.status {
            200 => true,
            409 => answer_rules.refusals,
            // The answer to a query that takes too long, by the list of the codes.
            408 => attempt.query,
            503 | 504 => attempt.retry_after,
            0 => is_within(&answer_rules.away),
            other => answer_rules.further.contains(&other),
        };
        findings.expect(right, Oracle::WrongAnswer, answered);
    }
    findings
}

/// How many answers there were of each status; 0 is none.
pub fn statuses(attempts: &[Attempt]) -> BTreeMap<String, usize> {
    let mut statuses = BTreeMap::new();
    for attempt in attempts {
        let name = if attempt.status == 0 { "none".to_owned() } else { attempt.status.to_string() };
        *statuses.entry(name).or_default() += 1;
    }
    statuses
}
