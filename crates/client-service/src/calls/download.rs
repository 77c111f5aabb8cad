//! Files that come back.

use std::fs::OpenOptions;
use std::io::{self, IsTerminal as _, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use clap::Args;
use reqwest::Response;

use super::last_line::LastLine;
use crate::config::error::SettingsError;
use crate::exit::{ExitError, FailureClass};
use crate::system::random_secret;

/// Where a file is written.
#[derive(Args, Clone, Debug)]
pub(crate) struct Download {
    /// The file that is written, which must not be there yet; standard output by default
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// How the last line of a whole file begins, where that is known.
    #[arg(skip)]
    last_line: Option<&'static str>,
}

impl Download {
    /// The same for a file that is whole only with a last line that begins so.
    pub(crate) fn up_to(&self, last_line: &'static str) -> Self {
        Self { last_line: Some(last_line), ..self.clone() }
    }

    /// Whether the file has a name, so that standard output is free for other things.
    pub(crate) const fn is_named(&self) -> bool {
        self.out.is_some()
    }

    /// Refuses what cannot be written, before anything is asked.
    pub(crate) fn check(&self) -> Result<(), ExitError> {
        let refused = match &self.out {
            // What is in a file may act on a terminal.
            None if io::stdout().is_terminal() => {
                "the file is not shown on a terminal: give --out, or a pipe".to_owned()
            }
            Some(file) if file.symlink_metadata().is_ok() => return Err(there_already(file)),
            _ => return Ok(()),
        };
        Err(SettingsError(refused).into())
    }

    /// Writes the body of an answer while it arrives. A file is there under its name when it is whole, only its account may read
    /// it, and nothing that is there is written to or replaced.
    pub(crate) async fn write(&self, mut answer: Response) -> Result<(), ExitError> {
        let Some(file) = &self.out else {
            let mut output = io::stdout();
            return self
                .copy(&mut answer, &mut output)
                .await
                .map_err(|error| error.into_exit(Path::new("standard output")));
        };
        let part = part_of(file);
        let written = async {
            let mut output = OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(&part)
                .map_err(Interrupted::Here)?;
            let copied = match self.copy(&mut answer, &mut output).await {
                Ok(()) => output.sync_all().and_then(|()| named(&part, file)).map_err(Interrupted::Here),
                broken => broken,
            };
            let _ = std::fs::remove_file(&part);
            copied
        };
        written.await.map_err(|error| error.into_exit(file))
    }

    async fn copy(&self, answer: &mut Response, output: &mut impl Write) -> Result<(), Interrupted> {
        let mut last = LastLine::default();
        while let Some(piece) = answer.chunk().await.map_err(|_| Interrupted::There)? {
            output.write_all(&piece).map_err(Interrupted::Here)?;
            last.add(&piece);
        }
        output.flush().map_err(Interrupted::Here)?;
        let is_whole = self.last_line.is_none_or(|beginning| last.is(beginning));
        if is_whole { Ok(()) } else { Err(Interrupted::There) }
    }
}

/// A unique name beside the file.
fn part_of(file: &Path) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", random_secret().split_off(48)));
    file.with_file_name(name)
}

/// Gives the finished part its name. A link, unlike a new name, replaces nothing.
fn named(part: &Path, file: &Path) -> io::Result<()> {
    std::fs::hard_link(part, file)
}

fn there_already(file: &Path) -> ExitError {
    SettingsError(format!("--out: there is a file {} already", file.display())).into()
}

/// Where a download has ended too early.
enum Interrupted {
    Here(io::Error),
    There,
}

impl Interrupted {
    fn into_exit(self, file: &Path) -> ExitError {
        match self {
            Self::Here(error) if error.kind() == io::ErrorKind::AlreadyExists => there_already(file),
            Self::Here(error) => {
                ExitError::Failed(format!("{} cannot be written: {}", file.display(), error.kind()))
            }
            Self::There => ExitError::Answered {
                class: FailureClass::Unavailable,
                sentence: "the file broke off before its end".to_owned(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::time::Duration;

    use super::super::connection::Connection;
    use super::super::scripted_service::{ScriptedService, connection};
    use super::*;

    #[tokio::test]
    async fn file_is_whole_private_and_replaces_nothing() {
        let service = ScriptedService::start(Duration::ZERO, &[(200, "rows"); 4]);
        let from = connection(&service, |arguments| Connection::new(arguments).unwrap());
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("results.csv");
        let to = Download { out: Some(file.clone()), last_line: None };
        to.check().unwrap();
        to.write(from.get("/").await.unwrap()).await.unwrap();
        assert_eq!(std::fs::read(&file).unwrap(), b"rows");
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);

        // One that has appeared since the check, and a link to a file that is not there.
        let other = folder.path().join("other");
        std::fs::write(&file, "other").unwrap();
        let link = Download { out: Some(folder.path().join("link")), last_line: None };
        symlink(&other, folder.path().join("link")).unwrap();
        for to in [&to, &link] {
            let refused = to.write(from.get("/").await.unwrap()).await.unwrap_err();
            assert!(refused.sentence().contains("there is a file"), "{refused:?}");
            assert_eq!(to.check().unwrap_err().code(), refused.code());
        }
        assert!(!other.exists());

        let to = Download { out: Some(other.clone()), last_line: None }.up_to("end");
        let broken = to.write(from.get("/").await.unwrap()).await.unwrap_err();
        assert_eq!((broken.code(), other.exists()), (7, false), "it has no last line");
        assert_eq!(std::fs::read(&file).unwrap(), b"other");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "no part is left");
    }
}
