//! The table of the book, which is written by a run and not by hand.

use std::fmt::Write as _;
use std::path::Path;

use clients_campaigns::RunError;

use crate::aims::Aim;
use crate::history::{commit, day};
use crate::summary::{Row, Summary};
use crate::test_bed::Facts;

/// Between these lines of a page stands what the last run has measured.
const BEGIN: &str = "<!-- Measured by `bench --book`; not edited by hand -->\n";
const END: &str = "<!-- Measured until here -->\n";

/// Writes the rows and the aims of a run between the two lines of a page.
pub(crate) fn write(file: &Path, facts: &Facts, summary: &Summary, aims: &[Aim]) -> Result<(), RunError> {
    let page = std::fs::read_to_string(file).map_err(RunError::during(file.display()))?;
    let table = table(&day(), &commit(), facts, summary, aims);
    let page = replaced(&page, &table).ok_or_else(|| {
        RunError::new(format!("{}: it has no place for the table of a run", file.display()))
    })?;
    std::fs::write(file, page).map_err(RunError::during(file.display()))
}

/// The page with another text between the two lines; none where it has not both.
fn replaced(page: &str, table: &str) -> Option<String> {
    let (before, rest) = page.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n{table}\n{END}{after}"))
}

fn table(day: &str, commit: &str, facts: &Facts, summary: &Summary, aims: &[Aim]) -> String {
    let mut text = format!(
        "On {day}: {} clients, PostgreSQL {}, {} cores, commit {commit}. Other programs used at most {:.0} % of the machine.\n\n\
         | what | connections | by | per s | p50 ms | p99 ms | service µs | database µs | log KiB | rate to floor |\n\
         | --- | ---: | --- | --- | ---: | ---: | ---: | ---: | ---: | --- |\n",
        facts.clients,
        facts.postgres,
        facts.cores,
        summary.foreign_percent()
    );
    for row in summary.rows() {
        line(&mut text, row);
    }
    text.push_str("\n| aim | bound | reached | |\n| --- | --- | ---: | --- |\n");
    for aim in aims {
        if let (Some(reached), Some(holds)) = (aim.reached, aim.holds) {
            let verdict = if holds { "reached" } else { "missed" };
            let _ = writeln!(text, "| {} | {} | {reached:.2} | {verdict} |", aim.what, aim.bound);
        }
    }
    text
}

fn line(text: &mut String, row: &Row) {
    let ratio = row.rate_to_baseline.map_or_else(|| "–".to_owned(), |ratio| ratio.to_string());
    let _ = writeln!(
        text,
        "| {} | {} | {} | {:.0} ({:.0}-{:.0}) | {:.2} | {:.2} | {:.0} | {:.0} | {:.1} | {ratio} |",
        row.task,
        row.connections,
        row.who.name(),
        row.rate.median,
        row.rate.least,
        row.rate.most,
        row.p50_ms,
        row.p99_ms,
        row.service_us,
        row.database_us,
        row.log_kib,
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Who;
    use crate::rounds::Results;
    use crate::summary::tests::case;

    #[test]
    fn table_takes_the_place_of_the_one_before() {
        let cases = [case(0, Who::Baseline, 1000.0, 1.0), case(0, Who::Service, 900.0, 2.0)];
        let (facts, summary) = (Facts { clients: 7, cores: 2, ..Facts::default() }, Summary::of(&cases));
        let aims = Aim::all(&summary, &Results::default(), &facts);
        let table = table("2026-11-30", "18cfe5f7", &facts, &summary, &aims);
        assert!(table.contains(
            "| create | 8 | service | 900 (900-900) | 1.11 | 40.00 | 200 | 600 | 5.5 | 0.90 (0.90-0.90) |"
        ));
        assert!(
            table.contains("| create over HTTP / floor at 8 connections, rate | ≥ 0.85 | 0.90 | reached |")
        );
        assert!(!table.contains("create over HTTP / floor at 32"), "it was not measured");
        let page = format!("before\n{BEGIN}an older table\n{END}after\n");
        let once = replaced(&page, &table).unwrap();
        assert_eq!(replaced(&once, &table).unwrap(), once);
        assert!(once.starts_with("before\n") && once.ends_with("after\n") && !once.contains("older"));
        assert!(replaced("a page without a place", &table).is_none());
    }
}
