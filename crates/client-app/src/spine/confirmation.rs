use client_domain::Client;
use client_domain::client::Change;

use crate::request::RequestContext;

/// The change of a row of a batch that a second person has confirmed, who has touched the client as well.
pub(super) fn confirmed(context: &RequestContext, decided: Result<&Change, &Client>) -> Option<Change> {
    let person = context.batch_row.as_ref()?.second_person.as_ref()?;
    Some(decided.ok()?.clone().confirmed_by(person))
}
