//! The address of a search of clients: how forms lead to it, and what it shows.

use axum::extract::RawQuery;
use axum::http::HeaderValue;

use super::clients::{Deleting, Told, refuse, respond};
use crate::chosen::{PICK, picked};
use crate::entered::Entered;
use crate::fields::Fields;
use crate::posted::Posted;
use crate::search::Search;
use crate::stop::Answer;
use crate::visit::{HX_REPLACE_URL, Visit};

const PAGE: &str = "/console/clients";
/// The fields of an address that say what was done just now, besides those of the search.
const SAVED: &str = "saved";
const DELETING: &str = "deleting";
const OWNER: &str = "owner";

/// `GET /console/clients`, perhaps with a search.
pub(crate) async fn page(visit: Visit, RawQuery(query): RawQuery) -> Answer {
    let query = query.as_deref();
    match visit.entered(query) {
        Entered::Fields(fields) => show(&visit, &fields).await,
        Entered::Unreadable => refuse(&visit, visit.unreadable()).await,
        Entered::Nothing => {
            let done = (query == Some("deleted")).then(|| visit.text("views.deleted"));
            respond(&visit, Search::default(), Told { done, ..Told::default() }).await
        }
    }
}

/// `POST /console/clients`: a search, which leads to its address. While it is typed, a script asks and gets the page at once.
pub(crate) async fn search(posted: Posted) -> Answer {
    let (visit, fields) = (&posted.visit, &posted.fields);
    let search = Search::read(fields);
    if fields.has("live") {
        let address = visit.address(PAGE, &search.shown_fields());
        let mut response = respond(visit, search, Told::default()).await?;
        let address = HeaderValue::from_str(address.as_deref().unwrap_or(PAGE)).ok();
        response.headers_mut().extend(address.map(|address| (HX_REPLACE_URL, address)));
        return Ok(response);
    }
    // What was chosen goes along to another page of the same search.
    let is_paging = fields.has("cursor") || fields.has("first");
    let picks = if is_paging { picked(fields) } else { Vec::new() };
    let picks = picks.iter().map(|pick| (PICK.to_owned(), pick.text())).collect();
    lead(visit, &search, picks).await
}

/// The same page after a search was saved under this name.
pub(crate) async fn saved(visit: &Visit, search: &Search, name: &str) -> Answer {
    lead(visit, search, vec![(SAVED.to_owned(), name.to_owned())]).await
}

/// The page that asks whether a view is deleted.
pub(crate) async fn ask_to_delete(visit: &Visit, view: Deleting) -> Answer {
    lead(visit, &Search::default(), vec![(DELETING.to_owned(), view.name), (OWNER.to_owned(), view.owner)])
        .await
}

/// Leads to the address of a search. If it would be too long, the page is the answer.
pub(crate) async fn lead(visit: &Visit, search: &Search, more: Vec<(String, String)>) -> Answer {
    let texts: Vec<_> = search.shown_fields().into_iter().chain(more).collect();
    match visit.lead(PAGE, &texts) {
        Some(led) => Ok(led),
        None => show(visit, &Fields { texts, ..Fields::default() }).await,
    }
}

/// The page of what an address holds.
async fn show(visit: &Visit, fields: &Fields) -> Answer {
    let text = |name: &str| fields.text(name).map(str::to_owned);
    let told = Told {
        picks: picked(fields),
        done: text(SAVED).map(|name| visit.language.filled("views.saved", &[("name", &name)])),
        deleting: text(DELETING).zip(text(OWNER)).map(|(name, owner)| Deleting { name, owner }),
        ..Told::default()
    };
    respond(visit, Search::read(fields), told).await
}
