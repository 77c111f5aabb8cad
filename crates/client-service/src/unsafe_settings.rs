//! Settings that make the service less safe than it could be: each is a warning at the start, and a metric for as long as
//! the service runs.

use clap::CommandFactory;
use metrics::{describe_gauge, gauge};

use crate::cli::{Cli, ServeArgs, Switch};
use crate::settings::{ANY, said};

/// A setting, and what it gives up.
struct UnsafeSetting {
    setting: &'static str,
    sentence: &'static str,
}

/// Warns of every unsafe setting, and shows them as `unsafe_settings{setting}`.
pub(crate) fn report(arguments: &ServeArgs) {
    describe_gauge!(
        "unsafe_settings",
        "Settings that make the service less safe; 1 for each that is in use."
    );
    for UnsafeSetting { setting, sentence } in of(arguments) {
        tracing::warn!(setting, "unsafe setting: {sentence}");
        gauge!("unsafe_settings", "setting" => setting).set(1.0);
    }
}

/// Warns of variables that look like settings and are none, such as misspelt ones.
pub(crate) fn report_unknown_variables() {
    let command = <Cli as CommandFactory>::command();
    let commands = command.get_subcommands().chain([&command]);
    let known: Vec<_> =
        commands.flat_map(clap::Command::get_arguments).filter_map(clap::Arg::get_env).collect();
    let variables = std::env::vars_os();
    for (name, _) in variables {
        let text = name.to_string_lossy();
        if text.starts_with("CLIENTS_") && !known.contains(&name.as_os_str()) {
            tracing::warn!(variable = %text, "there is no setting of this name; client-service --help lists them");
        }
    }
}

fn of(arguments: &ServeArgs) -> Vec<UnsafeSetting> {
    let any = |value: &Option<String>| said(value.as_deref()).is_none_or(|value| value == ANY);
    let keys = &arguments.keys;
    let public = keys.jwks.is_some() || keys.jwt_public_key.is_some();
    let on_command_line = |flags: &[&str]| {
        let mut words = std::env::args();
        words.any(|word| flags.iter().any(|flag| word.strip_prefix(flag).is_some_and(is_value)))
    };
    let table = [
        (
            arguments.rules.four_eyes == Switch::Off,
            "four-eyes",
            "one person can create and approve a client (--four-eyes off)",
        ),
        (
            arguments.limits.rate_limit == 0,
            "rate-limit",
            "one caller can use all of the service (--rate-limit 0)",
        ),
        (
            arguments.webhook.webhook_plain_http == Switch::On,
            "webhook-plain-http",
            "events may travel without encryption (--webhook-plain-http on)",
        ),
        (
            arguments.database.place.accept_data_loss == Switch::On,
            "accept-data-loss",
            "the database may lose what it has confirmed (--accept-data-loss on)",
        ),
        (
            keys.development == Switch::On,
            "development",
            "a shared secret may sign tokens, so that every holder of it can be anybody (--development on)",
        ),
        (
            public && any(&keys.secret.audience),
            "jwt-audience",
            "tokens that were made for other services are accepted (--jwt-audience any)",
        ),
        (
            public && any(&keys.secret.issuer),
            "jwt-issuer",
            "tokens of every issuer whose key is known are accepted, and subjects of different issuers with the same name \
             count as one person, also for idempotency keys (--jwt-issuer any)",
        ),
        (
            on_command_line(&["--jwt-hs256-secret", "--webhook-secret", "--database-url"]),
            "secret-on-command-line",
            "everybody on this machine can read a secret of the command line; use the variable or the -file form",
        ),
    ];
    let in_use = table.into_iter().filter(|(is_set, _, _)| *is_set);
    in_use.map(|(_, setting, sentence)| UnsafeSetting { setting, sentence }).collect()
}

/// Whether what follows a flag in its word is its value or nothing: `--webhook-secret-file` is another flag.
fn is_value(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with('=')
}
