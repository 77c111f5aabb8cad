//! Sessions, as rows.

use async_trait::async_trait;
use client_app::Caller;
use client_app::ports::{
    ProviderLogout, ProviderSession, Session, SessionId, SessionMoment, Sessions, StoreError,
};
use client_domain::value::BranchKey;
use client_domain::{ActorId, Permission};
use sqlx::postgres::PgRow;

use crate::error::corrupt;
use crate::pool::Share;
use crate::rows::columns::Columns;
use crate::rows::convert::to_i64;
use crate::sql::{
    END_PROVIDER_SESSION, END_PROVIDER_SUBJECT, END_SESSION, END_SESSIONS_OF, FIND_SESSION, OPEN_SESSION,
    REMOVE_ENDED_SESSIONS, REMOVE_ENDED_SIGN_INS, Statement, TOUCH_SESSION,
};
use crate::store::PostgresStore;
use crate::time::ToSql as _;

#[async_trait]
impl Sessions for PostgresStore {
    async fn open_session(&self, session: &Session) -> Result<(), StoreError> {
        self.write_idempotent(|| bind_session(sqlx::query(OPEN_SESSION), session)).await.map(drop)
    }

    async fn find_session(&self, id: &SessionId, at: SessionMoment) -> Result<Option<Session>, StoreError> {
        let rows = self.read(Share::KeyReads, || bind_moment(FIND_SESSION, id, at)).await?;
        rows.first().map(|row| session(row, *id)).transpose()
    }

    async fn touch_session(&self, id: &SessionId, at: SessionMoment) -> Result<bool, StoreError> {
        Ok(self.execute(bind_moment(TOUCH_SESSION, id, at)).await? > 0)
    }

    async fn end_session(&self, id: &SessionId) -> Result<bool, StoreError> {
        Ok(self.execute(sqlx::query(END_SESSION).bind(id.0.to_vec())).await? > 0)
    }

    async fn end_sessions_of(&self, actor: &ActorId) -> Result<u64, StoreError> {
        self.execute(sqlx::query(END_SESSIONS_OF).bind(actor.as_str())).await
    }

    async fn end_provider_sessions(&self, logout: &ProviderLogout) -> Result<u64, StoreError> {
        // PostgreSQL cannot hold a NUL, so no session has such a value.
        let held = |value: &str| !value.contains('\0');
        let statement = match logout {
            ProviderLogout::Session { issuer, session, subject } => {
                let subject = subject.as_deref().filter(|subject| held(subject));
                if !held(issuer) || !held(session) {
                    return Ok(0);
                }
                sqlx::query(END_PROVIDER_SESSION).bind(issuer).bind(session).bind(subject)
            }
            ProviderLogout::Subject { issuer, subject } => {
                if !held(issuer) || !held(subject) {
                    return Ok(0);
                }
                sqlx::query(END_PROVIDER_SUBJECT).bind(issuer).bind(subject)
            }
        };
        self.execute(statement).await
    }

    async fn remove_ended(&self, at: SessionMoment, limit: usize) -> Result<u64, StoreError> {
        let (now, limit) = (at.now.to_sql(), to_i64(limit));
        let sessions = sqlx::query(REMOVE_ENDED_SESSIONS).bind(now).bind(at.idle_since.to_sql()).bind(limit);
        let removed = self.execute(sessions).await?;
        // Attempts to sign in, which instances of the release before store.
        Ok(removed + self.execute(sqlx::query(REMOVE_ENDED_SIGN_INS).bind(now).bind(limit)).await?)
    }
}

fn bind_moment<'q>(statement: &'static str, id: &SessionId, at: SessionMoment) -> Statement<'q> {
    sqlx::query(statement).bind(id.0.to_vec()).bind(at.now.to_sql()).bind(at.idle_since.to_sql())
}

fn bind_session<'q>(statement: Statement<'q>, session: &'q Session) -> Statement<'q> {
    let Caller { actor, permissions, branch } = &session.caller;
    let provider = session.provider.as_ref();
    statement
        .bind(session.id.0.to_vec())
        .bind(actor.id.as_str())
        .bind(actor.email.as_ref().map(|email| email.as_str()))
        .bind(permissions.iter().map(Permission::name).collect::<Vec<_>>())
        .bind(branch.as_ref().map(BranchKey::as_str))
        .bind(session.opened_at.to_sql())
        .bind(session.authenticated_at.to_sql())
        .bind(session.last_seen.to_sql())
        .bind(session.ends_at.to_sql())
        .bind(provider.map(ProviderSession::issuer))
        .bind(provider.map(ProviderSession::subject))
        .bind(provider.and_then(ProviderSession::session))
        .bind(session.sealed.as_deref())
}

fn session(row: &PgRow, id: SessionId) -> Result<Session, StoreError> {
    let columns = Columns { row, table: "client_session" };
    let names: Vec<String> = columns.get("permissions")?;
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
        provider: provider(&columns)?,
        sealed: columns.get("sealed")?,
    })
}

fn provider(columns: &Columns<'_>) -> Result<Option<ProviderSession>, StoreError> {
    let text = |column| columns.get::<Option<&str>>(column);
    let (Some(issuer), Some(subject)) = (text("issuer")?, text("subject")?) else { return Ok(None) };
    let read = ProviderSession::new(issuer, subject, text("provider_session")?);
    read.map(Some).map_err(|_| corrupt("the provider of a row of the table client_session"))
}
