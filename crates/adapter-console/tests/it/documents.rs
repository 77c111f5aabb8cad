//! Files of documents: upload, the page beside the picture, and how the file is sent.

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{Request, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_body_util::{BodyExt as _, Full};
use serde_json::json;

use crate::bank::{Bank, PNG};
use crate::browser::Browser;

/// A form with a file.
pub(crate) fn upload(
    browser: &Browser,
    path: &str,
    fields: &[(&str, &str)],
    name: &str,
    file: &[u8],
) -> Request<Body> {
    let mut body = Vec::new();
    let csrf = browser.csrf.clone();
    for (field, value) in [("csrf", csrf.as_str())].into_iter().chain(fields.iter().copied()) {
        body.extend(
            format!("--B\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n")
                .into_bytes(),
        );
    }
    body.extend(format!("--B\r\nContent-Disposition: form-data; name=\"base64Doc\"; filename=\"{name}\"\r\nContent-Type: text/html\r\n\r\n").into_bytes());
    body.extend(file);
    body.extend(b"\r\n--B--\r\n");
    let request = Request::post(path).header("sec-fetch-site", "same-origin");
    request.header(CONTENT_TYPE, "multipart/form-data; boundary=B").body(Body::from(body)).unwrap()
}

#[tokio::test]
async fn a_document_is_uploaded_seen_and_reviewed_by_another_person() {
    let bank = Bank::open();
    let client = bank.pending(0).await;
    let mut maker = Browser::of(&bank, "maker").await;
    let path = format!("/console/clients/{client}/do/submit-document");
    let form = maker.get(&path).await;
    let (version, key) = (form.hidden("version").unwrap(), form.hidden("key").unwrap());
    let fields = [
        ("version", version.as_str()),
        ("key", &key),
        ("identityType", "2"),
        ("idNumber", "P1234567"),
        ("step", "confirm"),
    ];
    let request = upload(&maker, &path, &fields, "scan.PNG", PNG);
    let done = maker.send(request).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());

    let page = maker.get(&format!("/console/clients/{client}")).await;
    assert!(
        page.offered("no").contains(&"approve-document".to_owned()),
        "the maker does not review their own upload"
    );
    let mut checker = Browser::of(&bank, "checker").await;
    let page = checker.get(&format!("/console/clients/{client}")).await;
    let link = page
        .all("a")
        .into_iter()
        .find(|link| link.get("href").unwrap_or_default().contains("/documents/"))
        .unwrap();
    let page = checker.get(link.get("href").unwrap()).await;
    assert!(page.words().contains("P1234567") && page.words().contains("International Passport"));
    let picture = page.all("img").remove(0).get("src").unwrap().to_owned();
    let file = checker.get(&picture).await;
    assert_eq!(file.headers[CONTENT_TYPE], "image/png");
    assert!(file.headers[CONTENT_DISPOSITION].to_str().unwrap().starts_with("inline; "));
    assert!(file.headers[CONTENT_SECURITY_POLICY].to_str().unwrap().contains("sandbox"));
    let request = Request::get(&picture).header("sec-fetch-dest", "document").body(Body::empty()).unwrap();
    let opened = checker.send(request).await;
    assert!(
        opened.headers[CONTENT_DISPOSITION].to_str().unwrap().starts_with("attachment; "),
        "no plug-in reads it"
    );

    let approve = page.all("a").into_iter().find(|link| link.text.contains("Approve the document")).unwrap();
    let path = approve.get("href").unwrap().to_owned();
    let form = checker.get(&path).await;
    assert_eq!(form.all("img").len(), 1, "the picture is beside the decision");
    let seen = form.hidden("seen").unwrap();
    assert_eq!(seen.len(), 64);
    let version = form.hidden("version").unwrap();
    let tried = checker.post(&path, &[("version", &version), ("seen", &seen), ("step", "check")]).await;
    let digest = tried.hidden("checked").unwrap();
    let fields = [("version", version.as_str()), ("seen", &seen), ("checked", &digest), ("step", "confirm")];
    assert_eq!(checker.post(&path, &fields).await.status, StatusCode::SEE_OTHER);
    let again = checker.get(&path).await;
    assert!(again.words().contains("It has been decided already."), "{}", again.words());
    let page = checker.get(&format!("/console/clients/{client}")).await;
    assert!(!page.text.contains("approve-document"), "what has been decided is not offered again");
}

#[tokio::test]
async fn a_file_that_is_a_page_is_refused_with_a_sentence() {
    let bank = Bank::open();
    let client = bank.pending(0).await;
    let mut maker = Browser::of(&bank, "maker").await;
    let path = format!("/console/clients/{client}/do/submit-document");
    let version = maker.get(&path).await.hidden("version").unwrap();
    for (name, file, sentence) in [
        ("x.png", &b"<html><script>alert(1)</script></html>"[..], "no JPEG, PNG or PDF"),
        ("x.html", b"<html></html>", "no JPEG, PNG or PDF"),
        ("scan", b"text", "no JPEG, PNG or PDF"),
        ("x.pdf", PNG, "The content of the file is not what its name says"),
        ("x.png", &PNG[..40], "The file is incomplete"),
        ("x.png", b"", "The file is empty"),
    ] {
        let fields = [
            ("version", version.as_str()),
            ("identityType", "2"),
            ("idNumber", "P1234567"),
            ("step", "confirm"),
        ];
        let answer = maker.send(upload(&maker, &path, &fields, name, file)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{name}");
        let at_field = answer.elements().into_iter().find(|one| one.get("id") == Some("error-base64Doc"));
        let at_field = at_field.unwrap_or_else(|| panic!("{name}: {}", answer.words()));
        assert!(at_field.text.contains(sentence), "{name}: {}", answer.words());
        assert!(!answer.words().contains("Kind of file"), "the form has no such field: {}", answer.words());
    }
    let data = json!({ "contactEncodedKey": client });
    let found = bank.query("second", "GetCustomerIdentityDetailsQuery", data).await.unwrap();
    assert_eq!(found["totalCount"], 0);
}

#[tokio::test]
async fn a_file_is_sent_to_people_who_may_see_it() {
    let bank = Bank::open();
    let client = bank.pending(0).await;
    let passport = bank.passport(&client).await;
    let mut lister = Browser::of(&bank, "lister").await;
    let page = lister.get(&format!("/console/files/{passport}")).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(!page.text.as_bytes().starts_with(&PNG[..4]));
    let mut reader = Browser::of(&bank, "reader").await;
    assert_eq!(
        reader.get("/console/files/00000000000000000000000000000000").await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(reader.get("/console/files/..%2F..%2Fsecret").await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        reader.get(&format!("/console/files/{passport}?download")).await.headers[CONTENT_TYPE],
        "image/png"
    );
}

#[tokio::test]
async fn texts_beside_a_file_are_limited_together() {
    let bank = Bank::open();
    let client = bank.pending(0).await;
    let mut maker = Browser::of(&bank, "maker").await;
    let path = format!("/console/clients/{client}/do/submit-document");
    let half = "x".repeat(40_000);
    for fields in [&[("idNumber", "x".repeat(70_000).as_str())][..], &[("idNumber", &half), ("other", &half)]]
    {
        let answer = maker.send(upload(&maker, &path, fields, "x.png", PNG)).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert!(answer.words().contains("65536 bytes"), "{}", answer.words());
    }
}

#[tokio::test]
async fn an_upload_takes_the_place_of_its_person_after_the_proof_and_until_it_ends() {
    let bank = Bank::open();
    let mut second = Browser::of(&bank, "second").await;
    let mut other = Browser::of(&bank, "reader").await;
    let csrf = second.csrf.clone();
    let unended = |csrf: &str| {
        let start = format!("--B\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{csrf}\r\n--B\r\n");
        let (end, ended) = tokio::sync::oneshot::channel::<()>();
        let body = Full::new(Bytes::from(start)).with_trailers(async move {
            ended.await.ok();
            None
        });
        let request = Request::post("/console/policy").header("sec-fetch-site", "same-origin");
        let request = request.header(CONTENT_TYPE, "multipart/form-data; boundary=B");
        (request.body(Body::new(body)).unwrap(), end)
    };
    // A forged form is refused before the rest of it has arrived.
    let (forged, _end) = unended("0");
    assert_eq!(second.send(forged).await.status, StatusCode::BAD_REQUEST);
    let (slow, end) = unended(&csrf);
    let mut tab = Browser { cookie: second.cookie.clone(), csrf, ..Browser::new(&bank) };
    let slow = tokio::spawn(async move { tab.send(slow).await });
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    let policy = br#"{ "version": "2027-01" }"#;
    let refused = second.send(upload(&second, "/console/policy", &[], "policy.json", policy)).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "{}", refused.words());
    let answer = other.send(upload(&other, "/console/policy", &[], "policy.json", policy)).await;
    assert_ne!(answer.status, StatusCode::TOO_MANY_REQUESTS, "another person has a place of their own");
    end.send(()).unwrap();
    assert_eq!(slow.await.unwrap().status, StatusCode::BAD_REQUEST);
    let answer = second.send(upload(&second, "/console/policy", &[], "policy.json", policy)).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.words());
}

#[tokio::test]
async fn a_pdf_that_is_not_drawn_can_be_downloaded_from_its_figure() {
    let bank = Bank::open();
    let client = bank.pending(0).await;
    let data = json!({ "contactEncodedKey": client, "identityType": 2, "idNumber": "P1234567", "docExtension": ".pdf",
        "base64Doc": STANDARD.encode(PDF), "expiryDate": "2030-01-01" });
    let made = bank.command("maker", "CreateIdentityDocumentCommand", data).await.unwrap();
    let passport = made["identityId"].as_str().unwrap();
    let mut checker = Browser::of(&bank, "checker").await;
    for path in ["documents", "do/approve-document"] {
        let page = checker.get(&format!("/console/clients/{client}/{path}/{passport}")).await;
        let figure = page.text.split("<figure").nth(1).unwrap().split("</figure>").next().unwrap();
        assert!(figure.contains("data-pdf=") && figure.contains("data-undrawn"), "{figure}");
        assert!(figure.contains("The document is not drawn here in full."), "{figure}");
        let download = format!("href=\"/console/files/{passport}?download\"");
        assert!(figure.contains(&download), "{figure}");
    }
}

/// A PDF of one empty page.
const PDF: &str = "%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [3 0 R] \
    /Count 1 >>\nendobj\n3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 72 72] >>\nendobj\nxref\n0 4\n0000000000 \
    65535 f \n0000000009 00000 n \n0000000058 00000 n \n0000000115 00000 n \ntrailer\n<< /Size 4 /Root 1 0 R \
    >>\nstartxref\n187\n%%EOF\n";

#[tokio::test]
async fn file_is_replaced_while_it_waits_and_only_for_the_version_that_was_seen() {
    let bank = Bank::open();
    let client = bank.pending(0).await;
    let document = bank.passport(&client).await;
    let path = format!("/console/clients/{client}/documents/{document}");
    let digest = async || {
        let data = json!({ "contactEncodedKey": client });
        let found = bank.query("checker", "GetCustomerIdentityDetailsQuery", data).await.unwrap();
        found["documents"][0]["contentSha256"].as_str().unwrap().to_owned()
    };
    let (mut maker, mut checker) = (Browser::of(&bank, "maker").await, Browser::of(&bank, "checker").await);
    let (page, before) = (maker.get(&path).await, digest().await);
    let (version, key) = (page.hidden("version").unwrap(), page.hidden("key").unwrap());
    let fields = [("version", version.as_str()), ("key", &key)];

    let refused = maker.send(upload(&maker, &path, &fields, "scan.png", b"<html>no picture</html>")).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(refused.words().contains("Choose one of these"), "{}", refused.words());
    let nothing = maker.send(upload(&maker, &path, &fields, "", b"")).await;
    assert!(nothing.words().contains("Choose a file."), "{}", nothing.words());
    assert_eq!(digest().await, before);

    // Another picture of one point.
    let other = other_picture();
    let done = maker.send(upload(&maker, &path, &fields, "scan.png", &other)).await;
    assert_eq!(done.location(), Some(format!("{path}?replaced")), "{}", done.words());
    assert_ne!(digest().await, before);
    let shown = maker.get(&format!("{path}?replaced")).await;
    assert!(shown.words().contains("Done: Replace the file"), "{}", shown.words());
    let fields = [("version", version.as_str()), ("key", "another-attempt")];
    let stale = maker.send(upload(&maker, &path, &fields, "scan.png", PNG)).await;
    assert_eq!(stale.status, StatusCode::CONFLICT, "{}", stale.words());

    // A reviewer does not submit files, and what was reviewed is not replaced.
    assert_eq!(checker.get(&path).await.hidden("version"), None);
    let data = json!({ "identityId": document });
    bank.command("checker", "ApproveIdentityDocumentCommand", data).await.unwrap();
    assert_eq!(maker.get(&path).await.hidden("version"), None);
}

/// A picture of one point with a text in it.
fn other_picture() -> Vec<u8> {
    let (head, end) = PNG.split_at(PNG.len() - 12);
    let chunk = [&b"tEXt"[..], b"Comment\0another file"].concat();
    let mut sum = flate2::Crc::new();
    sum.update(&chunk);
    let length = u32::try_from(chunk.len() - 4).unwrap().to_be_bytes();
    [head, &length, &chunk, &sum.sum().to_be_bytes(), end].concat()
}

#[tokio::test]
async fn file_without_a_known_ending_is_what_its_content_says() {
    let bank = Bank::open();
    let mut maker = Browser::of(&bank, "maker").await;
    for (n, name) in ["scan", "scan.jfif", "scan.png.", "scan.html"].into_iter().enumerate() {
        let client = bank.pending(n).await;
        let path = format!("/console/clients/{client}/do/submit-document");
        let version = maker.get(&path).await.hidden("version").unwrap();
        let number = format!("P123456{n}");
        let fields = [
            ("version", version.as_str()),
            ("identityType", "2"),
            ("idNumber", &number),
            ("step", "confirm"),
        ];
        let done = maker.send(upload(&maker, &path, &fields, name, PNG)).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{name}: {}", done.words());
    }
}

#[tokio::test]
async fn missing_file_is_said_once_at_its_field() {
    let bank = Bank::open();
    let client = bank.pending(0).await;
    let mut maker = Browser::of(&bank, "maker").await;
    let path = format!("/console/clients/{client}/do/submit-document");
    let version = maker.get(&path).await.hidden("version").unwrap();
    let fields =
        [("version", version.as_str()), ("identityType", "2"), ("idNumber", "P1234567"), ("step", "confirm")];
    let answer = maker.send(upload(&maker, &path, &fields, "", b"")).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let refused = answer.elements().into_iter().find(|one| one.get("class") == Some("refused")).unwrap();
    assert_eq!(refused.text.split_whitespace().collect::<Vec<_>>().join(" "), "File: Choose a file.");
    let passport = bank.passport(&client).await;
    let path = format!("/console/clients/{client}/documents/{passport}");
    let version = maker.get(&path).await.hidden("version").unwrap();
    for (name, file, sentence) in
        [("", &b""[..], "Choose a file."), ("x.png", b"text", "no JPEG, PNG or PDF")]
    {
        let answer = maker.send(upload(&maker, &path, &[("version", version.as_str())], name, file)).await;
        let at_field = answer.elements().into_iter().find(|one| one.get("id") == Some("error-base64Doc"));
        let at_field = at_field.unwrap_or_else(|| panic!("{name}: {:?}", answer.failure));
        assert!(at_field.text.contains(sentence), "{}", answer.words());
    }
}
