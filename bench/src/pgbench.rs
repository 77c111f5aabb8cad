//! pgbench: the load generator of PostgreSQL, which only executes the given statements.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use client_app::ports::Clock as _;
use clients_campaigns::{Cluster, RunError, Tools};
use tokio::time::sleep;

use crate::latencies::Latencies;
use crate::load::{Done, Length};
use crate::ports::SystemClock;
use crate::processor::{Reading, Spent};
use crate::template::Script;

/// Where pgbench is, what it talks to, and where it may write.
#[derive(Clone, Debug)]
pub(crate) struct Pgbench {
    tools: Tools,
    port: u16,
    folder: PathBuf,
}

impl Pgbench {
    pub(crate) fn new(tools: &Tools, cluster: &Cluster, out: &Path) -> Result<Self, RunError> {
        let folder = out.join("pgbench");
        std::fs::create_dir_all(&folder).map_err(RunError::during(folder.display()))?;
        // Absolute, because it is given to a program that need not be where we are.
        Ok(Self { tools: tools.clone(), port: cluster.port(), folder: folder.canonicalize()? })
    }

    /// Runs the scripts in random order on this many connections. The measurement begins when every connection has
    /// existed for a while: a new one has to prepare and plan statements that those of a service have long planned.
    pub(crate) async fn run(
        &self,
        scripts: &[Script],
        variables: &[(&str, i64)],
        connections: usize,
        length: Length,
        database: Option<u32>,
    ) -> Result<(Done, Spent), RunError> {
        self.sweep()?;
        let mut pgbench = self.command(scripts, variables, connections)?;
        let span = match length {
            Length::Seconds(seconds) => Some(Span::of(seconds, connections)),
            Length::Requests(_) => None,
        };
        match (span, length) {
            (Some(span), _) => pgbench.args(["-T", &span.all.to_string()]),
            (None, Length::Requests(length) | Length::Seconds(length)) => {
                pgbench.args(["-t", &length.to_string()])
            }
        };
        pgbench.arg("clients").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut before = Reading::now();
        let child = tokio::process::Command::from(pgbench).kill_on_drop(true).spawn();
        let child = child.map_err(RunError::during("pgbench"))?;
        let generator = child.id();
        let mut window = (0, i64::MAX);
        let mut after = None;
        if let Some(span) = span {
            sleep(span.warm_up).await;
            before = Reading::now();
            window.0 = SystemClock.now().as_microsecond();
            sleep(span.measured).await;
            window.1 = SystemClock.now().as_microsecond();
            after = Some(Reading::now());
        }
        let ran = child.wait_with_output().await?;
        if !ran.status.success() {
            let said = String::from_utf8_lossy(&ran.stderr).into_owned();
            return Err(RunError::new(format!(
                "pgbench: {}",
                said.lines().take(3).collect::<Vec<_>>().join(" ")
            )));
        }
        let spent = after.unwrap_or_else(Reading::now).since(&before, &[], database, generator);
        let (all, mut seconds) = parse_summary(&String::from_utf8_lossy(&ran.stdout))?;
        let (mut latencies, mut besides) = (Latencies::default(), 0);
        for log in self.logs()? {
            for (took, at) in logged(&std::fs::read_to_string(log)?) {
                if (window.0..window.1).contains(&at) { latencies.add(took) } else { besides += 1 }
            }
        }
        let requests = latencies.count() as u64;
        if requests + besides != all {
            return Err(RunError::new("pgbench has logged more or less than it has counted"));
        }
        if span.is_some() {
            seconds = Duration::from_micros((window.1 - window.0).unsigned_abs()).as_secs_f64();
        }
        Ok((Done { requests, besides, seconds, latencies }, spent))
    }

    fn command(
        &self,
        scripts: &[Script],
        variables: &[(&str, i64)],
        connections: usize,
    ) -> Result<std::process::Command, RunError> {
        let mut pgbench = self.tools.program("pgbench");
        pgbench.current_dir(&self.folder).args([
            "-n",
            "-M",
            "prepared",
            "-l",
            "--log-prefix=log",
            "-h",
            "127.0.0.1",
        ]);
        pgbench
            .args(["-p", &self.port.to_string(), "-U", "clients"])
            .env_remove("PGOPTIONS")
            .env_remove("PGSERVICE");
        pgbench.args(["-c", &connections.to_string(), "-j", &connections.min(2).to_string()]);
        for (name, value) in variables {
            pgbench.args(["-D", &format!("{name}={value}")]);
        }
        for (at, script) in scripts.iter().enumerate() {
            let name = format!("script-{at}.sql");
            std::fs::write(self.folder.join(&name), &script.text)?;
            pgbench.args(["-f", &name]);
            for (variable, value) in &script.variables {
                pgbench.arg("-D").arg(format!("{variable}={value}"));
            }
        }
        Ok(pgbench)
    }

    fn logs(&self) -> Result<Vec<PathBuf>, RunError> {
        let entries = std::fs::read_dir(&self.folder)?;
        let is_log =
            |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("log"));
        Ok(entries.flatten().map(|entry| entry.path()).filter(is_log).collect())
    }

    fn sweep(&self) -> Result<(), RunError> {
        for log in self.logs()? {
            std::fs::remove_file(log)?;
        }
        Ok(())
    }
}

/// How long pgbench runs, in whole seconds, and what of that is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    all: u64,
    warm_up: Duration,
    measured: Duration,
}

impl Span {
    /// Few sessions warm up within the time; many have to begin before it.
    fn of(seconds: u64, connections: usize) -> Self {
        let warm_up = Duration::from_millis(200 + 16 * connections as u64);
        if connections <= 8 {
            return Self {
                all: seconds,
                warm_up,
                measured: Duration::from_secs(seconds).saturating_sub(warm_up),
            };
        }
        let measured = Duration::from_secs(seconds);
        let all = warm_up + measured;
        Self { all: all.as_secs() + u64::from(all.subsec_nanos() > 0), warm_up, measured }
    }
}

/// How many transactions pgbench has done, and in how many seconds.
fn parse_summary(output: &str) -> Result<(u64, f64), RunError> {
    let after = |what: &str| output.lines().find_map(|line| line.strip_prefix(what));
    let missing = || RunError::new(format!("pgbench does not say what it did: {output}"));
    let failed =
        after("number of failed transactions: ").and_then(|rest| rest.split(' ').next()).unwrap_or("0");
    if failed != "0" {
        return Err(RunError::new(format!("{failed} transactions of pgbench failed")));
    }
    let processed = after("number of transactions actually processed: ").ok_or_else(missing)?;
    let requests: u32 =
        processed.split('/').next().and_then(|number| number.parse().ok()).ok_or_else(missing)?;
    let rate =
        after("tps = ").and_then(|rest| rest.split(' ').next()).and_then(|rate| rate.parse::<f64>().ok());
    let rate = rate.filter(|rate| *rate > 0.0).ok_or_else(missing)?;
    Ok((u64::from(requests), f64::from(requests) / rate))
}

/// How long each transaction took and when it ended, both in microseconds: the third number of a line, and the fifth with
/// the sixth.
fn logged(log: &str) -> impl Iterator<Item = (u128, i64)> + '_ {
    log.lines().filter_map(|line| {
        let mut numbers = line.split(' ').skip(2);
        let took = numbers.next()?.parse().ok()?;
        let seconds: i64 = numbers.nth(1)?.parse().ok()?;
        Some((took, seconds * 1_000_000 + numbers.next()?.parse::<i64>().ok()?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "transaction type: script-0.sql\nnumber of clients: 8\n\
        number of transactions actually processed: 3000\nnumber of failed transactions: 0 (0.000%)\n\
        latency average = 2.0 ms\ninitial connection time = 12.9 ms\ntps = 1500.500000 (without initial connection time)\n";

    #[test]
    fn pgbench_output_is_parsed() {
        let (requests, seconds) = parse_summary(OUTPUT).unwrap();
        assert_eq!(requests, 3000);
        assert!((seconds - 1.999_333).abs() < 1e-6);
        assert_eq!(parse_summary(&OUTPUT.replace(": 3000", ": 3000/3000")).unwrap().0, 3000);
    }

    #[test]
    fn measured_time_lies_within_the_run() {
        for (seconds, connections) in [(1, 1), (1, 8), (1, 64), (3, 8), (3, 32)] {
            let span = Span::of(seconds, connections);
            assert!(span.warm_up + span.measured <= Duration::from_secs(span.all), "{span:?}");
            assert!(span.measured >= Duration::from_millis(600), "{span:?}");
        }
        assert_eq!((Span::of(1, 8).all, Span::of(1, 32).all, Span::of(1, 64).all), (1, 2, 3));
    }

    #[test]
    fn a_failed_transaction_voids_the_run() {
        assert!(parse_summary(&OUTPUT.replace(": 0 (", ": 1 (")).is_err());
        assert!(parse_summary("").is_err());
    }

    #[test]
    fn latencies_are_read_from_the_log() {
        let lines = "0 1 512 0 1700000000 123\n3 2 77 1 1700000000 124\n";
        assert_eq!(
            logged(lines).collect::<Vec<_>>(),
            [(512, 1_700_000_000_000_123), (77, 1_700_000_000_000_124)]
        );
    }
}
