//! `client-service dead-letters`: lists dead letters, sends them again, discards them.

use clap::{Args, Subcommand};
use client_app::ports::{
    ClientRef, ClientStore, Clock as _, DeadLetter, DeadLetterSelection, DeliveryFailure, EventId, Outbox,
    ReceiverName, StoreError,
};
use client_domain::value::{ClientKey, CustomerNumber};
use serde_json::json;

use crate::cli::receivers;
use crate::config::error::SettingsError;
use crate::config::log::LogFormat;
use crate::config::storage_location::StorageArgs;
use crate::exit::ExitError;
use crate::system::SystemClock;
use crate::wiring::storage::Storage;
use crate::{runtime, telemetry};

/// How many dead letters are read at a time.
const PAGE_SIZE: usize = 500;

#[derive(Args, Debug)]
pub(crate) struct DeadLettersArgs {
    #[command(flatten)]
    storage: StorageArgs,

    /// What to do; list is the default
    #[command(subcommand)]
    command: Option<DeadLetterCommand>,
}

#[derive(Subcommand, Debug)]
enum DeadLetterCommand {
    /// Print every dead letter, one line of JSON for each
    List,
    /// Send dead letters again
    #[command(group = clap::ArgGroup::new("which").required(true))]
    Resend {
        /// The event with this id
        #[arg(long, value_name = "ID", group = "which")]
        event: Option<String>,
        /// The events of the client with this key or customer number
        #[arg(long, value_name = "KEY|NUMBER", group = "which")]
        client: Option<String>,
        /// All dead letters of the receiver
        #[arg(long, group = "which")]
        all: bool,
        /// The receiver, as the list names it
        #[arg(long, value_name = "NAME", default_value = "default")]
        receiver: String,
    },
    /// Discard a dead letter, so that its receiver gets the later events of the client
    Discard {
        /// The id of the event
        #[arg(long, value_name = "ID")]
        event: String,
        /// The receiver, as the list names it
        #[arg(long, value_name = "NAME", default_value = "default")]
        receiver: String,
    },
}

/// Runs the command, and returns its result as text.
pub(crate) fn run(arguments: &DeadLettersArgs) -> Result<String, ExitError> {
    let action = Action::of(arguments.command.as_ref())?;
    let storage_location = arguments.storage.storage_location()?;
    telemetry::start(LogFormat::Text)?;
    runtime::run_to_end(runtime::start()?, async {
        let storage = match &action {
            Action::List => Storage::open_reading(&storage_location).await?,
            Action::Resend(..) | Action::Discard(..) => Storage::open_existing(&storage_location).await?,
        };
        let result = action.run(&storage).await;
        storage.close().await;
        result.map_err(|error| ExitError::Failed(error.to_string()))?
    })
}

/// A command whose arguments are parsed.
enum Action {
    List,
    Resend(ReceiverName, Which),
    Discard(ReceiverName, EventId),
}

/// The dead letters that are sent again.
enum Which {
    Event(EventId),
    Client(ClientRef),
    All,
}

impl Which {
    /// A customer number is one, although a key of another system might look like it.
    fn client(text: &str) -> Result<Self, SettingsError> {
        if let Ok(number) = CustomerNumber::parse(text) {
            return Ok(Self::Client(ClientRef::Id(number.id())));
        }
        let key = ClientKey::parse(text).map_err(|rule| SettingsError(format!("--client {rule}")))?;
        Ok(Self::Client(ClientRef::Key(key)))
    }
}

impl Action {
    fn of(command: Option<&DeadLetterCommand>) -> Result<Self, SettingsError> {
        let Some(command) = command else { return Ok(Self::List) };
        Ok(match command {
            DeadLetterCommand::List => Self::List,
            DeadLetterCommand::Resend { event, client, all: _, receiver } => {
                let which = match (event, client) {
                    (Some(id), _) => Which::Event(EventId::from_stored(id.clone())),
                    (None, Some(client)) => Which::client(client)?,
                    (None, None) => Which::All,
                };
                Self::Resend(receivers::named(receiver)?, which)
            }
            DeadLetterCommand::Discard { event, receiver } => {
                Self::Discard(receivers::named(receiver)?, EventId::from_stored(event.clone()))
            }
        })
    }

    async fn run(&self, storage: &Storage) -> Result<Result<String, ExitError>, StoreError> {
        let outbox = &*storage.outbox();
        Ok(match self {
            Self::List => Ok(list(outbox).await?),
            Self::Resend(receiver, which) => resend(outbox, &*storage.clients(), receiver, which).await?,
            Self::Discard(receiver, id) => {
                if outbox.discard(receiver, id, SystemClock.now()).await? {
                    tracing::warn!(
                        event = id.as_str(),
                        receiver = receiver.as_str(),
                        "a dead letter was discarded and will never be delivered"
                    );
                    Ok("discarded\n".to_owned())
                } else {
                    Err(ExitError::Failed("the receiver has no dead letter with this id".to_owned()))
                }
            }
        })
    }
}

/// What is named and is not there is a failure: a script that goes on would take the events for delivered.
async fn resend(
    outbox: &dyn Outbox,
    clients: &dyn ClientStore,
    receiver: &ReceiverName,
    which: &Which,
) -> Result<Result<String, ExitError>, StoreError> {
    let failed = |sentence: String| Ok(Err(ExitError::Failed(sentence)));
    let is_known = receiver.is_default()
        || outbox.receivers().await?.iter().any(|registered| registered.receiver == *receiver);
    if !is_known {
        return failed(format!(
            "--receiver: no receiver {receiver} is registered; client-service receivers list shows the names, besides default"
        ));
    }
    let selection = match which {
        Which::Event(id) => DeadLetterSelection::Event(id.clone()),
        Which::All => DeadLetterSelection::All,
        Which::Client(ClientRef::Key(key)) => DeadLetterSelection::Client(key.clone()),
        Which::Client(reference) => match clients.find(reference).await? {
            Some(client) => DeadLetterSelection::Client(client.key().clone()),
            None => return failed("--client: no client has this customer number".to_owned()),
        },
    };
    let count = outbox.resend(receiver, &selection).await?;
    let named = match which {
        Which::Event(_) => Some("--event: the receiver has no dead letter with this id"),
        Which::Client(_) => Some("--client: the receiver has no dead letter of this client"),
        Which::All => None,
    };
    if let Some(sentence) = named.filter(|_| count == 0) {
        return failed(format!(
            "{sentence}; client-service dead-letters list shows all, with their receivers"
        ));
    }
    tracing::info!(count, receiver = receiver.as_str(), "dead letters are queued again");
    Ok(Ok(format!("{count} will be sent again\n")))
}

async fn list(outbox: &dyn Outbox) -> Result<String, StoreError> {
    let (mut text, mut after) = (String::new(), None);
    loop {
        let page = outbox.dead_letters(after.as_ref(), PAGE_SIZE).await?;
        let Some(last) = page.last() else { return Ok(text) };
        after = Some(last.key());
        for letter in &page {
            text.push_str(&line(letter));
            text.push('\n');
        }
    }
}

fn line(letter: &DeadLetter) -> String {
    let event = &letter.event;
    let status = match letter.why {
        DeliveryFailure::Refused { status } => Some(status),
        DeliveryFailure::TimedOut | DeliveryFailure::Unreachable => None,
    };
    json!({
        "event": event.id.as_str(),
        "receiver": letter.receiver.as_str(),
        "type": event.kind.name(),
        "client": event.client.as_str(),
        "version": event.version.get(),
        "at": event.at.to_string(),
        "deadSince": letter.since.to_string(),
        "attempts": letter.failures,
        "why": letter.why.to_string(),
        "status": status,
    })
    .to_string()
}
