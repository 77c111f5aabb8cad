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
    mut data: Value,
    member: &str,
    limit: usize,
) -> Result<Vec<Value>, ExitError> {
    let mut items: Vec<Value> = Vec::new();
    loop {
        let size = limit.saturating_sub(items.len()).clamp(1, PAGE);
        add(&mut data, "pageSize", size);
        let mut page = connection.ask(query, data.clone()).await?;
        let found = page.as_object_mut().and_then(|page| page.remove(member));
        if let Some(Value::Array(found)) = found {
            items.extend(found);
        }
        let cursor = page.get("nextCursor").filter(|cursor| cursor.is_string()).cloned();
        match cursor {
            Some(cursor) if items.len() < limit => add(&mut data, "cursor", cursor),
            _ => {
                items.truncate(limit);
                return Ok(items);
            }
        }
    }
}
