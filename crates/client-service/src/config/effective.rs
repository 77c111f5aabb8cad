//! The settings that a run uses, as a line of the log: each with its value and where that came from, and no secret.

use std::collections::{BTreeMap, BTreeSet};

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};
use sha2::{Digest as _, Sha256};

use super::value::non_empty;

/// The settings of a run.
#[derive(Clone, Debug)]
pub(crate) struct EffectiveSettings {
    /// Those of the command line, of the environment and of the file of settings.
    given: Vec<String>,
    /// Those that were left as they are.
    defaults: Vec<String>,
    /// The flag of each, and the digest of its value: it may be a secret, which is only compared.
    digests: BTreeMap<String, [u8; 32]>,
}

impl EffectiveSettings {
    /// The settings of the command that was called; `matches` are what was given, and `from_file` the flags whose values came
    /// from the file of settings.
    pub(crate) fn of(program: &Command, matches: &ArgMatches, from_file: &BTreeSet<String>) -> Self {
        let named = matches.subcommand().and_then(|(name, of)| Some((program.find_subcommand(name)?, of)));
        let (command, matches) = named.unwrap_or((program, matches));
        let (mut given, mut defaults, mut digests) = (Vec::new(), Vec::new(), BTreeMap::new());
        for setting in settings(program, command) {
            let id = setting.get_id().as_str();
            let values = matches.try_get_raw(id).ok().flatten().into_iter().flatten();
            let values: Vec<_> = values.map(|value| value.to_string_lossy()).collect();
            // An empty variable counts as not set.
            let values = values.iter().filter_map(|value| non_empty(Some(value)));
            let values: Vec<_> = values.collect();
            let digest = Sha256::digest(values.join(" ")).into();
            let values: Vec<_> = values.into_iter().map(|value| shown(setting, value)).collect();
            let value = (!values.is_empty()).then(|| values.join(" "));
            let flag = setting.get_long().unwrap_or(id);
            digests.insert(flag.to_owned(), digest);
            let origin = match matches.value_source(id) {
                Some(ValueSource::CommandLine) if from_file.contains(flag) => "file",
                Some(ValueSource::CommandLine) => "command line",
                Some(ValueSource::EnvVariable) => "environment",
                _ => "default",
            };
            match value {
                Some(value) if origin != "default" => {
                    given.push(format!("--{flag} {value} ({origin})"));
                }
                Some(value) => defaults.push(format!("--{flag} {value}")),
                None => defaults.push(format!("--{flag} not set")),
            }
        }
        Self { given, defaults, digests }
    }

    /// The flags whose values differ.
    pub(crate) fn changed<'a>(&'a self, newer: &'a Self) -> impl Iterator<Item = &'a str> {
        let differs = |(flag, digest): &(&String, &[u8; 32])| self.digests.get(*flag) != Some(*digest);
        newer.digests.iter().filter(differs).map(|(flag, _)| flag.as_str())
    }

    /// The settings as lines of text.
    pub(crate) fn text(&self) -> String {
        format!("given: {}\ndefaults: {}\n", self.given.join(", "), self.defaults.join(", "))
    }

    /// Logs them in one line.
    pub(crate) fn report(&self) {
        let version = env!("CARGO_PKG_VERSION");
        tracing::info!(
            version,
            given = self.given.join(", "),
            defaults = self.defaults.join(", "),
            "settings"
        );
    }
}

/// The settings of a command, with those that the program has for all of them.
fn settings<'a>(program: &'a Command, command: &'a Command) -> impl Iterator<Item = &'a Arg> {
    let of_program = program.get_arguments().filter(move |setting| {
        setting.is_global_set() && !command.get_arguments().any(|own| own.get_id() == setting.get_id())
    });
    command.get_arguments().chain(of_program).filter(|setting| setting.get_env().is_some())
}

/// A value as the log may show it. Settings whose variables `--help` hides are secrets, or addresses that may hold one.
fn shown(setting: &Arg, value: &str) -> String {
    if setting.get_id() == "webhook_receiver" {
        return receiver(value);
    }
    let is_secret = setting.is_hide_env_values_set();
    let text = match value.split_once("://") {
        // The path of a database is its name; that of a webhook may be a key.
        Some((scheme, rest)) => address(scheme, rest, !is_secret || setting.get_id() == "database_url"),
        None if is_secret => None,
        None => Some(value.to_owned()),
    };
    let text = text.unwrap_or_else(|| "set".to_owned());
    let is_plain = text.chars().all(|c| !c.is_whitespace() && !c.is_control() && !matches!(c, '"' | ','));
    if is_plain { text } else { format!("{text:?}") }
}

/// A receiver of events with its name and types, and the host of its address.
fn receiver(value: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.' | '/' | '_');
    let part = |part: &str| match part.split_once('=') {
        Some((key @ ("name" | "types" | "secret-file" | "url-file"), text)) if text.chars().all(is_plain) => {
            Some(format!("{key}={text}"))
        }
        Some(("url", text)) => {
            let address = text.split_once("://").and_then(|(scheme, rest)| address(scheme, rest, false));
            Some(format!("url={}", address.as_deref().unwrap_or("set")))
        }
        _ => None,
    };
    let parts: Option<Vec<_>> = value.split(',').map(part).collect();
    parts.map_or_else(|| "set".to_owned(), |parts| format!("{:?}", parts.join(",")))
}

/// An address without user, password and parameters; none where they cannot be told from the rest.
fn address(scheme: &str, rest: &str, with_path: bool) -> Option<String> {
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at(end);
    if rest.contains('@') {
        return None;
    }
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    let path = if with_path { path } else { "" };
    Some(format!("{scheme}://{host}{path}"))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::cli::Cli;

    const MARKER: &str = "mArKeR";
    /// Settings that may hold a secret, of every command.
    const SECRETS: [&str; 11] = [
        "accounts",
        "accounts-secret",
        "caller-hash-key",
        "database-url",
        "jwt-hs256-secret",
        "otlp-endpoint",
        "replica-url",
        "secret",
        "webhook",
        "webhook-receiver",
        "webhook-secret",
    ];

    /// The commands that log their settings.
    fn commands() -> Vec<Command> {
        let command = Cli::command();
        let named = |name| command.find_subcommand(name).unwrap().clone();
        vec![named("serve"), named("relay")]
    }

    fn lines(command: &Command, arguments: &[String], from_file: &[&str]) -> EffectiveSettings {
        let words = ["client-service".to_owned(), command.get_name().to_owned()];
        let matches = Cli::command().try_get_matches_from(words.iter().chain(arguments)).unwrap();
        let from_file = from_file.iter().map(|flag| (*flag).to_owned()).collect();
        EffectiveSettings::of(&Cli::command(), &matches, &from_file)
    }

    #[test]
    fn every_setting_is_in_the_line_once() {
        for command in commands() {
            let all = lines(&command, &[], &[]);
            let named = all.given.iter().chain(&all.defaults).map(|text| text.split(' ').next().unwrap());
            let mut named: Vec<_> = named.map(|flag| flag.trim_start_matches("--")).collect();
            named.sort_unstable();
            let settings = command.get_arguments().filter_map(Arg::get_long).chain(["config"]);
            let mut settings: Vec<_> = settings.filter(|flag| !matches!(*flag, "help" | "version")).collect();
            settings.sort_unstable();
            assert_eq!(named, settings, "{}", command.get_name());
            assert!(settings.len() > 10);
        }
    }

    #[test]
    fn secrets_are_marked_as_such() {
        let command = Cli::command();
        let settings = || command.get_subcommands().flat_map(Command::get_arguments);
        let marked = settings().filter(|setting| setting.is_hide_env_values_set());
        let marked: BTreeSet<_> = marked.filter_map(Arg::get_long).collect();
        assert_eq!(marked, BTreeSet::from(SECRETS));
        for flag in settings().filter_map(Arg::get_long) {
            let sounds_secret =
                ["secret", "password", "-key", "token"].iter().any(|word| flag.contains(word));
            let is_secret =
                sounds_secret && !flag.ends_with("-file") && !matches!(flag, "jwt-public-key" | "tls-key");
            assert!(!is_secret || marked.contains(flag), "{flag} is to hide its variable");
        }
    }

    #[test]
    fn no_secret_is_in_the_line() {
        for command in commands() {
            for setting in command.get_arguments().filter(|setting| setting.is_hide_env_values_set()) {
                let flag = setting.get_long().unwrap();
                for value in [
                    MARKER.to_owned(),
                    format!("https://{MARKER}:{MARKER}@host:1?{MARKER}#{MARKER}"),
                    format!("https://{MARKER}:pa/{MARKER}@host/"),
                    format!("https://host?a={MARKER}@{MARKER}"),
                    format!("whsec_{MARKER} whsec_{MARKER}"),
                ] {
                    let line =
                        format!("{:?}", lines(&command, &[format!("--{flag}"), value.clone()], &[flag]));
                    assert!(!line.contains(MARKER), "{value}: {line}");
                    assert!(line.contains(&format!("--{flag} ")), "{line}");
                }
            }
        }
    }

    #[test]
    fn value_is_told_with_its_origin() {
        let serve = commands().remove(0);
        let arguments = [
            "--listen=0.0.0.0:80",
            "--database-url=postgres://me:pass@db:5432/clients?sslmode=require",
            "--webhook=https://me:pass@hooks.example/key?a=b",
            "--jwks=https://id.example/keys?a=b",
            "--jwt-issuer=two words, a comma",
            "--webhook-secret=whsec_x",
            "--webhook-receiver=name=crm,url=https://me:pass@crm.example/key?a=b,secret-file=/run/crm,types=A+B",
            "--data= ",
            "--rate-limit=50",
        ];
        let all = lines(&serve, &arguments.map(str::to_owned), &["rate-limit"]);
        for expected in [
            "--listen 0.0.0.0:80 (command line)",
            "--database-url postgres://db:5432/clients (command line)",
            "--webhook https://hooks.example (command line)",
            "--jwks https://id.example/keys (command line)",
            "--jwt-issuer \"two words, a comma\" (command line)",
            "--webhook-secret set (command line)",
            "--webhook-receiver \"name=crm,url=https://crm.example,secret-file=/run/crm,types=A+B\" (command line)",
            "--rate-limit 50 (file)",
        ] {
            assert!(all.given.iter().any(|text| text == expected), "{expected}: {:?}", all.given);
        }
        for expected in ["--four-eyes on", "--data not set", "--accounts-secret not set"] {
            assert!(all.defaults.iter().any(|text| text == expected), "{expected}: {:?}", all.defaults);
        }
    }
}
