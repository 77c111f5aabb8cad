//! TLS at the port of the program, and its certificate after a reload.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::certificate::{Certificate, certificate, certificate_with};
use crate::service::{Service, call, shell, wait_a_moment};

const SECRET: (&str, &str) = ("CLIENTS_JWT_HS256_SECRET", "0123456789abcdef0123456789abcdef");

/// What the service answers to a caller who trusts this certificate; none if the handshake fails.
fn get(service: &Service, path: &str, trusted: &Certificate) -> Option<String> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(trusted.der.clone())).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap().with_root_certificates(roots);
    let connector = TlsConnector::from(Arc::new(config.with_no_client_auth()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let stream = TcpStream::connect(&service.address).await.unwrap();
        let mut stream = connector.connect("localhost".try_into().unwrap(), stream).await.ok()?;
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        Some(String::from_utf8(answer).unwrap())
    })
}

fn hang_up(service: &Service, result: &str, trusted: &Certificate) {
    shell(&format!("kill -HUP {}", service.pid()), &[]);
    let began = Instant::now();
    let counted = format!("settings_reloads_total{{result=\"{result}\"}} 1");
    while !get(service, "/metrics", trusted).is_some_and(|text| text.contains(&counted)) {
        assert!(began.elapsed() < Duration::from_secs(30), "no reload was {result}");
        wait_a_moment();
    }
}

fn write(folder: &Path, certificate: &str, key: &str) {
    use std::os::unix::fs::PermissionsExt as _;

    for (name, text) in [("certificate.pem", certificate), ("key.pem", key)] {
        std::fs::write(folder.join(name), text).unwrap();
        std::fs::set_permissions(folder.join(name), std::fs::Permissions::from_mode(0o600)).unwrap();
    }
}

#[test]
fn port_speaks_tls_and_takes_over_a_renewed_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (certificate("first"), certificate("second"));
    write(folder.path(), &first.pem, &first.key_pem);
    let file = |name: &str| folder.path().join(name).display().to_string();
    let (certificate_file, key_file) = (file("certificate.pem"), file("key.pem"));
    let arguments = ["--tls-certificate", &certificate_file, "--tls-key", &key_file];
    let service = Service::start(&arguments, &[SECRET]);
    assert!(get(&service, "/readyz", &first).unwrap().starts_with("HTTP/1.1 200"));
    let plain = format!(
        "exec 3<>/dev/tcp/127.0.0.1/{}; printf 'GET /readyz HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n' >&3; cat <&3 | tr -d '\\0' || true",
        service.address.split(':').nth(1).unwrap()
    );
    let output = std::process::Command::new("bash").args(["-c", &plain]).output().unwrap();
    assert!(!String::from_utf8_lossy(&output.stdout).contains("HTTP"), "{output:?}");

    write(folder.path(), &second.pem, &second.key_pem);
    hang_up(&service, "done", &second);
    assert!(get(&service, "/readyz", &first).is_none());
    // The key does not belong to the certificate.
    write(folder.path(), &first.pem, &second.key_pem);
    hang_up(&service, "refused", &second);
    assert!(get(&service, "/readyz", &second).is_some());
    let ended = service.stop();
    assert_eq!(ended.code, Some(0));
    let error = ended.stderr.lines().find(|line| line.contains("ERROR")).unwrap();
    assert!(error.contains(&key_file) && error.contains("--tls-key"), "{error}");
    assert!(!ended.stderr.contains("PRIVATE KEY"), "{}", ended.stderr);
}

#[test]
fn health_asks_over_tls_and_trusts_what_it_is_told_to() {
    let folder = tempfile::tempdir().unwrap();
    // For localhost, and asked at 127.0.0.1.
    let (own, other) = (certificate("own"), certificate("other"));
    write(folder.path(), &own.pem, &own.key_pem);
    let file = |name: &str| folder.path().join(name).display().to_string();
    let (certificate_file, key_file, other_file) =
        (file("certificate.pem"), file("key.pem"), file("other.pem"));
    std::fs::write(&other_file, &other.pem).unwrap();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let arguments = ["--tls-certificate", &certificate_file, "--tls-key", &key_file];
    let service = Service::start(&arguments, &[SECRET]);
    let health = |arguments: &[&str], environment: &[(&str, &str)]| {
        let asked = call(&[&["health", "--listen", &service.address], arguments].concat(), environment);
        (asked.status.code(), String::from_utf8([asked.stdout, asked.stderr].concat()).unwrap())
    };
    let ready = (Some(0), "ready\n".to_owned());
    // The variables of the service are enough.
    assert_eq!(health(&[], &[("CLIENTS_TLS_CERTIFICATE", &certificate_file)]), ready);
    assert_eq!(health(&["--ca-file", &certificate_file], &[]), ready);
    let settings = file("clients.toml");
    std::fs::write(&settings, format!("tls-certificate = '{certificate_file}'\ntls-key = '{key_file}'\n"))
        .unwrap();
    assert_eq!(health(&["--config", &settings], &[]), ready);

    for (arguments, code, sentence) in [
        (["--ca-file", other_file.as_str()], 1, "does not answer with a certificate that is trusted"),
        (["--tls-certificate", &other_file], 1, "does not answer with a certificate that is trusted"),
        (["--ca-file", &key_file], 2, "holds no certificate in PEM"),
        (["--ca-file", "/no/such/file"], 2, "--ca-file: the file /no/such/file cannot be read"),
        // In the clear.
        (["--ca-file", ""], 1, "does not answer"),
    ] {
        let (ended, text) = health(&arguments, &[]);
        assert_eq!(ended, Some(code), "{arguments:?}: {text}");
        assert!(text.contains(sentence), "{arguments:?}: {text}");
    }

    // The listener for operators speaks no TLS.
    drop(service);
    let arguments = [&arguments[..], &["--admin-listen", &port]].concat();
    let service = Service::start(&arguments, &[SECRET]);
    let asked = call(&["health", "--admin-listen", &port, "--tls-certificate", &certificate_file], &[]);
    assert!(asked.status.success(), "{asked:?} {}", service.address);
}

/// `basicConstraints` with `CA:TRUE`, which `openssl req -x509` adds by itself.
const IS_AUTHORITY: [u8; 17] =
    [0x30, 15, 0x06, 3, 0x55, 0x1d, 0x13, 0x01, 1, 0xff, 0x04, 5, 0x30, 3, 0x01, 1, 0xff];

#[test]
fn health_trusts_a_self_signed_certificate_of_the_usual_kind() {
    let folder = tempfile::tempdir().unwrap();
    let (own, other) = (certificate_with("own", &IS_AUTHORITY), certificate_with("own", &IS_AUTHORITY));
    write(folder.path(), &own.pem, &own.key_pem);
    let file = |name: &str| folder.path().join(name).display().to_string();
    let (certificate_file, key_file, other_file) =
        (file("certificate.pem"), file("key.pem"), file("other.pem"));
    std::fs::write(&other_file, &other.pem).unwrap();
    let arguments = ["--tls-certificate", &certificate_file, "--tls-key", &key_file];
    let service = Service::start(&arguments, &[SECRET]);
    for flag in ["--tls-certificate", "--ca-file"] {
        let asked = call(&["health", "--listen", &service.address, flag, &certificate_file], &[]);
        assert!(asked.status.success(), "{flag}: {asked:?}");
        // The same name, and another key.
        let asked = call(&["health", "--listen", &service.address, flag, &other_file], &[]);
        assert_eq!(asked.status.code(), Some(1), "{flag}: {asked:?}");
    }
}

#[test]
fn health_asks_any_address_of_the_machine() {
    // An address of documentation that no machine has: it is asked, and does not answer.
    let asked = call(&["health", "--admin-listen", "192.0.2.1:9"], &[]);
    let text = String::from_utf8(asked.stderr).unwrap();
    assert_eq!(asked.status.code(), Some(1), "{text}");
    assert!(text.contains("the service at 192.0.2.1:9 does not answer"), "{text}");
}

#[test]
fn certificate_without_a_key_and_a_star_for_origins_are_refused() {
    let refused = |arguments: &[&str]| {
        let refused = call(arguments, &[SECRET]);
        assert_eq!(refused.status.code(), Some(2), "{arguments:?}");
        String::from_utf8(refused.stderr).unwrap()
    };
    let alone = refused(&["--tls-certificate", "/no/such/file"]);
    assert!(alone.contains("--tls-certificate is of no use alone: give --tls-key as well"), "{alone}");
    let missing = refused(&["--tls-certificate", "/no/such/file", "--tls-key", "/no/such/key"]);
    assert!(missing.contains("--tls-certificate: the file /no/such/file cannot be read"), "{missing}");
    assert!(refused(&["--cors-origin", "*"]).contains("--cors-origin names exact origins and no *"));
}

#[test]
fn pages_of_listed_origins_may_use_the_api_and_not_the_console() {
    let origins = [("CLIENTS_CORS_ORIGIN", "https://desk.bank.example,http://localhost:5173")];
    // Its development key makes it have a console.
    let service = Service::start(&[], &origins);
    let preflight = |path: &str, origin: &str| {
        let script = format!(
            "exec 3<>/dev/tcp/127.0.0.1/{}; printf 'OPTIONS {path} HTTP/1.1\\r\\nHost: 127.0.0.1\\r\\nConnection: close\\r\\n\
             Origin: {origin}\\r\\nAccess-Control-Request-Method: POST\\r\\n\\r\\n' >&3; cat <&3",
            service.address.split(':').nth(1).unwrap()
        );
        shell(&script, &[]).to_lowercase()
    };
    for origin in ["https://desk.bank.example", "http://localhost:5173"] {
        let allowed = format!("access-control-allow-origin: {origin}\r\n");
        assert!(preflight("/api/bpm/cmd", origin).contains(&allowed), "{origin}");
        for path in ["/console", "/console/sign-in", "/console/work", "/metrics", "/readyz"] {
            assert!(!preflight(path, origin).contains("access-control"), "{path}");
        }
    }
    assert!(!preflight("/api/bpm/cmd", "https://evil.example").contains("access-control-allow-origin"));
}
