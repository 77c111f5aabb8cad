//! The member `reasonCode` of every command with a reason.

use client_domain::reason::ReasonedOperation;
use client_domain::value::ReasonCode;

use super::operation::Request;
use crate::form::Form;
use crate::shape;
use crate::spec::FieldSpec;
use crate::use_case_error::reason_not_accepted;

const NAME: &str = "reasonCode";

pub(super) const REASON_CODE: FieldSpec = FieldSpec::optional(
    NAME,
    shape::REASON_CODE,
    "The code of the reason, from the bank's KYC policy. Mandatory if the policy lists codes for this command; otherwise \
     there are none.",
);

/// Reads the code, and compares it with the bank's catalogue.
pub(super) fn reason_code(
    form: &mut Form<'_>,
    request: &Request<'_>,
    operation: ReasonedOperation,
) -> Option<ReasonCode> {
    let code = form.optional(NAME, ReasonCode::parse);
    // A malformed code has its error already.
    if code.is_some() || form.is_absent(NAME) {
        let policy = request.kyc_policy();
        let chosen = policy.reasons.choose(operation, code.as_ref());
        if let Err(refused) = chosen {
            form.fail(NAME, reason_not_accepted(&refused));
        }
    }
    code
}
