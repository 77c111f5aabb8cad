//! The service on a data folder, without a database server, and the application on a second SQLite file without HTTP.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use adapter_sqlite::{Settings, SqliteStore, migrate};
use client_app::Clients;
use clients_campaigns::{Binary, RunError, Service, Storage};
use rusqlite::{Connection, OpenFlags};
use serde_json::json;

use crate::answer::Expected;
use crate::callers::Directly;
use crate::load::{self, Length};
use crate::person::Person;
use crate::ports::{Keys, SystemClock};
use crate::request::{Requests, Source, object};
use crate::search::PAGE;
use crate::test_bed::TestBed;

/// Concurrent callers that fill the file: one sync commits up to as many clients.
const FILLERS: usize = 64;
/// Last names that are searched for. Each belongs to a hundredth of all clients.
const NAMES: u64 = 16;
/// The people whose last names these are: one for each pair of digits that a last name is made of.
const NAME_STEP: u64 = 70;

/// A filled data folder with its service. Both end when this is dropped.
#[derive(Debug)]
pub(crate) struct SqliteBed {
    pub(crate) service: Service,
    /// The application on a file of its own, because a file has one writing process.
    pub(crate) clients: Clients,
    pub(crate) keys: Vec<String>,
    pub(crate) facts: SqliteFacts,
    /// The data folder of the service.
    pub(crate) folder: PathBuf,
    /// The file of the service, and the file of the application without HTTP.
    files: [PathBuf; 2],
    first_person: u64,
}

/// What is known of the folder before anything is measured.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SqliteFacts {
    pub(crate) clients: u64,
    pub(crate) loaded_in: Duration,
    /// From the start of the process until it says that it is ready, after it was killed.
    pub(crate) ready_in: Duration,
}

impl SqliteBed {
    /// Fills a folder with these many people, from the number `first`, and starts the service on it.
    pub(crate) async fn start(
        binary: &Binary,
        clients: u64,
        first: u64,
        out: &Path,
    ) -> Result<Self, RunError> {
        let folder = out.join("sqlite");
        let loop_file = out.join("sqlite-without-http.db");
        remove(&folder, &loop_file)?;
        let (log, quiet) = (out.join("service-on-sqlite.log"), ["--log-format", "json"]);
        let mut service = Service::start(binary, Storage::Folder(&folder), &quiet, &log).await?;
        if service.stop().await? != Some(0) {
            return Err(RunError::new("the service on a new data folder did not stop as it should"));
        }
        let file = folder.join("clients.db");
        let begun = Instant::now();
        let store = open(&file).await?;
        fill(&application(Arc::clone(&store)), first, clients).await?;
        store.close().await;
        let loaded_in = begun.elapsed();
        // Once to become ready at all, and once more after a kill.
        service.restart().await?;
        let ready_in = service.restart().await?;
        let facts = SqliteFacts { clients, loaded_in, ready_in };
        let application = application(open(&loop_file).await?);
        let keys =
            read(&file, "SELECT client_key FROM client ORDER BY random() LIMIT 100000", |row| row.get(0))?;
        Ok(Self {
            service,
            clients: application,
            keys,
            facts,
            folder,
            files: [file, loop_file],
            first_person: first,
        })
    }

    /// How many clients the service has, or else the application without HTTP.
    pub(crate) fn made(&self, over_http: bool) -> Result<u64, RunError> {
        let [service, application] = &self.files;
        let file = if over_http { service } else { application };
        let counted = read(file, "SELECT count(*) FROM client", |row| row.get::<_, i64>(0))?;
        counted.first().and_then(|made| u64::try_from(*made).ok()).ok_or_else(|| RunError::new("no count"))
    }

    /// Last names that many clients share, each with the page that SQL written by hand finds.
    pub(crate) fn words(&self) -> Result<Source, RunError> {
        let [file, _] = &self.files;
        let word = |number: u64| {
            let name = Person(self.first_person + number * NAME_STEP).last_name();
            let ask = format!(
                "SELECT id FROM client WHERE search_text LIKE '%{}%' ORDER BY created_at DESC, id DESC LIMIT {PAGE}",
                name.to_lowercase()
            );
            let ids = read(file, &ask, |row| row.get::<_, i64>(0))?;
            let ids = ids.into_iter().filter_map(|id| u64::try_from(id).ok()).collect();
            let asked = json!({ "searchTerm": name, "pageSize": PAGE, "includeTotal": false });
            Ok((object(asked), Expected::List(Arc::new(ids), None)))
        };
        (0..NAMES).map(word).collect::<Result<_, RunError>>().map(Source::Search)
    }
}

fn remove(folder: &Path, file: &Path) -> Result<(), RunError> {
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    for end in ["", "-wal", "-shm", ".lock"] {
        let mut part = file.as_os_str().to_owned();
        part.push(end);
        let part = PathBuf::from(part);
        if part.exists() {
            std::fs::remove_file(part)?;
        }
    }
    Ok(())
}

async fn open(file: &Path) -> Result<Arc<SqliteStore>, RunError> {
    let settings = Settings::at(file);
    migrate(&settings).await.map_err(RunError::during("the schema of the SQLite file"))?;
    let opened = SqliteStore::open(&settings).await;
    opened.map(Arc::new).map_err(RunError::during("the SQLite file"))
}

fn application(store: Arc<SqliteStore>) -> Clients {
    Clients::new(store, Arc::new(SystemClock), Arc::new(Keys::new(1)))
}

/// Onboards people through the application, so that everything is there that the service writes.
async fn fill(clients: &Clients, first: u64, most: u64) -> Result<(), RunError> {
    let requests = Arc::new(Requests::new(Source::Create { first, most }, "fill".to_owned()));
    let (maker, checker) = TestBed::direct_callers()?;
    let callers = Directly::several(FILLERS, clients, (&maker, &checker), &requests);
    let done = load::run(callers, Length::Requests(most)).await?;
    if done.requests == most { Ok(()) } else { Err(RunError::new("not all clients were made")) }
}

/// Reads with a connection of its own, which knows nothing of the adapter.
fn read<T>(
    file: &Path,
    ask: &str,
    value: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, RunError> {
    let rows = || {
        let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let mut statement = connection.prepare(ask)?;
        statement.query_map([], value)?.collect::<rusqlite::Result<Vec<T>>>()
    };
    rows().map_err(RunError::during("a check in the SQLite file"))
}
