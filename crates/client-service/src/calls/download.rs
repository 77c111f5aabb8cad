//! Files that come back.

use std::fs::File;
use std::io::{self, IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use reqwest::Response;

use crate::config::error::SettingsError;
use crate::exit::{ExitError, FailureClass};

/// Where a file is written.
#[derive(Args, Clone, Debug)]
pub(crate) struct Download {
    /// The file that is written, which must not be there yet; standard output by default
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Download {
    /// Refuses what cannot be written, before anything is asked.
    pub(crate) fn check(&self) -> Result<(), ExitError> {
        let refused = match &self.out {
            // What is in a file may act on a terminal.
            None if io::stdout().is_terminal() => {
                "the file is not shown on a terminal: give --out, or a pipe".to_owned()
            }
            Some(file) if file.exists() => format!("--out: there is a file {} already", file.display()),
            _ => return Ok(()),
        };
        Err(SettingsError(refused).into())
    }

    /// Writes the body of an answer while it arrives. A file is there under its name when it is whole.
    pub(crate) async fn write(&self, mut answer: Response) -> Result<(), ExitError> {
        let Some(file) = &self.out else {
            let mut output = io::stdout();
            return copy(&mut answer, &mut output)
                .await
                .map_err(|error| error.into_exit(Path::new("standard output")));
        };
        let part = part_of(file);
        let written = async {
            let mut output = File::create(&part).map_err(Interrupted::Here)?;
            copy(&mut answer, &mut output).await?;
            output.sync_all().and_then(|()| std::fs::rename(&part, file)).map_err(Interrupted::Here)
        };
        let written = written.await;
        if written.is_err() {
            let _ = std::fs::remove_file(&part);
        }
        written.map_err(|error| error.into_exit(file))
    }
}

fn part_of(file: &Path) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    file.with_file_name(name)
}

/// Where a download has ended too early.
enum Interrupted {
    Here(io::Error),
    There,
}

impl Interrupted {
    fn into_exit(self, file: &Path) -> ExitError {
        match self {
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

async fn copy(answer: &mut Response, output: &mut impl Write) -> Result<(), Interrupted> {
    while let Some(piece) = answer.chunk().await.map_err(|_| Interrupted::There)? {
        output.write_all(&piece).map_err(Interrupted::Here)?;
    }
    output.flush().map_err(Interrupted::Here)
}
