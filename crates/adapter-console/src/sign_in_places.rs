//! How many answers of the provider are redeemed at the same time: each is a request to the provider.

use std::time::Duration;

use client_app::CallerAddress;
use client_wire::Failure;

use crate::places::{Place, PlaceLimits, Places};

/// A few of one address and a few of all, so that a flood of them does not make the provider throttle the service, and no
/// address keeps people at other addresses out. Callers are not signed in yet, so there is nothing else to tell them by.
const LIMITS: PlaceLimits =
    PlaceLimits { all: 16, of_holder: 4, holder_wait: Duration::from_secs(2), wait: Duration::from_secs(2) };

/// The places for sign-ins of one console.
#[derive(Clone, Debug)]
pub(crate) struct SignInPlaces(Places);

impl Default for SignInPlaces {
    fn default() -> Self {
        Self(Places::new(LIMITS))
    }
}

impl SignInPlaces {
    /// A place for a sign-in from this address. A server that knows no addresses has one for all of them.
    pub(crate) async fn take(&self, address: Option<CallerAddress>) -> Result<Place, Failure> {
        let holder = address.map(|address| address.network().to_string());
        self.0.take(&holder.unwrap_or_default()).await
    }
}
