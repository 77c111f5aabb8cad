//! What the provider and this program know of each other.

use std::fmt;
use std::time::Duration;

use token_verification::PermissionClaims;

/// What the provider and this program know of each other.
#[derive(Clone)]
pub struct Registration {
    /// The issuer, to the letter.
    pub issuer: String,
    /// The name of this program at the provider.
    pub client_id: String,
    /// Its secret; none for a public client, whose codes are protected by PKCE alone.
    pub client_secret: Option<String>,
    /// What is asked for, with spaces between: `openid` and, perhaps, names that the provider gives to further claims.
    pub scopes: String,
    /// Where a browser comes back to after it has signed in, as the provider knows it.
    pub signed_in: String,
    /// Where a browser comes back to after it has signed out.
    pub signed_out: String,
    /// The claims that hold permissions.
    pub permissions: PermissionClaims,
    /// The longest time that an ID token may be valid for.
    pub max_lifetime: Option<Duration>,
}

impl fmt::Debug for Registration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registration")
            .field("issuer", &self.issuer)
            .field("client_id", &self.client_id)
            .field("has_secret", &self.client_secret.is_some())
            .finish_non_exhaustive()
    }
}
