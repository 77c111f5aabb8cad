//! What the manifests of the library crates tell those who depend on them.

use crate::repository::{Crates, compiler, root};

/// The crates for other programs: each has a page of its own.
fn libraries(crates: &Crates) -> Vec<&str> {
    let folder = |name: &&str| root().join("crates").join(name).is_dir();
    // Not for others: the program itself, and what two adapters share.
    let is_ours = |name: &&str| matches!(*name, "client-service" | "concurrency");
    crates.own().into_iter().filter(folder).filter(|name| !is_ours(name)).collect()
}

#[test]
fn library_has_a_page_and_is_found_by_keywords() {
    let crates = Crates::load();
    let libraries = libraries(&crates);
    assert!(libraries.contains(&"client-domain"), "{libraries:?}");
    for name in libraries {
        let manifest = crates.manifest(name);
        assert!(manifest["description"].as_str().is_some_and(|text| text.len() > 20), "{name}: description");
        for (list, most) in [("keywords", 5), ("categories", 5)] {
            let count = manifest[list].as_array().map_or(0, Vec::len);
            assert!((1..=most).contains(&count), "{name}: 1 to {most} {list}");
        }
        assert!(
            manifest["metadata"]["docs"]["rs"]["all-features"] == true,
            "{name}: docs.rs with all features"
        );
        let page = root().join("crates").join(name).join("README.md");
        assert!(page.is_file(), "{name}: README.md");
    }
}

/// A crate that declares a newer compiler than it needs shuts out programs; an older one does not compile there.
/// That our own code needs no newer one is clippy's to check (`incompatible_msrv`).
#[test]
fn crate_declares_the_compiler_that_its_tree_needs() {
    let crates = Crates::load();
    for name in libraries(&crates) {
        let declared = crates.manifest(name)["rust_version"].as_str().unwrap();
        let needed = crates.newest_compiler_below(name).unwrap();
        assert!(
            compiler(declared) >= compiler(needed),
            "{name} declares {declared}, its tree needs {needed}"
        );
    }
}
