//! `client-service check-config`: whether `serve` could use its settings. It opens no database and binds no port, and asks no other
//! machine.

use std::ffi::{OsStr, OsString};

use clap::error::{ContextKind, ContextValue};
use clap::{Arg, ArgMatches, Command, FromArgMatches as _};

use crate::config::effective::EffectiveSettings;
use crate::config::error::SettingsError;
use crate::config::service::ServeArgs;
use crate::config::settings_file::{SettingsFile, commanded};
use crate::config::unsafe_settings::UnsafeSetting;
use crate::config::{empty_values, rules, unsafe_settings};
use crate::exit::ExitError;
use crate::wiring::settings_check;
use crate::{runtime, stdout};

const NAME: &str = "check-config";
/// The settings of keys that verify tokens.
const KEYS: [&str; 4] = ["--jwks", "--jwt-public-key", "--jwt-hs256-secret", "--jwt-hs256-secret-file"];

/// Whether these words call this command.
pub(crate) fn is_called(program: &Command, words: &[OsString]) -> bool {
    commanded(program, words.to_vec()).1.get_name() == NAME
}

/// Names every setting that is wrong, or prints the settings.
pub(crate) fn run(program: &Command, words: Vec<OsString>) -> Result<String, ExitError> {
    let (file, mut faults) = SettingsFile::read_all(program, words)?;
    let used = empty_values::without_empty_variables(program.clone());
    let mut call = Call { program: used, words: file.arguments, left_out: Vec::new() };
    let mut round = call.parse(&mut faults)?;
    let effective = EffectiveSettings::of(program, &round, &file.flags);
    let mut is_first = true;
    loop {
        let arguments = round.subcommand().map(|(_, matches)| ServeArgs::from_arg_matches(matches));
        let Some(Ok(arguments)) = arguments else { return Err(refused(&faults)) };
        let found = runtime::run_to_end(runtime::start()?, settings_check::faults(&arguments));
        // A setting that is left out may be missed by another one, which is no fault of the settings as they are.
        let mut new = Vec::new();
        for fault in found.into_iter().filter(|fault| is_first || call.names_given(fault)) {
            if !faults.contains(&fault.0) && !new.contains(&fault.0) {
                new.push(fault.0);
            }
        }
        is_first = false;
        let mut goes_on = false;
        for fault in &new {
            goes_on |= call.leave_out(flag_of(fault));
        }
        faults.extend(new);
        if !goes_on {
            return if faults.is_empty() {
                report(program, &arguments, &effective)
            } else {
                Err(refused(&faults))
            };
        }
        round = call.parse(&mut faults)?;
    }
}

/// The settings, without secrets, and what deserves a second look.
fn report(
    program: &Command,
    arguments: &ServeArgs,
    effective: &EffectiveSettings,
) -> Result<String, ExitError> {
    let unknown = unsafe_settings::unknown_variables(program).into_iter();
    let unknown = unknown.map(|variable| format!("no setting has the name of the variable {variable}"));
    let in_use = unsafe_settings::of_service(arguments, &rules::kyc_policy(&arguments.rules)?);
    let warnings = unknown.chain(in_use.iter().map(UnsafeSetting::warning));
    let warnings: Vec<_> = warnings.map(|warning| format!("warning: {warning}\n")).collect();
    let end = "the settings can be used; no address and no database was asked\n";
    Ok(format!("{}{}{end}", effective.text(), warnings.concat()))
}

/// Prints the faults, one on each line, and returns the error.
fn refused(faults: &[String]) -> ExitError {
    stdout::print(&format!("{}\n", faults.join("\n")));
    let sentence = match faults.len() {
        1 => "1 setting cannot be used, or does not fit the others".to_owned(),
        count => format!("{count} settings cannot be used, or do not fit the others"),
    };
    SettingsError(sentence).into()
}

/// The flag that a sentence begins with.
fn flag_of(sentence: &str) -> &str {
    sentence.split([':', ',', ' ']).next().unwrap_or_default()
}

/// A call of this command, without the settings that were found to be wrong.
struct Call {
    program: Command,
    words: Vec<OsString>,
    left_out: Vec<String>,
}

impl Call {
    /// What `clap` makes of the settings. Each one that it refuses is a fault, and left out.
    fn parse(&mut self, faults: &mut Vec<String>) -> Result<ArgMatches, ExitError> {
        loop {
            let matches = self.program.clone().try_get_matches_from(&self.words);
            let matches = matches.and_then(|matches| {
                empty_values::refuse(&self.program, &matches)?;
                Ok(matches)
            });
            let error = match matches {
                Ok(matches) => return Ok(matches),
                Err(help) if !help.use_stderr() => help.exit(),
                Err(error) => error,
            };
            faults.push(SettingsError::from(&error).0);
            let flag = match error.get(ContextKind::InvalidArg) {
                Some(ContextValue::String(text)) => flag_of(text).to_owned(),
                _ => String::new(),
            };
            if !self.leave_out(flag.split('=').next().unwrap_or_default()) {
                return Err(refused(faults));
            }
        }
    }

    /// Whether a sentence is about a setting that is still given, and about none that was left out.
    fn names_given(&self, fault: &SettingsError) -> bool {
        let flag = flag_of(&fault.0);
        let is_known = flag.strip_prefix("--").is_some_and(|name| self.setting(name).is_some());
        let is_left_out = |flag: &str| self.left_out.iter().any(|out| out == flag);
        let mut words = fault.0.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
        // Without a key a service answers this machine only.
        let misses_key = flag == "--listen" && KEYS.into_iter().any(is_left_out);
        is_known && !misses_key && !words.any(is_left_out)
    }

    fn setting(&self, name: &str) -> Option<&Arg> {
        let command = self.program.find_subcommand(NAME)?;
        command.get_arguments().find(|setting| setting.get_long() == Some(name))
    }

    /// Leaves a setting out, wherever it comes from. Returns whether that is something new.
    fn leave_out(&mut self, flag: &str) -> bool {
        let Some(name) = flag.strip_prefix("--").filter(|name| !name.is_empty()) else { return false };
        if self.left_out.iter().any(|out| out == flag) {
            return false;
        }
        self.left_out.push(flag.to_owned());
        let setting = self.setting(name).cloned();
        let takes_next_word = setting.as_ref().is_none_or(|setting| !setting.is_require_equals_set());
        let mut is_value = false;
        self.words.retain(|word| {
            if std::mem::take(&mut is_value) && !starts_with(word, "--") {
                return false;
            }
            is_value = takes_next_word && word == flag;
            word != flag && !starts_with(word, &format!("{flag}="))
        });
        if let Some(setting) = setting {
            let id = setting.get_id().clone();
            let without = |setting: Arg| setting.env(None::<&'static str>);
            let program = std::mem::take(&mut self.program);
            // `serve` without its name has the same settings, and its variables are read as well.
            self.program = program
                .mut_arg(id.clone(), without)
                .mut_subcommand(NAME, |command| command.mut_arg(id, without));
        }
        true
    }
}

fn starts_with(word: &OsStr, start: &str) -> bool {
    word.to_string_lossy().starts_with(start)
}
