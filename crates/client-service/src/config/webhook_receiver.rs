//! Receivers of events besides the webhook of `--webhook`.

use std::collections::BTreeSet;

use adapter_webhook::{Address, SigningSecrets};
use client_app::ports::{EventFilter, ReceiverName};
use client_domain::EventKind;

use super::error::SettingsError;
use super::secret::{Secret, SecretFile};
use super::value::{Switch, non_empty};
use super::webhook::WebhookArgs;

/// The setting.
pub(crate) const SETTING: &str = "webhook-receiver";
/// The form of a value.
const FORM: &str = "a receiver is written name=…,url=… (or url-file=…),secret-file=… and, for some events only, types=… with + between them";

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
            let text = non_empty(Some(text)).ok_or_else(|| format!("a receiver has an empty {key}"))?;
            if place.replace(text).is_some() {
                return Err(format!("a receiver has {key} twice"));
            }
        }
        Ok(written)
    }
}

/// The receivers in the order of their names.
pub(crate) fn receivers(arguments: &WebhookArgs) -> Result<Vec<WebhookReceiver>, SettingsError> {
    let (mut receivers, faults) = read(arguments);
    if let Some(fault) = faults.into_iter().next() {
        return Err(fault);
    }
    receivers.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(receivers)
}

/// What is wrong with each value.
pub(crate) fn faults(arguments: &WebhookArgs) -> Vec<SettingsError> {
    read(arguments).1
}

/// The receivers that can be used, and the faults of the others.
fn read(arguments: &WebhookArgs) -> (Vec<WebhookReceiver>, Vec<SettingsError>) {
    let (mut receivers, mut faults) = (Vec::<WebhookReceiver>::new(), Vec::new());
    let is_plain = arguments.webhook_plain_http == Switch::On;
    let count = values(arguments).count();
    for (at, value) in values(arguments).enumerate() {
        match receiver(value, is_plain) {
            Ok(receiver) if receivers.iter().any(|known| known.name == receiver.name) => {
                faults.push(SettingsError(format!(
                    "--{SETTING}: there are two receivers with the name {}; give each receiver a unique name",
                    receiver.name
                )));
            }
            Ok(receiver) => receivers.push(receiver),
            // A value without a readable name is named by its place.
            Err(Fault { name: None, why }) if count > 1 => {
                faults.push(SettingsError(format!("--{SETTING}, value {}: {why}", at + 1)));
            }
            Err(Fault { name: None, why }) => faults.push(SettingsError(format!("--{SETTING}: {why}"))),
            Err(Fault { name: Some(name), why }) => {
                faults.push(SettingsError(format!("--{SETTING}: the receiver {name}: {why}")));
            }
        }
    }
    (receivers, faults)
}

/// The files that hold secrets or addresses of receivers.
pub(crate) fn files(arguments: &WebhookArgs) -> impl Iterator<Item = SecretFile> {
    let written = values(arguments).filter_map(|value| Written::of(value).ok());
    written.flat_map(|written| {
        let file = |part, path: Option<&str>| {
            let of_receiver = Some((written.name.unwrap_or_default().to_owned(), part));
            Some(SecretFile { setting: SETTING, of_receiver, path: path?.to_owned() })
        };
        [file("url-file", written.url_file), file("secret-file", written.secret_file)].into_iter().flatten()
    })
}

fn values(arguments: &WebhookArgs) -> impl Iterator<Item = &str> {
    arguments.webhook_receiver.iter().filter_map(|value| non_empty(Some(value)))
}

/// What is wrong with a value, and whose it is, if its name can be read.
struct Fault {
    name: Option<ReceiverName>,
    why: String,
}

fn receiver(value: &str, is_plain: bool) -> Result<WebhookReceiver, Fault> {
    let unnamed = |why: String| Fault { name: None, why };
    let written = Written::of(value).map_err(unnamed)?;
    let name = written.name.ok_or_else(|| unnamed("a receiver needs a name".to_owned()))?;
    let name = ReceiverName::parse(name).map_err(|rule| unnamed(format!("the name {rule}")))?;
    if name.is_default() {
        return Err(unnamed(
            "the name default is that of the webhook of --webhook; choose another name".to_owned(),
        ));
    }
    let refused = |why: &dyn std::fmt::Display| Fault { name: Some(name.clone()), why: why.to_string() };
    let address = Secret { flag: "url", value: written.url, file: written.url_file };
    let text = address.read().map_err(|error| refused(&error.0))?;
    let text = text.ok_or_else(|| refused(&"give its address with url or url-file"))?;
    let parsed = if is_plain { Address::parse_plain(&text) } else { Address::parse(&text) };
    let address = parsed.map_err(|error| refused(&format!("{} {error}", address.source())))?;
    let secret = Secret { flag: "secret", value: None, file: written.secret_file };
    let text = secret.read().map_err(|error| refused(&error.0))?;
    let text =
        text.ok_or_else(|| refused(&"give the file of the secret that signs its messages with secret-file"))?;
    let secrets =
        SigningSecrets::parse(&text).map_err(|error| refused(&format!("{} {error}", secret.subject())))?;
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

    fn arguments(values: &[String]) -> WebhookArgs {
        let command = WebhookArgs::augment_args(Command::new("serve"));
        let words =
            ["serve".to_owned()].into_iter().chain(values.iter().map(|value| format!("--{SETTING}={value}")));
        WebhookArgs::from_arg_matches(&command.get_matches_from(words)).unwrap()
    }

    fn read(values: &[String]) -> Result<Vec<WebhookReceiver>, String> {
        receivers(&arguments(values)).map_err(|error| error.0)
    }

    #[test]
    fn the_fault_of_each_value_is_told() {
        let secret = file(SECRET);
        let secret = secret.path().to_str().unwrap();
        let faults = faults(&arguments(&[
            "name=one,url=https://one.example/".to_owned(),
            format!("name=two,url=https://two.example/,secret-file={secret}"),
            "name=three,url=ftp://three.example/".to_owned(),
            "url=https://four.example/".to_owned(),
            format!("name=two,url=https://two.example/,secret-file={secret}"),
        ]));
        let faults: Vec<_> = faults.into_iter().map(|fault| fault.0).collect();
        for (fault, expected) in faults.iter().zip([
            "--webhook-receiver: the receiver one: give the file of the secret",
            "--webhook-receiver: the receiver three: url ",
            "--webhook-receiver, value 4: a receiver needs a name",
            "--webhook-receiver: there are two receivers with the name two",
        ]) {
            assert!(fault.starts_with(expected), "{expected}: {fault}");
        }
        assert_eq!(faults.len(), 4, "{faults:?}");
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
