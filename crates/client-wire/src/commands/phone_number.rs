//! The phone number of a client: a national number is one of the country in the same request.

use client_domain::value::{Country, NumberingPlan, PhoneNumber};

use crate::form::Form;

const NAME: &str = "phoneNumber";

/// The number of a new client.
pub(super) fn required(form: &mut Form<'_>, plan: &dyn NumberingPlan) -> Option<PhoneNumber> {
    let country = country(form);
    form.required(NAME, |raw| plan.read(raw, country))
}

/// The number in an update. If the request names no country, a national number is completed with the client's.
pub(super) fn set(form: &mut Form<'_>, plan: &dyn NumberingPlan) -> Option<PhoneNumber> {
    let country = country(form);
    form.set(NAME, |raw| plan.read(raw, country))
}

/// The country of the request. One that is wrong is an error of its own field.
fn country(form: &Form<'_>) -> Option<Country> {
    form.raw("country").and_then(|raw| Country::parse(raw.as_str()?).ok())
}
