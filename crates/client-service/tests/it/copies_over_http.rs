//! `copy` between two services: the same answers, the same replays, the same files; refusals; and a copy that is killed.

#![expect(clippy::indexing_slicing, reason = "an answer without what is expected of it stops the test")]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::Stdio;

use client_app::ports::{ClientStore as _, Committed, SavedView, SavedViews as _, ViewSaving};
use serde_json::{Value, json};
use store_conformance::fixtures::saved_views::{VIEW_BOUNDS, saved_view};
use store_conformance::fixtures::{creation, onboarded};

use crate::backups::{PIXEL, SECRET, called, done, refused};
use crate::copies::{Target, open, run};
use crate::kept_data::{applicant, ask, post};
use crate::service::{Service, binary, call, shell};

const ENVIRONMENT: [(&str, &str); 2] = [("CLIENTS_JWT_HS256_SECRET", SECRET), ("CLIENTS_DEVELOPMENT", "on")];

fn token(subject: &str) -> String {
    let printed = call(&["token", "--subject", subject], &ENVIRONMENT[..1]).stdout;
    String::from_utf8(printed).unwrap().trim().to_owned()
}

/// A command with its caller and its idempotency key.
struct Sent {
    token: String,
    key: String,
    body: Value,
}

/// Sends commands, and keeps them with their answers.
struct Caller<'a> {
    service: &'a Service,
    sent: Vec<(Sent, Value)>,
}

impl Caller<'_> {
    fn send(&mut self, by: &str, command: &str, data: &Value) -> Value {
        let body = json!({"commandName": command, "data": data});
        let sent = Sent { token: token(by), key: format!("key-{}", self.sent.len()), body };
        let answer = post(&self.service.address, &sent.token, Some(&sent.key), &sent.body).unwrap();
        assert_eq!(answer["statusCode"], "00", "{command}: {answer}");
        self.sent.push((sent, answer.clone()));
        answer["data"].clone()
    }

    /// Brings clients into every part of a life, with documents, addresses, amendments and verified contact points.
    fn fill(&mut self) -> Vec<String> {
        let mut keys = Vec::new();
        for number in 0..6 {
            let created = self.send("maker", "CreateContactCommand", &applicant(number)["data"]);
            let key = created["contactEncodedKey"].as_str().unwrap().to_owned();
            let of = |more: &Value| {
                let mut data = json!({"contactEncodedKey": key});
                data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
                data
            };
            let document = json!({
                "identityType": 2, "idNumber": format!("B{:08}", number + 1), "docExtension": ".png", "base64Doc": PIXEL,
                "expiryDate": "2039-12-31",
            });
            let document = self.send("maker", "CreateIdentityDocumentCommand", &of(&document));
            let address =
                json!({"addressLine1": "1 Marina", "city": "Lagos", "country": "NG", "state": "Lagos"});
            let address = self.send("maker", "CreateAddressInformationCommand", &of(&address));
            if number == 0 {
                keys.push(key);
                continue;
            }
            let approval = json!({"identityId": document["identityId"], "comment": "Seen."});
            self.send("checker", "ApproveIdentityDocumentCommand", &approval);
            let rejection = json!({"addressId": address["addressId"], "comment": "Not there."});
            self.send("checker", "RejectCustomerAddressInformationCommand", &rejection);
            self.send("maker", "UpdateContactCommand", &of(&json!({"city": "Jos", "middleName": "Ada"})));
            self.send("maker", "RequestCustomerApprovalCommand", &of(&json!({"notes": "Please."})));
            if number == 1 {
                self.send("checker", "RejectCustomerCommand", &of(&json!({"rejectionReason": "No."})));
                keys.push(key);
                continue;
            }
            self.send("checker", "ApproveCustomerCommand", &of(&json!({})));
            let means = json!({"contactPoint": "mobile", "means": "A call.", "value": "+234 809 765 4321"});
            self.send("checker", "VerifyContactPointCommand", &of(&means));
            let corrected = json!({"dateOfBirth": "1988-11-03", "reason": "Typed wrongly."});
            self.send("maker", "CorrectContactCommand", &of(&corrected));
            if number > 3 {
                let reference = json!({"transactionReference": format!("T-{number}")});
                self.send("maker", "RecordCustomerTransactionCommand", &of(&reference));
                self.send("checker", "BlacklistCustomerCommand", &of(&json!({"reason": "Named on a list."})));
            }
            keys.push(key);
        }
        keys
    }
}

/// What every query of the API answers about these clients.
fn answers(service: &Service, keys: &[String]) -> Vec<Value> {
    let token = token("third");
    let mut answers = Vec::new();
    let mut asks = |query: &str, data: &Value| {
        let answer = ask(service, &token, query, data);
        assert_eq!(answer["statusCode"], "00", "{query}: {answer}");
        answers.push(json!({"query": query, "asked": data, "answer": answer["data"]}));
    };
    for key in keys {
        for query in [
            "GetCustomerAddressDetailsQuery",
            "GetCustomerAmendmentsQuery",
            "GetCustomerIdentityDetailsQuery",
            "GetCustomerKycInformationQuery",
            "RetrieveContactActionsQuery",
            "RetrieveContactByIdQuery",
            "RetrieveContactHistoryQuery",
            "RetrieveLookAlikesQuery",
        ] {
            asks(query, &json!({"contactEncodedKey": key}));
        }
    }
    for query in ["RetrieveKycPolicyQuery", "RetrieveLifecycleQuery", "RetrieveSearchFieldsQuery"] {
        asks(query, &json!({}));
    }
    let policy = json!({"required": {"Individual": ["Utility Bill"]}, "version": "2027-01"});
    asks("PreviewKycPolicyQuery", &json!({"policy": policy}));
    asks("RetrieveContactListQuery", &json!({"pageSize": 2}));
    let filters = json!([{"propertyName": "city", "operator": "Equals", "value": "Jos"}]);
    asks("RetrieveContactListQuery", &json!({"filters": filters, "searchTerm": "ngozi"}));
    answers
}

/// The checksums of the files of all documents.
fn files(service: &Service, sent: &[(Sent, Value)]) -> Vec<String> {
    let tokens = [("TOKEN".to_owned(), token("third"))];
    let documents = sent.iter().filter_map(|(_, answer)| answer["data"]["identityId"].as_str());
    let documents: std::collections::BTreeSet<_> = documents.collect();
    let file = |document: &str| {
        let path = format!("http://{}/api/bpm/documents/{document}/content", service.address);
        shell(&format!("curl -sf {path} -H \"Authorization: Bearer $TOKEN\" | cksum"), &tokens)
    };
    documents.into_iter().map(file).collect()
}

/// The copy answers every query and repeats every answer. The source and the target may have their files in other places,
/// and so many are copied.
fn service_goes_on(of_source: &[&str], more: &[&str], copied: usize) {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("data");
    let data = ["--data", folder.to_str().unwrap()];
    let service = Service::start(&[&data[..], of_source].concat(), &ENVIRONMENT);
    let mut caller = Caller { service: &service, sent: Vec::new() };
    let keys = caller.fill();
    let sent = caller.sent;
    let (expected, expected_files) = (answers(&service, &keys), files(&service, &sent));
    assert_eq!(expected_files.len(), 6);
    let target = Target::with_schema();
    let copy = [&target.copy(&folder)[..], more].concat();
    refused(&copy, 1, &["--from: another server is using the database"]);
    assert_eq!(service.stop().code, Some(0));
    if !of_source.is_empty() {
        refused(&target.copy(&folder), 1, &["6 documents have no good file in the copy"]);
    }
    done(&copy, &[&format!("6 clients, 6 documents and {copied} files are in the database")]);

    let place = target.place("serve");
    let service = Service::start(&[&place[1..], more].concat(), &ENVIRONMENT);
    for (one, other) in answers(&service, &keys).iter().zip(&expected) {
        assert_eq!(one, other);
    }
    assert_eq!(files(&service, &sent), expected_files);
    for (sent, answer) in &sent {
        let again = post(&service.address, &sent.token, Some(&sent.key), &sent.body).unwrap();
        assert_eq!(again["data"], answer["data"], "{}", sent.body);
    }
    let mut caller = Caller { service: &service, sent: Vec::new() };
    for number in 10..50 {
        caller.send("fourth", "CreateContactCommand", &applicant(number)["data"]);
    }
    let listed = ask(&service, &token("third"), "RetrieveContactListQuery", &json!({}));
    assert_eq!(listed["data"]["totalCount"], 46, "{listed}");
    assert_eq!(service.stop().code, Some(0));
    done(&[&target.place("check")[..], more].concat(), &["46 clients can be read"]);
}

#[test]
fn service_on_the_copy_answers_and_replays_as_before() {
    service_goes_on(&[], &[], 6);
}

#[test]
fn service_on_the_copy_finds_its_files_in_another_place() {
    let place = tempfile::tempdir().unwrap();
    service_goes_on(&[], &["--documents", place.path().to_str().unwrap()], 6);
}

#[test]
fn files_in_a_place_of_their_own_stay_there() {
    let place = tempfile::tempdir().unwrap();
    let documents = ["--documents", place.path().to_str().unwrap()];
    service_goes_on(&documents, &documents, 0);
}

#[test]
fn a_copy_that_cannot_be_made_is_refused() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("data");
    let target = Target::with_schema();
    let missing = target.copy(&folder);
    refused(&missing, 2, &["--from: there are no clients in"]);
    done(&["migrate", "--data", folder.to_str().unwrap()], &[]);
    let from = folder.to_str().unwrap();
    refused(&["copy", "--from", from], 2, &["--to: give the address of the database"]);
    refused(&["copy", "--from", from, "--to", from], 2, &["--to: the address must begin with postgres://"]);
    let file = format!("sqlite://{from}/clients.db");
    refused(&["copy", "--from", from, "--to", &file], 2, &["--to: a copy goes to PostgreSQL"]);
    refused(&["copy", "--from", &target.url, "--to", &file], 2, &["--from: a copy is made of a data folder"]);
    done(&["copy", "--from", &file, "--to", &target.url, "--accept-data-loss", "on"], &["0 clients"]);

    let service = Service::start(&target.place("serve")[1..], &ENVIRONMENT);
    refused(&target.copy(&folder), 1, &["--to: ", "another program of the service uses it"]);
    assert_eq!(service.stop().code, Some(0));
}

/// What the progress of clients begins with.
const BEGIN: &str = "clients with documents and history: ";

/// Starts a copy, and kills it when it has written some of the clients.
fn kill_in_the_middle(arguments: &[&str]) {
    let mut copy = binary(arguments).stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let log = BufReader::new(copy.stderr.take().unwrap());
    for line in log.lines().map(Result::unwrap) {
        if line.contains(BEGIN) && !line.contains(": 0 of ") {
            copy.kill().unwrap();
            break;
        }
    }
    copy.wait().unwrap();
}

fn onboard(folder: &Path, numbers: std::ops::Range<i64>) {
    run(async {
        let store = open(folder).await;
        for number in numbers {
            assert_eq!(store.commit(creation(&onboarded(number))).await.unwrap(), Committed::Done);
        }
        store.close().await;
    });
}

#[test]
fn a_killed_copy_goes_on_where_it_was() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("data");
    done(&["migrate", "--data", folder.to_str().unwrap()], &[]);
    onboard(&folder, 1..2_401);
    let target = Target::with_schema();
    let copy = target.copy(&folder);
    kill_in_the_middle(&copy);
    let (code, text) = called(&target.place("check"));
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("the database holds a part of a copy from another store"), "{text}");
    let other = parent.path().join("other");
    done(&["migrate", "--data", other.to_str().unwrap()], &[]);
    refused(&target.copy(&other), 1, &["--to: ", "it holds a part of a copy of another data folder"]);

    let (code, text) = called(&copy);
    assert_eq!(code, Some(0), "{text}");
    let first = text.lines().find_map(|line| line.split_once(BEGIN)).unwrap().1;
    let copied: u64 = first.split(' ').next().unwrap().parse().unwrap();
    assert!(copied > 0 && copied < 2_400, "{first}");
    assert!(text.contains("2400 clients, 0 documents and 0 files"), "{text}");
    done(&target.place("check"), &["2400 clients can be read"]);
}

/// Also where no row is added or gone: values of a row change too, as those of a saved view.
#[test]
fn a_folder_that_has_changed_since_the_copy_was_begun_is_noticed() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("data");
    done(&["migrate", "--data", folder.to_str().unwrap()], &[]);
    onboard(&folder, 1..2_401);
    let save = |view: &SavedView| {
        run(async {
            let store = open(&folder).await;
            assert_eq!(store.save_view(view, VIEW_BOUNDS).await.unwrap(), ViewSaving::Done);
            store.close().await;
        });
    };
    save(&saved_view(1, "ada"));
    let target = Target::with_schema();
    let copy = target.copy(&folder);
    kill_in_the_middle(&copy);
    save(&SavedView { shared: !saved_view(1, "ada").shared, ..saved_view(1, "ada") });
    refused(&copy, 1, &["--to: ", "a copy that was begun before the data folder changed", "and copy again"]);
    refused(&target.place("check"), 1, &["the database holds a part of a copy"]);
}
