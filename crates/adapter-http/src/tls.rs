//! TLS at the port: a certificate with its key, which may be replaced while the server runs.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// The only protocol that is spoken after the handshake.
const PROTOCOL: &[u8] = b"http/1.1";

/// A certificate with its key: what the server proves itself with. Clones share it.
///
/// TLS 1.2 and 1.3 are spoken. Callers prove themselves by their tokens, so no certificate is asked of them.
///
/// ```
/// use adapter_http::{Tls, TlsError};
///
/// assert_eq!(Tls::read(b"no certificate", b"no key").unwrap_err(), TlsError::NoCertificate);
/// ```
#[derive(Clone)]
pub struct Tls(Arc<RwLock<TlsAcceptor>>);

/// Why TLS cannot be spoken with a certificate and a key. The text is a part of a sentence and holds nothing of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TlsError {
    /// There is no certificate.
    #[error("holds no certificate in PEM")]
    NoCertificate,
    /// There is no private key.
    #[error("holds no private key in PEM")]
    NoKey,
    /// They do not belong together, or are of a kind that cannot be used.
    #[error("holds a private key that cannot be used with the certificate")]
    Unusable,
}

impl Tls {
    /// Reads a chain of certificates, that of the server first, and its private key, both in PEM.
    ///
    /// # Errors
    ///
    /// Why they cannot be used.
    pub fn read(certificates: &[u8], key: &[u8]) -> Result<Self, TlsError> {
        let chain = CertificateDer::pem_slice_iter(certificates).collect::<Result<Vec<_>, _>>();
        let chain = chain.ok().filter(|chain| !chain.is_empty()).ok_or(TlsError::NoCertificate)?;
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| TlsError::NoKey)?;
        let builder = ServerConfig::builder_with_provider(Arc::new(default_provider()));
        let builder = builder.with_safe_default_protocol_versions().map_err(|_| TlsError::Unusable)?;
        let config = builder.with_no_client_auth().with_single_cert(chain, key);
        let mut config = config.map_err(|_| TlsError::Unusable)?;
        config.alpn_protocols = vec![PROTOCOL.to_vec()];
        Ok(Self(Arc::new(RwLock::new(TlsAcceptor::from(Arc::new(config))))))
    }

    /// Takes over the certificate and the key of another one, for every connection from now on.
    pub fn adopt(&self, other: &Self) {
        let acceptor = other.acceptor();
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = acceptor;
    }

    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").finish_non_exhaustive()
    }
}
