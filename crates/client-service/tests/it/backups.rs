//! `check`, `backup`, `restore` and `migrate` of a data folder, beside a running service and without one.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use serde_json::{Value, json};
use throwaway_postgres::Cluster;

use crate::kept_data::{applicant, ask, post, variable};
use crate::service::{Service, call};

pub const SECRET: &str = "0123456789abcdef0123456789abcdef";
pub const PIXEL: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/// The exit code and the output of a call with standard error at its end.
pub fn called(arguments: &[&str]) -> (Option<i32>, String) {
    let output = call(arguments, &[]);
    let text = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap()).concat();
    (output.status.code(), text)
}

#[track_caller]
pub fn done(arguments: &[&str], says: &[&str]) {
    let (code, text) = called(arguments);
    assert_eq!(code, Some(0), "{arguments:?}: {text}");
    for said in says {
        assert!(text.contains(said), "{arguments:?}: {text}");
    }
}

#[track_caller]
pub fn refused(arguments: &[&str], expected: i32, says: &[&str]) {
    let (code, text) = called(arguments);
    assert_eq!(code, Some(expected), "{arguments:?}: {text}");
    for said in says {
        assert!(text.contains(said), "{arguments:?}: {text}");
    }
}

/// Creates a client and hands in a document, and returns the key of the client if both are confirmed.
fn onboard(address: &str, token: &str, number: usize) -> Option<String> {
    let created = post(address, token, Some(&format!("client-{number}")), &applicant(number))?;
    let client = created.pointer("/data/contactEncodedKey")?.as_str()?.to_owned();
    let document = json!({"commandName": "CreateIdentityDocumentCommand", "data": {
        "contactEncodedKey": client, "identityType": 2, "idNumber": format!("B{:08}", number + 1), "docExtension": ".png",
        "base64Doc": PIXEL,
    }});
    let submitted = post(address, token, Some(&format!("document-{number}")), &document)?;
    submitted.pointer("/data/identityId")?;
    Some(client)
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// The files of documents below a data folder.
fn contents(folder: &Path) -> Vec<PathBuf> {
    let all = files(&folder.join("documents"));
    all.into_iter().filter(|path| !path.ends_with("installation")).collect()
}

#[test]
fn backup_under_load_restores_every_confirmed_client_and_file_but_no_key() {
    let parent = tempfile::tempdir().unwrap();
    let [data, backup, restored] = ["data", "backup", "restored"].map(|name| parent.path().join(name));
    let [data_text, backup_text, restored_text] =
        [&data, &backup, &restored].map(|path| path.to_str().unwrap());
    let mut service = Service::start(&["--data", data_text], &[]);
    let maker = variable(&service.first_screen("/docs"), "MAKER");
    let (next, stop) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let confirmed = Mutex::new(Vec::new());
    let before = thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while stop.load(Ordering::Relaxed) == 0 {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let client = onboard(&service.address, &maker, number).unwrap();
                    confirmed.lock().unwrap().push(client);
                }
            });
        }
        while confirmed.lock().unwrap().len() < 20 {
            thread::sleep(std::time::Duration::from_millis(5));
        }
        let before = confirmed.lock().unwrap().clone();
        done(
            &["backup", "--to", backup_text, "--data", data_text],
            &["clients and", "documents are in", backup_text],
        );
        done(
            &["check", "--data", data_text],
            &["the database is whole", "have the files that were submitted"],
        );
        stop.store(1, Ordering::Relaxed);
        before
    });
    refused(&["restore", "--from", backup_text, "--data", data_text], 1, &["is not empty"]);
    refused(&["backup", "--to", backup_text, "--data", data_text], 1, &["--to: the folder", "is not empty"]);
    assert_eq!(service.stop().code, Some(0));

    // Readable for its owner only, and without the key.
    let key = std::fs::read(data.join("development-key")).unwrap();
    let key = key.strip_suffix(b"\n").unwrap();
    for path in files(&backup) {
        assert_eq!(
            std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600,
            "{}",
            path.display()
        );
        let bytes = std::fs::read(&path).unwrap();
        assert!(!bytes.windows(key.len()).any(|window| window == key), "the key is in {}", path.display());
    }
    assert_eq!(std::fs::metadata(&backup).unwrap().permissions().mode() & 0o777, 0o700);
    done(&["check", "--data", backup_text], &["the database is whole"]);
    refused(&["--data", backup_text], 1, &["is a backup; restore it into another folder"]);

    done(
        &["restore", "--from", backup_text, "--data", restored_text],
        &["documents of 20", "no key was in the backup"],
    );
    done(&["check", "--data", restored_text], &["the database is whole"]);
    let mut service = Service::start(&["--data", restored_text], &[]);
    let query = json!({"queryName": "RetrieveContactListQuery", "data": {}});
    let old = post(&service.address, &maker, None, &query).unwrap();
    assert_eq!(old["statusCode"], "CBS_401", "the old token is refused");
    let reader = variable(&service.first_screen("/docs"), "MAKER");
    for client in &before {
        let found = ask(&service, &reader, "RetrieveContactByIdQuery", &json!({"contactEncodedKey": client}));
        assert_eq!(found["data"]["encodedKey"], client.as_str(), "{found}");
        let papers =
            ask(&service, &reader, "GetCustomerIdentityDetailsQuery", &json!({"contactEncodedKey": client}));
        assert!(
            papers.to_string().contains("6b7fa434f92a8b80aab02d9bf1a12e49ffcae424e4013a1c4f68b67e3d2bbcd0"),
            "{papers}"
        );
    }
    // It goes on from there.
    assert!(onboard(&service.address, &reader, 1_000_000).is_some());
    assert_eq!(service.stop().code, Some(0));
}

/// A data folder with three clients and a document each, of a service that has stopped.
fn kept(folder: &Path) {
    let mut service = Service::start(&["--data", folder.to_str().unwrap()], &[]);
    let maker = variable(&service.first_screen("/docs"), "MAKER");
    for number in 0..3 {
        onboard(&service.address, &maker, number).unwrap();
    }
    assert_eq!(service.stop().code, Some(0));
}

#[test]
fn check_finds_missing_changed_and_unknown_files_and_a_damaged_database() {
    let parent = tempfile::tempdir().unwrap();
    let [data, backup, second] = ["data", "backup", "second"].map(|name| parent.path().join(name));
    kept(&data);
    let check = ["check", "--data", data.to_str().unwrap()];
    done(&check, &["3 clients can be read", "3 documents have the files that were submitted"]);
    done(
        &["backup", "--to", backup.to_str().unwrap(), "--data", data.to_str().unwrap()],
        &["3 clients and 3 documents"],
    );

    let files = contents(&data);
    assert_eq!(files.len(), 3);
    let unknown = data.join("documents/018f0");
    std::fs::create_dir(&unknown).unwrap();
    let name = files[0].file_name().unwrap().to_str().unwrap();
    std::fs::write(unknown.join(format!("018f00000000{}", &name[12..])), "x").unwrap();
    done(&check, &["1 files are named by no document; client-service collect-garbage --find-untracked"]);

    std::fs::remove_file(&files[0]).unwrap();
    let mut bytes = std::fs::read(&files[1]).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&files[1], &bytes).unwrap();
    let findings =
        ["the file is missing", "a file whose bytes differ", "2 findings in the clients and their documents"];
    refused(&check, 1, &findings);
    // A backup takes what is there, says what is not, and can be restored.
    let partly = ["backup", "--to", second.to_str().unwrap(), "--data", data.to_str().unwrap()];
    refused(
        &partly,
        1,
        &["3 clients and 3 documents", "whole except for 2 findings in the data folder itself"],
    );
    let record: Value = serde_json::from_slice(&std::fs::read(second.join("backup.json")).unwrap()).unwrap();
    assert_eq!(record["problems"].as_array().unwrap().len(), 2, "{record}");
    let third = parent.path().join("third");
    done(&["restore", "--from", second.to_str().unwrap(), "--data", third.to_str().unwrap()], &["3 clients"]);
    refused(&["check", "--data", third.to_str().unwrap()], 1, &["2 findings"]);

    let database = data.join("clients.db");
    let mut bytes = std::fs::read(&database).unwrap();
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 8192].fill(0xa5);
    std::fs::write(&database, bytes).unwrap();
    let (code, text) = called(&check);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("findings in the database") || text.contains("damaged"), "{text}");

    // The first backup brings all of it back.
    std::fs::remove_dir_all(&data).unwrap();
    done(
        &["restore", "--from", backup.to_str().unwrap(), "--data", data.to_str().unwrap()],
        &["3 clients and 3 documents"],
    );
    done(&check, &["3 documents have the files that were submitted"]);
}

#[test]
fn restore_takes_whole_backups_only_and_what_it_left_unfinished_is_refused() {
    let parent = tempfile::tempdir().unwrap();
    let [data, backup, target] = ["data", "backup", "target"].map(|name| parent.path().join(name));
    let [data_text, backup_text, target_text] = [&data, &backup, &target].map(|path| path.to_str().unwrap());
    let restore = ["restore", "--from", backup_text, "--data", target_text];
    refused(&restore, 1, &["is no whole backup: its backup.json is missing"]);
    kept(&data);
    let above = parent.path().join("backups");
    let dated = above.join("2026-11-29");
    let backup_there = ["backup", "--to", dated.to_str().unwrap(), "--data", data_text];
    let lacks = format!("cannot be made: the folder {} does not exist; make it first", above.display());
    refused(&backup_there, 1, &["--to: the folder ", &lacks]);
    std::fs::create_dir(&above).unwrap();
    done(&backup_there, &[]);
    done(&["backup", "--to", backup_text, "--data", data_text], &[]);
    refused(&["restore", "--from", data_text, "--data", target_text], 1, &["is no whole backup"]);
    let record = backup.join("backup.json");
    let finished = std::fs::read(&record).unwrap();
    std::fs::write(&record, "{\n  \"unfinished\": true\n}\n").unwrap();
    refused(&restore, 1, &["is no whole backup: its backup.json is missing, unfinished or cannot be read"]);
    refused(&["--data", backup_text], 1, &["is a backup"]);
    for command in [&["check"][..], &["dead-letters"], &["receivers"]] {
        let arguments = [command, &["--data", backup_text]].concat();
        refused(&arguments, 1, &["is a backup that did not finish", "delete it, and make another one"]);
    }
    let third = parent.path().join("third");
    refused(
        &["backup", "--to", third.to_str().unwrap(), "--data", backup_text],
        1,
        &["is a backup that did not finish"],
    );
    std::fs::write(&record, finished).unwrap();
    assert!(!target.exists());

    // A file that was damaged in the backup is noticed.
    let file = contents(&backup).pop().unwrap();
    let whole = std::fs::read(&file).unwrap();
    std::fs::write(&file, &whole[1..]).unwrap();
    refused(&restore, 1, &["the backup is not what its backup.json says: 1 findings, and 0 were known"]);
    for command in [&[][..], &["check"]] {
        let arguments = [command, &["--data", target_text]].concat();
        refused(&arguments, 1, &["holds a restore that did not finish; empty it and restore again"]);
    }
    std::fs::write(&file, &whole).unwrap();
    std::fs::remove_dir_all(&target).unwrap();

    done(&restore, &["3 clients and 3 documents"]);
    std::fs::write(target.join("restore-is-not-finished"), "").unwrap();
    for command in [&[][..], &["check"], &["migrate"], &["collect-garbage"]] {
        let arguments = [command, &["--data", target_text]].concat();
        refused(&arguments, 1, &["holds a restore that did not finish; empty it and restore again"]);
    }
    let postgres = ["--database-url", "postgres://localhost/x"];
    for command in [["backup", "--to", backup_text], ["restore", "--from", backup_text]] {
        refused(
            &[&command[..], &postgres].concat(),
            2,
            &["this command is for a data folder; PostgreSQL has pg_dump"],
        );
        refused(&[&command[..], &["--in-memory"]].concat(), 2, &["--in-memory keeps none"]);
    }
}

/// What is written must not be a part of what is read.
#[test]
fn a_folder_within_the_other_is_refused() {
    let parent = tempfile::tempdir().unwrap();
    let [data, backup] = ["data", "backup"].map(|name| parent.path().join(name));
    let [data_text, backup_text] = [&data, &backup].map(|path| path.to_str().unwrap());
    kept(&data);
    for place in ["inside", "documents/inside", "../data/inside"] {
        let inside = data.join(place);
        let arguments = ["backup", "--to", inside.to_str().unwrap(), "--data", data_text];
        refused(&arguments, 1, &["--to: ", "is inside the data folder", "name a folder outside it"]);
        assert!(!inside.exists());
    }
    let elsewhere = parent.path().join("files");
    std::fs::create_dir(&elsewhere).unwrap();
    let files = ["--documents", elsewhere.to_str().unwrap()];
    let inside = elsewhere.join("backup");
    let arguments = ["backup", "--to", inside.to_str().unwrap(), "--data", data_text];
    refused(&[&arguments[..], &files].concat(), 1, &["is inside the folder of --documents"]);

    done(&["backup", "--to", backup_text, "--data", data_text], &[]);
    let inside = backup.join("inside");
    let restore = ["restore", "--from", backup_text, "--data", inside.to_str().unwrap()];
    refused(&restore, 1, &["--data: ", "is inside the backup", "name a folder outside it"]);
    assert!(!inside.exists());
    let target = parent.path().join("target");
    let restore = ["restore", "--from", backup_text, "--data", target.to_str().unwrap()];
    let files = ["--documents", &format!("{backup_text}/documents")];
    refused(&[&restore[..], &files].concat(), 1, &["--documents: ", "is inside the backup"]);
    done(&restore, &["3 clients and 3 documents"]);
}

/// A backup on a medium that cannot be written is checked and restored.
#[test]
fn a_backup_that_cannot_be_written_is_read() {
    let parent = tempfile::tempdir().unwrap();
    let [data, backup, target] = ["data", "backup", "target"].map(|name| parent.path().join(name));
    let [data_text, backup_text, target_text] = [&data, &backup, &target].map(|path| path.to_str().unwrap());
    kept(&data);
    done(&["backup", "--to", backup_text, "--data", data_text], &[]);
    let before = files(&backup);
    std::fs::set_permissions(&backup, std::fs::Permissions::from_mode(0o500)).unwrap();
    done(&["check", "--data", backup_text], &["3 documents have the files that were submitted"]);
    done(&["migrate", "--dry-run", "--data", backup_text], &["nothing has to be done"]);
    done(&["restore", "--from", backup_text, "--data", target_text], &["3 clients and 3 documents"]);
    assert_eq!(files(&backup), before);
    std::fs::set_permissions(&backup, std::fs::Permissions::from_mode(0o700)).unwrap();
}

#[test]
fn migrate_says_what_it_would_do_and_what_it_did() {
    let parent = tempfile::tempdir().unwrap();
    let data = parent.path().join("data");
    let migrate = ["migrate", "--data", data.to_str().unwrap()];
    let dry = [&migrate[..], &["--dry-run"]].concat();
    done(&dry, &["the schema would be brought from 0 to 2\n"]);
    assert!(!data.exists());
    let missing = parent.path().join("missing");
    let start = ["--data", missing.to_str().unwrap(), "--migrate", "off"];
    refused(&start, 1, &["the schema is missing, and this program needs 2: run client-service migrate"]);
    done(&migrate, &["the schema was brought from 0 to 2\n"]);
    for command in [&migrate[..], &dry] {
        done(command, &["the schema is at 2, and nothing has to be done\n"]);
    }
    done(&["check", "--data", data.to_str().unwrap()], &["0 clients can be read"]);
    let service = Service::start(&["--data", data.to_str().unwrap(), "--migrate", "off"], &[]);
    done(&dry, &["the schema is at 2, and nothing has to be done\n"]);
    done(&["dead-letters", "--data", data.to_str().unwrap()], &[]);
    assert_eq!(service.stop().code, Some(0));
}

#[test]
fn postgresql_is_checked_and_its_migration_is_told_too() {
    let cluster = Cluster::own(&["-c", "fsync=off"]);
    let url = cluster.url("postgres");
    let place = ["--database-url", url.as_str(), "--accept-data-loss", "on"];
    let migrate = [&["migrate"], &place[..]].concat();
    let dry = [&migrate[..], &["--dry-run"]].concat();
    done(&dry, &["the schema would be brought from 0 to "]);
    done(&dry, &["the schema would be brought from 0 to "]);
    done(&migrate, &["the schema was brought from 0 to "]);
    for command in [&migrate[..], &dry] {
        done(command, &["and nothing has to be done\n"]);
    }
    let environment = [("CLIENTS_JWT_HS256_SECRET", SECRET), ("CLIENTS_DEVELOPMENT", "on")];
    let service = Service::start(&place, &environment);
    let token = call(&["token", "--subject", "maker"], &environment[..1]).stdout;
    let token = String::from_utf8(token).unwrap();
    assert!(onboard(&service.address, token.trim(), 0).is_some());
    let check = [&["check"], &place[..]].concat();
    done(&check, &["1 clients can be read\n1 documents have the files that were submitted\n"]);
    assert_eq!(service.stop().code, Some(0));
}
