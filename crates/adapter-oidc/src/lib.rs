//! Sign-in of people at the bank's identity provider, by `OpenID` Connect.
//!
//! [`OpenIdProvider`] is the [`IdentityProvider`](client_app::ports::IdentityProvider) behind an issuer;
//! [`Registration`] is what the provider and this program know of each other.
//!
//! | file | what |
//! | --- | --- |
//! | `registration` | the client id, its secret, and where browsers come back to |
//! | `metadata` | the discovery document, and what is demanded of it |
//! | `discovered` | what the provider has said of itself, asked again and again |
//! | `answer` | an answer of the provider, within its limits |
//! | `addresses` | where browsers are sent to sign in and out |
//! | `code` | from a code to the ID token |
//! | `id_token` | from the ID token to the person |
//! | `logout_token`, `seen_tokens` | what a logout token ends, and that it ends it once |
//! | `provider` | [`OpenIdProvider`] |

mod addresses;
mod answer;
mod code;
mod discovered;
mod id_token;
mod logout_token;
mod metadata;
mod provider;
mod registration;
mod seen_tokens;

pub use metadata::ProviderError;
pub use provider::OpenIdProvider;
pub use registration::Registration;
