use std::fmt;

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};

use super::provider::ProviderSession;
use crate::caller::Caller;

/// The id of a session: the SHA-256 of the value of its cookie.
///
/// ```
/// use client_app::ports::SessionId;
///
/// let id = SessionId::of_cookie("a long random text");
/// assert_eq!(id, SessionId::of_cookie("a long random text"));
/// assert_ne!(id, SessionId::of_cookie("another"));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(pub [u8; 32]);

impl SessionId {
    /// The id of the session with this value of its cookie.
    pub fn of_cookie(value: &str) -> Self {
        Self(Sha256::digest(value).into())
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionId(..)")
    }
}

/// A person who is signed in with a browser. All but [`last_seen`](Self::last_seen) stays as it was opened: a fresh
/// sign-in opens another session.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    /// What finds it.
    pub id: SessionId,
    /// The person, with the permissions and the branch of the sign-in.
    pub caller: Caller,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When the person authenticated, which may be long before.
    pub authenticated_at: Timestamp,
    /// When the person was last seen.
    pub last_seen: Timestamp,
    /// When it ends, however often the person is seen.
    pub ends_at: Timestamp,
    /// What the identity provider knows it as.
    pub provider: Option<ProviderSession>,
    /// What only the program that opened it can read, such as an encrypted token.
    pub sealed: Option<Vec<u8>>,
}

impl Session {
    /// Whether the session has not ended: it was seen recently enough, and its end is not reached.
    pub fn is_open(&self, at: SessionMoment) -> bool {
        at.idle_since <= self.last_seen && at.now < self.ends_at
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("opened_at", &self.opened_at)
            .field("last_seen", &self.last_seen)
            .field("ends_at", &self.ends_at)
            .finish_non_exhaustive()
    }
}

/// The time of a request, and the last moment before which a session without requests has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionMoment {
    /// The time.
    pub now: Timestamp,
    /// A session that was last seen before this moment has ended.
    pub idle_since: Timestamp,
}

impl SessionMoment {
    /// This time, where a session ends when the person is not seen for `idle`.
    ///
    /// ```
    /// use client_app::ports::SessionMoment;
    /// use jiff::{SignedDuration, Timestamp};
    ///
    /// let now: Timestamp = "2026-01-05T09:00:00Z".parse()?;
    /// let moment = SessionMoment::new(now, SignedDuration::from_mins(15));
    /// assert_eq!(moment.idle_since.to_string(), "2026-01-05T08:45:00Z");
    /// # Ok::<(), jiff::Error>(())
    /// ```
    pub fn new(now: Timestamp, idle: SignedDuration) -> Self {
        Self { now, idle_since: now.checked_sub(idle).unwrap_or(Timestamp::UNIX_EPOCH) }
    }

    /// This time, where a session without requests lasts until its end.
    pub const fn without_idle(now: Timestamp) -> Self {
        Self { now, idle_since: Timestamp::UNIX_EPOCH }
    }
}
