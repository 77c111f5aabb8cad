//! Settings without a value: an empty variable counts as not set, and an empty flag or line of the file is a fault.
//!
//! Files of variables and templates of containers leave variables empty where nothing is meant. A flag or a line that is left
//! empty is one that lost its value, and with it maybe a rule of the bank.

use std::ffi::OsStr;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};

/// The program as if every empty variable were not set.
pub(crate) fn without_empty_variables(program: Command) -> Command {
    let program = program.mut_args(|setting| {
        let variable = setting.get_env().and_then(std::env::var_os);
        let is_empty = variable.is_some_and(|value| is_blank(&value));
        if is_empty { setting.env(None::<&'static str>) } else { setting }
    });
    program.mut_subcommands(without_empty_variables)
}

/// Refuses a setting whose flag or line is there without a value.
///
/// # Errors
///
/// The first one; it names the setting.
pub(crate) fn refuse(program: &Command, matches: &ArgMatches) -> Result<(), clap::Error> {
    let named = matches.subcommand().and_then(|(name, of)| Some((program.find_subcommand(name)?, of)));
    for (command, matches) in named.into_iter().chain([(program, matches)]) {
        for setting in command.get_arguments().filter(|setting| setting.get_env().is_some()) {
            let id = setting.get_id().as_str();
            let is_written = matches.value_source(id) == Some(ValueSource::CommandLine);
            let mut values = matches.try_get_raw(id).ok().flatten().into_iter().flatten();
            if is_written && values.all(is_blank) {
                let mut error = clap::Error::new(ErrorKind::InvalidValue).with_cmd(program);
                error.insert(ContextKind::InvalidArg, ContextValue::String(shown(setting)));
                error.insert(ContextKind::InvalidValue, ContextValue::String(String::new()));
                return Err(error);
            }
        }
    }
    Ok(())
}

/// A setting as the errors of `clap` show it.
fn shown(setting: &Arg) -> String {
    let values = setting.get_value_names().unwrap_or_default().iter().map(|name| format!(" <{name}>"));
    format!("--{}{}", setting.get_long().unwrap_or_default(), values.collect::<String>())
}

fn is_blank(value: &OsStr) -> bool {
    value.to_string_lossy().trim().is_empty()
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::cli::Cli;
    use crate::config::error::SettingsError;

    fn refused(words: &[&str]) -> Option<String> {
        let program = Cli::command();
        let matches = program.clone().try_get_matches_from([&["client-service"], words].concat()).unwrap();
        refuse(&program, &matches).err().map(|error| SettingsError::from(&error).0)
    }

    #[test]
    fn a_flag_without_a_value_is_refused() {
        for (words, flag) in [
            (&["--jwks="][..], "--jwks"),
            (&["serve", "--kyc-policy", ""], "--kyc-policy"),
            (&["relay", "--webhook-receiver", " "], "--webhook-receiver"),
            (&["dead-letters", "--data=", "list"], "--data"),
        ] {
            let sentence = refused(words).unwrap();
            assert!(sentence.starts_with(&format!("a value is required for '{flag} ")), "{sentence}");
        }
        for words in
            [&["--jwks=x"][..], &["serve", "--in-memory"], &["dead-letters", "resend", "--event", ""]]
        {
            assert_eq!(refused(words), None, "{words:?}");
        }
    }
}
