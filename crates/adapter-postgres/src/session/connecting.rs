//! The first moment of a connection: what fails here is about the address and the machine behind it, and no statement.

use std::io::{self, ErrorKind};

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, PgConnection};
use tokio_rustls::rustls::{self, CertificateError};

use super::open_error::{OpenError, Outlook};
use crate::error::Cause;

/// What the standard library says of a name that no name server knows; the error has no kind of its own.
const NO_SUCH_NAME: &str = "failed to lookup address information";
/// What the driver says of a server that is not to encrypt.
const NO_TLS: &str = "server does not support TLS";

/// Connects.
pub(super) async fn connect(server: &PgConnectOptions) -> Result<PgConnection, OpenError> {
    server.connect().await.map_err(|error| explained(error, is_socket(server)))
}

/// Whether the server is at a socket of this machine.
fn is_socket(server: &PgConnectOptions) -> bool {
    server.get_socket().is_some() || server.get_host().starts_with('/')
}

fn explained(error: sqlx::Error, is_socket: bool) -> OpenError {
    let known = match &error {
        sqlx::Error::Io(error) => of_io(error, is_socket),
        sqlx::Error::Tls(error) if error.to_string() == NO_TLS => {
            Some(("the server speaks no TLS, and sslmode in the address asks for it", Outlook::Never))
        }
        sqlx::Error::Tls(_) | sqlx::Error::Configuration(_) => Some((
            "the files of sslrootcert, sslcert and sslkey cannot be used: sslcert needs sslkey and sslkey needs sslcert, \
             and each file holds PEM",
            Outlook::Never,
        )),
        sqlx::Error::Database(error) => {
            error.code().and_then(|code| of_server(&code)).map(|words| (words, Outlook::Never))
        }
        _ => None,
    };
    match known {
        Some((words, outlook)) => OpenError::new(Cause::new(words), outlook),
        None => error.into(),
    }
}

fn of_io(error: &io::Error, is_socket: bool) -> Option<(&'static str, Outlook)> {
    if let Some(error) = error.get_ref().and_then(|error| error.downcast_ref::<rustls::Error>()) {
        return Some((of_tls(error), Outlook::Never));
    }
    Some(match error.kind() {
        ErrorKind::NotFound if is_socket => (
            "there is no socket of a server in this folder; start the server, or correct the folder in the address",
            Outlook::Later,
        ),
        ErrorKind::NotFound => {
            ("a file that the address names is not there: sslrootcert, sslcert or sslkey", Outlook::Never)
        }
        ErrorKind::PermissionDenied if is_socket => {
            ("the account of this program may not use the socket of the server", Outlook::Never)
        }
        ErrorKind::PermissionDenied => (
            "the account of this program may not read sslrootcert, sslcert or sslkey, or may not connect there",
            Outlook::Never,
        ),
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => {
            ("no way leads to this machine from here", Outlook::Later)
        }
        ErrorKind::TimedOut => ("it does not answer", Outlook::Later),
        ErrorKind::UnexpectedEof => {
            ("the server has closed the connection before it was open", Outlook::Later)
        }
        // A name server may not be up yet either.
        _ if error.to_string().starts_with(NO_SUCH_NAME) => (
            "this machine finds no host of this name; correct the name in the address, or its name server",
            Outlook::Later,
        ),
        _ => return None,
    })
}

/// What a failed handshake means.
const fn of_tls(error: &rustls::Error) -> &'static str {
    let rustls::Error::InvalidCertificate(error) = error else {
        return "the server does not agree to an encrypted connection; see its log for the reason (TLS)";
    };
    match error {
        CertificateError::UnknownIssuer => {
            "the certificate of the server comes from no authority that is trusted; name the file with the certificate of its \
             authority as sslrootcert in the address"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "the certificate of the server is for another host; name the host in the address as the certificate does"
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "the certificate of the server has expired"
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "the certificate of the server is not valid yet; look at the clocks of both machines"
        }
        CertificateError::Revoked => "the certificate of the server was revoked",
        _ => "the certificate of the server cannot be verified",
    }
}

/// What a SQLSTATE means where it refuses a connection, for those that mean something else of a statement.
fn of_server(code: &str) -> Option<&'static str> {
    Some(match code {
        "42704" => {
            "the server has no setting of a name that is given by options in the address, or to the role (SQLSTATE 42704)"
        }
        "22023" | "22P02" => {
            "the server refuses the value of a setting that is given by options in the address, or to the role (SQLSTATE \
             22023)"
        }
        "42601" => "options in the address is to look like -c name=value (SQLSTATE 42601)",
        "42501" => {
            "the role may not connect to this database, or may not set what options in the address set; grant it CONNECT, or \
             remove options (SQLSTATE 42501)"
        }
        "55000" => "the database takes no connections; name another one in the address (SQLSTATE 55000)",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use crate::settings::Settings;

    use super::*;

    #[tokio::test]
    async fn a_name_that_no_host_has_is_said_in_words_and_may_be_known_later() {
        let settings = Settings::parse("postgres://u@no-such-host.invalid/db").unwrap();
        let Err(error) = connect(&settings.address.servers[0]).await else { panic!("it answers") };
        assert!(error.cause.to_string().starts_with("this machine finds no host"), "{}", error.cause);
        assert_eq!(error.outlook, Outlook::Later);
    }

    #[tokio::test]
    async fn a_socket_that_is_not_there_may_come() {
        let settings = Settings::parse("postgres://u@%2Fno-such-folder/db").unwrap();
        let Err(error) = connect(&settings.address.servers[0]).await else { panic!("it answers") };
        assert!(error.cause.to_string().starts_with("there is no socket"), "{}", error.cause);
        assert_eq!(error.outlook, Outlook::Later);
    }

    #[test]
    fn what_will_not_pass_by_itself_is_not_tried_again() {
        let of = |kind: ErrorKind| explained(sqlx::Error::Io(kind.into()), false);
        for (error, words) in [
            (of(ErrorKind::NotFound), "a file that the address names is not there"),
            (of(ErrorKind::PermissionDenied), "the account of this program may not read"),
            (explained(sqlx::Error::Tls(NO_TLS.into()), false), "the server speaks no TLS"),
            (explained(sqlx::Error::Configuration("x".into()), false), "the files of sslrootcert"),
        ] {
            assert!(error.cause.to_string().starts_with(words), "{}", error.cause);
            assert_eq!(error.outlook, Outlook::Never, "{words}");
        }
        assert_eq!(of(ErrorKind::HostUnreachable).outlook, Outlook::Later);
        assert_eq!(of(ErrorKind::ConnectionRefused).outlook, Outlook::Soon);
    }

    #[test]
    fn a_certificate_is_refused_for_a_reason() {
        for (certificate, part) in [
            (CertificateError::UnknownIssuer, "no authority that is trusted"),
            (CertificateError::NotValidForName, "for another host"),
            (CertificateError::Expired, "has expired"),
            (CertificateError::BadSignature, "cannot be verified"),
        ] {
            let error = rustls::Error::InvalidCertificate(certificate);
            let error = explained(sqlx::Error::Io(io::Error::new(ErrorKind::InvalidData, error)), false);
            assert!(error.cause.to_string().contains(part), "{}", error.cause);
            assert_eq!(error.outlook, Outlook::Never);
        }
    }
}
