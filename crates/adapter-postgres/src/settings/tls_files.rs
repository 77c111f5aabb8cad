//! The files of certificates and keys that an address names: they are read when the address is, because a connection that
//! lacks one is refused long after, and without the name of the parameter.

/// What a parameter names, by each of its spellings.
struct FileParameter {
    names: [&'static str; 3],
    /// How the line before the content of the file begins and ends.
    label: (&'static str, &'static str),
    content: &'static str,
}

const PEM: &str = "-----BEGIN ";
const CERTIFICATES: (&str, &str) = ("-----BEGIN CERTIFICATE", "-----");
const ROOT: FileParameter = FileParameter {
    names: ["sslrootcert", "ssl-root-cert", "ssl-ca"],
    label: CERTIFICATES,
    content: "certificate",
};
const CERTIFICATE: FileParameter =
    FileParameter { names: ["sslcert", "ssl-cert", ""], label: CERTIFICATES, content: "certificate" };
const KEY: FileParameter = FileParameter {
    names: ["sslkey", "ssl-key", ""],
    label: (PEM, "PRIVATE KEY-----"),
    content: "private key",
};
const MODES: [&str; 2] = ["sslmode", "ssl-mode"];
/// The modes in which nothing is encrypted, so that no file is read.
const PLAIN: [&str; 2] = ["disable", "allow"];

/// Whether the files that these parameters of the driver name can be used. An error is the end of a sentence that begins with
/// "the address of the database", and holds no value.
pub(super) fn check(parameters: &[(String, String)]) -> Result<(), String> {
    let value = |names: &[&str]| {
        let mut last = parameters.iter().rev();
        last.find(|(name, _)| names.contains(&name.as_str())).map(|(_, value)| value.as_str())
    };
    if value(&MODES).is_some_and(|mode| PLAIN.contains(&mode.to_ascii_lowercase().as_str())) {
        return Ok(());
    }
    let is_given = |parameter: &FileParameter, variable: &str| {
        value(&parameter.names).is_some() || std::env::var_os(variable).is_some()
    };
    match (is_given(&CERTIFICATE, "PGSSLCERT"), is_given(&KEY, "PGSSLKEY")) {
        (true, false) => return Err("has sslcert without sslkey; give both".to_owned()),
        (false, true) => return Err("has sslkey without sslcert; give both".to_owned()),
        _ => {}
    }
    for parameter in [ROOT, CERTIFICATE, KEY] {
        if let Some(named) = value(&parameter.names) {
            parameter.check(named)?;
        }
    }
    Ok(())
}

impl FileParameter {
    fn check(&self, named: &str) -> Result<(), String> {
        let [name, ..] = self.names;
        // The driver takes the content itself as well.
        if named.trim_start().starts_with(PEM) {
            return Ok(());
        }
        let text = std::fs::read(named).map_err(|error| {
            format!("has the parameter {name}, whose file cannot be read ({})", error.kind())
        })?;
        let (begin, end) = self.label;
        let is_label = |line: &str| line.starts_with(begin) && line.trim_end().ends_with(end);
        if String::from_utf8_lossy(&text).lines().any(is_label) {
            Ok(())
        } else {
            Err(format!("has the parameter {name}, whose file holds no {} in PEM", self.content))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTENT: &str = "-----BEGIN SOMETHING-----\nAA==\n-----END SOMETHING-----";

    fn checked(parameters: &[(&str, &str)]) -> Result<(), String> {
        let owned: Vec<_> =
            parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        check(&owned)
    }

    #[test]
    fn a_file_that_cannot_be_used_is_named_by_its_parameter() {
        // A file that is there, and holds nothing of this kind.
        let other = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        for (given, name, content) in [
            ("sslrootcert", "sslrootcert", "certificate"),
            ("ssl-root-cert", "sslrootcert", "certificate"),
            ("ssl-ca", "sslrootcert", "certificate"),
            ("sslcert", "sslcert", "certificate"),
            ("ssl-cert", "sslcert", "certificate"),
            ("sslkey", "sslkey", "private key"),
            ("ssl-key", "sslkey", "private key"),
        ] {
            let pair = if name == "sslkey" { "sslcert" } else { "sslkey" };
            let pair = (pair, CONTENT);
            let pairs = if name == "sslrootcert" { &[][..] } else { &[pair] };
            let checked = |parameters: &[_]| checked(&[pairs, parameters].concat());
            let missing = checked(&[(given, "/nowhere/mArKeR.pem")]).unwrap_err();
            let expected = format!("has the parameter {name}, whose file cannot be read (entity not found)");
            assert_eq!(missing, expected);
            let wrong = checked(&[(given, other), ("sslmode", "verify-full")]).unwrap_err();
            assert_eq!(wrong, format!("has the parameter {name}, whose file holds no {content} in PEM"));
            for plain in ["disable", "Allow"] {
                assert_eq!(checked(&[(given, "/nowhere"), ("sslmode", plain)]), Ok(()));
            }
        }
    }

    #[test]
    fn a_certificate_and_its_key_are_given_together() {
        assert_eq!(checked(&[("sslcert", CONTENT)]).unwrap_err(), "has sslcert without sslkey; give both");
        assert_eq!(checked(&[("sslkey", CONTENT)]).unwrap_err(), "has sslkey without sslcert; give both");
    }

    #[test]
    fn a_key_is_of_any_kind_and_content_needs_no_file() {
        for kind in ["", "EC ", "RSA "] {
            let label = format!("-----BEGIN {kind}PRIVATE KEY-----");
            assert!(label.starts_with(KEY.label.0) && label.ends_with(KEY.label.1));
        }
        assert_eq!(checked(&[("sslkey", CONTENT), ("sslcert", CONTENT)]), Ok(()));
        assert_eq!(checked(&[]), Ok(()));
    }
}
