//! Events that could not be delivered, for the person who decides about them.

use client_app::ports::{
    Clock as _, DeadLetter, DeadLetterSelection, DeliveryFailure, EventId, Outbox, StoreError,
};
use client_domain::value::ClientKey;
use serde_json::json;
use tokio::runtime::Runtime;

use crate::cli::{DeadLetterCommand, DeadLettersArgs, LogFormat};
use crate::settings::SettingsError;
use crate::storage::Storage;
use crate::system::SystemClock;
use crate::{Stop, telemetry};

/// How many are read at once.
const PAGE: usize = 500;

/// Does what was asked for and says what came of it.
pub(crate) fn run(arguments: &DeadLettersArgs) -> Result<String, Stop> {
    let command = Decision::of(arguments.command.as_ref())?;
    telemetry::start(LogFormat::Text)?;
    let runtime = Runtime::new().map_err(|error| Stop::Failed(format!("no threads to run on: {error}")))?;
    runtime.block_on(async {
        let storage = Storage::of_database(&arguments.place).await?;
        let done = command.carry_out(&*storage.outbox()).await;
        storage.close().await;
        done.map_err(|error| Stop::Failed(error.to_string()))?
    })
}

/// A command whose words are understood.
enum Decision {
    List,
    Resend(DeadLetterSelection),
    Discard(EventId),
}

impl Decision {
    fn of(command: Option<&DeadLetterCommand>) -> Result<Self, SettingsError> {
        let Some(command) = command else { return Ok(Self::List) };
        Ok(match command {
            DeadLetterCommand::List => Self::List,
            DeadLetterCommand::Resend { event: Some(id), .. } => {
                Self::Resend(DeadLetterSelection::Event(EventId::from_stored(id.clone())))
            }
            DeadLetterCommand::Resend { client: Some(key), .. } => {
                let key = ClientKey::parse(key).map_err(|rule| SettingsError(format!("--client {rule}")))?;
                Self::Resend(DeadLetterSelection::Client(key))
            }
            DeadLetterCommand::Resend { .. } => Self::Resend(DeadLetterSelection::All),
            DeadLetterCommand::Discard { event } => Self::Discard(EventId::from_stored(event.clone())),
        })
    }

    async fn carry_out(&self, outbox: &dyn Outbox) -> Result<Result<String, Stop>, StoreError> {
        Ok(match self {
            Self::List => Ok(list(outbox).await?),
            Self::Resend(which) => {
                let count = outbox.resend(which).await?;
                tracing::info!(count, "dead letters are sent again");
                Ok(format!("{count} to be sent again\n"))
            }
            Self::Discard(id) => {
                if outbox.discard(id, SystemClock.now()).await? {
                    tracing::warn!(event = id.as_str(), "an event was given up and will never be delivered");
                    Ok("discarded\n".to_owned())
                } else {
                    Err(Stop::Failed("there is no dead letter with this id".to_owned()))
                }
            }
        })
    }
}

async fn list(outbox: &dyn Outbox) -> Result<String, StoreError> {
    let (mut text, mut after) = (String::new(), None);
    loop {
        let page = outbox.dead_letters(after.as_ref(), PAGE).await?;
        let Some(last) = page.last() else { return Ok(text) };
        after = Some(last.event.id.clone());
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
