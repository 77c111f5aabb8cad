//! Compresses the assets, names them by their content, and lists the languages.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};

/// The folders of the assets. What is in them and has one of these endings is served.
const FOLDERS: [&str; 2] = ["assets", "assets/vendor"];
const ENDINGS: [&str; 3] = ["js", "css", "mjs"];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=assets");
    println!("cargo::rerun-if-changed=locales");
    let made = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    fs::write(made.join("assets.rs"), assets(&made)?)?;
    fs::write(made.join("languages.rs"), languages()?)?;
    Ok(())
}

/// The table of the assets; each is compressed into a file beside it.
fn assets(made: &Path) -> Result<String, Box<dyn Error>> {
    let mut digest = Sha256::new();
    let mut rows = String::new();
    for folder in FOLDERS {
        for path in files(folder, &ENDINGS)? {
            let bytes = fs::read(&path)?;
            let name = path.file_name().and_then(|name| name.to_str()).ok_or("a name")?;
            digest.update(&bytes);
            let mut compressed = GzEncoder::new(Vec::new(), Compression::best());
            compressed.write_all(&bytes)?;
            let file = made.join(format!("{name}.gz"));
            fs::write(&file, compressed.finish()?)?;
            let file = file.to_str().ok_or("a path")?;
            writeln!(rows, "Asset {{ name: {name:?}, gzip: include_bytes!({file:?}) }},")?;
        }
    }
    let mut version = String::new();
    for byte in digest.finalize().iter().take(8) {
        write!(version, "{byte:02x}")?;
    }
    Ok(format!("pub(crate) const VERSION: &str = {version:?};\nconst ASSETS: &[Asset] = &[\n{rows}];\n"))
}

/// The table of the languages.
fn languages() -> Result<String, Box<dyn Error>> {
    let mut rows = String::new();
    for path in files("locales", &["txt"])? {
        let code = path.file_stem().and_then(|code| code.to_str()).ok_or("a name")?;
        let file = fs::canonicalize(&path)?;
        let file = file.to_str().ok_or("a path")?;
        writeln!(rows, "({code:?}, include_str!({file:?})),")?;
    }
    Ok(format!("const LANGUAGES: &[(&str, &str)] = &[\n{rows}];\n"))
}

/// The files of a folder with one of these endings, in the order of their names.
fn files(folder: &str, endings: &[&str]) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        paths.push(entry?.path());
    }
    let is_wanted = |path: &PathBuf| {
        path.extension().and_then(|ending| ending.to_str()).is_some_and(|ending| endings.contains(&ending))
    };
    paths.retain(is_wanted);
    paths.sort();
    Ok(paths)
}
