//! Settings of tokens: the keys that verify them, and what a token must say.

use clap::Args;

use super::Switch;

#[derive(Args, Debug)]
pub(crate) struct KeyArgs {
    /// Public keys that verify tokens, as a JSON Web Key Set: a file, or an https address; read again when it changes
    #[arg(long, env = "CLIENTS_JWKS", value_name = "FILE|ADDRESS")]
    pub(crate) jwks: Option<String>,

    /// One public key that verifies tokens, as a PEM file: RSA, P-256 or Ed25519; read again when it changes
    #[arg(long, env = "CLIENTS_JWT_PUBLIC_KEY", value_name = "FILE")]
    pub(crate) jwt_public_key: Option<String>,

    #[command(flatten)]
    pub(crate) secret: SecretArgs,

    /// The longest time from a token's issue, and from now, to its expiry: a number and s, m, h or d
    #[arg(
        long = "jwt-max-lifetime",
        env = "CLIENTS_JWT_MAX_LIFETIME",
        value_name = "DURATION",
        default_value = "24h"
    )]
    pub(crate) max_lifetime: String,

    /// For development: accept a shared secret as the key of tokens beside a database
    #[arg(long, env = "CLIENTS_DEVELOPMENT", value_enum, default_value_t = Switch::Off)]
    pub(crate) development: Switch,
}

/// What serving and minting share.
#[derive(Args, Debug)]
pub(crate) struct SecretArgs {
    /// For development: the secret that signs tokens (HS256), at least 32 bytes
    #[arg(
        long = "jwt-hs256-secret",
        env = "CLIENTS_JWT_HS256_SECRET",
        value_name = "SECRET",
        hide_env_values = true
    )]
    pub(crate) hs256_secret: Option<String>,

    /// The same from a file
    #[arg(long = "jwt-hs256-secret-file", env = "CLIENTS_JWT_HS256_SECRET_FILE", value_name = "FILE")]
    pub(crate) hs256_secret_file: Option<String>,

    /// The issuer that a token must name, or the word any; needed with public keys
    #[arg(long = "jwt-issuer", env = "CLIENTS_JWT_ISSUER", value_name = "ISSUER")]
    pub(crate) issuer: Option<String>,

    /// The audience that a token must name, or the word any; needed with public keys
    #[arg(long = "jwt-audience", env = "CLIENTS_JWT_AUDIENCE", value_name = "AUDIENCE")]
    pub(crate) audience: Option<String>,
}

#[derive(Args, Debug)]
pub(crate) struct TokenArgs {
    #[command(flatten)]
    pub(crate) secret: SecretArgs,

    /// Whom the token stands for; four eyes compares subjects
    #[arg(long, value_name = "TEXT", default_value = "developer")]
    pub(crate) subject: String,

    /// The e-mail address of the caller
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) email: Option<String>,

    /// What the caller may do: names separated by commas, or "all"
    #[arg(long, value_name = "NAMES", default_value = "all")]
    pub(crate) permissions: String,

    /// The branch of the caller
    #[arg(long, value_name = "KEY")]
    pub(crate) branch: Option<String>,

    /// How long the token is good: a number and s, m, h or d
    #[arg(long, value_name = "DURATION", default_value = "1h")]
    pub(crate) expires_in: String,
}
