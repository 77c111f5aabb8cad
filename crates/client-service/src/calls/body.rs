//! Bodies of answers.

use reqwest::Response;

use crate::exit::{ExitError, FailureClass};

/// An answer that is no file is not read beyond this. A page of the longest entries is far shorter.
const MAX_ANSWER: usize = 16 * 1024 * 1024;

/// The bytes of an answer.
pub(super) async fn bytes_of(answer: Response) -> Result<Vec<u8>, ExitError> {
    bounded(answer, MAX_ANSWER).await
}

async fn bounded(mut answer: Response, limit: usize) -> Result<Vec<u8>, ExitError> {
    let broken = |_| ExitError::Answered {
        class: FailureClass::Unavailable,
        sentence: "the answer broke off".to_owned(),
    };
    let mut bytes = Vec::new();
    while let Some(piece) = answer.chunk().await.map_err(broken)? {
        if bytes.len() + piece.len() > limit {
            return Err(ExitError::Failed(
                "the answer is longer than one of this service; is --url its address?".to_owned(),
            ));
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::connection::Connection;
    use super::super::scripted_service::{ScriptedService, connection};
    use super::*;

    #[tokio::test]
    async fn answer_is_read_up_to_its_limit() {
        let service = ScriptedService::start(Duration::ZERO, &[(200, "12345678"), (200, "123456789")]);
        let to = connection(&service, |arguments| Connection::new(arguments).unwrap());
        assert_eq!(bounded(to.get("/").await.unwrap(), 8).await.unwrap(), b"12345678");
        assert_eq!(bounded(to.get("/").await.unwrap(), 8).await.unwrap_err().code(), 1);
    }
}
