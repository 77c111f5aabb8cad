use client_domain::lifecycle::Activity;
use client_domain::value::ClientKey;
use client_domain::{Client, ClientState, EventKind};

/// A client as a query reads it, with its ending of the same point in time.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundClient {
    /// The client.
    pub client: Client,
    /// How it ended.
    pub ending: Ending,
}

/// How a client ended, and whether it has returned. The default is the ending of a client that has not ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ending {
    /// Whether the applicant has withdrawn the application.
    pub withdrawn: bool,
    /// Whether the client was blacklisted when it exited.
    pub exited_blacklisted: bool,
    /// The client as which it has returned, unless that application was rejected.
    pub returned_as: Option<ClientKey>,
}

impl Ending {
    /// Whether a client has an ending that a storage reads.
    ///
    /// ```
    /// use client_app::ports::Ending;
    /// use client_domain::ClientState;
    ///
    /// assert!(Ending::is_read(ClientState::Rejected) && Ending::is_read(ClientState::Exited));
    /// assert!(!Ending::is_read(ClientState::Active));
    /// ```
    pub const fn is_read(state: ClientState) -> bool {
        state.has_ended()
    }

    /// Whether a client in this state may have returned.
    pub fn may_return(state: ClientState) -> bool {
        Activity::Return.allowance().allows(state)
    }

    /// The ending of a client in the state `state`, whose version was given by an event of the kind `event` that left the state
    /// `from`.
    ///
    /// ```
    /// use client_app::ports::Ending;
    /// use client_domain::{ClientState, EventKind};
    ///
    /// let barred = Ending::of(ClientState::Exited, EventKind::Exited, Some(ClientState::BlackListed));
    /// assert!(barred.exited_blacklisted && !barred.withdrawn);
    /// ```
    pub fn of(state: ClientState, event: EventKind, from: Option<ClientState>) -> Self {
        Self {
            withdrawn: state.has_ended() && event == EventKind::Withdrawn,
            exited_blacklisted: Self::may_return(state) && from == Some(ClientState::BlackListed),
            returned_as: None,
        }
    }

    /// The same ending of a client that has returned as this one.
    #[must_use]
    pub fn with_return(self, client: Option<ClientKey>) -> Self {
        Self { returned_as: client, ..self }
    }
}
