use std::fmt;

use client_domain::Invalid;

/// The longest text of a provider, as of an id in a token.
const MAX_LENGTH: usize = 255;

/// What the identity provider knows a session as.
///
/// ```
/// use client_app::ports::ProviderSession;
///
/// let session = ProviderSession::new("https://id.example", "5f2c", Some("s-1"))?;
/// assert_eq!(session.session(), Some("s-1"));
/// assert!(ProviderSession::new("", "5f2c", None).is_err());
/// # Ok::<(), client_domain::Invalid>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct ProviderSession {
    issuer: String,
    subject: String,
    session: Option<String>,
}

impl ProviderSession {
    /// The `iss`, `sub` and `sid` of an ID token: each 1 to 255 characters without control characters.
    ///
    /// # Errors
    ///
    /// What is wrong with the first one that is.
    pub fn new(issuer: &str, subject: &str, session: Option<&str>) -> Result<Self, Invalid> {
        let session = session.map(text).transpose()?;
        Ok(Self { issuer: text(issuer)?, subject: text(subject)?, session })
    }

    /// The issuer.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The person at the issuer.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The session at the issuer, where it names its sessions.
    pub fn session(&self) -> Option<&str> {
        self.session.as_deref()
    }
}

impl fmt::Debug for ProviderSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProviderSession").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

fn text(raw: &str) -> Result<String, Invalid> {
    match raw.chars().count() {
        0 => Err(Invalid::TooShort { min: 1 }),
        length if length > MAX_LENGTH => Err(Invalid::TooLong { max: MAX_LENGTH }),
        _ if raw.chars().any(char::is_control) => Err(Invalid::ControlCharacter),
        _ => Ok(raw.to_owned()),
    }
}

/// What a provider has ended. A session without a [`ProviderSession`] is of no provider.
#[derive(Clone, PartialEq, Eq)]
pub enum ProviderLogout {
    /// One session (`sid`) of this issuer. Sessions of the person whose provider did not name its session when they were
    /// opened end too, because each of them may be this one.
    Session {
        /// The issuer.
        issuer: String,
        /// Its session.
        session: String,
        /// The person (`sub`), if the issuer says so.
        subject: Option<String>,
    },
    /// Every session of a person (`sub`) at this issuer.
    Subject {
        /// The issuer.
        issuer: String,
        /// The person.
        subject: String,
    },
}

impl ProviderLogout {
    /// Whether it ends this session.
    pub fn ends(&self, of: &ProviderSession) -> bool {
        match self {
            Self::Session { issuer, session, subject } => {
                let is_of_person = || subject.as_ref() == Some(&of.subject);
                *issuer == of.issuer && of.session.as_ref().map_or_else(is_of_person, |own| own == session)
            }
            Self::Subject { issuer, subject } => *issuer == of.issuer && *subject == of.subject,
        }
    }
}

impl fmt::Debug for ProviderLogout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, issuer) = match self {
            Self::Session { issuer, .. } => ("Session", issuer),
            Self::Subject { issuer, .. } => ("Subject", issuer),
        };
        f.debug_struct(kind).field("issuer", issuer).finish_non_exhaustive()
    }
}
