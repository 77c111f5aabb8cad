//! A wrong answer is found, whatever the final outcome of the order is.

use std::time::Duration;

use clients_campaigns::answers::{AnswerRules, check, statuses};
use clients_campaigns::findings::Oracle;
use clients_campaigns::history::Attempt;

const fn attempt(status: u16, retry_after: bool, millis: u64) -> Attempt {
    let start = Duration::from_secs(100);
    let end = Duration::from_millis(100_000 + millis);
    Attempt { start, end, status, retry_after, query: false, never_sent: false }
}

fn found(attempts: &[Attempt], refusals: bool, away: &[(u64, u64)]) -> Vec<Oracle> {
    let seconds = |(from, to): &(u64, u64)| (Duration::from_secs(*from), Duration::from_secs(*to));
    let away = away.iter().map(seconds).collect();
    let (deadline, unconnected) = (Duration::from_secs(10), vec![(Duration::from_secs(500), Duration::MAX)]);
    let answer_rules = AnswerRules { deadline, refusals, away, unconnected, further: Vec::new() };
    check(attempts, &answer_rules).iter().map(|(oracle, _, _)| oracle).collect()
}

#[test]
fn success_and_retry_after_are_accepted() {
    let right = [attempt(200, false, 20), attempt(503, true, 2_000), attempt(504, true, 10_000)];
    assert_eq!(found(&right, false, &[]), []);
    let names: Vec<_> = statuses(&right).into_iter().collect();
    assert_eq!(names, [("200", 1), ("503", 1), ("504", 1)].map(|(name, count)| (name.to_owned(), count)));
}

#[test]
fn missing_retry_after_is_found() {
    for status in [503, 504] {
        assert_eq!(found(&[attempt(status, false, 20)], false, &[]), [Oracle::WrongAnswer], "{status}");
    }
}

#[test]
fn unexpected_statuses_are_found() {
    for status in [204, 400, 401, 404, 408, 422, 429, 500, 502] {
        assert_eq!(found(&[attempt(status, true, 20)], true, &[]), [Oracle::WrongAnswer], "{status}");
    }
    let query = Attempt { query: true, ..attempt(408, false, 8_000) };
    assert_eq!(found(&[query], false, &[]), []);
    assert_eq!(found(&[attempt(409, false, 20)], true, &[]), []);
    assert_eq!(found(&[attempt(409, false, 20)], false, &[]), [Oracle::WrongAnswer]);
}

#[test]
fn late_answer_is_found_even_if_successful() {
    for status in [0, 200, 503] {
        assert_eq!(found(&[attempt(status, true, 10_001)], false, &[(0, 200)]), [Oracle::Hang], "{status}");
    }
}

#[test]
fn missing_answer_is_accepted_only_without_a_service() {
    let silence = [attempt(0, false, 2_000)];
    for away in [(90, 100), (101, 101), (102, 110)] {
        assert_eq!(found(&silence, false, &[(1, 2), away]), [], "{away:?}");
    }
    for away in [(90, 99), (103, 110)] {
        assert_eq!(found(&silence, false, &[(1, 2), away]), [Oracle::WrongAnswer], "{away:?}");
    }
}

#[test]
fn connection_that_the_machine_did_not_open_is_no_finding() {
    let never_sent = |at: u64| {
        let start = Duration::from_secs(at);
        Attempt { start, end: start + Duration::from_secs(12), never_sent: true, ..attempt(0, false, 0) }
    };
    assert_eq!(found(&[never_sent(500)], false, &[]), []);
    assert_eq!(found(&[never_sent(100)], false, &[]), [Oracle::Hang]);
    let sent = Attempt { never_sent: false, ..never_sent(500) };
    assert_eq!(found(&[sent], false, &[]), [Oracle::Hang], "it had a connection");
}
