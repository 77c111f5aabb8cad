//! Lists that the service answers a page at a time.

use serde_json::Value;

use super::connection::Connection;
use super::request::add;
use crate::exit::ExitError;

/// The largest page of every list.
const PAGE: usize = 100;

/// Reads a list up to `limit` items; `member` of each answer holds them.
pub(crate) async fn pages(
    connection: &Connection,
    query: &str,
    data: Value,
    member: &str,
    limit: usize,
) -> Result<Vec<Value>, ExitError> {
    let mut items: Vec<Value> = Vec::new();
    let keep = |page: Vec<Value>| {
        items.extend(page);
        true
    };
    each_page(connection, query, data, member, limit, keep).await?;
    Ok(items)
}

/// The same without holding more than a page: `take` gets each, and says whether it wants another one. Returns the other members
/// of the first answer; only there the total is asked for.
pub(crate) async fn each_page(
    connection: &Connection,
    query: &str,
    mut data: Value,
    member: &str,
    limit: usize,
    mut take: impl FnMut(Vec<Value>) -> bool,
) -> Result<Value, ExitError> {
    let (mut left, mut first) = (limit, None);
    loop {
        add(&mut data, "pageSize", left.clamp(1, PAGE));
        let mut page = connection.ask(query, data.clone()).await?;
        let found = page.as_object_mut().and_then(|page| page.remove(member));
        let mut found = if let Some(Value::Array(found)) = found { found } else { Vec::new() };
        found.truncate(left);
        left -= found.len();
        let goes_on = take(found);
        let next = page.get("nextCursor").filter(|cursor| cursor.is_string()).cloned();
        let others = first.take().unwrap_or(page);
        match next {
            Some(cursor) if goes_on && left > 0 => {
                add(&mut data, "cursor", cursor);
                if data.get("totals").is_some() {
                    add(&mut data, "totals", "none");
                }
                first = Some(others);
            }
            _ => return Ok(others),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::super::scripted_service::{ScriptedService, connection};
    use super::*;

    #[tokio::test]
    async fn pages_end_at_the_limit_and_when_no_more_is_wanted() {
        let first = r#"{"data": {"items": [1, 2], "nextCursor": "c"}}"#;
        let last = r#"{"data": {"items": [3, 4], "nextCursor": "d"}}"#;
        let service =
            ScriptedService::start(Duration::ZERO, &[(200, first), (200, last), (200, first), (200, first)]);
        let to = connection(&service, |arguments| Connection::new(arguments).unwrap());
        let found = pages(&to, "RetrieveContactListQuery", json!({}), "items", 3).await.unwrap();
        assert_eq!(found, [json!(1), json!(2), json!(3)]);
        let mut seen = 0;
        let take = |page: Vec<Value>| {
            seen += page.len();
            false
        };
        each_page(&to, "RetrieveContactListQuery", json!({}), "items", 9, take).await.unwrap();
        assert_eq!(seen, 2);
    }
}
