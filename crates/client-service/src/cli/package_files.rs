//! `client-service package-files`: writes what a package holds beside the program, made from the command line itself.

use std::path::{Path, PathBuf};
use std::{fs, io};

use clap::{Args, Command};
use clap_complete::Shell;

use crate::exit::ExitError;

const SHELLS: [Shell; 3] = [Shell::Bash, Shell::Zsh, Shell::Fish];

#[derive(Args, Debug)]
pub(crate) struct PackageFilesArgs {
    /// The folder, which gets completions/ and man/man1/
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
}

/// Writes completions for shells, and a manual page for each command.
pub(crate) fn run(arguments: &PackageFilesArgs, command: &Command) -> Result<String, ExitError> {
    write(&arguments.folder, command).map_err(|error| {
        let folder = arguments.folder.display();
        ExitError::Failed(format!("the folder {folder} cannot be written: {error}"))
    })?;
    Ok(String::new())
}

fn write(folder: &Path, command: &Command) -> io::Result<()> {
    let (completions, pages) = (folder.join("completions"), folder.join("man").join("man1"));
    fs::create_dir_all(&completions)?;
    fs::create_dir_all(&pages)?;
    for shell in SHELLS {
        clap_complete::generate_to(shell, &mut command.clone(), "client-service", &completions)?;
    }
    clap_mangen::generate_to(command.clone(), &pages)
}
