//! The answer of the ledger.

use serde::Deserialize;
use signed_http::reqwest::Response;

use crate::error::LedgerError;

/// How many bytes an answer may have.
const MAX_BYTES: usize = 4 * 1024;

/// The only form of an answer. A member that is missing, unknown or there twice, and a number that is negative, has a
/// fraction or is too large, make it another form.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Answer {
    open_accounts: u32,
}

/// The number of open accounts in an answer.
pub(crate) async fn read(mut response: Response) -> Result<u32, LedgerError> {
    let status = response.status().as_u16();
    if status != 200 {
        return Err(LedgerError::Status(status));
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| if error.is_timeout() { LedgerError::TimedOut } else { LedgerError::Unreachable })?
    {
        if bytes.len() + chunk.len() > MAX_BYTES {
            return Err(LedgerError::TooLong);
        }
        bytes.extend_from_slice(&chunk);
    }
    parse(&bytes)
}

fn parse(bytes: &[u8]) -> Result<u32, LedgerError> {
    // A list would be read as the members in their order.
    if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
        return Err(LedgerError::Malformed);
    }
    let answer: Answer = serde_json::from_slice(bytes).map_err(|_| LedgerError::Malformed)?;
    Ok(answer.open_accounts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_number_of_open_accounts_is_an_answer() {
        for (text, count) in
            [(r#"{"openAccounts":0}"#, 0), (" {\n \"openAccounts\" : 4294967295 }\n", u32::MAX)]
        {
            assert_eq!(parse(text.as_bytes()), Ok(count), "{text}");
        }
        for text in [
            "",
            "{}",
            "0",
            "[0]",
            "null",
            r#"{"openAccounts":null}"#,
            r#"{"openAccounts":"0"}"#,
            r#"{"openAccounts":-1}"#,
            r#"{"openAccounts":0.0}"#,
            r#"{"openAccounts":1e0}"#,
            r#"{"openAccounts":4294967296}"#,
            r#"{"openAccounts":0,"openAccounts":0}"#,
            r#"{"openAccounts":0,"currency":"NGN"}"#,
            r#"{"openaccounts":0}"#,
            r#"{"openAccounts":0} {}"#,
            r#"{"openAccounts":0"#,
            "\u{feff}{\"openAccounts\":0}",
        ] {
            assert_eq!(parse(text.as_bytes()), Err(LedgerError::Malformed), "{text}");
        }
    }
}
