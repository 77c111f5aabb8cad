//! Settings of the port: TLS, and pages of other origins.

use adapter_http::{CorsOrigins, Tls};
use clap::{ArgAction, Args};

use super::error::SettingsError;
use super::secret::read_bounded;
use super::value::non_empty;

#[derive(Args, Clone, Debug)]
pub(crate) struct PortArgs {
    /// The certificate of the service and those that lead to its authority, as a PEM file: the port then speaks TLS and nothing
    /// else; read again at SIGHUP
    #[arg(long, env = "CLIENTS_TLS_CERTIFICATE", value_name = "FILE")]
    pub(crate) tls_certificate: Option<String>,

    /// The private key of the certificate, as a PEM file
    #[arg(long, env = "CLIENTS_TLS_KEY", value_name = "FILE")]
    pub(crate) tls_key: Option<String>,

    /// An origin whose pages may use the API from a browser: its scheme, its host and a port; several flags, or several
    /// origins with commas between them
    #[arg(long, env = "CLIENTS_CORS_ORIGIN", value_name = "ORIGIN", action = ArgAction::Append, value_delimiter = ',')]
    pub(crate) cors_origin: Vec<String>,
}

/// The certificate and the key, if the port speaks TLS.
pub(crate) fn tls(arguments: &PortArgs) -> Result<Option<Tls>, SettingsError> {
    let certificate = non_empty(arguments.tls_certificate.as_deref());
    let (certificate, key) = match (certificate, non_empty(arguments.tls_key.as_deref())) {
        (None, None) => return Ok(None),
        (Some(_), None) => return Err(missing("--tls-certificate", "--tls-key")),
        (None, Some(_)) => return Err(missing("--tls-key", "--tls-certificate")),
        (Some(certificate), Some(key)) => (read("--tls-certificate", certificate)?, read("--tls-key", key)?),
    };
    let tls = Tls::read(certificate.as_bytes(), key.as_bytes());
    tls.map(Some).map_err(|error| {
        let flag =
            if error == adapter_http::TlsError::NoCertificate { "--tls-certificate" } else { "--tls-key" };
        SettingsError(format!("{flag}: the file {error}"))
    })
}

fn missing(given: &str, other: &str) -> SettingsError {
    SettingsError(format!("{given} is of no use alone: give {other} as well"))
}

/// The text of a file of this setting.
pub(crate) fn read(flag: &str, file: &str) -> Result<String, SettingsError> {
    let text = read_bounded(file);
    let text =
        text.map_err(|error| SettingsError(format!("{flag}: the file {file} cannot be read: {error}")))?;
    let text = text
        .ok_or_else(|| SettingsError(format!("{flag}: the file {file} is longer than 64 KiB, the limit")))?;
    // Some editors put the byte order mark in front of what they save.
    Ok(text.strip_prefix('\u{feff}').map_or_else(|| text.clone(), str::to_owned))
}

/// The origins whose pages may use the API, if there are any.
pub(crate) fn cors(arguments: &PortArgs) -> Result<Option<CorsOrigins>, SettingsError> {
    let origins = arguments.cors_origin.iter().filter_map(|origin| non_empty(Some(origin)));
    let mut origins = origins.peekable();
    if origins.peek().is_none() {
        return Ok(None);
    }
    let read = CorsOrigins::parse(origins);
    read.map(Some).map_err(|error| SettingsError(format!("--cors-origin {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_is_no_part_of_a_certificate() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("certificate.pem");
        std::fs::write(&file, "\u{feff}-----BEGIN").unwrap();
        assert_eq!(read("--tls-certificate", file.to_str().unwrap()).unwrap(), "-----BEGIN");
    }

    #[test]
    fn origins_are_exact() {
        let cors = |origins: &[&str]| {
            let cors_origin = origins.iter().map(|origin| (*origin).to_owned()).collect();
            cors(&PortArgs { tls_certificate: None, tls_key: None, cors_origin })
        };
        assert_eq!(cors(&[]).unwrap(), None);
        assert_eq!(cors(&["", " "]).unwrap(), None);
        assert!(cors(&["https://desk.bank.example", " http://localhost:5173 "]).unwrap().is_some());
        let any = cors(&["https://desk.bank.example", "*"]).unwrap_err().to_string();
        assert!(any.starts_with("--cors-origin names exact origins and no *"), "{any}");
        let wrong = cors(&["https://marker.example/"]).unwrap_err().to_string();
        assert!(wrong.starts_with("--cors-origin must be") && !wrong.contains("marker"), "{wrong}");
    }
}
