//! The command line, as `--help` shows it, and what follows from it.

#![expect(
    clippy::doc_markdown,
    reason = "these comments are what --help prints, where backticks would be noise"
)]

use std::path::{Path, PathBuf};
use std::process::Stdio;

use clap::Parser;
use clients_campaigns::{Binary, RunError};
use tokio::process::Command;

use crate::baseline::FIRST_NEW;
use crate::case::Choice;
use crate::data_set::DataSet;
use crate::load::Length;
use crate::peers::Peers;

/// Measures the limit of the database, the service and its peers side by side, on this machine.
#[derive(Parser, Debug)]
#[command(name = "bench", max_term_width = 100)]
pub(crate) struct Plan {
    /// 100,000 clients, two rounds and cases of a second: under 3 minutes
    #[arg(long)]
    pub(crate) quick: bool,

    /// 2,000 clients and a few requests in each case: shows in seconds that everything works, and measures nothing
    #[arg(long, conflicts_with = "quick")]
    pub(crate) smoke: bool,

    /// How many clients there are to begin with; 1,000,000 by default
    #[arg(long, value_name = "NUMBER")]
    clients: Option<u64>,

    /// Keeps the loaded database in this folder, and uses the one that an earlier run with as many clients has left there
    #[arg(long, value_name = "FOLDER")]
    pub(crate) keep: Option<PathBuf>,

    /// How often each case is measured; 5 times by default
    #[arg(long, value_name = "NUMBER")]
    rounds: Option<usize>,

    /// How long each case is measured; 3 seconds by default
    #[arg(long, value_name = "SECONDS")]
    seconds: Option<u64>,

    /// How many rows the batch has; 100,000 by default
    #[arg(long, value_name = "NUMBER")]
    batch_rows: Option<u64>,

    /// Only cases whose names have this prefix: create, "get@8 service", "one word"; or batch
    #[arg(long, value_name = "CASE", value_delimiter = ',')]
    only: Vec<String>,

    /// Peers too: FastAPI with SQLAlchemy, and PostGraphile; they are installed from their registries
    #[arg(long)]
    pub(crate) peers: bool,

    /// The client-service binary; without it, it is built with the profile "dist"
    #[arg(long, env = "CLIENT_SERVICE", value_name = "FILE")]
    service: Option<PathBuf>,

    /// Another client-service binary with the same schema, measured in turn with it on the same database: what a change gains
    /// or costs
    #[arg(long, value_name = "FILE")]
    before: Option<PathBuf>,

    /// Adds a line for each aim that was measured to this file: bench/history.md
    #[arg(long, value_name = "FILE", conflicts_with = "smoke")]
    pub(crate) history: Option<PathBuf>,

    /// Writes the rows and the aims into their place on this page: docs/performance.md
    #[arg(long, value_name = "FILE", conflicts_with = "smoke")]
    pub(crate) book: Option<PathBuf>,

    /// The folder of PostgreSQL's programs; without it PATH and /usr/lib/postgresql
    #[arg(long, env = "PG_BIN", value_name = "FOLDER")]
    pub(crate) pg_bin: Option<PathBuf>,

    /// Where report.md, report.json and logs are left, and peers installed
    #[arg(long, value_name = "FOLDER", default_value = "target/bench")]
    out: PathBuf,
}

impl Plan {
    /// Whether the plan can be carried out.
    pub(crate) fn check(&self) -> Result<(), RunError> {
        let data_set = self.data_set();
        if data_set.clients < 1_000 || data_set.last() >= FIRST_NEW {
            return Err(RunError::new("--clients must be a number from 1,000 to 9,000,000"));
        }
        if self.rounds() == 0 || self.seconds == Some(0) {
            return Err(RunError::new("--rounds and --seconds must be at least 1"));
        }
        if self.choice().groups().is_empty() && !self.choice().has_batch() {
            return Err(RunError::new("--only names no case"));
        }
        Ok(())
    }

    pub(crate) fn data_set(&self) -> DataSet {
        let (clients, waiting) = match (self.smoke, self.quick) {
            (true, _) => (2_000, 1_000),
            (_, true) => (100_000, 20_000),
            _ => (1_000_000, 40_000),
        };
        DataSet { clients: self.clients.unwrap_or(clients), waiting }
    }

    /// How many clients the data folder has.
    pub(crate) fn sqlite_clients(&self) -> u64 {
        match (self.smoke, self.quick) {
            (true, _) => 1_000,
            (_, true) => 20_000,
            _ => 200_000,
        }
    }

    /// How many rows the batch has.
    pub(crate) fn batch_rows(&self) -> u64 {
        let usual = match (self.smoke, self.quick) {
            (true, _) => 300,
            (_, true) => 10_000,
            _ => 100_000,
        };
        self.batch_rows.unwrap_or(usual)
    }

    pub(crate) fn rounds(&self) -> usize {
        let usual = match (self.smoke, self.quick) {
            (true, _) => 1,
            (_, true) => 2,
            _ => 5,
        };
        self.rounds.unwrap_or(usual)
    }

    pub(crate) fn length(&self) -> Length {
        match self.seconds {
            Some(seconds) => Length::Seconds(seconds),
            None if self.smoke => Length::Requests(10),
            None if self.quick => Length::Seconds(1),
            None => Length::Seconds(3),
        }
    }

    pub(crate) fn choice(&self) -> Choice {
        let (connections, search_connections) = match (self.smoke, self.quick) {
            (true, _) => (vec![8], vec![8]),
            (_, true) => (vec![1, 8, 32, 64], vec![8]),
            _ => (vec![1, 8, 32, 64], vec![1, 8]),
        };
        let peers = if self.peers { Peers::ALL.to_vec() } else { Vec::new() };
        Choice {
            connections,
            search_connections,
            peers,
            before: self.before.is_some(),
            only: self.only.clone(),
        }
    }

    /// The binary to compare with.
    pub(crate) fn before(&self) -> Result<Option<Binary>, RunError> {
        self.before.as_deref().map(|file| Binary::find(Some(file))).transpose()
    }

    /// The folder for everything that is left.
    pub(crate) fn out(&self) -> Result<PathBuf, RunError> {
        std::fs::create_dir_all(&self.out).map_err(RunError::during(self.out.display()))?;
        Ok(self.out.canonicalize()?)
    }

    /// The service: the one that was named, or else the one that is built from this source.
    pub(crate) async fn binary(&self) -> Result<Binary, RunError> {
        if self.service.is_none() {
            let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
            let mut cargo = Command::new("cargo");
            cargo
                .args(["build", "--profile", "dist", "--locked", "--quiet", "-p", "client-service"])
                .current_dir(root);
            let built = cargo.stdin(Stdio::null()).status().await.map_err(RunError::during("cargo"))?;
            if !built.success() {
                return Err(RunError::new("client-service could not be built; name one with --service"));
            }
        }
        Binary::find(self.service.as_deref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(arguments: &[&str]) -> Plan {
        Plan::parse_from([&["bench"], arguments].concat())
    }

    #[test]
    fn run_length_matches_the_help() {
        let usual = plan(&[]);
        assert_eq!(
            (usual.data_set().clients, usual.rounds(), usual.length()),
            (1_000_000, 5, Length::Seconds(3))
        );
        let quick = plan(&["--quick", "--rounds", "3"]);
        assert_eq!(
            (quick.data_set().clients, quick.rounds(), quick.length()),
            (100_000, 3, Length::Seconds(1))
        );
        assert_eq!(plan(&["--smoke"]).length(), Length::Requests(10));
    }

    #[test]
    fn empty_plan_is_refused() {
        assert!(plan(&["--only", "create@8,get"]).check().is_ok());
        assert!(plan(&["--only", "batch"]).check().is_ok());
        assert!(plan(&["--only", "nothing"]).check().is_err());
        assert!(plan(&["--rounds", "0"]).check().is_err());
        assert!(plan(&["--clients", "10"]).check().is_err());
    }
}
