//! Receivers of events besides the webhook of `--webhook`.

use std::collections::BTreeSet;

use adapter_webhook::{Address, SigningSecrets};
use client_app::ports::{EventFilter, ReceiverName};
use client_domain::EventKind;

use super::error::SettingsError;
use super::secret::Secret;
use super::value::{Switch, non_empty};
use super::webhook::WebhookArgs;

/// The setting.
pub(crate) const SETTING: &str = "webhook-receiver";
/// The form of a value.
const FORM: &str = "is written name=…,url=… (or url-file=…),secret-file=… and, for some events only, types=… with + between them";

/// A receiver, as its value says.
#[derive(Debug, Default)]
struct Written<'a> {
    name: Option<&'a str>,
    url: Option<&'a str>,
    url_file: Option<&'a str>,
    secret_file: Option<&'a str>,
    types: Option<&'a str>,
}

/// A receiver that events are delivered to.
pub(crate) struct WebhookReceiver {
    pub(crate) name: ReceiverName,
    pub(crate) address: Address,
    pub(crate) secrets: SigningSecrets,
    pub(crate) filter: EventFilter,
}

impl<'a> Written<'a> {
    /// Reads a value. The error is the end of a sentence, and repeats nothing of it.
    fn of(value: &'a str) -> Result<Self, String> {
        let mut written = Self::default();
        for part in value.split(',') {
            let (key, text) = part.split_once('=').ok_or(FORM)?;
            let (place, key) = match key.trim() {
                "name" => (&mut written.name, "name"),
                "url" => (&mut written.url, "url"),
                "url-file" => (&mut written.url_file, "url-file"),
                "secret-file" => (&mut written.secret_file, "secret-file"),
                "types" => (&mut written.types, "types"),
                _ => return Err(FORM.to_owned()),
            };
            let text = non_empty(Some(text)).ok_or_else(|| format!("has an empty {key}"))?;
            if place.replace(text).is_some() {
                return Err(format!("has {key} twice"));
            }
        }
        Ok(written)
    }
}

/// The receivers in the order of their names.
pub(crate) fn receivers(arguments: &WebhookArgs) -> Result<Vec<WebhookReceiver>, SettingsError> {
    let mut receivers: Vec<WebhookReceiver> = Vec::new();
    for value in values(arguments) {
        let receiver = receiver(value, arguments.webhook_plain_http == Switch::On)?;
        if receivers.iter().any(|known| known.name == receiver.name) {
            return Err(SettingsError(format!(
                "--{SETTING}: there are two receivers with the name {}; give each receiver a unique name",
                receiver.name
            )));
        }
        receivers.push(receiver);
    }
    receivers.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(receivers)
}

/// The files that hold secrets or addresses of receivers, each with the setting that names it.
pub(crate) fn files(arguments: &WebhookArgs) -> impl Iterator<Item = (&'static str, String)> {
    let written = values(arguments).filter_map(|value| Written::of(value).ok());
    written
        .flat_map(|written| [written.url_file, written.secret_file])
        .flatten()
        .map(|file| (SETTING, file.to_owned()))
}

fn values(arguments: &WebhookArgs) -> impl Iterator<Item = &str> {
    arguments.webhook_receiver.iter().filter_map(|value| non_empty(Some(value)))
}

fn receiver(value: &str, is_plain: bool) -> Result<WebhookReceiver, SettingsError> {
    let written = Written::of(value).map_err(|why| SettingsError(format!("--{SETTING} {why}")))?;
    let missing = |what: &str| SettingsError(format!("--{SETTING}: a receiver needs {what}"));
    let name = written.name.ok_or_else(|| missing("a name"))?;
    let name =
        ReceiverName::parse(name).map_err(|rule| SettingsError(format!("--{SETTING}: the name {rule}")))?;
    if name.is_default() {
        return Err(SettingsError(format!(
            "--{SETTING}: the name default is that of the webhook of --webhook; choose another name"
        )));
    }
    let refused =
        |why: &dyn std::fmt::Display| SettingsError(format!("--{SETTING}: the receiver {name}: {why}"));
    let address = Secret { flag: "url", value: written.url, file: written.url_file };
    let text = address.read().map_err(|error| refused(&error.0))?;
    let text = text.ok_or_else(|| refused(&"give its address with url or url-file"))?;
    let parsed = if is_plain { Address::parse_plain(&text) } else { Address::parse(&text) };
    let address = parsed.map_err(|error| refused(&format!("{} {error}", address.source())))?;
    let secret = Secret { flag: "secret", value: None, file: written.secret_file };
    let text = secret.read().map_err(|error| refused(&error.0))?;
    let text =
        text.ok_or_else(|| refused(&"give the file of the secret that signs its messages with secret-file"))?;
    let secrets = SigningSecrets::parse(&text).map_err(|error| refused(&format!("secret-file {error}")))?;
    let filter = written.types.map_or(Ok(EventFilter::All), filter).map_err(|why| refused(&why))?;
    Ok(WebhookReceiver { name, address, secrets, filter })
}

/// The types of events, each by its name with or without the rest of its form on the wire.
fn filter(types: &str) -> Result<EventFilter, &'static str> {
    let kind = |text: &str| {
        let name = text.trim();
        let name = name.strip_prefix("clients.").and_then(|name| name.strip_suffix(".v1")).unwrap_or(name);
        EventKind::parse(name)
            .ok_or("types names a type of event that does not exist; use the names in docs/webhooks.md, for example ClientApproved")
    };
    types.split('+').map(kind).collect::<Result<BTreeSet<_>, _>>().map(EventFilter::Only)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use clap::{Args as _, Command, FromArgMatches as _};
    use tempfile::NamedTempFile;

    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    fn file(text: &str) -> NamedTempFile {
        let mut file = NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        file
    }

    fn read(values: &[String]) -> Result<Vec<WebhookReceiver>, String> {
        let command = WebhookArgs::augment_args(Command::new("serve"));
        let words =
            ["serve".to_owned()].into_iter().chain(values.iter().map(|value| format!("--{SETTING}={value}")));
        let arguments = WebhookArgs::from_arg_matches(&command.get_matches_from(words)).unwrap();
        receivers(&arguments).map_err(|error| error.0)
    }

    #[test]
    fn receivers_have_addresses_secrets_and_types() {
        let (secret, url) = (file(SECRET), file("https://two.example/key"));
        let (secret, url) = (secret.path().to_str().unwrap(), url.path().to_str().unwrap());
        let given = [
            format!(
                "name=two,url-file={url},secret-file={secret},types=ClientApproved+clients.ClientExited.v1"
            ),
            format!("secret-file={secret},url=https://one.example/hooks,name=one"),
            " ".to_owned(),
        ];
        let receivers = read(&given).unwrap();
        let only = EventFilter::Only([EventKind::Approved, EventKind::Exited].into());
        let shown: Vec<_> = receivers.iter().map(|one| (one.name.as_str(), &one.filter)).collect();
        assert_eq!(shown, [("one", &EventFilter::All), ("two", &only)]);
    }

    #[test]
    fn each_fault_is_a_sentence_that_names_the_setting_and_repeats_no_value() {
        let secret = file(SECRET);
        let secret = secret.path().to_str().unwrap();
        let empty = file("");
        let empty = empty.path().to_str().unwrap();
        let whole = format!("name=one,url=https://one.example/mArKeR,secret-file={secret}");
        for (values, expected) in [
            (vec!["mArKeR".to_owned()], "is written name=…"),
            (vec!["mArKeR=1".to_owned()], "is written name=…"),
            (vec![format!("{whole},types=")], "has an empty types"),
            (vec![format!("{whole},name=mArKeR")], "has name twice"),
            (vec![format!("url=https://mArKeR.example,secret-file={secret}")], "needs a name"),
            (
                vec![format!("name=Mr mArKeR,secret-file={secret}")],
                "the name must be 1 to 40 lower-case letters",
            ),
            (
                vec![whole.replace("=one,", "=default,")],
                "the name default is that of the webhook of --webhook",
            ),
            (vec![whole.clone(), whole.clone()], "two receivers with the name one"),
            (vec![format!("name=one,secret-file={secret}")], "the receiver one: give its address"),
            (vec![format!("{whole},url-file={empty}")], "url and url-file cannot be given together"),
            (vec![whole.replace("https", "ftp")], "the receiver one: url "),
            (vec!["name=one,url=https://one.example/mArKeR".to_owned()], "give the file of the secret"),
            (vec![format!("name=one,url=https://one.example/mArKeR,secret-file={empty}")], "is empty"),
            (
                vec!["name=one,url=https://one.example/mArKeR,secret-file=/nowhere".to_owned()],
                "cannot be read",
            ),
            (vec![format!("{whole},types=ClientApproved+mArKeR")], "a type of event that does not exist"),
        ] {
            let error = read(&values).err().unwrap();
            assert!(
                error.starts_with("--webhook-receiver") && error.contains(expected),
                "{expected}: {error}"
            );
            assert!(!error.contains("mArKeR"), "{error}");
        }
    }
}
