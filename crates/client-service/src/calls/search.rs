//! Which clients are asked for.

use clap::Args;
use client_domain::{BankCalendar, Permissions};
use client_wire::predicate;
use serde_json::{Value, json};

use super::request::{add, text_of, without_nothing};
use crate::config::error::SettingsError;

/// Which clients, in which order, with which members.
#[derive(Args, Debug)]
pub(crate) struct SearchArgs {
    /// Which clients, such as 'city = Ikeja and age >= 18'; @FILE or - for standard input, where it names a person
    #[arg(long, value_name = "FILTER")]
    filter: Option<String>,
    /// Words that must occur in a name, number, address or telephone number of the client; - for standard input
    #[arg(long, value_name = "WORDS")]
    search_term: Option<String>,
    /// Only clients in this state; once for each
    #[arg(long, value_name = "STATE")]
    state: Vec<String>,
    /// The property that the list is sorted by, and - before it for the greatest first; once for each
    #[arg(long, value_name = "PROPERTY", allow_hyphen_values = true)]
    sort: Vec<String>,
    /// Members besides those that are always there, or of an export all of them; separated by commas
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(crate) fields: Vec<String>,
}

impl SearchArgs {
    /// The members of the request.
    pub(crate) fn data(&self) -> Result<Value, SettingsError> {
        let sort = self.sort.iter().map(|name| match name.strip_prefix('-') {
            Some(name) => json!({ "propertyName": name, "direction": "desc" }),
            None => json!({ "propertyName": name }),
        });
        let sort: Vec<_> = sort.collect();
        // Unlike a filter, words may begin with @.
        let term = match self.search_term.as_deref() {
            Some("-") => Some(text_of("--search-term", "-")?),
            term => term.map(str::to_owned),
        };
        let mut data = json!({ "searchTerm": term });
        for (name, values) in
            [("status", json!(self.state)), ("sort", json!(sort)), ("fields", json!(self.fields))]
        {
            if values.as_array().is_some_and(|values| !values.is_empty()) {
                add(&mut data, name, values);
            }
        }
        if let Some(filter) = &self.filter {
            add(&mut data, "filters", filters(&text_of("--filter", filter)?)?);
        }
        Ok(without_nothing(data))
    }
}

/// The filters of a request for a filter in the text form. The service checks the permissions of the caller, and days by the
/// calendar of the bank.
fn filters(text: &str) -> Result<Value, SettingsError> {
    let read = predicate::read_text(text, &Permissions::all(), &BankCalendar::utc());
    read.map(|read| predicate::write(&read)).map_err(|faults| SettingsError(format!("--filter: {faults}")))
}
