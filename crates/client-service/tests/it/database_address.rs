//! An address of a database with which no connection is opened: what is wrong is said in words, and is not tried again where
//! it will not pass by itself.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, Instant};

use throwaway_postgres::Cluster;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ServerConfig, ServerConnection};

use crate::certificate::{Certificate, certificate};
use crate::service::call;

/// The port of a server that takes the request for TLS and proves itself with this certificate.
fn encrypting_server(certificate: &Certificate) -> u16 {
    let key = PrivateKeyDer::from_pem_slice(certificate.key_pem.as_bytes()).unwrap();
    let chain = vec![CertificateDer::from(certificate.der.clone())];
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    let config = Arc::new(config.with_single_cert(chain, key).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 8];
            if stream.read_exact(&mut request).is_ok() && stream.write_all(b"S").is_ok() {
                let mut tls = ServerConnection::new(config.clone()).unwrap();
                while tls.is_handshaking() && tls.complete_io(&mut stream).is_ok() {}
            }
        }
    });
    port
}

/// The sentence of a start that fails.
fn refusal(address: &str, wait: &str) -> String {
    let failed = call(&["migrate", "--database-wait", wait, "--database-url", address], &[]);
    let text = String::from_utf8(failed.stderr).unwrap();
    assert_eq!(failed.status.code(), Some(1), "{address}: {text}");
    text
}

#[test]
fn a_certificate_that_is_not_trusted_ends_the_start_at_once() {
    let (server, other) = (certificate("server"), certificate("other"));
    let port = encrypting_server(&server);
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let (own, foreign) = (file("server.pem", &server.pem), file("other.pem", &other.pem));
    for (host, root, expected) in [
        ("localhost", &foreign, "comes from no authority that is trusted; name the file"),
        ("127.0.0.1", &own, "is for another host"),
    ] {
        let began = Instant::now();
        let address = format!("postgres://me@{host}:{port}/clients?sslmode=verify-full&sslrootcert={root}");
        let text = refusal(&address, "60s");
        assert!(text.contains(&format!("{host}:{port}")) && text.contains(expected), "{text}");
        assert!(!text.contains("trying again"), "{text}");
        assert!(began.elapsed() < Duration::from_secs(30));
    }
}

#[test]
fn a_host_and_a_setting_that_are_not_known_are_said_in_words() {
    let text = refusal("postgres://me@no-such-host.invalid/clients", "0s");
    assert!(text.contains("this machine finds no host of this name"), "{text}");
    let cluster = Cluster::own(&["-c", "fsync=off"]);
    for (parameters, expected) in [
        ("options=-c%20bogus%3D0", "the server has no setting of a name"),
        ("options=-c%20work_mem%3Dmuch", "the server refuses the value of a setting"),
        ("sslmode=require", "the server speaks no TLS"),
    ] {
        let url = cluster.url("postgres");
        let mark = if url.contains('?') { '&' } else { '?' };
        let text = refusal(&format!("{url}{mark}{parameters}"), "60s");
        assert!(text.contains(expected), "{expected}: {text}");
        assert!(!text.contains("trying again"), "{text}");
    }
}
