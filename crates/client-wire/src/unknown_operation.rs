//! The failure of a name that no operation has.

use crate::catalogue;
use crate::code::Code;
use crate::failure::{Failure, Item};
use crate::nearest::nearest;
use crate::spec::OperationKind;

/// No operation of this kind has this name.
pub(crate) fn not_of_kind(name: &str, kind: OperationKind) -> Failure {
    let sent_as = kind.noun();
    let item = if catalogue::find(name).is_some() {
        let message = format!("This is a {}, and it was sent as a {sent_as}.", kind.other().noun());
        Item::new(Code::WrongEndpoint, message)
    } else {
        unknown_operation(name, kind)
    };
    Failure::of(item.field(kind.name_member()))
}

/// No operation has this name. The error suggests a similar name if there is one.
fn unknown_operation(name: &str, kind: OperationKind) -> Item {
    let names = catalogue::OPERATIONS.iter().filter(|spec| spec.kind == kind).map(|spec| spec.name);
    let message = format!("There is no {} with this name.", kind.noun());
    match nearest(name, names.clone()) {
        Some(similar) => Item::new(Code::UnknownOperation, format!("{message} Did you mean {similar}?"))
            .detail("choices", vec![similar])
            .detail("nearest", similar),
        None => Item::new(Code::UnknownOperation, message).detail("choices", names.collect::<Vec<_>>()),
    }
}
