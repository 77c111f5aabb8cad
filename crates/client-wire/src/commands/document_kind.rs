use client_domain::kyc::DocumentKind;
use serde_json::Value;

use crate::code::Code;
use crate::failure::Item;
use crate::form::Form;

/// What the numbers of the types mean.
macro_rules! meanings {
    ($before:literal) => {
        concat!(
            $before,
            "1 National ID, 2 International Passport, 3 Driver's License, 4 Voter's Card, 5 Utility Bill, \
             6 Bank Statement, 7 Certificate of Incorporation, 8 Other."
        )
    };
}

pub(super) use meanings;

/// The type with this number. Every error lists all numbers with their meanings.
pub(super) fn document_kind(form: &mut Form<'_>, name: &str, value: Option<&Value>) -> Option<DocumentKind> {
    let number = value.and_then(Value::as_f64);
    let kind = DocumentKind::ALL.into_iter().find(|kind| number == Some(f64::from(kind.number())));
    if kind.is_none() {
        let numbers: Vec<_> =
            DocumentKind::ALL.into_iter().map(|kind| format!("{} {}", kind.number(), kind.name())).collect();
        let message = format!("must be the number of a document type: {}", numbers.join(", "));
        let code =
            if number.is_some_and(|number| number.fract() == 0.0) { Code::Choice } else { Code::WrongType };
        let item = Item::new(code, message).detail("choices", DocumentKind::NUMBERS.to_vec());
        form.fail(name, item);
    }
    kind
}
