/// Why a campaign could not be run: what is missing, and what to do about it.
///
/// It is not a finding: a finding is what a campaign observed; this error means that it could not observe.
#[derive(Debug, thiserror::Error)]
#[error("{sentence}")]
pub struct RunError {
    sentence: String,
    never_sent: bool,
}

impl RunError {
    /// An error in one sentence.
    pub fn new(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), never_sent: false }
    }

    /// Whether it is of a request for which there was no connection, so that no service can have received it.
    pub const fn never_sent(&self) -> bool {
        self.never_sent
    }

    /// For `map_err`: the error with what was being done in front of it.
    pub fn during<E: std::fmt::Display>(what: impl std::fmt::Display) -> impl FnOnce(E) -> Self {
        move |error| Self::new(format!("{what}: {error}"))
    }
}

impl From<std::io::Error> for RunError {
    fn from(error: std::io::Error) -> Self {
        Self::new(error.to_string())
    }
}

impl From<reqwest::Error> for RunError {
    fn from(error: reqwest::Error) -> Self {
        Self { never_sent: error.is_connect(), ..Self::new(error.to_string()) }
    }
}
