//! Settings from a TOML file: the names of the flags, each with the value that the flag takes.
//!
//! A setting of the file becomes an argument of the command unless the command line or the environment gives that setting. So
//! clap reads all of them in one way and has one sentence for a wrong value, wherever it comes from.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::ops::Range;

use clap::{Arg, ArgAction, Command};
use toml_edit::{Document, Item, Value};

use super::error::SettingsError;
use super::secret::{may_hold_key, read_bounded, readable_by_others};
use super::value::non_empty;

/// The flag that names the file.
const FLAG: &str = "--config";

/// What the file gives to a command.
#[derive(Clone, Debug, Default)]
pub(crate) struct SettingsFile {
    /// The arguments of the command, with those of the file.
    pub(crate) arguments: Vec<OsString>,
    /// The flags, without dashes, whose value is from the file.
    pub(crate) flags: BTreeSet<String>,
    /// The places in the file that hold a secret, in use or not.
    secrets: Vec<String>,
}

impl SettingsFile {
    /// Adds the settings of the file that these arguments or the environment name, if they do; `program` knows every command.
    ///
    /// # Errors
    ///
    /// One sentence with everything that is wrong in the file, by line; none of its values.
    pub(crate) fn read(program: &Command, arguments: Vec<OsString>) -> Result<Self, SettingsError> {
        let (settings, faults) = Self::read_all(program, arguments)?;
        if faults.is_empty() { Ok(settings) } else { Err(SettingsError(faults.join("; "))) }
    }

    /// The same, with the settings that can be used beside the faults of the others.
    ///
    /// # Errors
    ///
    /// One sentence, if the file cannot be read or is no TOML.
    pub(crate) fn read_all(
        program: &Command,
        arguments: Vec<OsString>,
    ) -> Result<(Self, Vec<String>), SettingsError> {
        let variable = program.get_arguments().find(|setting| setting.get_long() == FLAG.strip_prefix("--"));
        let variable = variable.and_then(Arg::get_env).and_then(std::env::var_os);
        let file = given(&arguments, FLAG).or(variable).and_then(|file| file.into_string().ok());
        let Some(file) = non_empty(file.as_deref()) else {
            return Ok((Self { arguments, ..Self::default() }, Vec::new()));
        };
        let refused = |what: &str| SettingsError(format!("{FLAG}: the file {file} {what}"));
        let text = read_bounded(file).map_err(|error| refused(&format!("cannot be read: {error}")))?;
        let text = text.ok_or_else(|| refused("is longer than 64 KiB, the limit for settings"))?;
        let settings = Self::of(&text, program, arguments);
        let (settings, faults) = settings.map_err(|fault| refused(&format!("is refused: {fault}")))?;
        let mut refusals: Vec<_> = (!faults.is_empty())
            .then(|| refused(&format!("is refused: {}", faults.join("; "))).0)
            .into_iter()
            .collect();
        if !settings.secrets.is_empty() && readable_by_others([file]) {
            let places = settings.secrets.join(", ");
            refusals.push(refused(&format!(
                "holds a secret ({places}), and other accounts can read it: give it mode 600, or put the secret into a file of its own"
            )).0);
        }
        Ok((settings, refusals))
    }

    fn of(text: &str, program: &Command, arguments: Vec<OsString>) -> Result<(Self, Vec<String>), String> {
        let line = |at: Option<Range<usize>>| {
            let before = at.and_then(|at| text.get(..at.start)).unwrap_or_default();
            before.matches('\n').count() + 1
        };
        let document = Document::parse(text).map_err(|error| {
            // The message of the parser would show the line, and what it holds may be a secret.
            format!("line {} is no TOML", line(error.span()))
        })?;
        let (arguments, command) = commanded(program, arguments);
        // Before what follows the name of the command: a command of its own may follow, which has other settings.
        let at = if std::ptr::eq(command, program) { 1 } else { 2 }.min(arguments.len());
        let mut file = Self { arguments, ..Self::default() };
        let (mut faults, mut added) = (Vec::new(), Vec::new());
        for (name, item) in document.as_table() {
            let key = document.as_table().key(name).and_then(|key| key.span());
            match setting(program, name).and_then(|setting| Ok((setting, texts(setting, item)?))) {
                Ok((setting, texts)) => {
                    if setting.is_hide_env_values_set() && texts.iter().any(|text| may_hold_key(name, text)) {
                        file.secrets.push(format!("line {}: {name}", line(key.clone())));
                    }
                    if is_of(command, name) && !file.is_given(command, setting) {
                        let argument = |text| OsString::from(format!("--{name}={text}"));
                        added.extend(texts.into_iter().map(argument));
                        file.flags.insert(name.to_owned());
                    }
                }
                Err(fault) => faults.push(format!("line {}: {fault}", line(key))),
            }
        }
        file.arguments.splice(at..at, added);
        Ok((file, faults))
    }

    /// Whether the command line or the environment has the setting, or another one in its place. An empty variable counts as
    /// not set.
    fn is_given(&self, command: &Command, setting: &Arg) -> bool {
        let name = setting.get_long().unwrap_or_default();
        settings(command).any(|other| match other.get_long() {
            Some(long) if long == name => self.value(other).is_some(),
            Some(long) if excludes(long, name) => {
                // A switch that is off names no place, so it takes that of none.
                self.value(other).is_some_and(|value| !(is_switch(other) && value == "off"))
            }
            _ => false,
        })
    }

    /// The value of a setting on the command line, or else in the environment. A switch without one is on.
    fn value(&self, setting: &Arg) -> Option<OsString> {
        let names = setting.get_long_and_visible_aliases().unwrap_or_default();
        let hidden = setting.get_all_aliases().unwrap_or_default();
        let mut names = names.into_iter().chain(hidden).map(|name| format!("--{name}"));
        let written = names.find_map(|name| {
            // The word after it is another argument.
            let alone = setting.is_require_equals_set() && self.arguments.iter().any(|word| *word == *name);
            if alone { Some("on".into()) } else { given(&self.arguments, &name) }
        });
        let variable = || setting.get_env().and_then(std::env::var_os);
        written.or_else(|| variable().filter(|value| !value.to_string_lossy().trim().is_empty()))
    }
}

/// Settings of which one at most is given: where the clients are.
const LOCATIONS: [&str; 4] = ["data", "in-memory", "database-url", "database-url-file"];

/// Whether one of these settings takes the place of the other.
fn excludes(one: &str, other: &str) -> bool {
    one.strip_suffix("-file") == Some(other)
        || other.strip_suffix("-file") == Some(one)
        || (LOCATIONS.contains(&one) && LOCATIONS.contains(&other))
}

/// The arguments without a file that is named before the command, which has been read; and the command.
pub(crate) fn commanded(program: &Command, mut arguments: Vec<OsString>) -> (Vec<OsString>, &Command) {
    let text = |at: usize| arguments.get(at).map(|argument| argument.to_string_lossy());
    let before = match text(1) {
        Some(flag) if flag == FLAG => 2,
        Some(flag) if flag.strip_prefix(FLAG).is_some_and(|rest| rest.starts_with('=')) => 1,
        _ => 0,
    };
    match arguments.get(1 + before).and_then(|name| program.find_subcommand(name)) {
        Some(command) => {
            arguments.drain(1..=before);
            (arguments, command)
        }
        None => (arguments, program),
    }
}

/// The value of a flag among arguments; empty where it has none.
fn given(arguments: &[OsString], flag: &str) -> Option<OsString> {
    let mut arguments = arguments.iter().take_while(|argument| *argument != "--");
    while let Some(argument) = arguments.next() {
        let text = argument.to_string_lossy();
        match text.strip_prefix(flag) {
            Some("") => return Some(arguments.next().cloned().unwrap_or_default()),
            Some(rest) => {
                if let Some(value) = rest.strip_prefix('=') {
                    return Some(value.into());
                }
            }
            None => {}
        }
    }
    None
}

fn settings(command: &Command) -> impl Iterator<Item = &Arg> {
    command.get_arguments().filter(|setting| setting.get_env().is_some() && setting.get_long().is_some())
}

fn is_of(command: &Command, name: &str) -> bool {
    settings(command).any(|setting| setting.get_long() == Some(name))
}

/// The setting with this name, of any command: one file may serve all of them.
fn setting<'a>(program: &'a Command, name: &str) -> Result<&'a Arg, String> {
    if FLAG.strip_prefix("--") == Some(name) {
        return Err("a file of settings names no other one".to_owned());
    }
    let all = || [program].into_iter().chain(program.get_subcommands()).flat_map(settings);
    let found = all().find(|setting| setting.get_long() == Some(name));
    found.ok_or_else(|| {
        let commands = [program].into_iter().chain(program.get_subcommands());
        if commands.flat_map(Command::get_arguments).any(|flag| flag.get_long() == Some(name)) {
            return format!("{name} is given on the command line only, because it is for one call");
        }
        // The name of a variable or of a flag is what people write first.
        let plain =
            name.trim_start_matches('-').trim_start_matches("CLIENTS_").to_lowercase().replace('_', "-");
        match all().filter_map(Arg::get_long).find(|known| *known == plain) {
            Some(known) => format!("no setting has this name; it is written {known}"),
            None => "no setting has this name; client-service --help lists the settings".to_owned(),
        }
    })
}

/// Whether a setting is on or off.
fn is_switch(setting: &Arg) -> bool {
    setting.get_possible_values().iter().any(|value| value.get_name() == "on")
}

/// The values of a setting as the flag takes them.
fn texts(setting: &Arg, item: &Item) -> Result<Vec<String>, String> {
    let name = setting.get_long().unwrap_or_default();
    let value = item.as_value().ok_or_else(|| format!("{name} is a table; a setting has a value"))?;
    let is_list = matches!(setting.get_action(), ArgAction::Append);
    let texts: Option<Vec<_>> = match value {
        Value::Array(list) if is_list => list.iter().map(|value| text(setting, value)).collect(),
        value => text(setting, value).map(|text| vec![text]),
    };
    texts.ok_or_else(|| format!("{name} takes {}", taken(setting, is_list)))
}

/// What a setting takes in a file: the end of a sentence.
fn taken(setting: &Arg, is_list: bool) -> String {
    let values = setting.get_possible_values();
    let values: Vec<_> = values.iter().map(|value| format!("'{}'", value.get_name())).collect();
    match values.split_last() {
        Some(_) if is_switch(setting) && values.len() == 2 => "true or false".to_owned(),
        Some((last, others)) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        _ if is_list => "a text or a list of texts".to_owned(),
        _ => "a text or a number".to_owned(),
    }
}

fn text(setting: &Arg, value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.value().clone()),
        Value::Integer(number) => Some(number.value().to_string()),
        Value::Float(number) => Some(number.value().to_string()),
        Value::Boolean(flag) if is_switch(setting) => {
            Some(if *flag.value() { "on" } else { "off" }.to_owned())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::cli::Cli;

    fn read(text: &str, arguments: &[&str]) -> Result<SettingsFile, String> {
        let arguments = arguments.iter().map(OsString::from).collect();
        let (file, faults) = SettingsFile::of(text, &Cli::command(), arguments)?;
        if faults.is_empty() { Ok(file) } else { Err(faults.join("; ")) }
    }

    fn all(text: &str, arguments: &[&str]) -> Vec<String> {
        let file = read(text, arguments).unwrap();
        file.arguments.into_iter().map(|argument| argument.into_string().unwrap()).collect()
    }

    fn added(text: &str, arguments: &[&str]) -> Vec<String> {
        let mut added = all(text, arguments);
        added.retain(|argument| !arguments.contains(&argument.as_str()));
        added
    }

    const TEXT: &str = "listen = '127.0.0.1:9000'\nrate-limit = 7\nmigrate = false\n";

    #[test]
    fn a_setting_becomes_an_argument_of_a_command_that_has_it() {
        let whole = ["--listen=127.0.0.1:9000", "--rate-limit=7", "--migrate=off"];
        assert_eq!(added(TEXT, &["client-service"]), whole);
        assert_eq!(added(TEXT, &["client-service", "serve"]), whole);
        assert_eq!(added(TEXT, &["client-service", "lifecycle"]), [""; 0]);
        let given = ["client-service", "--rate-limit", "9", "--listen=[::1]:1"];
        assert_eq!(added(TEXT, &given), ["--migrate=off"]);
        assert_eq!(added("", &["client-service"]), [""; 0]);
    }

    #[test]
    fn settings_of_the_file_follow_the_name_of_the_command() {
        let text = "database-url-file = '/run/url'";
        let discard = ["client-service", "dead-letters", "discard", "--event", "E"];
        let expected =
            ["client-service", "dead-letters", "--database-url-file=/run/url", "discard", "--event", "E"];
        assert_eq!(all(text, &discard), expected);
        assert!(Cli::command().try_get_matches_from(expected).is_ok());
        let migrate = ["client-service", "migrate", "--database-url-file=/run/url"];
        assert_eq!(all(text, &["client-service", "--config", "clients.toml", "migrate"]), migrate);
        assert_eq!(all(text, &["client-service", "--config=clients.toml", "migrate"]), migrate);
    }

    #[test]
    fn what_is_given_takes_the_place_of_what_it_excludes() {
        let text = "database-url-file = '/run/url'\nwebhook-secret-file = '/run/secret'\ndata = '/srv'";
        assert_eq!(added(text, &["client-service", "--in-memory"]), ["--webhook-secret-file=/run/secret"]);
        let given = ["client-service", "--data=/srv/bank", "--webhook-secret=s"];
        assert_eq!(added(text, &given), [""; 0]);
    }

    #[test]
    fn a_switch_that_is_off_takes_the_place_of_no_other_setting() {
        let location = "database-url-file = '/run/url'";
        for command in ["serve", "check-config", "migrate", "check", "relay", "dead-letters"] {
            let off = ["client-service", command, "--in-memory=off"];
            assert_eq!(added(location, &off), ["--database-url-file=/run/url"], "{command}");
            for on in ["--in-memory", "--in-memory=on"] {
                assert_eq!(added(location, &["client-service", command, on]), [""; 0], "{command} {on}");
            }
        }
        let both = format!("{location}\nin-memory = true");
        let off = ["client-service", "--in-memory=off", "--listen=[::1]:1"];
        assert_eq!(added(&both, &off), ["--database-url-file=/run/url"]);
    }

    #[test]
    fn a_setting_takes_what_its_flag_takes() {
        let taken = |text: &str| added(text, &["client-service"]);
        assert_eq!(taken("otlp-sample = 0.5"), ["--otlp-sample=0.5"]);
        assert_eq!(taken("otlp-sample = 1e-3"), ["--otlp-sample=0.001"]);
        assert_eq!(taken("otlp-sample = 1"), ["--otlp-sample=1"]);
        for (text, expected) in [
            ("same-email = true", "same-email takes 'off', 'warn' or 'refuse'"),
            ("four-eyes = 2026-01-01", "four-eyes takes true or false"),
            ("four-eyes = ['on']", "four-eyes takes true or false"),
            ("listen = true", "listen takes a text or a number"),
            ("listen = ['a', 'b']", "listen takes a text or a number"),
            ("cors-origin = ['a', true]", "cors-origin takes a text or a list of texts"),
        ] {
            assert_eq!(read(text, &["client-service"]).unwrap_err(), format!("line 1: {expected}"));
        }
    }

    #[test]
    fn every_fault_is_named_by_its_line_and_no_value_is_shown() {
        let text = "CLIENTS_RATE_LIMIT = 7\nlisten = 2026-01-01\nconfig = 'marker'\n\nlissten = 'marker'\n[webhook]\nurl = 'marker'\n";
        let faults = read(text, &["client-service"]).unwrap_err();
        let of_a_call = read("output = 'json'\nas = 'maker'", &["client-service"]).unwrap_err();
        for part in ["line 1: output is given on the command line only", "line 2: as is given on the"] {
            assert!(of_a_call.contains(part), "{part}: {of_a_call}");
        }
        for part in [
            "line 1: no setting has this name; it is written rate-limit",
            "line 2: listen takes a text or a number",
            "line 3: a file of settings names no other one",
            "line 5: no setting has this name",
            "webhook is a table",
        ] {
            assert!(faults.contains(part), "{part}: {faults}");
        }
        assert!(!faults.contains("marker"), "{faults}");
        let broken = read("listen = '1'\nwebhook-secret = 'marker\n", &["client-service"]).unwrap_err();
        assert_eq!(broken, "line 2 is no TOML");
    }

    #[test]
    fn a_secret_in_the_file_is_noticed_by_its_value() {
        let secrets = |text: &str| read(text, &["client-service"]).unwrap().secrets;
        assert!(secrets(TEXT).is_empty());
        let plain = "otlp-endpoint = 'http://127.0.0.1:4318'\ndatabase-url = 'postgres://me@db/clients'\n";
        assert!(secrets(plain).is_empty());
        let secret = format!("{plain}webhook-secret = 's'\naccounts = 'https://me:pass@ledger'\n");
        assert_eq!(secrets(&secret), ["line 3: webhook-secret", "line 4: accounts"]);
    }

    #[test]
    fn every_setting_can_be_in_the_file() {
        let program = Cli::command();
        for flag in settings(&program).filter_map(Arg::get_long).filter(|flag| *flag != "config") {
            let file = SettingsFile::of(&format!("{flag} = 'x'"), &program, vec!["client-service".into()]);
            assert_eq!(file.unwrap().0.flags, BTreeSet::from([flag.to_owned()]));
        }
    }
}
