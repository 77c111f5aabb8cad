//! `campaign <name>`: runs one campaign and prints what it measured and found.
//!
//! It ends with 0 when nothing was found, or when a negative control brought about what it should; with 1 when not;
//! with 2 when it could not be run.

use std::future::Future;
use std::io::Write as _;
use std::path::PathBuf;
use std::pin::Pin;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use clients_campaigns::options::{Options, Store};
use clients_campaigns::report::Report;
use clients_campaigns::{RunError, campaign};
use tokio::signal::unix::{SignalKind, signal};

/// Breaks the service or its database on purpose and checks what is left.
#[derive(Parser, Debug)]
#[command(name = "campaign", max_term_width = 100)]
struct Cli {
    /// What is broken, and how
    #[arg(value_enum)]
    campaign: Name,

    /// The short form, for every merge
    #[arg(long)]
    short: bool,

    /// Lets in the fault that the campaign is there to see: it then has to be found
    #[arg(long)]
    control: bool,

    /// Repeats a run; without it the clock decides
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,

    /// How often, if not as often as the campaign says itself: kills, races, keys, hang-ups, sequences
    #[arg(long, value_name = "NUMBER")]
    rounds: Option<u64>,

    /// How many clients there are beforehand, if not as many as the campaign says itself: migration-killed
    #[arg(long, value_name = "NUMBER")]
    clients: Option<u64>,

    /// Where the service stores clients
    #[arg(long, value_enum, default_value_t = Store::Postgresql)]
    store: Store,

    /// The client-service binary; without it the newest build beside this program
    #[arg(long, env = "CLIENT_SERVICE", value_name = "FILE")]
    service: Option<PathBuf>,

    /// The client-service binary of the release before, which roll-out replaces
    #[arg(long, env = "CLIENT_SERVICE_BEFORE", value_name = "FILE")]
    before: Option<PathBuf>,

    /// The folder of PostgreSQL's programs; without it PATH and /usr/lib/postgresql
    #[arg(long, env = "PG_BIN", value_name = "FOLDER")]
    pg_bin: Option<PathBuf>,

    /// Where logs and histories are left
    #[arg(long, value_name = "FOLDER", default_value = "target/campaigns")]
    out: PathBuf,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Name {
    /// The service, under 32 writers (C1)
    ServiceKilled,
    /// PostgreSQL, in five ways, under 32 writers (C2)
    DatabaseKilled,
    /// A thousand callers approve and reject one client concurrently, through two services (C3)
    Race,
    /// The power of the machine, under 16 writers on a data folder
    PowerCut,
    /// A hundred concurrent callers with one key (C4)
    OneKey,
    /// Callers that hang up at every point (C5)
    HangUp,
    /// Random sequences, in memory and on PostgreSQL (C6)
    Sequences,
    /// PostgreSQL away for longer than customer numbers last, and new callers all the time (C2)
    DatabaseAway,
    /// A synchronous standby that stays away (C13)
    StandbyGone,
    /// Uploads, while answers are lost and the service and PostgreSQL are killed (C12)
    Uploads,
    /// Batches that two services share, while these and PostgreSQL are killed
    Batches,
    /// Slow, cut, half-open and refused connections to the database (C13)
    BadConnections,
    /// Three PostgreSQL servers under Patroni: the leader hands over, dies, is cut off (C13)
    Failover,
    /// A release rolled out over the one before (C18)
    RollOut,
    /// The clock of the service, by minutes and by decades (C16)
    TurnedClock,
    /// The disk of a data folder, under 8 writers (C24)
    DiskFull,
    /// Hostile callers that hold connections in six ways, while honest ones work (C14)
    HostileLoad,
    /// Two services, stopped and started in turn (C29)
    RollingRestart,
    /// Hours of queries, commands and uploads; --rounds are minutes (C25)
    Soak,
    /// The server and the files are lost and restored to a named moment (C19)
    RestoreDrill,
    /// Migrators of a release, while the one before serves (C18)
    MigrationKilled,
}

type Running<'a> = Pin<Box<dyn Future<Output = Result<Report, RunError>> + 'a>>;

fn start(name: Name, options: &Options) -> Running<'_> {
    match name {
        Name::ServiceKilled => Box::pin(campaign::service_killed::run(options)),
        Name::DatabaseKilled => Box::pin(campaign::database_killed::run(options)),
        Name::Race => Box::pin(campaign::race::run(options)),
        Name::PowerCut => Box::pin(campaign::power_cut::run(options)),
        Name::OneKey => Box::pin(campaign::one_key::run(options)),
        Name::HangUp => Box::pin(campaign::hang_up::run(options)),
        Name::Sequences => Box::pin(campaign::sequences::run(options)),
        Name::DatabaseAway => Box::pin(campaign::database_away::run(options)),
        Name::StandbyGone => Box::pin(campaign::standby_gone::run(options)),
        Name::Uploads => Box::pin(campaign::uploads::run(options)),
        Name::Batches => Box::pin(campaign::batches::run(options)),
        Name::BadConnections => Box::pin(campaign::bad_connections::run(options)),
        Name::TurnedClock => Box::pin(campaign::turned_clock::run(options)),
        Name::DiskFull => Box::pin(campaign::disk_full::run(options)),
        Name::HostileLoad => Box::pin(campaign::hostile_load::run(options)),
        Name::RollingRestart => Box::pin(campaign::rolling_restart::run(options)),
        Name::Soak => Box::pin(campaign::soak::run(options)),
        Name::RestoreDrill => Box::pin(campaign::restore_drill::run(options)),
        Name::MigrationKilled => Box::pin(campaign::migration_killed::run(options)),
        Name::Failover => Box::pin(campaign::failover::run(options)),
        Name::RollOut => Box::pin(campaign::roll_out::run(options)),
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    #[expect(
        clippy::disallowed_methods,
        reason = "a run without a seed takes one from the clock and reports it"
    )]
    let clock = jiff::Timestamp::now().as_millisecond().unsigned_abs();
    let options = Options {
        short: cli.short,
        seed: cli.seed.unwrap_or(clock),
        rounds: cli.rounds,
        clients: cli.clients,
        control: cli.control,
        store: cli.store,
        service: cli.service,
        before: cli.before,
        pg_bin: cli.pg_bin,
        out: cli.out,
    };
    // The future that loses is dropped, and with it every process that it started.
    let ended = tokio::select! {
        ended = start(cli.campaign, &options) => ended,
        () = stop_signal() => Err(RunError::new("stopped by a signal; all started processes are ended")),
    };
    match ended {
        Ok(report) => {
            print(&format!("{}{}\n", report.block(), report.json()));
            if report.holds() { ExitCode::SUCCESS } else { ExitCode::from(1) }
        }
        Err(error) => {
            print(&format!("campaign: {error} (seed {})\n", options.seed));
            ExitCode::from(2)
        }
    }
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

fn print(text: &str) {
    // Ignored: standard output may be closed.
    let _ = std::io::stdout().write_all(text.as_bytes());
}
