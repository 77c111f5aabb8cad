//! The console of a running service: where a browser is led, who can sign in, and where there is no console.

use crate::service::{Service, call, shell};

const SECRET: &str = "a secret that only these tests know of";

/// The headers and the body of an answer.
fn get(service: &Service, path: &str, arguments: &str) -> String {
    let variables = [("URL".to_owned(), format!("http://{}{path}", service.address))];
    shell(&format!(r#"curl -si "$URL" {arguments}"#), &variables)
}

#[test]
fn a_browser_is_led_to_the_sign_in_and_a_program_is_not() {
    let service = Service::start(&[], &[]);
    let page = get(&service, "/", "-H 'Accept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.8'");
    assert!(page.starts_with("HTTP/1.1 303") && page.contains("location: /console\r\n"), "{page}");
    let json = get(&service, "/", "-H 'Accept: */*'");
    assert!(json.starts_with("HTTP/1.1 200") && json.contains("This is the Clients API."), "{json}");
    let page = get(&service, "/console", "-L");
    assert!(page.contains("Sign in as maker") && page.contains("Do not use it for real clients"), "{page}");
    assert!(page.contains("content-security-policy: default-src 'none'"), "{page}");
}

#[test]
fn a_person_signs_in_works_and_signs_out() {
    let service = Service::start(&[], &[]);
    let signed_in = get(&service, "/console/sign-in/maker", "-X POST -H 'Sec-Fetch-Site: same-origin'");
    let cookie = signed_in.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
    let cookie = cookie.split(';').next().unwrap();
    assert!(cookie.starts_with("clients-dev=") && cookie.len() > 60, "{cookie}");
    let page = get(&service, "/console/me", &format!("-H 'Cookie: {cookie}'"));
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("maker@example.com"), "{page}");
    // A failure is a page, and not the envelope of the API.
    let page = get(&service, "/console/clients/no-such-client", &format!("-H 'Cookie: {cookie}'"));
    assert!(page.starts_with("HTTP/1.1 404") && page.contains("There is no such client"), "{page}");
    assert!(!page.contains("isSuccessful"), "{page}");
    // Files of the pages may be kept by the browser, and everything else may not.
    assert!(page.contains("cache-control: no-store"), "{page}");
    let style = page.split('"').find(|text| text.ends_with("console.css")).unwrap();
    let style = get(&service, style, "--compressed");
    assert!(style.contains("immutable") && style.contains(":focus-visible"), "{style}");
    let log = service.stop().stderr;
    assert!(!log.contains(cookie.trim_start_matches("clients-dev=")), "the log holds no cookie");
}

#[test]
fn with_another_key_or_without_a_console_there_is_none() {
    for (arguments, environment) in
        [(&["--console", "off"][..], &[][..]), (&[], &[("CLIENTS_JWT_HS256_SECRET", SECRET)])]
    {
        let service = Service::start(arguments, environment);
        for path in ["/console", "/console/sign-in", "/console/clients"] {
            assert!(get(&service, path, "").starts_with("HTTP/1.1 404"), "{arguments:?} {path}");
        }
        let sign_in = get(&service, "/console/sign-in/maker", "-X POST -H 'Sec-Fetch-Site: same-origin'");
        assert!(sign_in.starts_with("HTTP/1.1 404"), "{sign_in}");
        let root = get(&service, "/", "-H 'Accept: text/html'");
        assert!(root.starts_with("HTTP/1.1 200"), "{root}");
    }
}

#[test]
fn the_times_of_a_sign_in_are_checked_at_the_start() {
    for (flag, value) in [
        ("--console-idle", "0m"),
        ("--console-idle", "9h"),
        ("--console-session", "30h"),
        ("--console-session", "x"),
    ] {
        let ended = call(&["serve", flag, value], &[]);
        let sentence = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(2), "{flag} {value}: {sentence}");
        assert!(sentence.contains("--console-"), "{sentence}");
    }
}
