//! The address of a database, with one server or several, as libpq understands it.

use std::borrow::Cow;
use std::net::IpAddr;
use std::str::FromStr;

use percent_encoding::percent_decode_str;
use sqlx::ConnectOptions as _;
use sqlx::postgres::PgConnectOptions;

use super::tls_files;

/// What the parameters of an address may be.
const KNOWN: &str = "host, hostaddr, port, dbname, user, password, options, sslmode, sslrootcert, \
    sslcert, sslkey, statement-cache-capacity and target_session_attrs";
/// Parameters that the driver reads, in its spellings.
const OF_DRIVER: [&str; 13] = [
    "dbname",
    "user",
    "password",
    "options",
    "sslmode",
    "ssl-mode",
    "sslrootcert",
    "ssl-root-cert",
    "ssl-ca",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
];
const APPLICATION: &str = "client-service";
const CACHE: &str = "statement-cache-capacity";
const FORM: &str = "is to look like postgres://user@host/database, or postgres://user@host1:5432,host2:5432/database for \
    several servers";

/// The servers of an address, in their order, and which of them is wanted.
#[derive(Clone)]
pub(crate) struct Address {
    pub(crate) servers: Vec<PgConnectOptions>,
    pub(crate) wanted: WantedServer,
    /// Whether the address says which one is wanted.
    pub(crate) says_wanted: bool,
}

/// Which server is wanted: `target_session_attrs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WantedServer {
    /// The first that answers.
    Any,
    /// One that takes writes.
    ReadWrite,
    /// One that takes no writes.
    ReadOnly,
    /// One that is no standby.
    Primary,
    /// One that is a standby.
    Standby,
    /// A standby if one answers, and any other otherwise.
    PreferStandby,
}

impl WantedServer {
    fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "any" => Self::Any,
            "read-write" => Self::ReadWrite,
            "read-only" => Self::ReadOnly,
            "primary" => Self::Primary,
            "standby" => Self::Standby,
            "prefer-standby" => Self::PreferStandby,
            _ => return None,
        })
    }

    /// Whether at most one of the servers can be it.
    pub(crate) const fn takes_writes(self) -> bool {
        matches!(self, Self::ReadWrite | Self::Primary)
    }
}

/// The place of one server: its host and its port.
type Place<'a> = (Cow<'a, str>, Option<u16>);

impl Address {
    /// Reads an address. An error is the end of a sentence that begins with "the address of the database", and holds no
    /// value.
    pub(crate) fn parse(url: &str) -> Result<Self, String> {
        let form = || FORM.to_owned();
        let (scheme, rest) = url.split_once("://").ok_or_else(form)?;
        if !matches!(scheme, "postgres" | "postgresql") || rest.contains('#') {
            return Err(form());
        }
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
        let (user, hosts) =
            authority.rsplit_once('@').map_or((None, authority), |(user, hosts)| (Some(user), hosts));
        // A part of an unescaped password would be shown as the name of the database.
        if database.contains(['@', '/', ':']) {
            return Err(form());
        }
        let parameters = Parameters::read(query)?;
        tls_files::check(&parameters.of_driver)?;
        let mut common = form_urlencoded::Serializer::new(String::new());
        // Programs of the service find each other by this name.
        common.append_pair("application_name", APPLICATION);
        if let Some(user) = user {
            let (name, password) =
                user.split_once(':').map_or((user, None), |(name, password)| (name, Some(password)));
            if !name.is_empty() {
                common.append_pair("user", &decoded(name)?);
            }
            if let Some(password) = password.filter(|password| !password.is_empty()) {
                common.append_pair("password", &decoded(password)?);
            }
        }
        common.extend_pairs(&parameters.of_driver);
        let places = parameters.places(places(hosts)?)?;
        let common = common.finish();
        let of_place = |(host, port): &Place<'_>| {
            let mut all = form_urlencoded::Serializer::new(common.clone());
            if !host.is_empty() {
                all.append_pair("host", host);
            }
            if let Some(port) = port {
                all.append_pair("port", &port.to_string());
            }
            // The error of the driver could hold a part of the password.
            let options = PgConnectOptions::from_str(&format!("postgres:///{database}?{}", all.finish()));
            // The driver would log slow statements with their whole text; a pooler refuses parameters that it does not know.
            options
                .map(|options| options.disable_statement_logging().extra_float_digits(None))
                .map_err(|_| form())
        };
        let servers: Vec<_> = places.iter().map(of_place).collect::<Result<_, _>>()?;
        let by_default = if servers.len() > 1 { WantedServer::ReadWrite } else { WantedServer::Any };
        let says_wanted = parameters.wanted.is_some();
        Ok(Self { servers, wanted: parameters.wanted.unwrap_or(by_default), says_wanted })
    }

    /// The places of the servers, without user, password and database.
    pub(crate) fn places(&self) -> String {
        self.servers.iter().map(place).collect::<Vec<_>>().join(", ")
    }
}

/// The place of a server, without user, password and database.
pub(crate) fn place(server: &PgConnectOptions) -> String {
    server.get_socket().map_or_else(
        || match server.get_host() {
            host if host.contains(':') => format!("[{host}]:{}", server.get_port()),
            host => format!("{host}:{}", server.get_port()),
        },
        |socket| socket.display().to_string(),
    )
}

/// The parameters of an address, sorted by their meaning.
#[derive(Default)]
struct Parameters {
    of_driver: Vec<(String, String)>,
    hosts: Option<String>,
    /// Addresses in place of hosts.
    addresses: Option<String>,
    ports: Option<String>,
    wanted: Option<WantedServer>,
}

impl Parameters {
    fn read(query: &str) -> Result<Self, String> {
        let mut read = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "host" => read.hosts = Some(value.into_owned()),
                "hostaddr" => {
                    if value.split(',').any(|address| address.parse::<IpAddr>().is_err()) {
                        return Err(
                            "has a hostaddr that is no IP address; give addresses with commas between them"
                                .to_owned(),
                        );
                    }
                    read.addresses = Some(value.into_owned());
                }
                "port" => read.ports = Some(value.into_owned()),
                "target_session_attrs" => {
                    read.wanted = Some(WantedServer::parse(&value).ok_or(
                        "has another target_session_attrs than any, read-write, read-only, primary, standby or \
                         prefer-standby",
                    )?);
                }
                CACHE if value.parse::<usize>().is_err() => {
                    return Err(format!("has a {CACHE} that is no number"));
                }
                name if name == CACHE || OF_DRIVER.contains(&name) || name.starts_with("options[") => {
                    read.of_driver.push((name.to_owned(), value.into_owned()));
                }
                name => return Err(unknown(name, query)),
            }
        }
        Ok(read)
    }

    /// The servers that the parameters name, or else those before the name of the database. One port is that of all.
    fn places<'a>(&'a self, authority: Vec<Place<'a>>) -> Result<Vec<Place<'a>>, String> {
        let names_hosts = self.hosts.is_some() || authority.iter().any(|(host, _)| !host.is_empty());
        if self.addresses.is_some() && names_hosts {
            return Err("gives a host and a hostaddr; give one of them".to_owned());
        }
        let mut places = match self.hosts.as_ref().or(self.addresses.as_ref()) {
            Some(hosts) => hosts.split(',').map(|host| (unbracketed(host).into(), None)).collect(),
            None => authority,
        };
        let Some(ports) = &self.ports else { return Ok(places) };
        let ports: Vec<_> = ports.split(',').map(port).collect::<Result<_, _>>()?;
        if ports.len() != 1 && ports.len() != places.len() {
            return Err(format!(
                "names {} servers and {} ports; give one port, or one for each server",
                places.len(),
                ports.len()
            ));
        }
        for ((_, of_place), port) in places.iter_mut().zip(ports.iter().cycle()) {
            *of_place = *port;
        }
        Ok(places)
    }
}

/// The refusal of a parameter. What follows an unescaped `?` or `&` of a password is no name that may be shown.
fn unknown(name: &str, query: &str) -> String {
    let is_name =
        name.len() <= 40 && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    let may_be_shown =
        |pair: &str| pair.contains('=') && !pair.contains('@') && !pair.starts_with("password=");
    if is_name && query.split('&').all(may_be_shown) {
        format!("has an unknown parameter {name}; known are {KNOWN}")
    } else {
        format!("has an unknown parameter; known are {KNOWN}")
    }
}

/// The servers in front of the name of the database.
fn places(hosts: &str) -> Result<Vec<Place<'_>>, String> {
    let place = |text: &str| {
        let (host, number) = match text.rsplit_once(':') {
            // The colons of an IPv6 address are between brackets.
            Some((host, number)) if !number.contains(']') => (host, port(number)?),
            _ => (text, None),
        };
        Ok((decoded(unbracketed(host))?.into(), number))
    };
    hosts.split(',').map(place).collect()
}

fn unbracketed(host: &str) -> &str {
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}

/// A port; none where it is left out.
fn port(text: &str) -> Result<Option<u16>, String> {
    let wrong = |_| "has a port that is no number from 1 to 65535".to_owned();
    if text.is_empty() {
        Ok(None)
    } else {
        text.parse::<std::num::NonZeroU16>().map(|port| Some(port.get())).map_err(wrong)
    }
}

fn decoded(text: &str) -> Result<String, String> {
    let text = percent_decode_str(text).decode_utf8();
    text.map(Cow::into_owned).map_err(|_| "has percent-encoded bytes that are no text".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> (String, WantedServer) {
        let address = Address::parse(url).unwrap_or_else(|error| panic!("{url}: {error}"));
        (address.places(), address.wanted)
    }

    #[test]
    fn one_server_is_whatever_it_is_and_of_several_the_one_that_takes_writes() {
        use WantedServer::{Any, PreferStandby, Primary, ReadOnly, ReadWrite, Standby};
        for (url, places, wanted) in [
            ("postgres://u@h1/db", "h1:5432", Any),
            ("postgres://u@h1:5433,h2,h3:1/db", "h1:5433, h2:5432, h3:1", ReadWrite),
            ("postgresql://u:p@[::1]:5433,[2001:db8::1]/db", "[::1]:5433, [2001:db8::1]:5432", ReadWrite),
            ("postgres:///db?host=a,b&port=1,2", "a:1, b:2", ReadWrite),
            ("postgres:///db?host=a,b&port=7", "a:7, b:7", ReadWrite),
            ("postgres://x@localhost/db?host=%2Frun%2Fpg", "/run/pg", Any),
            ("postgres://%2Frun%2Fpg,h2:7/db", "/run/pg, h2:7", ReadWrite),
            ("postgres:///db?hostaddr=10.0.0.1,10.0.0.2", "10.0.0.1:5432, 10.0.0.2:5432", ReadWrite),
            ("postgres://h1,h2/db?target_session_attrs=any", "h1:5432, h2:5432", Any),
            ("postgres://h1/db?target_session_attrs=read-write", "h1:5432", ReadWrite),
            ("postgres://h1,h2/db?target_session_attrs=primary", "h1:5432, h2:5432", Primary),
            ("postgres://h1,h2/db?target_session_attrs=standby", "h1:5432, h2:5432", Standby),
            ("postgres://h1,h2/db?target_session_attrs=prefer-standby", "h1:5432, h2:5432", PreferStandby),
            ("postgres://h1,h2/db?target_session_attrs=read-only", "h1:5432, h2:5432", ReadOnly),
        ] {
            assert_eq!(parse(url), (places.to_owned(), wanted), "{url}");
        }
    }

    #[test]
    fn every_server_has_the_user_the_database_and_the_parameters_of_the_driver() {
        let url = "postgres://me%40x:p%2Fw@h1,h2/my%20db?sslmode=verify-full&options=-c%20jit%3Don";
        let address = Address::parse(url).unwrap();
        assert_eq!(address.servers.len(), 2);
        for server in &address.servers {
            assert_eq!(server.get_username(), "me@x");
            assert_eq!(server.get_database(), Some("my db"));
            assert!(format!("{:?}", server.get_ssl_mode()).contains("VerifyFull"));
            assert_eq!(server.get_options(), Some("-c jit=on"));
            assert_eq!(server.get_application_name(), Some(APPLICATION));
            assert!(server.to_url_lossy().as_str().contains("p%2Fw"));
        }
    }

    #[test]
    fn what_is_not_understood_is_refused_by_name_and_without_its_value() {
        for (url, part) in [
            (
                "postgres://u:sEcReT@h/db?connect_timeout=sEcReT",
                "an unknown parameter connect_timeout; known are host",
            ),
            ("postgres://u@h/db?target_session_attrs=sEcReT", "target_session_attrs than any, read-write"),
            ("postgres://u@h/db?hostaddr=sEcReT", "a hostaddr that is no IP address"),
            ("postgres://u@h/db?hostaddr=10.0.0.1", "gives a host and a hostaddr"),
            ("postgres:///db?host=h&hostaddr=10.0.0.1", "gives a host and a hostaddr"),
            ("postgres:///db?hostaddr=10.0.0.1&host=h", "gives a host and a hostaddr"),
            ("postgres://u@h/db?port=sEcReT", "a port that is no number"),
            ("postgres://u@h:0/db", "a port that is no number"),
            ("postgres:///db?host=a,b,c&port=1,2", "names 3 servers and 2 ports"),
            (
                "postgres://u@h/db?statement-cache-capacity=sEcReT",
                "statement-cache-capacity that is no number",
            ),
            ("postgres://u@h/db?sslmode=sEcReT", "is to look like"),
            ("postgres://u:pa?sEcReT@h/db", "an unknown parameter; known are"),
            ("postgres://u:pa/sEcReT@h/db", "is to look like"),
            ("postgres://u:1/sEcReT@h", "is to look like"),
            ("postgres://u@h/db?password=pa&sEcReT", "an unknown parameter; known are"),
            ("postgres://u@h/db?password=pa&sEcReT=1", "an unknown parameter; known are"),
            ("postgres://u:pa?sEcReT", "an unknown parameter; known are"),
            ("postgres://u@h/db?pa&sEcReT", "an unknown parameter; known are"),
            ("postgres://u:%ffsEcReT@h/db", "percent-encoded bytes"),
            ("postgres://u:pa#sEcReT@h/db", "is to look like"),
            ("mysql://sEcReT", "is to look like"),
            ("sEcReT", "is to look like"),
        ] {
            let Err(error) = Address::parse(url) else { panic!("{url}") };
            assert!(error.contains(part) && !error.contains("sEcReT"), "{url}: {error}");
        }
    }
}
