//! The metric of the files that hold secrets and keys: how long ago each was written, so that a rotation is not forgotten.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, UNIX_EPOCH};

use client_app::ports::Clock as _;
use metrics::{Label, Unit, describe_gauge, gauge};

use super::supervisor::{AtStop, Supervisor};
use crate::config::secret::SecretFile;
use crate::system::SystemClock;

const INTERVAL: Duration = Duration::from_secs(15);
const AGE: &str = "secret_file_age_seconds";

/// What tells a file from the others in the metric. A setting of several files tells them apart by receiver and part.
type Name = (&'static str, Option<(String, &'static str)>);

/// Keeps the ages of these files up to date. A reload may name others.
pub(crate) fn measure<F>(supervisor: &Supervisor, files: F)
where
    F: Fn() -> Vec<SecretFile> + Send + Sync + 'static,
{
    let text = "How long ago the file of a secret or of keys was written; NaN if it cannot be read.";
    describe_gauge!(AGE, Unit::Seconds, text);
    let seen = Arc::new(Mutex::new(BTreeSet::new()));
    supervisor.start("secret_files", Duration::ZERO, AtStop::Cancel, move || {
        let (files, seen) = (files(), seen.clone());
        async move {
            for name in gone(&files, &mut seen.lock().unwrap_or_else(PoisonError::into_inner)) {
                gauge!(AGE, labels(&name)).set(f64::NAN);
            }
            for file in files {
                let age = age(&file.path).await.unwrap_or(f64::NAN);
                gauge!(AGE, labels(&(file.setting, file.of_receiver))).set(age);
            }
            Ok(INTERVAL)
        }
    });
}

/// The names that are in use no more: the last age of their files would stay. `seen` are those that have a value.
fn gone(files: &[SecretFile], seen: &mut BTreeSet<Name>) -> Vec<Name> {
    let now: BTreeSet<Name> = files.iter().map(|file| (file.setting, file.of_receiver.clone())).collect();
    let gone = seen.difference(&now).cloned().collect();
    *seen = now;
    gone
}

fn labels((setting, of_receiver): &Name) -> Vec<Label> {
    let mut labels = vec![Label::new("setting", *setting)];
    if let Some((receiver, file)) = of_receiver {
        labels.extend([Label::new("receiver", receiver.clone()), Label::new("file", *file)]);
    }
    labels
}

async fn age(file: &str) -> Option<f64> {
    let written = tokio::fs::metadata(file).await.ok()?.modified().ok()?;
    let written = written.duration_since(UNIX_EPOCH).ok()?.as_secs_f64();
    Some((SystemClock.now().as_duration().as_secs_f64() - written).max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_has_a_name_of_its_own_until_no_setting_names_it() {
        let file = |receiver: &str, part| SecretFile {
            setting: "webhook-receiver",
            of_receiver: Some((receiver.to_owned(), part)),
            path: "/srv/file".to_owned(),
        };
        let database = SecretFile::named("database-url-file", Some("/srv/url")).unwrap();
        let all =
            [file("crm", "url-file"), file("crm", "secret-file"), file("letters", "secret-file"), database];
        let mut seen = BTreeSet::new();
        assert!(gone(&all, &mut seen).is_empty());
        assert_eq!(seen.len(), all.len());
        let left = gone(&all[1..], &mut seen);
        assert_eq!(left, [("webhook-receiver", Some(("crm".to_owned(), "url-file")))]);
        let shown: Vec<_> =
            labels(&left[0]).iter().map(|one| format!("{}={}", one.key(), one.value())).collect();
        assert_eq!(shown, ["setting=webhook-receiver", "receiver=crm", "file=url-file"]);
        assert!(gone(&all[1..], &mut seen).is_empty());
    }
}
