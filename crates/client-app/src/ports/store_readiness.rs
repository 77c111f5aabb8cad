use crate::ports::error::StoreError;

/// What a store can do now. Reads may work while commits do not: on a standby, or while commits are not acknowledged.
#[derive(Debug)]
pub struct StoreReadiness {
    /// Whether clients can be read.
    pub reads: Result<(), StoreError>,
    /// Whether a changeset can be committed.
    pub commands: Result<(), StoreError>,
}

impl StoreReadiness {
    /// Everything works.
    pub fn ready() -> Self {
        Self { reads: Ok(()), commands: Ok(()) }
    }

    /// Nothing works, for this reason.
    pub fn failed(error: StoreError) -> Self {
        Self { reads: Err(error), commands: Err(StoreError::Unavailable(None)) }
    }

    /// The readiness of a store that can both read and commit, or neither.
    pub fn of(answer: Result<(), StoreError>) -> Self {
        answer.map_or_else(Self::failed, |()| Self::ready())
    }

    /// Both together: `Ok`, or the first error.
    pub fn whole(self) -> Result<(), StoreError> {
        self.reads.and(self.commands)
    }
}
