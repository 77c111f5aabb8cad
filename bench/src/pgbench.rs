//! pgbench: the load generator that comes with PostgreSQL, which does nothing else than the statements it is given.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use clients_campaigns::{Cluster, Tools, Trouble};

use crate::latencies::Latencies;
use crate::load::{Done, Length};
use crate::template::Script;

/// Where pgbench is, what it talks to, and where it may write.
#[derive(Clone, Debug)]
pub(crate) struct Pgbench {
    tools: Tools,
    port: u16,
    folder: PathBuf,
}

impl Pgbench {
    pub(crate) fn new(tools: &Tools, cluster: &Cluster, out: &Path) -> Result<Self, Trouble> {
        let folder = out.join("pgbench");
        std::fs::create_dir_all(&folder).map_err(Trouble::during(folder.display()))?;
        // Absolute, because it is given to a program that need not be where we are.
        Ok(Self { tools: tools.clone(), port: cluster.port(), folder: folder.canonicalize()? })
    }

    /// Has so many sessions carry out one of the scripts after the other, in no order.
    pub(crate) async fn run(
        &self,
        scripts: &[Script],
        variables: &[(&str, i64)],
        connections: usize,
        length: Length,
    ) -> Result<Done, Trouble> {
        self.sweep()?;
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
        match length {
            Length::Seconds(seconds) => pgbench.args(["-T", &seconds.to_string()]),
            Length::Requests(each) => pgbench.args(["-t", &each.to_string()]),
        };
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
        pgbench.arg("clients");
        let mut pgbench = tokio::process::Command::from(pgbench);
        let ran = pgbench
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output()
            .await
            .map_err(Trouble::during("pgbench"))?;
        if !ran.status.success() {
            let said = String::from_utf8_lossy(&ran.stderr).into_owned();
            return Err(Trouble::new(format!(
                "pgbench: {}",
                said.lines().take(3).collect::<Vec<_>>().join(" ")
            )));
        }
        let (requests, seconds) = told(&String::from_utf8_lossy(&ran.stdout))?;
        let mut latencies = Latencies::default();
        for log in self.logs()? {
            logged(&std::fs::read_to_string(log)?).for_each(|took| latencies.add(took));
        }
        if latencies.count() as u64 != requests {
            return Err(Trouble::new("pgbench has logged more or less than it has counted"));
        }
        Ok(Done { requests, seconds, latencies })
    }

    fn logs(&self) -> Result<Vec<PathBuf>, Trouble> {
        let entries = std::fs::read_dir(&self.folder)?;
        let is_log =
            |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("log"));
        Ok(entries.flatten().map(|entry| entry.path()).filter(is_log).collect())
    }

    fn sweep(&self) -> Result<(), Trouble> {
        for log in self.logs()? {
            std::fs::remove_file(log)?;
        }
        Ok(())
    }
}

/// How many transactions pgbench has done, and in how many seconds.
fn told(output: &str) -> Result<(u64, f64), Trouble> {
    let after = |what: &str| output.lines().find_map(|line| line.strip_prefix(what));
    let missing = || Trouble::new(format!("pgbench does not say what it did: {output}"));
    let failed =
        after("number of failed transactions: ").and_then(|rest| rest.split(' ').next()).unwrap_or("0");
    if failed != "0" {
        return Err(Trouble::new(format!("{failed} transactions of pgbench failed")));
    }
    let processed = after("number of transactions actually processed: ").ok_or_else(missing)?;
    let requests: u32 =
        processed.split('/').next().and_then(|number| number.parse().ok()).ok_or_else(missing)?;
    let rate =
        after("tps = ").and_then(|rest| rest.split(' ').next()).and_then(|rate| rate.parse::<f64>().ok());
    let rate = rate.filter(|rate| *rate > 0.0).ok_or_else(missing)?;
    Ok((u64::from(requests), f64::from(requests) / rate))
}

/// The third number of each line is how long the transaction took, in microseconds.
fn logged(log: &str) -> impl Iterator<Item = u128> + '_ {
    log.lines().filter_map(|line| line.split(' ').nth(2)?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "transaction type: script-0.sql\nnumber of clients: 8\n\
        number of transactions actually processed: 3000\nnumber of failed transactions: 0 (0.000%)\n\
        latency average = 2.0 ms\ninitial connection time = 12.9 ms\ntps = 1500.500000 (without initial connection time)\n";

    #[test]
    fn what_pgbench_did_is_read() {
        let (requests, seconds) = told(OUTPUT).unwrap();
        assert_eq!(requests, 3000);
        assert!((seconds - 1.999_333).abs() < 1e-6);
        assert_eq!(told(&OUTPUT.replace(": 3000", ": 3000/3000")).unwrap().0, 3000);
    }

    #[test]
    fn a_failed_transaction_voids_the_run() {
        assert!(told(&OUTPUT.replace(": 0 (", ": 1 (")).is_err());
        assert!(told("").is_err());
    }

    #[test]
    fn latencies_are_read_from_the_log() {
        let lines = "0 1 512 0 1700000000 123\n3 2 77 1 1700000000 124\n";
        assert_eq!(logged(lines).collect::<Vec<_>>(), [512, 77]);
    }
}
