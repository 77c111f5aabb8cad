//! SIGHUP: the settings that can change while the program runs are read again, all of them or none.

use std::future::Future;

use metrics::{counter, describe_counter};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::config::error::SettingsError;
use crate::exit::ExitError;

const RELOADS: &str = "settings_reloads_total";

/// What a reload has done, or why it has done nothing.
pub(crate) type Reloaded = Result<Vec<String>, Refused>;

/// Why the settings of before stay in use.
#[derive(Debug)]
pub(crate) struct Refused {
    /// One sentence, which repeats no value.
    pub(crate) why: SettingsError,
    /// The file that is wrong, where it is one.
    pub(crate) file: Option<String>,
}

impl Refused {
    /// A refusal, with the file that it is about: the sentence begins with the flag of one of these settings.
    pub(crate) fn of<'a>(
        why: SettingsError,
        files: impl IntoIterator<Item = (&'static str, Option<&'a str>)>,
    ) -> Self {
        let flag = why.0.split([':', ',', ' ']).next().and_then(|word| word.strip_prefix("--"));
        let file = files.into_iter().find(|(setting, _)| Some(*setting) == flag);
        let file = file.and_then(|(_, file)| file).map(str::to_owned);
        Self { why, file }
    }
}

/// The hang-up signals of the process. From its beginning on, none of them ends the process.
pub(crate) struct Hangups(Signal);

impl Hangups {
    pub(crate) fn receive() -> Result<Self, ExitError> {
        let failed = |error| ExitError::Failed(format!("signals cannot be received: {error}"));
        signal(SignalKind::hangup()).map(Self).map_err(failed)
    }

    /// Reloads at each signal until `stop`. A reload answers the flags that have changed and wait for the next start.
    pub(crate) fn follow<F, R>(mut self, stop: CancellationToken, reload: R)
    where
        F: Future<Output = Reloaded> + Send + 'static,
        R: Fn() -> F + Send + 'static,
    {
        describe_counter!(RELOADS, "Reloads of settings at SIGHUP, by their result: done or refused.");
        for result in ["done", "refused"] {
            counter!(RELOADS, "result" => result).increment(0);
        }
        tokio::spawn(async move {
            while stop.run_until_cancelled(self.0.recv()).await.flatten().is_some() {
                // In a task of its own: a panic then ends the reload and not the service.
                let reloaded = tokio::spawn(reload()).await;
                report(reloaded.unwrap_or_else(|_| {
                    Err(Refused { why: SettingsError("the reload panicked".to_owned()), file: None })
                }));
            }
        });
    }
}

fn report(reloaded: Reloaded) {
    let result = match reloaded {
        Ok(waiting) => {
            for setting in waiting {
                tracing::warn!(setting, "this setting has changed and is used from the next start on");
            }
            tracing::info!("the settings were read again");
            "done"
        }
        Err(Refused { why, file }) => {
            tracing::error!(file, "the settings of before stay in use: {why}");
            "refused"
        }
    };
    counter!(RELOADS, "result" => result).increment(1);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_the_file_that_its_sentence_is_about() {
        let files =
            || [("kyc-policy", Some("/srv/policy.json")), ("jwks", None), ("directory", Some("/srv/d"))];
        let file = |sentence: &str| Refused::of(SettingsError(sentence.to_owned()), files()).file;
        assert_eq!(
            file("--kyc-policy: the file does not hold a JSON object").as_deref(),
            Some("/srv/policy.json")
        );
        assert_eq!(file("--directory branches[0] has no name").as_deref(), Some("/srv/d"));
        assert_eq!(file("--jwks: the address does not answer"), None);
        assert_eq!(file("a webhook needs a secret"), None);
    }
}
