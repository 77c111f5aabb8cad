//! `bench`: the database's limit, the service and its peers, measured side by side in one run.
//!
//! It ends with 0 when everything was measured, with 1 when a ratio is far below its aim (`--quick`) and with 2 when it
//! could not be done, which one wrong answer is enough for.

mod aims;
mod answer;
mod callers;
mod cell;
mod crowd;
mod floor;
mod latencies;
mod likeness;
mod load;
mod peers;
mod person;
mod pgbench;
mod plan;
mod ports;
mod processor;
mod report;
mod request;
mod rounds;
mod search;
mod spread;
mod stand;
mod statement;
mod summary;
mod template;
mod wire;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use clients_campaigns::{Tools, Trouble};
use tokio::signal::unix::{SignalKind, signal};

use crate::aims::Aim;
use crate::peers::Peers;
use crate::plan::Plan;
use crate::report::Report;
use crate::stand::Stand;
use crate::summary::Summary;

#[tokio::main]
async fn main() -> ExitCode {
    let plan = Plan::parse();
    // Whoever loses is dropped, and with it every process that it started.
    let ended = tokio::select! {
        ended = run(&plan) => ended,
        () = told_to_stop() => Err(Trouble::new("told to stop; what was started is ended")),
    };
    match ended {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(trouble) => {
            let _ = writeln!(std::io::stderr(), "bench: {trouble}");
            ExitCode::from(2)
        }
    }
}

/// Measures and reports; whether no ratio is far below its aim.
async fn run(plan: &Plan) -> Result<bool, Trouble> {
    plan.check()?;
    let binary = plan.binary().await?;
    let tools = Tools::find(plan.pg_bin.as_deref())?;
    let out = plan.out()?;
    let mut stand = Stand::start(&binary, &tools, plan.crowd(), &out).await?;
    let peers = if plan.peers {
        let client = stand.keys.first().cloned().unwrap_or_default();
        Peers::start(&stand.cluster, &stand.tokens, &client, &out).await?
    } else {
        Peers::default()
    };
    let results = rounds::run(&mut stand, &peers, &plan.choice(), plan.rounds(), plan.length()).await?;
    let summary = Summary::of(&results.cells);
    let aims = Aim::all(&summary, &results, &stand.facts);
    let report = Report {
        facts: &stand.facts,
        results: &results,
        summary: &summary,
        aims: &aims,
        rehearsal: plan.smoke,
    };
    let text = report.write(&out)?;
    // Nobody is left to tell when standard output is closed.
    let _ = std::io::stdout().write_all(text.as_bytes());
    let below = if plan.quick { aims::far_below(&summary) } else { Vec::new() };
    for what in &below {
        let _ = writeln!(std::io::stderr(), "bench: {what}");
    }
    Ok(below.is_empty())
}

async fn told_to_stop() {
    match signal(SignalKind::terminate()) {
        Ok(mut terminated) => tokio::select! {
            _ = terminated.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        },
        Err(_) => std::future::pending().await,
    }
}
