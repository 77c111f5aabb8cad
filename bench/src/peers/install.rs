use std::path::{Path, PathBuf};
use std::process::Stdio;

use clients_campaigns::RunError;
use tokio::process::Command;

use crate::case::Who;

/// What is installed for each peer, and the source of the one that we wrote.
const REQUIREMENTS: &str = include_str!("../../peers/fastapi/requirements.txt");
const APPLICATION: &str = include_str!("../../peers/fastapi/app.py");
const PACKAGE: &str = include_str!("../../peers/postgraphile/package.json");

/// Installs a peer, if it is not there from an earlier run, and answers where it is.
pub(super) async fn install(who: Who, out: &Path) -> Result<PathBuf, RunError> {
    let folder = out.join("peers").join(who.name());
    std::fs::create_dir_all(&folder)?;
    let folder = folder.canonicalize()?;
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text);
    if who == Who::Fastapi {
        write("requirements.txt", REQUIREMENTS)?;
        write("app.py", APPLICATION)?;
        if !folder.join("venv/bin/uvicorn").is_file() {
            run(&folder, Path::new("python3"), &["-m", "venv", "venv"]).await?;
            let pip = folder.join("venv/bin/pip");
            run(&folder, &pip, &["install", "--quiet", "-r", "requirements.txt"]).await?;
        }
    } else {
        write("package.json", PACKAGE)?;
        if !folder.join("node_modules/.bin/postgraphile").is_file() {
            run(&folder, Path::new("npm"), &["install", "--no-audit", "--no-fund", "--silent"]).await?;
        }
    }
    Ok(folder)
}

async fn run(folder: &Path, program: &Path, arguments: &[&str]) -> Result<(), RunError> {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).stdin(Stdio::null()).kill_on_drop(true);
    let ran = command.output().await.map_err(RunError::during(program.display()))?;
    if ran.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&ran.stderr).into_owned();
    let end: Vec<_> = said.lines().rev().take(3).collect();
    Err(RunError::new(format!("{} {}: {end:?}", program.display(), arguments.join(" "))))
}
