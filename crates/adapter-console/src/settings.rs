//! What the composition root passes to the console.

use std::fmt;
use std::sync::Arc;

use client_app::Caller;
use client_app::jiff::SignedDuration;
use client_app::ports::{Clock, IdentityProvider, Sessions};
use client_wire::Operations;

/// Makes an unguessable text: 256 random bits in hexadecimal.
pub type Random = Arc<dyn Fn() -> String + Send + Sync>;

/// The console before it is served.
pub struct Console {
    /// The application, with the limits that hold for every caller.
    pub operations: Arc<dyn Operations>,
    /// Where people who are signed in are remembered.
    pub sessions: Arc<dyn Sessions>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Values of cookies and keys of commands.
    pub random: Random,
    /// How people sign in.
    pub sign_in: SignIn,
    /// How long a sign-in lasts.
    pub lifetime: Lifetime,
    /// Whether the console is reached by https, so that its cookie can demand it.
    pub secure: bool,
    /// The address of the service in examples, such as `https://clients.example`.
    pub address: String,
}

/// How people sign in.
#[derive(Clone, Debug)]
pub enum SignIn {
    /// For development: every visitor chooses one of these people. A banner on every page says so.
    Development(Vec<DevelopmentPerson>),
    /// At the identity provider of the bank.
    Provider(ProviderSignIn),
}

/// Sign-in at the identity provider of the bank.
#[derive(Clone)]
pub struct ProviderSignIn {
    /// The provider.
    pub provider: Arc<dyn IdentityProvider>,
    /// How long after the person has given a proof to the provider it may decide without giving another one. Without it, for
    /// as long as the sign-in lasts.
    pub fresh: Option<SignedDuration>,
}

impl fmt::Debug for ProviderSignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProviderSignIn").field("fresh", &self.fresh).finish_non_exhaustive()
    }
}

/// A person for development.
#[derive(Clone, Debug)]
pub struct DevelopmentPerson {
    /// The last part of the path that signs in as this person, such as `maker`.
    pub name: &'static str,
    /// Who the person is, and what it may do.
    pub caller: Caller,
}

/// How long a sign-in lasts.
///
/// ```
/// use adapter_console::Lifetime;
///
/// let lifetime = Lifetime::default();
/// assert!(lifetime.idle < lifetime.absolute);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime {
    /// It ends when the person is not seen for this long.
    pub idle: SignedDuration,
    /// It ends this long after it began, however often the person is seen.
    pub absolute: SignedDuration,
}

impl Default for Lifetime {
    fn default() -> Self {
        Self { idle: SignedDuration::from_mins(15), absolute: SignedDuration::from_hours(8) }
    }
}

impl fmt::Debug for Console {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Console")
            .field("sign_in", &self.sign_in)
            .field("lifetime", &self.lifetime)
            .finish_non_exhaustive()
    }
}

impl Console {
    /// Whether the pages are for development.
    pub(crate) const fn is_development(&self) -> bool {
        matches!(self.sign_in, SignIn::Development(_))
    }

    /// The identity provider, if people sign in at one.
    pub(crate) const fn provider(&self) -> Option<&ProviderSignIn> {
        match &self.sign_in {
            SignIn::Provider(provider) => Some(provider),
            SignIn::Development(_) => None,
        }
    }
}
