//! The command line, as `--help` shows it. Values are checked in [`crate::settings`].

#![expect(
    clippy::doc_markdown,
    reason = "these comments are what --help prints, where backticks would be noise"
)]

use std::net::SocketAddr;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub(crate) use crate::cli_relay::{DeadLetterCommand, DeadLettersArgs, RelayArgs, WebhookArgs};

/// Clients API: a bank's clients, from onboarding to exit, over HTTP.
///
/// Without a command it serves: in memory and with a development key if nothing else is said, so that
/// `client-service` alone is enough to look around.
#[derive(Parser, Debug)]
#[command(name = "client-service", version, max_term_width = 100, args_conflicts_with_subcommands = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: ServeArgs,
}

#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Serve the API until told to stop (this is what happens without a command)
    Serve(Box<ServeArgs>),
    /// Deliver events to the webhook until told to stop, beside services that do not or together with them
    Relay(Box<RelayArgs>),
    /// Events that could not be delivered: list them, send them again, give one up
    DeadLetters(DeadLettersArgs),
    /// Bring the schema of the database up to date, and end
    Migrate(DatabasePlace),
    /// Print a token for development, signed with the secret of --jwt-hs256-secret
    Token(TokenArgs),
    /// Print the lifecycle of a client
    Lifecycle {
        /// How to print it
        #[arg(long, value_enum, default_value_t = LifecycleFormat::Table)]
        format: LifecycleFormat,
    },
    /// Print the OpenAPI 3.1 description of the API
    Openapi,
}

impl Cli {
    pub(crate) fn command(self) -> Command {
        self.command.unwrap_or_else(|| Command::Serve(Box::new(self.serve)))
    }
}

#[derive(Args, Debug)]
pub(crate) struct ServeArgs {
    /// Where to listen; port 0 lets the system choose
    #[arg(long, env = "CLIENTS_LISTEN", value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,

    #[command(flatten, next_help_heading = "Database")]
    pub(crate) database: DatabaseArgs,

    #[command(flatten, next_help_heading = "Tokens")]
    pub(crate) keys: KeyArgs,

    #[command(flatten, next_help_heading = "Rules")]
    pub(crate) rules: RuleArgs,

    #[command(flatten, next_help_heading = "Events")]
    pub(crate) webhook: WebhookArgs,

    /// Whether this process delivers events, if a webhook is named; if not, client-service relay does it
    #[arg(long, env = "CLIENTS_RELAY", value_enum, default_value_t = Switch::On, help_heading = "Events")]
    pub(crate) relay: Switch,

    #[command(flatten, next_help_heading = "Limits")]
    pub(crate) limits: LimitArgs,

    /// How to write the log, which goes to standard error; RUST_LOG says how much (info if not set)
    #[arg(long, env = "CLIENTS_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub(crate) log_format: LogFormat,
}

#[derive(Args, Debug)]
pub(crate) struct DatabaseArgs {
    #[command(flatten)]
    pub(crate) place: DatabasePlace,

    /// Whether to bring the schema up to date at the start; if not, client-service migrate does it
    #[arg(long, env = "CLIENTS_MIGRATE", value_enum, default_value_t = Switch::On)]
    pub(crate) migrate: Switch,

    /// Connections to the database
    #[arg(long, env = "CLIENTS_DATABASE_CONNECTIONS", value_name = "NUMBER", default_value_t = 16)]
    pub(crate) database_connections: u32,

    /// Where files of documents are kept: a folder, or s3://bucket/prefix; beside the clients if nothing is said
    #[arg(long, env = "CLIENTS_DOCUMENTS", value_name = "PLACE")]
    pub(crate) documents: Option<String>,

    /// Days for which the outcome of an Idempotency-Key is kept
    #[arg(long, env = "CLIENTS_KEEP_OUTCOMES", value_name = "DAYS", default_value_t = 7)]
    pub(crate) keep_outcomes: u32,

    /// Days for which events are kept after they were delivered
    #[arg(long, env = "CLIENTS_KEEP_DELIVERED", value_name = "DAYS", default_value_t = 7)]
    pub(crate) keep_delivered: u32,
}

/// What serving and migrating share.
#[derive(Args, Debug)]
pub(crate) struct DatabasePlace {
    /// The PostgreSQL database, postgres://…; without it clients live in memory and are gone at the end
    #[arg(long, env = "DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub(crate) database_url: Option<String>,

    /// For tests only: be content with a server that may lose what it has confirmed (fsync off)
    #[arg(long, env = "CLIENTS_ACCEPT_DATA_LOSS", value_enum, default_value_t = Switch::Off)]
    pub(crate) accept_data_loss: Switch,
}

#[derive(Args, Debug)]
pub(crate) struct KeyArgs {
    /// Keys that sign tokens, as a JSON Web Key Set: a file, or an https address; read again when it changes
    #[arg(long, env = "CLIENTS_JWKS", value_name = "FILE|ADDRESS")]
    pub(crate) jwks: Option<String>,

    /// One key that signs tokens, as a PEM file: RSA, P-256 or Ed25519; read again when it changes
    #[arg(long, env = "CLIENTS_JWT_PUBLIC_KEY", value_name = "FILE")]
    pub(crate) jwt_public_key: Option<String>,

    #[command(flatten)]
    pub(crate) secret: SecretArgs,
}

/// What serving and minting share.
#[derive(Args, Debug)]
pub(crate) struct SecretArgs {
    /// For development: the secret that signs tokens (HS256), at least 32 bytes
    #[arg(
        long = "jwt-hs256-secret",
        env = "CLIENTS_JWT_HS256_SECRET",
        value_name = "SECRET",
        hide_env_values = true
    )]
    pub(crate) hs256_secret: Option<String>,

    /// The issuer that a token must name
    #[arg(long = "jwt-issuer", env = "CLIENTS_JWT_ISSUER", value_name = "ISSUER")]
    pub(crate) issuer: Option<String>,

    /// The audience that a token must name
    #[arg(long = "jwt-audience", env = "CLIENTS_JWT_AUDIENCE", value_name = "AUDIENCE")]
    pub(crate) audience: Option<String>,
}

#[derive(Args, Debug)]
pub(crate) struct RuleArgs {
    /// Whether whoever made a client, or asked for its approval, may not approve it
    #[arg(long, env = "CLIENTS_FOUR_EYES", value_enum, default_value_t = Switch::On)]
    pub(crate) four_eyes: Switch,

    /// Whether approving and rejecting need an open approval request
    #[arg(long, env = "CLIENTS_APPROVAL_NEEDS_REQUEST", value_enum, default_value_t = Switch::Off)]
    pub(crate) approval_needs_request: Switch,

    /// When two clients have the same identification type and number
    #[arg(long, env = "CLIENTS_SAME_IDENTIFICATION", value_enum, default_value_t = Duplicate::Refuse)]
    pub(crate) same_identification: Duplicate,

    /// When two clients have the same e-mail address
    #[arg(long, env = "CLIENTS_SAME_EMAIL", value_enum, default_value_t = Duplicate::Refuse)]
    pub(crate) same_email: Duplicate,

    /// When two clients have the same phone number
    #[arg(long, env = "CLIENTS_SAME_PHONE", value_enum, default_value_t = Duplicate::Off)]
    pub(crate) same_phone: Duplicate,

    /// What must be verified before a client is approved, and what document numbers look like: a JSON file, see docs/kyc.md
    #[arg(long, env = "CLIENTS_KYC_POLICY", value_name = "FILE")]
    pub(crate) kyc_policy: Option<String>,

    /// Names of branches and account officers: a JSON file, see the README
    #[arg(long, env = "CLIENTS_DIRECTORY", value_name = "FILE")]
    pub(crate) directory: Option<String>,
}

#[derive(Args, Debug)]
pub(crate) struct LimitArgs {
    /// Requests per second of one caller, then CBS_429; 0 is no limit
    #[arg(long, env = "CLIENTS_RATE_LIMIT", value_name = "NUMBER", default_value_t = 0)]
    pub(crate) rate_limit: u32,

    /// Open connections; more wait
    #[arg(long, env = "CLIENTS_MAX_CONNECTIONS", value_name = "NUMBER", default_value_t = 1024)]
    pub(crate) max_connections: usize,

    /// Requests being worked on, then CBS_503
    #[arg(long, env = "CLIENTS_MAX_IN_FLIGHT", value_name = "NUMBER", default_value_t = 512)]
    pub(crate) max_in_flight: usize,

    /// Seconds a request may take, then CBS_408
    #[arg(long, env = "CLIENTS_REQUEST_TIMEOUT", value_name = "SECONDS", default_value_t = 30)]
    pub(crate) request_timeout: u64,

    /// Seconds that what has begun may take to end when the service is told to stop
    #[arg(long, env = "CLIENTS_DRAIN_DEADLINE", value_name = "SECONDS", default_value_t = 10)]
    pub(crate) drain_deadline: u64,
}

#[derive(Args, Debug)]
pub(crate) struct TokenArgs {
    #[command(flatten)]
    pub(crate) secret: SecretArgs,

    /// Whom the token stands for; four eyes compares subjects
    #[arg(long, value_name = "TEXT", default_value = "developer")]
    pub(crate) subject: String,

    /// The e-mail address of the caller
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) email: Option<String>,

    /// What the caller may do: names separated by commas, or "all"
    #[arg(long, value_name = "NAMES", default_value = "all")]
    pub(crate) permissions: String,

    /// The branch of the caller
    #[arg(long, value_name = "KEY")]
    pub(crate) branch: Option<String>,

    /// How long the token is good: a number and s, m, h or d
    #[arg(long, value_name = "DURATION", default_value = "1h")]
    pub(crate) expires_in: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Switch {
    On,
    Off,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Duplicate {
    /// Nothing happens
    Off,
    /// The command is done and its answer warns
    Warn,
    /// The command is refused
    Refuse,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LifecycleFormat {
    /// A Markdown table
    Table,
    /// A state diagram
    Mermaid,
    /// The answer of RetrieveLifecycleQuery
    Json,
    /// The legal edges as rows for a database
    Sql,
}

/// A wrong call in one sentence: what `clap` says in several lines, without its advice on usage.
pub(crate) fn sentence(wrong: &clap::Error) -> String {
    let text = wrong.to_string();
    let first = text.split("\n\n").next().unwrap_or_default();
    let words: Vec<_> = first.split_whitespace().collect();
    let sentence = words.join(" ");
    format!("{}; see client-service --help", sentence.strip_prefix("error: ").unwrap_or(&sentence))
}
