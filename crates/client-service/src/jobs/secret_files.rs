//! The metric of the files that hold secrets and keys: how long ago each was written, so that a rotation is not forgotten.

use std::time::{Duration, UNIX_EPOCH};

use client_app::ports::Clock as _;
use metrics::{Unit, describe_gauge, gauge};

use super::supervisor::{AtStop, Supervisor};
use crate::system::SystemClock;

const INTERVAL: Duration = Duration::from_mins(1);
const AGE: &str = "secret_file_age_seconds";

/// Keeps the ages of these files up to date: each with the setting that names it. A reload may name others.
pub(crate) fn measure<F>(supervisor: &Supervisor, files: F)
where
    F: Fn() -> Vec<(&'static str, String)> + Send + Sync + 'static,
{
    let text = "How long ago the file of a secret or of keys was written; NaN if it cannot be read.";
    describe_gauge!(AGE, Unit::Seconds, text);
    supervisor.start("secret_files", Duration::ZERO, AtStop::Cancel, move || {
        let files = files();
        async move {
            for (setting, file) in files {
                gauge!(AGE, "setting" => setting).set(age(&file).await.unwrap_or(f64::NAN));
            }
            Ok(INTERVAL)
        }
    });
}

async fn age(file: &str) -> Option<f64> {
    let written = tokio::fs::metadata(file).await.ok()?.modified().ok()?;
    let written = written.duration_since(UNIX_EPOCH).ok()?.as_secs_f64();
    Some((SystemClock.now().as_duration().as_secs_f64() - written).max(0.0))
}
