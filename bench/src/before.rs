//! Another binary beside the service, in the same rounds and on the same database: what a change gained or cost.

use std::fmt::Write as _;
use std::path::Path;

use clients_campaigns::{Binary, RunError, Service, Storage};

use crate::case::Who;
use crate::rounds::Measured;
use crate::spread::Spread;
use crate::summary::{Row, Summary};
use crate::test_bed::{SERVICE_ARGUMENTS, TestBed};

impl TestBed {
    /// Starts another binary of the service beside it. One that needs another schema ends, and so does the run.
    pub(crate) async fn start_before(&mut self, binary: &Binary, out: &Path) -> Result<(), RunError> {
        let (url, log) = (self.cluster.url(), out.join("service-before.log"));
        let started = Service::start(binary, Storage::Url(&url), &SERVICE_ARGUMENTS, &log).await;
        self.before = Some(started.map_err(RunError::during("the service of --before"))?);
        Ok(())
    }

    /// The service of another binary.
    pub(crate) fn before(&self) -> Result<&Service, RunError> {
        self.before.as_ref().ok_or_else(|| RunError::new("no binary was named with --before"))
    }
}

/// The table of what was measured with both, empty if nothing was.
pub(crate) fn table(summary: &Summary, cases: &[Measured]) -> String {
    let pairs: Vec<_> = summary
        .rows()
        .iter()
        .filter(|row| row.who == Who::Service)
        .filter_map(|now| Some((summary.row(now.task, now.connections, Who::Before)?, now)))
        .collect();
    if pairs.is_empty() {
        return String::new();
    }
    let mut text = "\nBoth in turn, in the same rounds:\n\n| what | connections | rate /s, before | now | now / before | service µs, before | now \
         | database µs, before | now |\n| --- | ---: | ---: | ---: | --- | ---: | ---: | ---: | ---: |\n"
        .to_owned();
    for (before, now) in pairs {
        let ratio = ratio(now, cases).map_or_else(|| "–".to_owned(), |ratio| ratio.to_string());
        let _ = writeln!(
            text,
            "| {} | {} | {:.0} | {:.0} | {ratio} | {:.0} | {:.0} | {:.0} | {:.0} |",
            now.task,
            now.connections,
            before.rate.median,
            now.rate.median,
            before.service_us,
            now.service_us,
            before.database_us,
            now.database_us,
        );
    }
    text
}

/// The rate of the service by that of the binary before, of the same round.
fn ratio(now: &Row, cases: &[Measured]) -> Option<Spread> {
    let of = |who| {
        cases
            .iter()
            .filter(move |case| (case.task, case.connections, case.who) == (now.task, now.connections, who))
    };
    let pairs = of(Who::Service).filter_map(|case| {
        let before = of(Who::Before).find(|before| before.round == case.round)?;
        Some((case.rate, before.rate))
    });
    Spread::of_ratios(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::summary::tests::case;

    #[test]
    fn ratio_is_of_the_same_round() {
        let cases = [
            case(0, Who::Before, 1000.0, 0.0),
            case(0, Who::Service, 900.0, 0.0),
            case(1, Who::Service, 600.0, 0.0),
            case(1, Who::Before, 500.0, 0.0),
        ];
        let text = table(&Summary::of(&cases), &cases);
        assert!(
            text.contains("| create | 8 | 750 | 750 | 1.05 (0.90-1.20) | 200 | 200 | 600 | 600 |"),
            "{text}"
        );
    }

    #[test]
    fn nothing_is_compared_with_a_binary_that_was_not_measured() {
        let cases = [case(0, Who::Baseline, 1000.0, 0.0), case(0, Who::Service, 900.0, 0.0)];
        assert_eq!(table(&Summary::of(&cases), &cases), "");
    }
}
