//! Which client a request means.

use client_app::ports::ClientRef;
use client_domain::Invalid;
use client_domain::value::{ClientKey, CustomerNumber};

use crate::code::Code;
use crate::failure::Item;
use crate::field;
use crate::form::Form;

/// Reads the client that a request names, by its key or by its customer number.
pub(crate) fn client(form: &mut Form<'_>) -> Option<ClientRef> {
    let key = form.optional("contactEncodedKey", client_ref);
    let number = form.optional("customerNumber", CustomerNumber::parse);
    match field::WAYS.iter().filter(|name| !form.is_absent(name)).count() {
        0 => form.fail("contactEncodedKey", Item::new(Code::Required, "This field is mandatory.")),
        1 => {}
        _ => {
            let message = "Only one of contactEncodedKey and customerNumber may be given.";
            form.fail(
                "customerNumber",
                Item::new(Code::ExactlyOne, message).detail("fields", field::WAYS.to_vec()),
            );
        }
    }
    key.or(number.map(|number| ClientRef::Id(number.id())))
}

/// Reads a key, or a customer number in the member of the key.
pub(crate) fn client_ref(raw: &str) -> Result<ClientRef, Invalid> {
    match CustomerNumber::parse(raw) {
        Ok(number) => Ok(ClientRef::Id(number.id())),
        Err(_) => ClientKey::parse(raw).map(ClientRef::Key),
    }
}
