//! Sessions, as rows.

use async_trait::async_trait;
use client_app::Caller;
use client_app::ports::{
    ProviderLogout, ProviderSession, Session, SessionId, SessionMoment, Sessions, StoreError,
};
use client_domain::value::{BranchKey, EmailAddress};
use client_domain::{ActorId, Permission};

use crate::columns::Columns;
use crate::error::corrupt;
use crate::parameters::{Parameters, to_i64};
use crate::sql::{
    END_PROVIDER_SESSION, END_PROVIDER_SUBJECT, END_SESSION, END_SESSIONS_OF, FIND_SESSION, OPEN_SESSION,
    REMOVE_ENDED_SESSIONS, TOUCH_SESSION,
};
use crate::store::SqliteStore;

const TABLE: &str = "client_session";

#[async_trait]
impl Sessions for SqliteStore {
    async fn open_session(&self, session: &Session) -> Result<(), StoreError> {
        let session = session.clone();
        self.write(move |connection| parameters(&session).execute(connection, OPEN_SESSION).map(drop)).await
    }

    async fn find_session(&self, id: &SessionId, at: SessionMoment) -> Result<Option<Session>, StoreError> {
        let id = *id;
        self.read(move |connection| {
            moment(id, at).first(connection, (TABLE, FIND_SESSION), |columns| session(columns, id))
        })
        .await
    }

    async fn touch_session(&self, id: &SessionId, at: SessionMoment) -> Result<bool, StoreError> {
        let id = *id;
        self.write(move |connection| Ok(moment(id, at).execute(connection, TOUCH_SESSION)? > 0)).await
    }

    async fn end_session(&self, id: &SessionId) -> Result<bool, StoreError> {
        let id = id.0;
        self.write(move |connection| {
            Ok(Parameters::new().with(":session_id", &id[..]).execute(connection, END_SESSION)? > 0)
        })
        .await
    }

    async fn end_sessions_of(&self, actor: &ActorId) -> Result<u64, StoreError> {
        let actor = actor.clone();
        self.write(move |connection| {
            let of_actor = Parameters::new().with(":actor", actor.as_str());
            Ok(of_actor.execute(connection, END_SESSIONS_OF)? as u64)
        })
        .await
    }

    async fn end_provider_sessions(&self, logout: &ProviderLogout) -> Result<u64, StoreError> {
        let logout = logout.clone();
        self.write(move |connection| {
            let (sql, ended) = match &logout {
                ProviderLogout::Session { issuer, session, subject } => {
                    let ended = Parameters::new().with(":issuer", issuer.as_str());
                    let ended = ended.with(":provider_session", session.as_str());
                    (END_PROVIDER_SESSION, ended.with(":subject", subject.as_deref()))
                }
                ProviderLogout::Subject { issuer, subject } => {
                    let ended = Parameters::new().with(":issuer", issuer.as_str());
                    (END_PROVIDER_SUBJECT, ended.with(":subject", subject.as_str()))
                }
            };
            Ok(ended.execute(connection, sql)? as u64)
        })
        .await
    }

    async fn remove_ended(&self, at: SessionMoment, limit: usize) -> Result<u64, StoreError> {
        self.write(move |connection| {
            let ended = Parameters::new().with(":now", at.now).with(":limit", to_i64(limit));
            let sessions = ended.with(":idle_since", at.idle_since);
            Ok(sessions.execute(connection, REMOVE_ENDED_SESSIONS)? as u64)
        })
        .await
    }
}

fn moment<'a>(id: SessionId, at: SessionMoment) -> Parameters<'a> {
    let parameters = Parameters::new().with(":session_id", id.0.to_vec());
    parameters.with(":now", at.now).with(":idle_since", at.idle_since)
}

fn parameters(session: &Session) -> Parameters<'_> {
    let Caller { actor, permissions, branch } = &session.caller;
    let provider = session.provider.as_ref();
    let names: Vec<_> = permissions.iter().map(Permission::name).collect();
    Parameters::new()
        .with(":session_id", &session.id.0[..])
        .with(":actor", actor.id.as_str())
        .with(":actor_email", actor.email.as_ref().map(EmailAddress::as_str))
        .with(":permissions", serde_json::Value::from(names).to_string())
        .with(":branch", branch.as_ref().map(BranchKey::as_str))
        .with(":opened_at", session.opened_at)
        .with(":authenticated_at", session.authenticated_at)
        .with(":last_seen", session.last_seen)
        .with(":ends_at", session.ends_at)
        .with(":issuer", provider.map(ProviderSession::issuer))
        .with(":subject", provider.map(ProviderSession::subject))
        .with(":provider_session", provider.and_then(ProviderSession::session))
        .with(":sealed", session.sealed.as_deref())
}

fn session(columns: &Columns<'_>, id: SessionId) -> Result<Session, StoreError> {
    let names: Vec<String> = columns.json("permissions")?;
    Ok(Session {
        id,
        caller: Caller {
            actor: columns.actor("actor", "actor_email")?,
            // One that only a newer release knows permits nothing here.
            permissions: names.iter().filter_map(|name| Permission::parse(name)).collect(),
            branch: columns.parsed_optional("branch", BranchKey::parse)?,
        },
        opened_at: columns.moment("opened_at")?,
        authenticated_at: columns.moment("authenticated_at")?,
        last_seen: columns.moment("last_seen")?,
        ends_at: columns.moment("ends_at")?,
        provider: provider(columns)?,
        sealed: columns.get("sealed")?,
    })
}

fn provider(columns: &Columns<'_>) -> Result<Option<ProviderSession>, StoreError> {
    let (issuer, subject) = (columns.text_optional("issuer")?, columns.text_optional("subject")?);
    let (Some(issuer), Some(subject)) = (issuer, subject) else { return Ok(None) };
    let read = ProviderSession::new(issuer, subject, columns.text_optional("provider_session")?);
    read.map(Some).map_err(|_| corrupt("the provider of a row of the table client_session"))
}
