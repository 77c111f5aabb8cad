//! `bench`: the database's limit, the service and its peers, measured side by side in one run.
//!
//! It ends with 0 when everything was measured, with 1 when a ratio is far below its aim (`--quick`) and with 2 when it
//! could not be done; one wrong answer is enough for that.

mod aims;
mod answer;
mod back_office;
mod baseline;
mod baseline_check;
mod batches;
mod before;
mod book;
mod callers;
mod case;
mod console_bed;
mod data_set;
mod history;
mod instances;
mod latencies;
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
mod similarity;
mod spread;
mod sqlite_bed;
mod statement;
mod summary;
mod template;
mod test_bed;
mod wire;
mod work_queue;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use clients_campaigns::{RunError, Tools};
use tokio::signal::unix::{SignalKind, signal};

use crate::aims::Aim;
use crate::peers::Peers;
use crate::plan::Plan;
use crate::report::Report;
use crate::summary::Summary;
use crate::test_bed::TestBed;

#[tokio::main]
async fn main() -> ExitCode {
    let plan = Plan::parse();
    // The future that loses is dropped, and with it every process that it started.
    let ended = tokio::select! {
        ended = run(&plan) => ended,
        () = stop_signal() => Err(RunError::new("stopped by a signal; all started processes are ended")),
    };
    match ended {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "bench: {error}");
            ExitCode::from(2)
        }
    }
}

/// Measures and reports; whether no ratio is far below its aim.
async fn run(plan: &Plan) -> Result<bool, RunError> {
    plan.check()?;
    let binary = plan.binary().await?;
    let tools = Tools::find(plan.pg_bin.as_deref())?;
    let out = plan.out()?;
    let mut bed = TestBed::start(&binary, &tools, plan.data_set(), plan.keep.as_deref(), &out).await?;
    let choice = plan.choice();
    if choice.has_sqlite() {
        bed.start_sqlite(&binary, plan.sqlite_clients(), &out).await?;
    }
    if choice.has_pages() {
        bed.start_console(&binary, &out).await?;
    }
    if choice.has_questions() {
        work_queue::fill(&bed).await.map_err(RunError::during("the work queue"))?;
    }
    if choice.has_two_instances() {
        bed.start_second(&binary, &out).await?;
    }
    if let Some(before) = plan.before()? {
        bed.start_before(&before, &out).await?;
    }
    let peers = if plan.peers {
        let client = bed.keys.first().cloned().unwrap_or_default();
        Peers::start(&bed.cluster, &bed.tokens, &client, &out).await?
    } else {
        Peers::default()
    };
    let mut results = rounds::run(&mut bed, &peers, &choice, plan.rounds(), plan.length()).await?;
    if choice.has_batch() {
        let rows = plan.batch_rows();
        results.batch =
            Some(batches::run(&mut bed, &binary, rows).await.map_err(RunError::during("a batch"))?);
    }
    let summary = Summary::of(&results.cases);
    let aims = Aim::all(&summary, &results, &bed.facts);
    let report = Report {
        facts: &bed.facts,
        results: &results,
        summary: &summary,
        aims: &aims,
        rehearsal: plan.smoke,
    };
    let text = report.write(&out)?;
    // Ignored: standard output may be closed.
    let _ = std::io::stdout().write_all(text.as_bytes());
    if let Some(file) = &plan.history {
        history::add(file, &aims, &bed.facts, summary.is_busy())?;
    }
    if let Some(page) = &plan.book {
        book::write(page, &bed.facts, &summary, &aims)?;
    }
    let below = if plan.quick { aims::far_below(&summary) } else { Vec::new() };
    for what in &below {
        let _ = writeln!(std::io::stderr(), "bench: {what}");
    }
    Ok(below.is_empty())
}

async fn stop_signal() {
    match signal(SignalKind::terminate()) {
        Ok(mut terminated) => tokio::select! {
            _ = terminated.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        },
        Err(_) => std::future::pending().await,
    }
}
