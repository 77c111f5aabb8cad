use crate::ports::ClientRef;
use crate::{Code, Failure, Item};

/// There is no such client; what the caller named is repeated by nobody.
pub(crate) fn not_found(client: &ClientRef) -> Failure {
    let item = match client {
        ClientRef::Key(_) => {
            Item::new(Code::ClientNotFound, "No client has this key.").field("contactEncodedKey")
        }
        ClientRef::Id(_) => {
            Item::new(Code::ClientNotFound, "No client has this number.").field("contactEncodedKey")
        }
        ClientRef::Document(_) => {
            Item::new(Code::DocumentNotFound, "No document has this id.").field("identityId")
        }
        ClientRef::Address(_) => {
            Item::new(Code::AddressNotFound, "No address has this id.").field("addressId")
        }
    };
    Failure::of(item)
}
