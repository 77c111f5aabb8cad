//! The table of folded characters is what its generator makes of the data of Unicode and CLDR.

use std::path::PathBuf;
use std::process::Command;

/// Where the Debian packages `unicode-data` and `unicode-cldr-core` install, or another folder with the same files.
fn data() -> PathBuf {
    std::env::var_os("UNICODE_DATA").map_or_else(|| PathBuf::from("/usr/share/unicode"), PathBuf::from)
}

#[test]
fn table_equals_the_output_of_its_generator() {
    let data = data();
    let sources = ["allkeys.txt", "Unihan_Variants.txt.bz2", "cldr/common/collation/root.xml"];
    if let Some(missing) = sources.iter().find(|file| !data.join(file).exists()) {
        println!("not compared: {} is not there", data.join(missing).display());
        return;
    }
    let generator = concat!(env!("CARGO_MANIFEST_DIR"), "/tools/fold_table.py");
    let run = Command::new("python3").arg(generator).arg("--check").arg("--data").arg(&data).status();
    match run.map(|status| status.code()) {
        Ok(Some(0)) => {}
        Ok(Some(2)) => println!("not compared: the data are of another edition"),
        Err(error) => println!("not compared: {error}"),
        Ok(code) => {
            panic!("the table differs from the output of its generator ({code:?}): see tools/fold_table.py")
        }
    }
}
